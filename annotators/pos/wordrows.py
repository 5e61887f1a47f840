"""The rows of the word forms met so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.features import is_cased
from cswitch.annotators.pos.network import POSITIONS, WINDOW, Int16, Lookup

_MOST_FORMS = 50_000
"""Forms kept between batches, about 32 MB of rows."""
_AT_FIRST = 4096


class WordRows:
    """Numbers word forms as they come, and keeps the rows of each.

    Running text is made of few forms, so nearly every token is one look-up. When too many have gathered, all are
    forgotten; those in use are soon back.

    Args:
        lookup: Works the rows of a new form out.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._boundary = lookup.boundary()
        self._forget()

    def _forget(self) -> None:
        self._forms: list[tuple[str, bool]] = []
        self._learnt = 0
        self._cased = _Numbers(self._forms, cased=True)
        self._caseless = _Numbers(self._forms, cased=False)
        self._table: Int16 = self._empty(_AT_FIRST)

    def numbered(self, batch: Sequence[Sequence[str]]) -> NDArray[np.intp]:
        """The forms of the sentences in a row, ``WINDOW`` boundaries (0) around each."""
        if len(self._forms) > _MOST_FORMS:
            self._forget()
        cased, caseless = self._cased.__getitem__, self._caseless.__getitem__
        numbers = [0] * WINDOW
        for sentence in batch:
            numbers += map(cased if is_cased(sentence) else caseless, sentence)
            numbers += (0,) * WINDOW
        if len(self._forms) > self._learnt:
            self._learn()
        return np.array(numbers, dtype=np.intp)

    def sums(self, numbers: NDArray[np.intp]) -> Int16:
        """The rows of the forms around each form but ``WINDOW`` at either end, added up; shape (forms, hidden)."""
        size = len(numbers) - 2 * WINDOW
        sums: Int16 = self._table[0].take(numbers[:size], axis=0)
        for position in range(1, POSITIONS):
            sums += self._table[position].take(numbers[position : position + size], axis=0)
        return sums

    def _learn(self) -> None:
        known, needed = self._learnt + 1, len(self._forms) + 1
        if needed > self._table.shape[1]:
            table = self._empty(max(2 * self._table.shape[1], needed))
            table[:, :known] = self._table[:, :known]
            self._table = table
        self._table[:, known:needed] = self._lookup.rows(self._forms[self._learnt :]).swapaxes(0, 1)
        self._learnt = len(self._forms)

    def _empty(self, size: int) -> Int16:
        table: Int16 = np.zeros((POSITIONS, size, self._lookup.hidden), np.int16)
        table[:, 0] = self._boundary
        return table


class _Numbers(dict[str, int]):
    """Gives each new form the next number, from 1; 0 is the boundary."""

    def __init__(self, forms: list[tuple[str, bool]], *, cased: bool) -> None:
        super().__init__()
        self._forms, self._is_cased = forms, cased

    def __missing__(self, form: str) -> int:
        self._forms.append((form, self._is_cased))
        number = self[form] = len(self._forms)
        return number
