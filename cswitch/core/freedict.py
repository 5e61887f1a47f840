"""Reading FreeDict dictionaries that a user has installed: headwords and their translations, nothing else.

FreeDict (https://freedict.org) publishes its dictionaries as TEI XML, and for dictd, as Debian's packages
``dict-freedict-*`` have them: an index of headwords with places, and one text, compressed by dictzip, which gzip reads.
"""

from __future__ import annotations

import gzip
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from cswitch.core.errors import InputError, UsageError
from cswitch.core.text.scripts import check_language
from cswitch.core.translation import Translation, key

FIRST, FALL, LEAST = 0.6, 0.8, 0.15
"""A dictionary has no probabilities: its first translation gets the first value, each further one this much less."""
LONGEST = 4
"""Words of a translation beyond which it is an explanation."""
_DIGITS = {c: n for n, c in enumerate(string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/")}
_ASIDE = re.compile(r"<[^>]*>|\[[^\]]*\]|\([^)]*\)|\{[^}]*\}|\"[^\"]*\"|/[^/]*/")
_HEAD = re.compile(r"\s+(?:[/<(\[]).*$")
_NUMBER = re.compile(r"^\d+\.\s*")
_CODES = re.compile(r"(?:^|[^a-z])([a-z]{2,3})-([a-z]{2,3})(?![a-z])")
_TEI = "{http://www.tei-c.org/ns/1.0}"


def languages_of(path: Path) -> tuple[str, str] | None:
    """The languages that the name of a dictionary says, or None.

    >>> languages_of(Path("freedict-eng-hin.index")), languages_of(Path("mine.tei"))
    (('en', 'hi'), None)
    """
    found = _CODES.findall(path.name.lower())
    try:
        return (check_language(found[-1][0]), check_language(found[-1][1])) if found else None
    except UsageError:  # other letters around a hyphen
        return None


def read_dictd(path: Path) -> list[tuple[str, Translation]]:
    """The entries of a dictionary in the format of dictd.

    Args:
        path: The index or the text; the other is looked for beside it.

    Raises:
        InputError: A file is missing, or the index does not fit the text.
    """
    stem = re.sub(r"\.(index|dict|dict\.dz)$", "", path.name)
    index = path.with_name(f"{stem}.index")
    texts = [path.with_name(f"{stem}{ending}") for ending in (".dict.dz", ".dict")]
    text = next((found for found in texts if found.is_file()), texts[0])
    return _weighed(_articles(index, _bytes(index).decode("utf-8", "replace"), _bytes(text)))


def read_tei(path: Path) -> list[tuple[str, Translation]]:
    """The entries of a dictionary in TEI XML.

    Raises:
        InputError: The file cannot be read, or is not XML.
    """
    try:
        return _weighed(_tei_entries(path))
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", path=path, hint="check the path") from error
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise InputError(
            "not XML that can be read", path=path, line=line, hint="download the dictionary again"
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".dz" else path.open("rb") as stream:
            return stream.read()
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or "cannot be read"
        raise InputError(why, path=path, hint="a dictionary of dictd is an .index beside a .dict.dz") from error


def _articles(path: Path, index: str, text: bytes) -> Iterator[tuple[str, list[str]]]:
    """Headword and translations of each article that the index leads to."""
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(index.splitlines(), 1):
        name, *place = line.split("\t")
        if name.startswith(("00-database", "00database")) or not line:
            continue
        try:
            offset, size = map(_base64, place[:2])
        except (KeyError, ValueError) as error:
            raise InputError("not a line of a dictd index", path=path, line=number) from error
        if offset + size > len(text):
            raise InputError(
                "leads beyond the end of the text", path=path, line=number, hint="install both files again"
            )
        if (place[0], place[1]) not in seen:
            seen.add((place[0], place[1]))
            yield from _article(name, text[offset : offset + size].decode("utf-8", "replace"))


def _article(name: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """An article has its headword on the first line, and translations on lines that are not indented."""
    first, *lines = text.strip("\n").split("\n")
    words = [word for line in lines if line and not line[0].isspace() for word in _split(_NUMBER.sub("", line))]
    yield _HEAD.sub("", first).strip() or name, words


def _split(line: str) -> list[str]:
    """The translations of a line, without asides; explanations are left out.

    A tilde stands for a space in some dictionaries.
    """
    parts = (part.replace("~", " ").strip(" .!?") for part in re.split(r"[,;]", _ASIDE.sub("", line)))
    return [part for part in parts if part and len(part.split()) <= LONGEST and part[0].isalpha() and part[-1] != ":"]


def _base64(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 64 + _DIGITS[digit]
    return value


def _tei_entries(path: Path) -> Iterator[tuple[str, list[str]]]:
    for _, element in ElementTree.iterparse(path):
        if _tag(element) != "entry":
            continue
        heads = [e.text or "" for form in _below(element, "form") for e in _below(form, "orth")]
        found: list[str] = []
        for cite in _below(element, "cit"):
            if cite.get("type") in ("trans", "translation"):
                found += [part for e in _below(cite, "quote") for part in _split("".join(e.itertext()))]
        found += [part for e in _below(element, "tr") for part in _split("".join(e.itertext()))]
        for head in heads:
            yield " ".join(head.split()), found
        element.clear()


def _below(element: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    yield from (found for found in element.iter() if _tag(found) == tag)


def _tag(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(_TEI)


def _weighed(articles: Iterable[tuple[str, list[str]]]) -> list[tuple[str, Translation]]:
    """Entries with probabilities by rank, both ways; each translation of a word once."""
    ranks: Counter[str] = Counter()
    back_ranks: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    entries: list[tuple[str, Translation]] = []
    for head, words in articles:
        word = key(head)
        for other in map(key, words):
            if word and (word, other) not in seen:
                seen.add((word, other))
                prob, back = (max(LEAST, FIRST * FALL**rank) for rank in (ranks[word], back_ranks[other]))
                ranks[word] += 1
                back_ranks[other] += 1
                entries.append((word, Translation(other, prob, back)))
    return entries
