"""English words written by ear in another script: back to English spelling."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from math import exp

_BASE, _SLOPE = 3.0, 0.4
"""Nats that a known word is worth: for the rarest, and for each doubling of how often it is seen."""
_TRUST = {"hi": 1.0}
"""Languages whose writers keep to English spelling; those of others follow the sound about as often."""
ONE = 1 << 16


class EnglishWords:
    """A list of English words that settles how an unsure word is spelt.

    Args:
        levels: Words by how often they are seen: of level ``n`` when seen ``2 ** n`` times or more.
        trust: How far writers keep to English spelling, 1 or less.

    >>> words = EnglishWords({2: ["cake", "cat"], 0: ["kite"]})
    >>> words.best({"kek": 600, "cake": 100, "keik": 50})
    'cake'
    """

    def __init__(self, levels: dict[int, list[str]], *, trust: float = 1.0) -> None:
        self._worth: dict[str, int] = {}
        for level, words in levels.items():
            self._worth.update(dict.fromkeys(words, round(ONE * exp(trust * (_BASE + _SLOPE * level)))))

    @classmethod
    @cache
    def load(cls, lang: str) -> EnglishWords:
        """The words of data/models/indic-english.tsv.gz as writers of a language use them, read once."""
        packed = files("cswitch.data.models").joinpath("indic-english.tsv.gz").read_bytes()
        lines = gzip.decompress(packed).decode("ascii").splitlines()[1:]
        levels = {int(level): words.split() for level, _, words in (line.partition("\t") for line in lines)}
        return cls(levels, trust=_TRUST.get(lang, 0.5))

    def __contains__(self, word: str) -> bool:
        return word in self._worth

    def weighed(self, odds: dict[str, int]) -> dict[str, int]:
        """Odds of spellings, those of English words multiplied by what the word is worth.

        >>> EnglishWords({0: ["kite"]}).weighed({"kait": 9, "kite": 1})["kite"] // ONE
        20
        """
        worth = self._worth
        return {latin: chance * worth.get(latin, ONE) for latin, chance in odds.items()}

    def best(self, odds: dict[str, int]) -> str:
        """The spelling of the highest odds so weighed; of several the first in the alphabet."""
        weighed = self.weighed(odds)
        return min(weighed, key=lambda latin: (-weighed[latin], latin))
