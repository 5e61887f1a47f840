"""Everything known of one language, read from data/models/dero-LANG.npz."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cswitch.core.deromanisation.network import UNIT, LetterNetwork
from cswitch.core.deromanisation.pairs import PairModel
from cswitch.core.deromanisation.search import Readings, read_letters
from cswitch.core.deromanisation.words import unpack_words

LATIN = "abcdefghijklmnopqrstuvwxyz"
UNREACHED = 2 * UNIT
"""How much dearer than the dearest reading found a word is that only the table of spellings knows."""


class SpellingModel:
    """Native readings of words in Latin letters, by spelling, by frequency and by what was attested.

    Args:
        arrays: What scripts/build_deromanisation.py writes.
    """

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._network = LetterNetwork(arrays)
        self._pairs = PairModel(arrays)
        words = unpack_words(arrays["words"], str(arrays["alphabet"]))
        self._level = dict(zip(words, arrays["levels"].tolist(), strict=True))
        self._bonus: list[int] = arrays["bonus"].tolist()
        self._attested: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        spelt = unpack_words(arrays["spelt"], LATIN)
        for latin, word, bonus in zip(
            spelt, arrays["spelt_word"].tolist(), arrays["spelt_bonus"].tolist(), strict=True
        ):
            self._attested[latin].append((words[word], bonus))

    @classmethod
    @cache
    def load(cls, lang: str) -> SpellingModel:
        """The model of data/models/dero-LANG.npz, read once."""
        with files("cswitch.data.models").joinpath(f"dero-{lang}.npz").open("rb") as stream, np.load(stream) as arrays:
            return cls(dict(arrays))

    def knows(self, latin: str) -> bool:
        """Whether a spelling is in the table."""
        return latin in self._attested

    def read(self, words: Sequence[str]) -> list[Readings]:
        """Native readings of each word with their costs, in parts of a nat, in no order.

        Args:
            words: Words of the letters a to z, none empty.
        """
        choices = self._network.read(words)
        return [self._weigh(word, read_letters(of, self._pairs)) for word, of in zip(words, choices, strict=True)]

    def _weigh(self, latin: str, readings: Readings) -> Readings:
        """Costs less what frequency and attestation are worth."""
        attested = self._attested.get(latin, ())
        dear = max(readings.values(), default=0) + UNREACHED
        for word, _ in attested:
            readings.setdefault(word, dear)
        level, bonus = self._level, self._bonus
        weighed = {word: cost - bonus[level.get(word, 0)] for word, cost in readings.items()}
        for word, worth in attested:
            weighed[word] -= worth
        return weighed
