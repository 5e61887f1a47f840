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
    first, second = _runs(one), _runs(other)
    shared = sum(count * second[run] for run, count in first.items())
    size = sqrt(sum(count * count for count in first.values()) * sum(count * count for count in second.values()))
    return min(1.0, shared / size) if size else 0.0


def _runs(text: str) -> Counter[str]:
    words = " ".join(_WORD.findall(text.casefold()))
    padded = f" {words} "
    return Counter(padded[n : n + SIZE] for n in range(len(padded) - SIZE + 1)) if words else Counter()
