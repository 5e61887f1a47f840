"""A translation of a word, and how words are looked up in lexicons."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Translation(NamedTuple):
    """A translation of a word, with its probability both ways."""

    word: str
    """The translation: a word, or words separated by single spaces."""
    prob: float
    """p(translation | word), 0 to 1."""
    back: float
    """p(word | translation), 0 to 1."""


@lru_cache(maxsize=1 << 16)
def key(word: str) -> str:
    """How a word is looked up: NFC, lower case, typographic apostrophes as ASCII, single spaces.

    >>> key("L\u2019Acqua"), key("Buenos  Di\u0301as")
    ("l'acqua", 'buenos días')
    """
    if not word.isascii():
        word = unicodedata.normalize("NFC", word).replace("\u2019", "'")
    word = word.lower()
    return " ".join(word.split()) if " " in word else word
