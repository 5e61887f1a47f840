"""Bootstrap by tasks: a sentence is drawn with all its tokens and everything that annotators said of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cswitch.annotators.agreement.coefficients import Floats
from cswitch.core.seeds import digest

_HELD = 1 << 22
"""Weights held at a time: tasks x replicates."""


class Plan(NamedTuple):
    """How intervals are made."""

    draws: int = 0
    """Replicates; 0 for no intervals."""
    seed: int = 0
    """Seed of the replicates."""
    confidence: float = 0.95
    """Share of the replicates inside an interval."""


def replicates(sums: Floats, plan: Plan, stream: str) -> Floats | None:
    """Sums of resampled corpora: replicates x columns; None when no intervals are asked for, or below two tasks.

    As many tasks are drawn as there are, with replacement (Efron and Tibshirani, 1993).

    Args:
        sums: Tasks x columns.
        plan: How many replicates, and their seed.
        stream: Name of the corpus: two corpora are drawn independently of each other.

    >>> import numpy as np
    >>> drawn = replicates(np.array([[1.0], [3.0]]), Plan(draws=100), "tokens")
    >>> drawn.shape, sorted(set(drawn[:, 0].tolist()))
    ((100, 1), [2.0, 4.0, 6.0])
    """
    size = len(sums)
    if not plan.draws or size < 2:
        return None
    # Raw bits, for NumPy keeps those the same from version to version, its distributions not.
    bits = np.random.PCG64(digest("agreement", plan.seed, stream))
    drawn = []
    held = max(1, _HELD // size)
    for start in range(0, plan.draws, held):
        picked = (bits.random_raw(size) % size for _ in range(min(held, plan.draws - start)))
        weights = np.stack([np.bincount(places.astype(np.int64), minlength=size) for places in picked])
        drawn.append(weights.astype(np.float64) @ sums)
    return np.concatenate(drawn)


def interval(values: Floats | None, plan: Plan) -> tuple[float, float] | None:
    """Percentile interval over the replicates in which the value is defined; None when it is in none.

    >>> import numpy as np
    >>> interval(np.array([0.25, 0.5, 0.75, np.nan]), Plan(draws=4, confidence=0.5))
    (0.375, 0.625)
    """
    if values is None:
        return None
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    tail = 50 * (1 - plan.confidence)
    low, high = np.percentile(known, (tail, 100 - tail))
    return float(low), float(high)
