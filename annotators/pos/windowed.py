"""A part-of-speech tagger that is small, quick and needs no download."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import as_file, files
from itertools import chain, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.characters import Joiner
from cswitch.annotators.pos.network import WINDOW, Layers, Lookup, Network
from cswitch.annotators.pos.wordrows import WordRows
from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest

_FOLDER = files("cswitch.data.models")
_PREFIX, _SUFFIX = "pos-", ".bin"

_BLOCK = 1024
"""Tokens a pass: what a pass needs fits the second-level cache, and memory does not grow with the input."""


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
        self._names = np.array(self.labels, dtype=object)
        self._words = WordRows(Lookup(network))
        self._layers = Layers(network.header, network.matrices)
        forms = (key[1:] for key in network.header.keys if key[0] == "=")
        self._joiner = Joiner(forms) if self.lang == "zh" else None

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

        A sentence's labels do not depend on the rest of the batch. Chinese may come in words or one character a token
        (see :class:`cswitch.annotators.pos.characters.Joiner`); a character has the label of its word.
        """
        return self._tag(batch) if self._joiner is None else self._tag_joined(batch, self._joiner)

    def _tag_joined(self, batch: Sequence[Sequence[str]], joiner: Joiner) -> list[tuple[str, ...]]:
        lengths = [joiner.lengths(sentence) for sentence in batch]
        words = [joiner.joined(sentence, own) for sentence, own in zip(batch, lengths, strict=True)]
        return [
            tuple(chain.from_iterable(map(repeat, labels, own)))
            for labels, own in zip(self._tag(words), lengths, strict=True)
        ]

    def _tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        names = self._names[self._best(self._words.numbered(batch))].tolist()
        tagged: list[tuple[str, ...]] = []
        start = 0
        for sentence in batch:
            end = start + len(sentence)
            tagged.append(tuple(names[start:end]))
            start = end + WINDOW
        return tagged

    def _best(self, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        """The label of every position between the outer boundaries."""
        count = max(len(numbers) - 2 * WINDOW, 0)
        best = np.empty(count, dtype=np.intp)
        padded = np.pad(numbers, 1)
        for start in range(0, count, _BLOCK):
            end = min(start + _BLOCK, count)
            best[start:end] = self._layers.best(self._words.sums(padded[start : end + 2 * WINDOW + 2]))
        return best


def languages() -> list[str]:
    """The languages that have a model here.

    >>> "en" in languages()
    True
    """
    found = (entry.name for entry in _FOLDER.iterdir())
    return sorted(n[len(_PREFIX) : -len(_SUFFIX)] for n in found if n.startswith(_PREFIX) and n.endswith(_SUFFIX))
