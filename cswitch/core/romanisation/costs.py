"""-log of probabilities in whole numbers, so that they order alike on any machine."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

STEPS = 32
"""Steps of a cost in a nat."""
_FURTHEST = 12 * STEPS
_ONE = 1 << 24


def costs(scores: NDArray[np.float32], nat: float) -> NDArray[np.int64]:
    """The cost of each score of a row, in steps of 1/32 nat: -log of its softmax.

    Args:
        scores: Rows of whole numbers.
        nat: How much of a score is a nat.

    >>> costs(np.array([[100, 100, -9e6]], np.float32), 10.0)[0, :2] / STEPS
    array([0.6875, 0.6875])
    """
    odds, bounds = _tables()
    behind = (scores.max(axis=1, keepdims=True) - scores) * np.float32(STEPS / nat)
    behind = np.minimum(behind, np.float32(2.0**17)).astype(np.int64)
    whole = odds[np.minimum(behind, _FURTHEST)].sum(axis=1)
    found: NDArray[np.int64] = behind + np.searchsorted(bounds, whole)[:, None]
    return found


def odds_of(cost: int) -> int:
    """The odds of a cost as a whole number, 0 for costs above 12 nats.

    >>> odds_of(22) / odds_of(0)
    0.5028315782546997
    """
    return _odds_of()[min(cost, _FURTHEST)]


@cache
def _odds_of() -> list[int]:
    found: list[int] = _tables()[0].tolist()
    return found


@cache
def _tables() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The odds of each cost as a whole number, and the sums of odds at which the logarithm goes up a step."""
    steps = np.arange(_FURTHEST + 1) / STEPS
    odds = np.rint(_ONE * np.exp(-steps)).astype(np.int64)
    odds[-1] = 0
    return odds, np.rint(_ONE * np.exp((np.arange(6 * STEPS) + 0.5) / STEPS)).astype(np.int64)
