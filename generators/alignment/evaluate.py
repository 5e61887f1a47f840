"""How good links are against gold links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Pairs = Iterable[tuple[int, int]]


class Score(NamedTuple):
    """Quality of links over a set of sentences, each value 0 to 1."""

    precision: float
    """Share of the links found that are gold (or possible)."""
    recall: float
    """Share of the gold links that were found."""
    aer: float
    """Alignment error rate, lower is better."""


def evaluate(links: Sequence[Pairs], gold: Sequence[Pairs], possible: Sequence[Pairs] | None = None) -> Score:
    """Precision, recall and alignment error rate (Och and Ney, 2003), counted over all sentences together.

    Args:
        links: Links found, ``(i, j)``, a collection a sentence.
        gold: Sure gold links, a collection a sentence.
        possible: Links that are neither missed nor wrong; sure links are possible as well.

    Raises:
        ValueError: The collections differ in length.

    >>> evaluate([[(0, 0), (1, 1)]], [[(0, 0), (1, 2)]])
    Score(precision=0.5, recall=0.5, aer=0.5)
    >>> evaluate([[(0, 0), (1, 1)]], [[(0, 0)]], [[(1, 1)]]).aer
    0.0
    """
    found = right = sure = sure_found = 0
    for mine, theirs, perhaps in zip(links, gold, possible or [()] * len(gold), strict=True):
        a, s = set(mine), set(theirs)
        found, sure = found + len(a), sure + len(s)
        right, sure_found = right + len(a & (s | set(perhaps))), sure_found + len(a & s)
    return Score(
        precision=right / found if found else 0.0,
        recall=sure_found / sure if sure else 0.0,
        aer=1 - (right + sure_found) / (found + sure) if found + sure else 0.0,
    )
