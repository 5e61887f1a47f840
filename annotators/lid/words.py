"""The words met so far: their rows, and what rules say of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.lid.features import stand_in
from cswitch.annotators.lid.model import Lookup
from cswitch.annotators.pos.rowtable import RowTable
from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import is_neutral

BOUNDARY = 0
"""Number of what stands before and after a sentence."""
_MOST_WORDS = 60_000
"""Words kept between batches, about 40 MB of rows."""
_NEW = 2048
"""New words worked out at a time."""
_LONGEST = 1000
"""Characters of a word that is kept; a longer one would fill the memory."""


class WordTable(RowTable):
    """Numbers words as they come, from 1, and keeps the rows of each.

    Args:
        lookup: Works the rows of a new word out.
        rules: Whether there are neutral tokens, told by rule.
    """

    def __init__(self, lookup: Lookup, *, rules: bool) -> None:
        self._lookup, self._rules = lookup, rules
        self.scripts: list[str] = []
        """The scripts met, by number."""
        super().__init__(lookup.boundary())

    def _forget(self) -> None:
        super()._forget()
        self._words: list[str] = []
        self._is_neutral: list[bool] = []
        self._numbers = _Numbers(self._words, self._is_neutral, rules=self._rules)
        self._script = np.zeros(self._table.shape[1], np.intp)
        self._neutral = np.zeros(self._table.shape[1], np.bool_)

    def numbered(self, tokens: Sequence[str]) -> NDArray[np.intp]:
        """The number of each token."""
        if len(self._numbers) > _MOST_WORDS:
            self._forget()
        numbers = np.fromiter(map(self._numbers.__getitem__, tokens), np.intp, len(tokens))
        while self._learnt < len(self._words):
            self._take_in(self._words[self._learnt : self._learnt + _NEW])
        return numbers

    def neutral(self, numbers: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which tokens are neutral by rule."""
        return self._neutral.take(numbers)

    def script(self, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        """The script of each word, as an index of :attr:`scripts`."""
        return self._script.take(numbers)

    def _take_in(self, words: list[str]) -> None:
        known = self._learnt
        self._learn(self._lookup.rows(words))
        self._script[known + 1 : self._learnt + 1] = [self._script_number(script_of(word)) for word in words]
        self._neutral[known + 1 : self._learnt + 1] = self._is_neutral[known : self._learnt]

    def _grow(self, size: int) -> None:
        super()._grow(size)
        self._script = np.resize(self._script, size)
        self._neutral = np.resize(self._neutral, size)

    def _script_number(self, script: str) -> int:
        if script not in self.scripts:
            self.scripts.append(script)
        return self.scripts.index(script)


class _Numbers(dict[str, int]):
    """Gives each new word the next number, from 1; what is no word shares the number of its kind."""

    def __init__(self, words: list[str], neutral: list[bool], *, rules: bool) -> None:
        super().__init__()
        self._words, self._neutral, self._rules = words, neutral, rules

    def __missing__(self, token: str) -> int:
        neutral = is_neutral(token)
        word = stand_in(token) if neutral else token[:_LONGEST]
        number = self.get(word) if neutral and word != token else None
        if number is None:
            self._words.append(word)
            self._neutral.append(neutral and self._rules)
            number = len(self._words)
            if neutral:
                self[word] = number
        if len(token) < _LONGEST:
            self[token] = number
        return number
