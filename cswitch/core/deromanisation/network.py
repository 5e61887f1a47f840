"""A small network that reads Latin letters: for each letter of a word, the native signs it may stand for there.

A letter is seen with its neighbours; two hidden layers choose among the signs (none to three) that the letter was ever
seen to stand for. Weights and activations are whole numbers small enough for every sum to be exact in 32-bit floats,
so a word comes out the same on any machine and in any batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cswitch.core.products import blocked_product

CEILING = 255
"""Largest activation: 8 bits, so that a sum of 512 products with 8-bit weights stays below 2 ** 24."""
UNIT = 32
"""Costs are counted in this part of a nat."""
_WORTH = 6 * UNIT
"""Signs further behind the best than this are no choice."""
_MOST = 6
"""Choices of a letter."""
_BARRED = np.float32(-(2.0**23))
_SLICE = 512
_BLOCK = 16
"""Rows multiplied at once: BLAS starts threads for larger products, which gain nothing here."""


class Choice(NamedTuple):
    """Signs that a letter may stand for."""

    cost: int
    """How far behind the best, in parts of a nat."""
    token: int
    """The number of this letter with these signs."""
    signs: str


class LetterNetwork:
    """Native signs for Latin letters in context.

    Args:
        weights: The arrays that scripts/deromanisation_network.py writes.
    """

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self._tables = weights["first"].astype(np.int16)
        self._reach = len(self._tables) // 2
        self._first_bias = weights["first_bias"].astype(np.int16)
        self._hidden = weights["hidden"].astype(np.float32)
        self._hidden_bias = weights["hidden_bias"].astype(np.float32)
        self._scales = np.exp2(-weights["hidden_shift"].astype(np.float32))
        self._output = weights["output"].astype(np.float32)
        tokens = weights["tokens"].astype(np.int64)
        self.chunks: list[str] = weights["chunks"].tolist()
        self._numbers = np.full((27, len(self.chunks)), -1)
        self._numbers[tokens[:, 0], tokens[:, 1]] = np.arange(len(tokens))
        self._bias = np.where(self._numbers >= 0, weights["output_bias"].astype(np.float32), _BARRED)
        self._per_unit = UNIT / float(weights["nat"])

    def read(self, words: Sequence[str]) -> list[list[list[Choice]]]:
        """The choices of each letter of each word, best first.

        Args:
            words: Words of the letters a to z, none empty.
        """
        if not words:
            return []
        pad = bytes(self._reach)
        flat = np.frombuffer(pad + pad.join(word.encode("ascii") for word in words) + pad, np.uint8).astype(np.int64)
        ids = np.where(flat > 0, flat - 96, 0)
        places = np.nonzero(ids)[0]
        choices = self._choices(ids, places)
        found, at = [], 0
        for word in words:
            found.append(choices[at : at + len(word)])
            at += len(word)
        return found

    def _choices(self, ids: NDArray[np.int64], places: NDArray[np.int64]) -> list[list[Choice]]:
        out: list[list[Choice]] = [[] for _ in places]
        for start in range(0, len(places), _SLICE):
            at = places[start : start + _SLICE]
            scores = self._scores(ids, at)
            lags = np.floor((scores.max(axis=1, keepdims=True) - scores) * np.float64(self._per_unit))
            rows, columns = np.nonzero(lags < _WORTH)
            costs = lags[rows, columns].astype(np.int64).tolist()
            tokens = self._numbers[ids[at[rows]], columns].tolist()
            for row, cost, token, column in zip(rows.tolist(), costs, tokens, columns.tolist(), strict=True):
                out[start + row].append(Choice(cost, token, self.chunks[column]))
        for options in out:
            options.sort()
            del options[_MOST:]
        return out

    def _scores(self, ids: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.float32]:
        """A score for each letter and each of the chunks; whole numbers."""
        padded = np.resize(at, len(at) + -len(at) % _BLOCK)
        total = np.repeat(self._first_bias[None], len(padded), axis=0)
        for place, table in enumerate(self._tables):
            total += table[ids[padded + (place - self._reach)]]
        first = (total >> 1).clip(0, CEILING).astype(np.float32)
        second = blocked_product(first, self._hidden, _BLOCK) + self._hidden_bias
        second = np.floor(second * self._scales).clip(0, CEILING)
        scores: NDArray[np.float32] = blocked_product(second, self._output, _BLOCK)[: len(at)] + self._bias[ids[at]]
        return scores
