"""How alike two texts are by the letters they share: cheap, without a model, the same on every machine."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import regex

SIZE = 3
"""Letters of a run that is counted."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


def letter_similarity(one: str, other: str) -> float:
    """The cosine of the counts of three letters in a row, 0 to 1; case, marks and the width of spaces do not matter.

    A paraphrase shares most of its stems with the text and most of its runs of letters with them. Sense it does not
    see: two words of one meaning share nothing, and a ``not`` more changes little.

    >>> letter_similarity("The soup was cold.", "the soup was COLD"), letter_similarity("soup", "")
    (1.0, 0.0)
    >>> round(letter_similarity("The soup was cold.", "That soup was very cold."), 2)
    0.66
    >>> round(letter_similarity("The soup was cold.", "My brother lives in Pune."), 2)
    0.05
    """
    return Letters(one).similarity(Letters(other))


class Letters:
    """The runs of letters of a text, counted once for many comparisons.

    Args:
        text: The text.
    """

    __slots__ = ("_counts", "_size")

    def __init__(self, text: str) -> None:
        words = " ".join(_WORD.findall(text.casefold()))
        padded = f" {words} " if words else ""
        self._counts = Counter(padded[n : n + SIZE] for n in range(len(padded) - SIZE + 1))
        self._size = sum(count * count for count in self._counts.values())

    def similarity(self, other: Letters) -> float:
        """See :func:`letter_similarity`."""
        size = sqrt(self._size * other._size)
        shared = sum(count * other._counts[run] for run, count in self._counts.items())
        return min(1.0, shared / size) if size else 0.0
