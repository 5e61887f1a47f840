"""The format of lexicon packs: lines of text, compressed with zlib.

The lines: the name of the format; the two languages; for each language its closed-class words, then its joining words
with their shares; then a line a word with its translations. Fields are separated by tabs.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cswitch.core.errors import InputError
from cswitch.core.translation import Translation

FORMAT = "cswitch-lexicon 1"
"""First line of a pack: the name of the format and its version."""
SUFFIX = ".lex"
LEVELS = 24
"""Probabilities are kept as one letter each: ``a`` is 1, and each further letter the square root of 2 times less."""

_PROBABILITY = {chr(ord("a") + level): 2.0 ** (-level / 2) for level in range(LEVELS)}


class Pack(NamedTuple):
    """What a pack holds."""

    languages: tuple[str, str]
    """The language looked up, and that of the translations."""
    closed: dict[str, frozenset[str]]
    """Language to its closed-class words."""
    joins: dict[str, dict[str, tuple[float, float]]]
    """Language to words that complete a neighbour, with the shares of uses before and after it."""
    entries: dict[str, tuple[Translation, ...]]
    """Words to their translations."""


def encode(pack: Pack) -> bytes:
    """The bytes of a pack, the same whatever the order of its words.

    >>> decode(encode(Pack(("en", "es"), {}, {}, {"sun": (Translation("sol", 1.0, 0.5),)}))).entries
    {'sun': (Translation(word='sol', prob=1.0, back=0.5),)}
    """
    lines = [FORMAT, "\t".join(pack.languages)]
    for lang in pack.languages:
        lines.append("\t".join(sorted(pack.closed.get(lang, ()))))
        lines.append("\t".join(letters(*pair) + word for word, pair in sorted(pack.joins.get(lang, {}).items())))
    for word in sorted(pack.entries):
        lines.append("\t".join((word, *(letters(t.prob, t.back) + t.word for t in pack.entries[word]))))
    return zlib.compress("\n".join(lines).encode("utf-8"), 9)


def decode(data: bytes) -> Pack:
    """Reads a pack back.

    Raises:
        InputError: The bytes are not a pack of this version.
    """
    try:
        lines = zlib.decompress(data).decode("utf-8").split("\n")
    except (zlib.error, UnicodeDecodeError) as error:
        raise InputError("not a lexicon pack", hint="rebuild it with scripts/build_lexicons.py") from error
    if lines[0] != FORMAT:
        raise InputError(f"lexicon pack says {lines[0]!r}, not {FORMAT!r}", hint="rebuild it for this version")
    try:
        return _parsed(lines)
    except (IndexError, KeyError, ValueError) as error:
        raise InputError("lexicon pack has broken lines", hint="rebuild it for this version") from error


def _parsed(lines: list[str]) -> Pack:
    source, target = lines[1].split("\t")
    langs = source, target
    closed = {lang: frozenset(filter(None, lines[2 + 2 * i].split("\t"))) for i, lang in enumerate(langs)}
    prob = _PROBABILITY
    joins = {
        lang: {item[2:]: (prob[item[0]], prob[item[1]]) for item in lines[3 + 2 * i].split("\t") if item}
        for i, lang in enumerate(langs)
    }
    entries: dict[str, tuple[Translation, ...]] = {}
    for line in lines[6:]:
        word, *found = line.split("\t")
        entries[word] = tuple([Translation(t[2:], prob[t[0]], prob[t[1]]) for t in found])
    return Pack(langs, closed, joins, entries)


def letters(*probabilities: float) -> str:
    """Probabilities as letters, the nearest level each.

    >>> letters(1.0, 0.5, 0.0)
    'acx'
    """
    return "".join(min(_PROBABILITY, key=lambda letter: abs(_PROBABILITY[letter] - p)) for p in probabilities)


def ranked(translations: Iterable[Translation]) -> tuple[Translation, ...]:
    """Translations in the order a lexicon gives them: the most probable first.

    >>> [t.word for t in ranked([Translation("b", 0.1, 1.0), Translation("a", 0.9, 1.0)])]
    ['a', 'b']
    """
    return tuple(sorted(translations, key=lambda t: (-t.prob, -t.back, t.word)))


def turned(entries: Mapping[str, tuple[Translation, ...]]) -> dict[str, tuple[Translation, ...]]:
    """Entries looked up from the other side.

    >>> turned({"sun": (Translation("sol", 1.0, 0.5),)})
    {'sol': (Translation(word='sun', prob=0.5, back=1.0),)}
    """
    back: dict[str, list[Translation]] = {}
    for word, translations in entries.items():
        for t in translations:
            back.setdefault(t.word, []).append(Translation(word, t.back, t.prob))
    return {word: ranked(found) for word, found in back.items()}
