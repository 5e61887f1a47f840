"""Counts runs of letter-and-signs pairs and makes the back-off model of them that ships.

Probabilities are interpolated as Witten and Bell (1991) do, then pruned and turned into back-off form.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cswitch.core.deromanisation.network import UNIT
from cswitch.core.deromanisation.pairs import GRAIN

NOVELTY = 0.6
"""Share of the Witten-Bell mass that measures best with votes as counts."""

Run = tuple[int, ...]
Counts = defaultdict[Run, defaultdict[int, float]]
"""Context to pair to weight."""


class PairCounts:
    """Weighted counts of runs of pairs, and their interpolated probabilities.

    Args:
        sequences: The pairs of each word, by number, with the weight of the word.
        size: Numbers of pairs; ``size`` stands for the end of a word, ``size + 1`` for its beginning.
        order: Longest run.
    """

    def __init__(self, sequences: Sequence[tuple[Run, float]], size: int, order: int) -> None:
        self.size, self.order = size, order
        self.counts: list[Counts] = [defaultdict(lambda: defaultdict(float)) for _ in range(order)]
        for run, weight in sequences:
            full = (size + 1, *run, size)
            for at in range(1, len(full)):
                for back in range(min(order, at + 1)):
                    self.counts[back][full[at - back : at]][full[at]] += weight
        self._memory: dict[tuple[Run, int], float] = {}
        self._totals = [{run: sum(seen.values()) for run, seen in counts.items()} for counts in self.counts]

    def probability(self, context: Run, pair: int) -> float:
        """Of a pair after a run of at most ``order - 1`` pairs."""
        found = self._memory.get((context, pair))
        if found is None:
            lower = self.probability(context[1:], pair) if context else 1 / (self.size + 1)
            seen = self.counts[len(context)].get(context)
            if seen:
                new = NOVELTY * len(seen)
                lower = (seen.get(pair, 0.0) + new * lower) / (self._totals[len(context)][context] + new)
            found = self._memory[context, pair] = lower
        return found


def pack(model: PairCounts, least: Sequence[float], weight: float) -> dict[str, NDArray[Any]]:
    """The arrays of :class:`cswitch.core.deromanisation.pairs.PairModel`.

    Args:
        model: The counts.
        least: For each order from 2 on, the weight from which a run is kept.
        weight: What costs are multiplied by.
    """
    kept = _kept(model, least)
    arrays: dict[str, NDArray[Any]] = {}
    places: dict[Run, int] = {(): 0}
    for order, found in enumerate(kept, 1):
        runs = sorted(found, key=lambda run: (places[run[:-1]], run[-1]))
        contexts = np.array([places[run[:-1]] for run in runs])
        costs = [-math.log(_probability(model, run)) for run in runs]
        arrays[f"pairs_{order}_context"] = _small(np.diff(contexts, prepend=0))
        arrays[f"pairs_{order}_token"] = np.array([run[-1] for run in runs], np.uint16)
        arrays[f"pairs_{order}_cost"] = _whole(costs, weight)
        places = {run: at for at, run in enumerate(runs)}
        if order < model.order:
            arrays[f"pairs_{order}_back"] = _whole(_backs(model, runs, kept[order]), weight)
    return arrays


def _kept(model: PairCounts, least: Sequence[float]) -> list[set[Run]]:
    """The runs of each order: those of weight, and what they begin with."""
    kept: list[set[Run]] = [{(pair,) for pair in range(model.size + 2)}]
    for order, limit in enumerate(least, 2):
        seen = model.counts[order - 1]
        kept.append({(*run, pair) for run, after in seen.items() for pair, n in after.items() if n >= limit})
    for above, below in zip(kept[:0:-1], kept[-2::-1], strict=True):
        below.update(run[:-1] for run in above)
    return kept


def _probability(model: PairCounts, run: Run) -> float:
    if run[-1] == model.size + 1:
        return 1.0
    return model.probability(run[:-1], run[-1])


def _backs(model: PairCounts, runs: Sequence[Run], above: set[Run]) -> list[float]:
    """Cost of backing off from each run: what its kept pairs leave, shared among the others."""
    after: defaultdict[Run, list[int]] = defaultdict(list)
    for run in above:
        after[run[:-1]].append(run[-1])
    costs = []
    for run in runs:
        left = 1 - sum(model.probability(run, pair) for pair in after[run])
        below = 1 - sum(model.probability(run[1:], pair) for pair in after[run])
        costs.append(-math.log(max(left, 1e-4) / max(below, 1e-4)))
    return costs


def _whole(costs: Sequence[float], weight: float) -> NDArray[Any]:
    return np.rint(np.array(costs) * (UNIT / GRAIN * weight)).clip(-128, 127).astype(np.int8)


def _small(steps: NDArray[Any]) -> NDArray[Any]:
    return steps.astype(np.uint8 if steps.max(initial=0) < 256 else np.uint16)
