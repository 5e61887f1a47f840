"""Reading the lexicons of a user: word lists, packs, and FreeDict dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cswitch.core.errors import InputError
from cswitch.core.lexicon_pack import SUFFIX, Pack, decode
from cswitch.core.translation import Translation

SHARE, HANDFUL = 0.1, 5
"""A word list with more broken lines than both this share and this number of them is refused."""
_HINT = "write source<TAB>target, or source<TAB>target<TAB>probability"


class UserLexicon(NamedTuple):
    """What a file gave."""

    entries: list[tuple[str, Translation]]
    """Words with one translation each."""
    skipped: list[tuple[int, str]]
    """Lines that could not be used, 1-based, each with the reason."""
    languages: tuple[str, str] | None = None
    """The language looked up and that of the translations, where the file says them."""
    pack: Pack | None = None
    """The pack, where the file is one."""
    sure: bool = True
    """Whether its probabilities stand against those of a shipped lexicon; a dictionary's say only the order."""


def read_lexicon(path: Path) -> UserLexicon:
    """Reads a user's lexicon: a word list (see :func:`read_tsv`), a pack (``.lex``), or a FreeDict dictionary.

    A FreeDict dictionary comes as TEI XML (``.tei``) or in the format of dictd (``.index`` beside ``.dict.dz`` or
    ``.dict``; any of them is a good path).

    Args:
        path: The file; its ending says what it is.

    Raises:
        InputError: The file cannot be read, or more than a handful and a tenth of the lines of a word list are broken.
    """
    path = Path(path)
    name = path.name.lower()
    if name.endswith(SUFFIX):
        return _read_pack(path)
    if name.endswith((".tei", ".xml", ".index", ".dict", ".dict.dz")):
        return _read_dictionary(path)
    return _read_words(path)


def read_tsv(path: Path) -> Iterator[tuple[str, Translation]]:
    """Reads a word list strictly: ``source<TAB>target[<TAB>probability]``, UTF-8; blank and ``#`` lines are passed.

    Several translations may stand in the second column, separated by ``;``; they share the probability, which is 1
    when it is left out.

    Raises:
        InputError: A line has no second column, an empty word, or a probability that is not above 0 and up to 1.
    """
    for number, line in _lines(path):
        found = _line(line)
        if isinstance(found, str):
            raise InputError(found, path=path, line=number, hint=_HINT)
        yield from found


def _read_words(path: Path) -> UserLexicon:
    entries: list[tuple[str, Translation]] = []
    skipped: list[tuple[int, str]] = []
    lines = good = 0
    for number, line in _lines(path):
        lines += 1
        found = _line(line)
        if isinstance(found, str):
            skipped.append((number, found))
        else:
            good += 1
            entries += found
    if len(skipped) > max(HANDFUL, SHARE * lines) or (skipped and not good):
        number, why = skipped[0]
        raise InputError(
            f"{len(skipped):,} of {lines:,} lines are broken, here {why}", path=path, line=number, hint=_HINT
        )
    return UserLexicon(entries, skipped)


def _read_pack(path: Path) -> UserLexicon:
    try:
        pack = decode(path.read_bytes())
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", path=path, hint="check the path") from error
    except InputError as error:
        raise InputError(error.message, path=path, hint=error.hint) from error
    entries = [(word, t) for word, translations in pack.entries.items() for t in translations]
    return UserLexicon(entries, [], pack.languages, pack)


def _read_dictionary(path: Path) -> UserLexicon:
    """A dictionary, remembered while its file stays as it is: large ones take seconds."""
    from cswitch.core.freedict import languages_of

    try:
        about = path.stat()
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", path=path, hint="check the path") from error
    return UserLexicon(_dictionary(path, about.st_mtime_ns, about.st_size), [], languages_of(path), sure=False)


@lru_cache(maxsize=2)
def _dictionary(path: Path, _changed: int, _size: int) -> list[tuple[str, Translation]]:
    from cswitch.core.freedict import read_dictd, read_tei

    return read_tei(path) if path.name.lower().endswith((".tei", ".xml")) else read_dictd(path)


def _lines(path: Path) -> list[tuple[int, str]]:
    """The lines that should hold words, with their numbers."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", path=path, hint="convert it to UTF-8, for example with iconv") from error
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", path=path, hint="check the path") from error
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]


def _line(line: str) -> list[tuple[str, Translation]] | str:
    """The entries of a line, or what is wrong with it."""
    columns = [column.strip() for column in line.split("\t")]
    words = [word.strip() for word in columns[1].split(";")] if len(columns) in (2, 3) else []
    if not words or not columns[0] or not all(words):
        return "not a lexicon line"
    prob = _probability(columns[2]) if len(columns) == 3 else 1.0
    if prob is None:
        return f"bad probability {columns[2]!r}"
    return [(columns[0], Translation(word, prob, prob)) for word in words]


def _probability(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value <= 1 else None
