"""Everything known of one language, read from data/models/dero-LANG.npz.xz."""

from __future__ import annotations

import lzma
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO
from typing import Any
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from cswitch.core.deromanisation.context import Bigrams
from cswitch.core.deromanisation.network import UNIT, LetterNetwork
from cswitch.core.deromanisation.pairs import PairModel
from cswitch.core.deromanisation.search import Readings, read_letters
from cswitch.core.deromanisation.words import unpack_words
from cswitch.core.text.scripts import rows

BORROWED = {"ne": "hi"}
"""Languages with words of their own that are read with the letters of another one."""
SUFFIX = ".npz.xz"
LATIN = "abcdefghijklmnopqrstuvwxyz"
GRAIN = 4
"""What spellings and neighbours are worth is stored in steps of this many parts."""
USUAL = 3 * UNIT
"""How much cheaper than any other reading the word is that a spelling usually stands for."""
UNREACHED = 2 * UNIT
"""How much dearer than the dearest reading found a word is that only the table of spellings knows."""
NOTHING = {name: np.zeros(0, np.uint8) for name in ("spelt", "spelt_word", "spelt_bonus")}
"""A table of spellings without a spelling."""


class SpellingModel:
    """Native readings of words in Latin letters, by spelling, by frequency and by what was attested.

    Args:
        arrays: What scripts/build_deromanisation.py writes.
        usual: Everyday words by the spelling that usually stands for them.
    """

    def __init__(self, arrays: dict[str, NDArray[Any]], usual: Mapping[str, str] | None = None) -> None:
        self._usual = usual or {}
        self._network = LetterNetwork(arrays)
        self._pairs = PairModel(arrays)
        words = unpack_words(arrays["words"], str(arrays["alphabet"]))
        self._level: dict[str, int] = dict(zip(words, arrays["levels"].tolist(), strict=True))
        self._bonus: list[int] = arrays["bonus"].tolist()
        self._following = {name: array for name, array in arrays.items() if name.startswith("bigram_")}
        self._attested: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        spelt = unpack_words(arrays["spelt"], LATIN)
        for latin, word, bonus in zip(
            spelt, arrays["spelt_word"].tolist(), arrays["spelt_bonus"].tolist(), strict=True
        ):
            self._attested[latin].append((words[word], bonus * GRAIN))

    @classmethod
    @cache
    def load(cls, lang: str) -> SpellingModel:
        """The model of data/models/dero-LANG.npz.xz, read once."""
        usual = {latin: word for of, latin, word in rows("models/dero-common.tsv") if of == lang}
        return cls(read_arrays(lang), usual)

    @cached_property
    def bigrams(self) -> Bigrams:
        """Which words follow which; unpacked when first asked for."""
        words, arrays = list(self._level), self._following
        lefts, firsts = (np.cumsum(arrays[name].astype(np.int64)).tolist() for name in ("bigram_left", "bigram_first"))
        rights = arrays["bigram_right"].tolist()
        pairs = [(words[left], words[right]) for left, right in zip(lefts, rights, strict=True)]
        worth, unseen = (_grains(arrays[name]) for name in ("bigram_worth", "bigram_unseen"))
        return Bigrams(
            dict(zip(pairs, worth, strict=True)),
            dict(zip([words[first] for first in firsts], unseen, strict=True)),
        )

    def level(self, word: str) -> int:
        """How frequent a native word is, on a scale of logarithms; 0 for one that is not known."""
        return self._level.get(word, 0)

    def knows(self, latin: str) -> bool:
        """Whether a spelling is in the table."""
        return latin in self._attested or latin in self._usual

    def read(self, words: Sequence[str]) -> list[Readings]:
        """Native readings of each word with their costs, in parts of a nat, in no order.

        Args:
            words: Words of the letters a to z, none empty.
        """
        choices = self._network.read(words)
        return [self._weigh(word, read_letters(of, self._pairs)) for word, of in zip(words, choices, strict=True)]

    def _weigh(self, latin: str, readings: Readings) -> Readings:
        """Costs less what frequency and attestation are worth."""
        level, bonus = self._level, self._bonus
        # A sign that needs a letter before it cannot begin a word.
        whole = {word: cost for word, cost in readings.items() if category(word[0])[0] != "M"} or readings
        weighed = {word: cost - bonus[level.get(word, 0)] for word, cost in whole.items()}
        attested = self._attested.get(latin)
        if attested:
            dear = max(weighed.values(), default=0) + UNREACHED
            for word, worth in attested:
                weighed[word] = weighed.get(word, dear) - worth
        if latin in self._usual:
            weighed[self._usual[latin]] = min(weighed.values(), default=0) - USUAL
        return weighed


def read_arrays(lang: str) -> dict[str, NDArray[Any]]:
    """The arrays of a language, with the letters of the other where they are borrowed."""
    letters = _unpack(BORROWED[lang]) if lang in BORROWED else {}
    return letters | _unpack(lang)


def _unpack(lang: str) -> dict[str, NDArray[Any]]:
    packed = files("cswitch.data.models").joinpath(f"dero-{lang}{SUFFIX}").read_bytes()
    with np.load(BytesIO(lzma.decompress(packed))) as arrays:
        return dict(arrays)


def _grains(stored: NDArray[Any]) -> list[int]:
    costs: list[int] = (stored.astype(np.int64) * GRAIN).tolist()
    return costs
