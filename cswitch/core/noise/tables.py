"""The tables of data/noise, read once; its README says what each holds."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import regex as re

from cswitch.core.text.scripts import rows


class Rule(NamedTuple):
    """A respelling of part of a word."""

    pattern: re.Pattern[str]
    """What is replaced, wherever it stands in the word in small letters."""
    replacement: str
    """What stands there instead."""
    weight: int
    """How often it is chosen, against the others that match."""
    before: str
    """A word it applies to."""
    after: str
    """What it makes of that word."""


@cache
def spellings(name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Spellings by language and word in small letters, the usual one first.

    Args:
        name: ``phonetic``, ``short`` or ``numerals``.

    >>> spellings("numerals")["en", "tomorrow"][0]
    '2moro'
    """
    return {
        (lang, word): tuple(spelt.split()) for langs, word, spelt in rows(f"noise/{name}.tsv") for lang in langs.split()
    }


@cache
def rules(operation: str, lang: str) -> tuple[Rule, ...]:
    """The rules of an operation for a language; those of ``*`` where it has none of its own.

    >>> [rule.after for rule in rules("drop-vowels", "hi")]
    ['mtlb']
    """
    own = _rules(operation, lang)
    return own or (_rules(operation, "*") if lang != "*" else ())


def _rules(operation: str, lang: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(re.compile(pattern), replacement, int(weight), before, after)
        for name, langs, pattern, replacement, weight, before, after in rows("noise/rules.tsv")
        if name == operation and lang in langs.split()
    )


@cache
def kept(operation: str, lang: str) -> frozenset[str]:
    """Words in small letters that an operation leaves alone.

    >>> "the" in kept("repeat-letters", "en"), "so" in kept("repeat-letters", "en")
    (True, False)
    """
    found = [words for name, langs, words in rows("noise/kept.tsv") if name == operation and lang in langs.split()]
    return frozenset(word.lower() for words in found for word in words.split())


@cache
def unmarked(lang: str, script: str) -> dict[int, str]:
    """What becomes of letters whose marks people leave out in a language, as a table for :meth:`str.translate`.

    >>> "Straße".translate(unmarked("de", "Latn"))
    'Strasse'
    """
    listed = [row for row in rows("noise/marks.tsv") if row[1] == script]
    general = {ord(before): after for langs, _, before, after in listed if langs == "*"}
    return general | {ord(before): after for langs, _, before, after in listed if lang in langs.split()}


@cache
def neighbours() -> dict[str, str]:
    """The keys beside each letter on a QWERTY keyboard.

    >>> neighbours()["q"]
    'wa'
    """
    return {row[0]: row[1] for row in rows("noise/keyboard.tsv")}


@cache
def presets() -> dict[str, dict[str, float]]:
    """Rates by operation, by the name of the preset.

    >>> sorted(presets())
    ['chat', 'chat.heavy', 'plain', 'typos']
    """
    found: dict[str, dict[str, float]] = {}
    for preset, operation, rate in rows("noise/presets.tsv"):
        found.setdefault(preset, {})[operation] = float(rate)
    return found
