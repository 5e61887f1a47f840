"""Posteriors of word alignment models, for many sentence pairs of like length at once.

Arrays are laid out (emitted tokens, pairs, given tokens), so that a step of the forward-backward algorithm reads one
block of memory. Sides are padded to a common length: the emission of a padded cell is 0, and the probability that
nothing emitted a padded token is 1, which leaves the state as it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float32]
Ints = NDArray[np.int64]

NULL = 0.05
"""Probability that a token has no counterpart, where nothing else is said."""
MAX_JUMP = 12
"""Jumps further than this share one probability."""


def model1(emissions: Reals, null: Reals, sizes: Ints, share: float = NULL) -> Reals:
    """Posteriors of IBM model 1 (Brown et al., 1993).

    Args:
        emissions: Probability of each emitted token given each given token, shape (emitted, pairs, given).
        null: Probability of each emitted token when nothing emits it, shape (emitted, pairs).
        sizes: Number of given tokens of each pair, shape (pairs,).
        share: Probability that a token has no counterpart.

    Returns:
        How likely each cell is a link, same shape as ``emissions``.

    >>> table = np.array([[[0.9, 0.1]], [[0.1, 0.9]]], dtype=np.float32)
    >>> model1(table, np.full((2, 1), 0.5, np.float32), np.array([2])).round(2)[:, 0].tolist()
    [[0.8600000143051147, 0.10000000149011612], [0.10000000149011612, 0.8600000143051147]]
    """
    scaled = emissions * ((1 - share) / np.maximum(sizes, 1)).astype(np.float32)[None, :, None]
    scaled /= (scaled.sum(axis=2) + share * null)[:, :, None]
    return scaled


def hmm(
    emissions: Reals, null: Reals, sizes: Ints, jumps: NDArray[np.float64], share: float = NULL
) -> tuple[Reals, NDArray[np.float64]]:
    """Posteriors of the HMM alignment model (Vogel, Ney and Tillmann, 1996).

    Args:
        emissions: As for :func:`model1`.
        null: As for :func:`model1`; 1 for padded tokens.
        sizes: As for :func:`model1`.
        jumps: Weight of each jump from -:data:`MAX_JUMP` to :data:`MAX_JUMP`.
        share: As for :func:`model1`.

    Returns:
        How likely each cell is a link, same shape as ``emissions``, and the expected number of each jump.
    """
    length, pairs, size = emissions.shape
    offsets = np.clip(np.arange(size)[None, :] - np.arange(size)[:, None], -MAX_JUMP, MAX_JUMP) + MAX_JUMP
    move = jumps.astype(np.float32)[offsets]
    leave = _leave(move, sizes, share)
    null = np.where(null == 1, null, share * null)[:, :, None]
    forward, before = np.empty_like(emissions), np.empty_like(emissions)
    scale = np.empty((length, pairs, 1), dtype=np.float32)
    state = np.where(np.arange(size)[None, :] < sizes[:, None], 1 / np.maximum(sizes, 1)[:, None], 0)
    state = state.astype(np.float32)
    for j in range(length):
        reach = (state * leave) @ move if j else state * np.float32(1 - share)
        np.multiply(reach, emissions[j], out=forward[j])
        state = state * null[j]
        state += forward[j]
        np.sum(state, axis=1, keepdims=True, out=scale[j])
        scale[j] = np.maximum(scale[j], 1e-30)
        state /= scale[j]
        forward[j] /= scale[j]
        before[j] = state
    counts = np.zeros((size, size), dtype=np.float32)
    after = np.ones((pairs, size), dtype=np.float32)
    for j in range(length - 1, 0, -1):
        forward[j] *= after
        arrive = emissions[j] * after
        arrive /= scale[j]
        leaving = before[j - 1] * leave
        counts += leaving.T @ arrive
        after = after * (null[j] / scale[j])
        after += (arrive @ move.T) * leave
    if length:
        forward[0] *= after
    found = np.bincount(offsets.ravel(), (counts * move).ravel(), 2 * MAX_JUMP + 1)
    return forward, found.astype(np.float64)


def _leave(move: Reals, sizes: Ints, share: float) -> Reals:
    """What makes the weights of all jumps from a token to tokens of its sentence add up, shape (pairs, given)."""
    totals = np.cumsum(move, axis=1)
    return np.asarray((1 - share) / totals[:, np.maximum(sizes, 1) - 1].T, dtype=np.float32)
