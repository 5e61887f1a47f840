"""English words written by ear in another script: back to English spelling."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from math import exp

_BASE, _SLOPE = 3.0, 0.4
"""Nats that a known word is worth: for the rarest, and for each doubling of how often it is seen."""
ONE = 1 << 16


class EnglishWords:
    """A list of English words that settles how an unsure word is spelt.

    Args:
        levels: Words by how often they are seen: of level ``n`` when seen ``2 ** n`` times or more.

    >>> words = EnglishWords({2: ["cake", "cat"], 0: ["kite"]})
    >>> words.best({"kek": 600, "cake": 100, "keik": 50})
    'cake'
    """

    def __init__(self, levels: dict[int, list[str]]) -> None:
        self._worth = {word: round(ONE * exp(_BASE + _SLOPE * level)) for level in levels for word in levels[level]}

    @classmethod
    @cache
    def load(cls) -> EnglishWords:
        """The words of data/models/indic-english.tsv.gz, read once."""
        packed = files("cswitch.data.models").joinpath("indic-english.tsv.gz").read_bytes()
        lines = gzip.decompress(packed).decode("ascii").splitlines()[1:]
        return cls({int(level): words.split() for level, _, words in (line.partition("\t") for line in lines)})

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
