"""The best native readings of a word: beam search over the signs of its letters."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from operator import itemgetter

from cswitch.core.deromanisation.network import Choice
from cswitch.core.deromanisation.pairs import PairModel

WIDTH = 8
"""Readings kept at each letter."""

Readings = dict[str, int]
"""Native words with their costs, in parts of a nat."""


def read_letters(choices: Sequence[Sequence[Choice]], pairs: PairModel, width: int = WIDTH) -> Readings:
    """The readings of a word that survive the search, with their costs.

    Args:
        choices: For each letter what it may stand for.
        pairs: Adds the cost of each pair after those before it.
        width: Readings kept at each letter.
    """
    step = pairs.step
    beam: list[tuple[tuple[int, str], int]] = [((pairs.start, ""), 0)]
    for options in choices:
        found: dict[tuple[int, str], int] = {}
        for (node, written), cost in beam:
            for lag, token, signs in options:
                paid, after = step(node, token)
                state, total = (after, written + signs), cost + lag + paid
                if total < found.get(state, 1 << 30):
                    found[state] = total
        # Equal costs are told apart by the state, so that the order never depends on how it was reached.
        beam = nsmallest(width, found.items(), key=itemgetter(1, 0)) if len(found) > width else list(found.items())
    readings: Readings = {}
    for (node, written), cost in beam:
        total = cost + step(node, pairs.end)[0]
        if written and total < readings.get(written, 1 << 30):
            readings[written] = total
    return readings
