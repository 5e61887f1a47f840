"""A part-of-speech tagger that is small, quick and needs no download."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.network import POSITIONS, WINDOW, Int16, Layers, Lookup, Network
from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest

_FOLDER = files("cswitch.data.models")
_PREFIX, _SUFFIX = "pos-", ".bin"

_BLOCK = 1024
"""Tokens a pass: what a pass needs fits the second-level cache, and memory does not grow with the input."""
_MOST_WORDS = 50_000
"""Word forms kept between calls, about 32 MB of rows."""


class WindowedTagger:
    """Labels by a small network over the two words on either side (see :mod:`cswitch.annotators.pos.network`).

    Args:
        network: A trained network.

    >>> tagger = WindowedTagger.load("en")
    >>> tagger.tag([["She", "bought", "two", "tickets", "."]])
    [('PRON', 'VERB.Fin', 'NUM', 'NOUN.Plur', 'PUNCT')]
    """

    name = "windowed"

    def __init__(self, network: Network) -> None:
        self.lang = network.header.lang
        self.labels = network.header.labels
        self._lookup = Lookup(network)
        self._layers = Layers(network)
        self._names = np.array(self.labels, dtype=object)
        self._boundary = self._lookup.boundary()
        self._forget()

    @classmethod
    def load(cls, lang: str) -> WindowedTagger:
        """The tagger of a language.

        Args:
            lang: BCP-47 primary subtag.

        Raises:
            UsageError: There is no model for the language; the message lists those there are.
        """
        known = languages()
        if lang not in known:
            raise UsageError(f"no part-of-speech model for {lang!r}", hint=suggest(lang, known))
        with as_file(_FOLDER / f"{_PREFIX}{lang}{_SUFFIX}") as path:
            return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> WindowedTagger:
        """The tagger of a model file.

        Raises:
            InputError: The file is not a model of this version.
        """
        return cls(Network.read(path))

    def tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """A label a token, for each sentence of a batch (see :class:`cswitch.core.contracts.PosTagger`).

        A sentence's labels do not depend on the rest of the batch.
        """
        if len(self._types) > _MOST_WORDS:
            self._forget()
        ids = [0] * WINDOW
        word = self._types.__getitem__
        for sentence in batch:
            ids += map(word, sentence)
            ids += (0,) * WINDOW
        if self._types.new:
            self._learn()
        names = self._names[self._best(np.array(ids, dtype=np.intp))].tolist()
        tagged: list[tuple[str, ...]] = []
        start = 0
        for sentence in batch:
            end = start + len(sentence)
            tagged.append(tuple(names[start:end]))
            start = end + WINDOW
        return tagged

    def _best(self, ids: NDArray[np.intp]) -> NDArray[np.intp]:
        """The label of every position between the outer boundaries."""
        count = len(ids) - 2 * WINDOW
        best = np.empty(max(count, 0), dtype=np.intp)
        padded = np.pad(ids, 1)
        for start in range(0, count, _BLOCK):
            end = min(start + _BLOCK, count)
            best[start:end] = self._layers.best(self._sums(padded[start : end + 2 * WINDOW + 2]))
        return best

    def _sums(self, ids: NDArray[np.intp]) -> Int16:
        size = len(ids) - 2 * WINDOW
        sums: Int16 = self._rows[0].take(ids[:size], axis=0)
        for position in range(1, POSITIONS):
            sums += self._rows[position].take(ids[position : position + size], axis=0)
        return sums

    def _learn(self) -> None:
        words, self._types.new = self._types.new, []
        known, needed = len(self._types) - len(words) + 1, len(self._types) + 1
        if needed > self._rows.shape[1]:
            rows = np.zeros((POSITIONS, max(2 * self._rows.shape[1], needed), self._lookup.hidden), np.int16)
            rows[:, :known] = self._rows[:, :known]
            self._rows = rows
        self._rows[:, known:needed] = self._lookup.rows(words).swapaxes(0, 1)

    def _forget(self) -> None:
        self._types = _Types()
        self._rows: Int16 = np.zeros((POSITIONS, 4096, self._lookup.hidden), np.int16)
        self._rows[:, 0] = self._boundary


class _Types(dict[str, int]):
    """Numbers word forms from 1 as they come; 0 is the boundary."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[str] = []

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self) + 1
        self.new.append(word)
        return number


def languages() -> list[str]:
    """The languages that have a model here.

    >>> "en" in languages()
    True
    """
    found = (entry.name for entry in _FOLDER.iterdir())
    return sorted(n[len(_PREFIX) : -len(_SUFFIX)] for n in found if n.startswith(_PREFIX) and n.endswith(_SUFFIX))
