"""Languages by code, and scripts by character."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from cswitch import data
from cswitch.core.errors import UsageError

UNSPACED = frozenset({"Hani", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr"})
"""ISO 15924 codes of scripts written without spaces between words."""


class Language(NamedTuple):
    """A row of data/languages.tsv."""

    code: str
    """BCP-47 primary subtag."""
    iso639_3: str
    """ISO 639-3 code."""
    name: str
    """English name."""
    scripts: tuple[str, ...]
    """ISO 15924 codes, the usual script first."""
    aliases: tuple[str, ...]
    """Other codes that mean this language."""


def rows(name: str) -> list[list[str]]:
    """The fields of a tab-separated table of cswitch.data, without its heading and comments.

    >>> rows("languages.tsv")[0][:3]
    ['af', 'afr', 'Afrikaans']
    """
    text = (Path(data.__path__[0]) / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]


@cache
def languages() -> dict[str, Language]:
    """Every known language by its code.

    >>> languages()["hi"].name
    'Hindi'
    """
    return {
        code: Language(code, iso, name, tuple(scripts.split()), tuple(aliases.split()))
        for code, iso, name, scripts, aliases in rows("languages.tsv")
    }


def check_language(code: str) -> str:
    """The primary subtag of a known language.

    Three-letter codes and old codes become the subtag; region and script subtags are dropped.

    Raises:
        UsageError: The code is not in data/languages.tsv; the message names the nearest known one.

    >>> check_language("EN"), check_language("hin"), check_language("pt-BR")
    ('en', 'hi', 'pt')
    >>> check_language("hindi")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: unknown language 'hindi'; did you mean 'hi' (Hindi)? ...
    """
    primary = code.strip().replace("_", "-").partition("-")[0].lower()
    known = _codes().get(primary)
    if known is None:
        raise UsageError(f"unknown language {code!r}", hint=_nearest(primary))
    return known


def scripts_for(lang: str) -> tuple[str, ...]:
    """ISO 15924 codes of the scripts a language is written in, the usual one first.

    Raises:
        UsageError: The language is unknown.

    >>> scripts_for("hi"), scripts_for("ja")
    (('Deva',), ('Hira', 'Kana', 'Hani'))
    """
    return languages()[check_language(lang)].scripts


@lru_cache(maxsize=1 << 16)
def script_of(token: str) -> str:
    """ISO 15924 code of the script that most letters of the token belong to; the first of several on a tie.

    ``Zyyy`` when it has no letter, or only letters that all scripts share.

    >>> [script_of(token) for token in ("phone", "फ़ोन", "फोनs", "電話", "42", "।")]
    ['Latn', 'Deva', 'Deva', 'Hani', 'Zyyy', 'Zyyy']
    """
    if token.isascii():
        return "Latn" if any(map(str.isalpha, token)) else "Zyyy"
    counts = Counter(filter(None, map(_script_of_letter, token)))
    return max(counts, key=counts.__getitem__) if counts else "Zyyy"


@cache
def ranges(name: str) -> tuple[tuple[int, int], ...]:
    """Ranges of code points, both ends included, that data/unicode.tsv holds under a name.

    Args:
        name: An ISO 15924 code, ``mark`` or ``pictograph``.

    >>> ranges("Thai")[0][0] == ord("ก")
    True
    """
    return tuple((first, last) for first, last, found in _table() if found == name)


@cache
def _table() -> list[tuple[int, int, str]]:
    return [(int(first, 16), int(last, 16), name) for name, first, last in rows("unicode.tsv")]


@cache
def _script_table() -> tuple[list[int], list[tuple[int, str]]]:
    """First code point of each script range, sorted, and beside it the last one and the script."""
    table = sorted(row for row in _table() if row[2] not in {"mark", "pictograph"})
    return [first for first, _, _ in table], [(last, script) for _, last, script in table]


@lru_cache(maxsize=1 << 12)
def _script_of_letter(character: str) -> str:
    """The script, or nothing when the character is no letter or belongs to all scripts."""
    if not character.isalpha():
        return ""
    starts, ends = _script_table()
    place = bisect_right(starts, ord(character)) - 1
    return ends[place][1] if place >= 0 and ord(character) <= ends[place][0] else ""


@cache
def _codes() -> dict[str, str]:
    """Every spelling of a language code to its primary subtag."""
    return {
        code: language.code
        for language in languages().values()
        for code in (*language.aliases, language.iso639_3, language.code)
    }


def _nearest(code: str) -> str:
    """A hint that names the language nearest to a code or a name."""
    from rapidfuzz.process import extractOne

    spellings = {name.lower(): known for known, (_, _, name, _, _) in languages().items()} | _codes()
    near = extractOne(code, spellings.keys(), score_cutoff=50)
    advice = "languages are BCP-47 primary subtags such as en, hi, es"
    if near is None:
        return advice
    language = languages()[spellings[near[0]]]
    return f"did you mean {language.code!r} ({language.name})? {advice[0].upper()}{advice[1:]}"
