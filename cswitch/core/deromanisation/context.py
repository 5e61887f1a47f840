"""Which of a word's native spellings fits the words beside it: word bigrams and the Viterbi algorithm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

Reading = tuple[str, int]
"""A native spelling and its cost, in parts of a nat."""


class Bigrams(NamedTuple):
    """What it is worth that one word follows another, beyond the frequency of the second, in parts of a nat."""

    worth: Mapping[tuple[str, str], int]
    """Of pairs that were seen."""
    unseen: Mapping[str, int]
    """Of a first word with one that was not seen after it; 0 or less."""

    def after(self, left: str, right: str) -> int:
        """What a pair of words is worth.

        >>> Bigrams({("a", "b"): 5}, {"a": -2}).after("a", "c")
        -2
        """
        found = self.worth.get((left, right))
        return self.unseen.get(left, 0) if found is None else found


def best_path(choices: Sequence[Sequence[Reading]], bigrams: Bigrams) -> list[str]:
    """One reading of each word, so that costs less what neighbours are worth come out least.

    Args:
        choices: For each word its readings, none of them empty; equal costs are told apart by their order.
        bigrams: What neighbours are worth.

    >>> best_path([[("a", 0)], [("c", 0), ("b", 3)]], Bigrams({("a", "b"): 5}, {}))
    ['a', 'b']
    """
    if not choices:
        return []
    costs = [cost for _, cost in choices[0]]
    steps: list[list[int]] = []
    for before, here in pairwise(choices):
        totals, step = [], []
        for word, cost in here:
            ways = [paid - bigrams.after(left, word) for paid, (left, _) in zip(costs, before, strict=True)]
            least = min(ways)
            totals.append(least + cost)
            step.append(ways.index(least))
        costs = totals
        steps.append(step)
    at = costs.index(min(costs))
    path = [at]
    for step in reversed(steps):
        path.append(step[path[-1]])
    return [options[place][0] for options, place in zip(choices, reversed(path), strict=True)]
