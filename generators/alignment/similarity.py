"""How alike two words sound when both are written in Latin letters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

_SOUNDS = (
    ("tch", "č"), ("chh", "č"), ("ch", "č"), ("tion", "sion"), ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("ge", "je"),
    ("gi", "ji"), ("ph", "f"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("gh", "g"), ("kh", "k"),
    ("jh", "j"), ("ck", "k"), ("qu", "k"), ("x", "ks"), ("q", "k"), ("w", "v"), ("z", "j"),
)  # fmt: skip
"""Spellings of one sound, rewritten in this order; English, Spanish and romanised Indic spelling meet half-way."""
_BONES = str.maketrans({"c": "k", "č": "k", "m": "n", **dict.fromkeys("aeiouyh", "")})


def similarity(one: str, other: str) -> float:
    """0 (nothing in common) to 1 (the same) for two words in any script; mostly consonants decide.

    >>> round(similarity("Bernard", "बर्नार्ड"), 2), similarity("casa", "घर") < 0.5
    (1.0, True)
    """
    return sounds_alike(romanised(one), romanised(other))


def sounds_alike(one: tuple[str, str], other: tuple[str, str]) -> float:
    """The same for spellings from :func:`romanised`."""
    if one[1][:1] != other[1][:1]:
        return 0.0
    bones = ratio(one[1], other[1]) / 100
    flesh = ratio(one[0], other[0]) / 100
    # Two consonants agree by chance too often to be trusted without the vowels.
    return bones if min(len(one[1]), len(other[1])) >= 4 else 0.5 * (bones + flesh)


@lru_cache(maxsize=1 << 16)
def romanised(word: str) -> tuple[str, str]:
    """A plain Latin spelling of a word and its consonants, doubled letters single.

    >>> romanised("Philipp")
    ('filip', 'flp')
    """
    text = anyascii(unicodedata.normalize("NFKC", word)).lower()
    if "\u0900" <= word[:1] <= "\u0d7f":
        text = text.replace("c", "ch")  # anyascii writes Indic ca as c
    text = "".join(filter(str.isalnum, text))
    for letters, sound in _SOUNDS:
        text = text.replace(letters, sound)
    text = "".join(letter for letter, _ in groupby(text))
    return text, ("a" if text[:1] in "aeiouy" else "") + text.translate(_BONES)
