"""A table of the rows of the words met so far, which grows as they come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.network import POSITIONS, Int16

_AT_FIRST = 4096


class RowTable:
    """Keeps what each word adds at each window position, by the number of the word: 0 is the boundary.

    Running text is made of few words, so nearly every token is one look-up. Those who number the words forget all of
    them when too many have gathered; those in use are soon back.

    Args:
        boundary: Rows of what stands before and after a sentence, shape (POSITIONS, hidden).
    """

    def __init__(self, boundary: Int16) -> None:
        self._boundary = boundary
        self._forget()

    def _forget(self) -> None:
        self._learnt = 0
        self._table: Int16 = self._empty(_AT_FIRST)

    def sums(self, numbers: NDArray[np.intp]) -> Int16:
        """The rows of the words around each word but ``WINDOW`` at either end, added up; shape (words, hidden)."""
        size = len(numbers) - POSITIONS + 1
        sums: Int16 = self._table[0].take(numbers[:size], axis=0)
        for position in range(1, POSITIONS):
            sums += self._table[position].take(numbers[position : position + size], axis=0)
        return sums

    def _learn(self, rows: Int16) -> None:
        """Takes in the rows of the next words, shape (words, POSITIONS, hidden)."""
        known, needed = self._learnt + 1, self._learnt + len(rows) + 1
        if needed > self._table.shape[1]:
            self._grow(max(2 * self._table.shape[1], needed))
        self._table[:, known:needed] = rows.swapaxes(0, 1)
        self._learnt += len(rows)

    def _grow(self, size: int) -> None:
        known = self._learnt + 1
        table = self._empty(size)
        table[:, :known] = self._table[:, :known]
        self._table = table

    def _empty(self, size: int) -> Int16:
        table: Int16 = np.zeros((POSITIONS, size, self._boundary.shape[1]), np.int16)
        table[:, 0] = self._boundary
        return table
