"""English words written by ear in another script: back to English spelling."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from functools import cache
from importlib.resources import files

from cswitch.core.text.spelling import Choices

_BASE, _SLOPE = 4.0, 0.6
"""Nats that a known word is worth: for the rarest, and for each doubling of how often it is seen."""
_BEAM = 12
_LONGEST = 24


class EnglishWords:
    """A list of English words that settles how an unsure word is spelt.

    Args:
        levels: Words by how often they are seen: of level ``n`` when seen ``2 ** n`` times or more.

    >>> words = EnglishWords({2: ["cake", "cat"], 0: ["kite"]})
    >>> words.nearest([[(0.0, "k"), (1.0, "c")], [(0.0, "e"), (0.5, "a")], [(0.0, "k")], [(0.0, ""), (1.5, "e")]])
    'cake'
    """

    def __init__(self, levels: dict[int, list[str]]) -> None:
        self._worth = {word: _BASE + _SLOPE * level for level, words in levels.items() for word in words}
        self._limit = max(self._worth.values(), default=0.0)
        self._sorted = sorted(self._worth)
        self._beginnings: set[str] = set()

    @classmethod
    @cache
    def load(cls) -> EnglishWords:
        """The words of data/models/deva-english.tsv.gz, read once."""
        packed = files("cswitch.data.models").joinpath("deva-english.tsv.gz").read_bytes()
        lines = gzip.decompress(packed).decode("ascii").splitlines()[1:]
        return cls({int(level): words.split() for level, _, words in (line.partition("\t") for line in lines)})

    def __contains__(self, word: str) -> bool:
        return word in self._worth

    def nearest(self, choices: Choices) -> str | None:
        """The English word that the choices can spell at the least cost, if it is worth its cost.

        Args:
            choices: Letters for each sound, with their cost in nats; see :class:`cswitch.core.text.spelling.Reading`.
        """
        if len(choices) > _LONGEST:
            return None
        limit = self._limit
        beam = {"": 0.0}
        for options in choices:
            grown: dict[str, float] = {}
            for start, cost in beam.items():
                for lag, letters in options:
                    if cost + lag > limit:
                        break
                    word = start + letters
                    if cost + lag < grown.get(word, limit) and self._begins(word):
                        grown[word] = cost + lag
            if not grown:
                return None
            beam = grown if len(grown) <= _BEAM else dict(sorted(grown.items(), key=lambda item: item[::-1])[:_BEAM])
        gains = [(self._worth[word] - cost, word) for word, cost in beam.items() if word in self._worth]
        gain, word = max(gains, default=(-1.0, ""))
        return word if gain > 0 else None

    def _begins(self, start: str) -> bool:
        """Whether a word of the list begins with these letters."""
        if start in self._beginnings:
            return True
        at = bisect_left(self._sorted, start)
        if at == len(self._sorted) or not self._sorted[at].startswith(start):
            return False
        self._beginnings.add(start)
        return True
