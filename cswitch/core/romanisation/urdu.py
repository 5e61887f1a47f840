"""Urdu words letter by letter; short vowels are not written, so a letter may stand for a consonant and a vowel."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from cswitch.core.text.scripts import rows


class UrduLetters(NamedTuple):
    """The letters of data/models/urdu-letters.tsv by what they do."""

    latin: dict[str, tuple[str, ...]]
    """How each letter and vowel sign may be written, the plainest first."""
    vowels: frozenset[str]
    """Signs that are vowels and nothing else."""
    plain: dict[int, str]
    """Digits and marks in ASCII, silent signs gone, letters of other keyboards as those of Urdu, by code point."""


@cache
def urdu_letters() -> UrduLetters:
    """The table of letters.

    >>> urdu_letters().latin["پ"], urdu_letters().plain[ord("ك")] == "ک"
    (('p',), True)
    """
    table = rows("models/urdu-letters.tsv")
    latin = {letter: tuple(ways.split()) or ("",) for letter, kind, ways in table if kind in ("letter", "vowel")}
    vowels = frozenset(letter for letter, kind, _ in table if kind == "vowel")
    plain = {ord(letter): other for letter, kind, other in table if kind not in ("letter", "vowel")}
    return UrduLetters(latin, vowels, plain)


def plain_letters(word: str) -> str:
    """A word in the letters of the table: presentation forms and letters of other keyboards become those of Urdu.

    >>> plain_letters("كتاب") == "کتاب", plain_letters("۱۲؟")
    (True, '12?')
    """
    return normalize("NFC", _FORMS.sub(lambda form: normalize("NFKC", form[0]), word)).translate(urdu_letters().plain)


def heard_urdu(word: str) -> str:
    """The symbols of a word, one a letter: those of the table.

    >>> heard_urdu("کتاب"), heard_urdu("x")
    ('کتاب', '')
    """
    return "".join(letter for letter in word if letter in urdu_letters().latin)


def spell_urdu(spoken: str) -> str:
    """Latin letters for Urdu letters by rule alone: long vowels as they are written, `a` between two consonants.

    >>> spell_urdu("کتاب"), spell_urdu("وقت"), spell_urdu("یار")
    ('katab', 'waqt', 'yar')
    """
    out = ""
    for at, letter in enumerate(spoken):
        before, after = spoken[at - 1 : at], spoken[at + 1 : at + 2]
        written = _written(letter, before, after)
        out += written
        closed = written in ("w", "y") or (written and not _is_vowel(letter))
        if closed and at + 2 < len(spoken) and not _is_vowel(after) and after not in "ھّ":
            out += "" if out[-2:-1] == "a" and not _is_vowel(before) else "a"
    return out


def _written(letter: str, before: str, after: str) -> str:
    """The letters that write an Urdu letter between two others."""
    latin = urdu_letters().latin
    if letter in "وی" and (not before or after == "ا"):
        return "w" if letter == "و" else "y"
    if letter == "ّ":
        return latin[after][0][:1] if after else ""
    return latin[letter][0]


def _is_vowel(letter: str) -> bool:
    return letter in _OPEN or letter in urdu_letters().vowels


_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
_OPEN = frozenset("اآوےیئؤءعۓ")
"""Letters that are vowels as often as not."""
