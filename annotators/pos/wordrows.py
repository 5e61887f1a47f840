"""The rows of the word forms met so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.features import is_cased
from cswitch.annotators.pos.network import WINDOW, Lookup
from cswitch.annotators.pos.rowtable import RowTable

_MOST_FORMS = 50_000
"""Forms kept between batches, about 32 MB of rows."""


class WordRows(RowTable):
    """Numbers word forms as they come, and keeps the rows of each.

    Args:
        lookup: Works the rows of a new form out.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        super().__init__(lookup.boundary())

    def _forget(self) -> None:
        super()._forget()
        self._forms: list[tuple[str, bool]] = []
        self._cased = _Numbers(self._forms, cased=True)
        self._caseless = _Numbers(self._forms, cased=False)

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
            self._learn(self._lookup.rows(self._forms[self._learnt :]))
        return np.array(numbers, dtype=np.intp)


class _Numbers(dict[str, int]):
    """Gives each new form the next number, from 1; 0 is the boundary."""

    def __init__(self, forms: list[tuple[str, bool]], *, cased: bool) -> None:
        super().__init__()
        self._forms, self._is_cased = forms, cased

    def __missing__(self, form: str) -> int:
        self._forms.append((form, self._is_cased))
        number = self[form] = len(self._forms)
        return number
