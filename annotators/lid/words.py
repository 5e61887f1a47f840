"""The words met so far: their rows, and what rules say of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.lid.features import stand_in
from cswitch.annotators.lid.model import Lookup
from cswitch.annotators.pos.network import POSITIONS, Int16
from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import is_neutral

BOUNDARY = 0
"""Number of what stands before and after a sentence."""
_MOST_WORDS = 60_000
"""Words kept between batches, about 40 MB of rows."""
_AT_FIRST = 4096
_NEW = 2048
"""New words worked out at a time."""
_LONGEST = 1000
"""Characters of a word that is kept; a longer one would fill the memory."""


class WordTable:
    """Numbers words as they come, from 1.

    Running text is made of few words, so nearly every token is one look-up. When too many have gathered, all are
    forgotten; those in use are soon back.

    Args:
        lookup: Works the rows of a new word out.
        rules: Whether there are neutral tokens, told by rule.
    """

    def __init__(self, lookup: Lookup, *, rules: bool) -> None:
        self._lookup, self._rules = lookup, rules
        self._boundary = lookup.boundary()
        self.scripts: list[str] = []
        """The scripts met, by number."""
        self._forget()

    def _forget(self) -> None:
        self._words: list[str] = []
        self._is_neutral: list[bool] = []
        self._learnt = 0
        self._numbers = _Numbers(self._words, self._is_neutral, rules=self._rules)
        self._table: Int16 = self._empty(_AT_FIRST)
        self._script = np.zeros(_AT_FIRST, np.intp)
        self._neutral = np.zeros(_AT_FIRST, np.bool_)

    def numbered(self, tokens: Sequence[str]) -> NDArray[np.intp]:
        """The number of each token."""
        if len(self._numbers) > _MOST_WORDS:
            self._forget()
        numbers = np.fromiter(map(self._numbers.__getitem__, tokens), np.intp, len(tokens))
        while self._learnt < len(self._words):
            self._learn(self._words[self._learnt : self._learnt + _NEW])
        return numbers

    def sums(self, numbers: NDArray[np.intp]) -> Int16:
        """The rows of the words around each word but two at either end, added up; shape (words, hidden)."""
        size = len(numbers) - POSITIONS + 1
        sums: Int16 = self._table[0].take(numbers[:size], axis=0)
        for position in range(1, POSITIONS):
            sums += self._table[position].take(numbers[position : position + size], axis=0)
        return sums

    def neutral(self, numbers: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which tokens are neutral by rule."""
        return self._neutral.take(numbers)

    def script(self, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        """The script of each word, as an index of :attr:`scripts`."""
        return self._script.take(numbers)

    def _learn(self, words: list[str]) -> None:
        known, needed = self._learnt + 1, self._learnt + len(words) + 1
        if needed > self._table.shape[1]:
            table = self._empty(max(2 * self._table.shape[1], needed))
            table[:, :known] = self._table[:, :known]
            self._table = table
            self._script = np.resize(self._script, table.shape[1])
            self._neutral = np.resize(self._neutral, table.shape[1])
        self._table[:, known:needed] = self._lookup.rows(words).swapaxes(0, 1)
        self._script[known:needed] = [self._script_number(script_of(word)) for word in words]
        self._neutral[known:needed] = self._is_neutral[known - 1 : needed - 1]
        self._learnt += len(words)

    def _script_number(self, script: str) -> int:
        if script not in self.scripts:
            self.scripts.append(script)
        return self.scripts.index(script)

    def _empty(self, size: int) -> Int16:
        table: Int16 = np.zeros((POSITIONS, size, self._lookup.hidden), np.int16)
        table[:, 0] = self._boundary
        return table


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
