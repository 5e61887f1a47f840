"""Words as numbers: statistics of rare words are poor, so forms of a word may share one number."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cswitch.core.lexicon import Lexicon, key, route
from cswitch.core.text.tokens import token_class
from cswitch.generators.alignment.stems import stemmer
from cswitch.generators.alignment.vocabulary import plain_number

PREFIX = 4
"""Letters of a stem that words are pooled by; derivations share their number."""
_MARK = "\0"
"""Stands before what is no word, so that it is never shortened."""
REMEMBERED = 1 << 18
"""Tokens of a side whose numbers are remembered."""
SHIFT = 32
"""Bits of the target number within the code of a pair of numbers."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Known:
    """Pairs of word numbers that a lexicon vouches for."""

    codes: Ints
    """Codes of the pairs, see :func:`codes_of`, sorted, each once."""
    strengths: NDArray[np.float64]
    """How much each is worth: the geometric mean of both probabilities, 0 to 1."""


class Pool:
    """Numbers for the words of two languages, given in the order the words come.

    Args:
        source_lang: Language of the first side.
        target_lang: Language of the second side.
        prefix: Letters of the stem that count; 0 takes every lower-case form for a word of its own.

    >>> pool = Pool("en", "es")
    >>> pool.number("house", 0) == pool.number("Houses", 0), pool.number("casa", 1) == pool.number("mundo", 1)
    (True, False)
    """

    def __init__(self, source_lang: str, target_lang: str, prefix: int = PREFIX) -> None:
        self.prefix = prefix
        self._stems = stemmer(source_lang).stem, stemmer(target_lang).stem
        self._numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self._seen: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def copy(self) -> Pool:
        """A pool that goes on from here by itself, so that the numbers of a corpus depend on nothing that came before.

        >>> pool = Pool("en", "es")
        >>> pool.copy().number("house", 0), pool.number("mouse", 0)
        (0, 0)
        """
        other = copy(self)
        other._numbers = self._numbers[0].copy(), self._numbers[1].copy()
        other._seen = {}, {}
        return other

    def number(self, token: str, side: int) -> int:
        """The number of a token of a side, 0 or 1."""
        seen = self._seen[side]
        found = seen.get(token)
        if found is None:
            if len(seen) > REMEMBERED:
                seen.clear()
            names = self._numbers[side]
            found = seen[token] = names.setdefault(self.name(token, side), len(names))
        return found

    def name(self, token: str, side: int) -> str:
        """What a token is pooled by."""
        if not self.prefix:
            return key(token)
        if token_class(token) == "number":
            return _MARK + plain_number(token)
        if not any(map(str.isalpha, token)):
            return _MARK + token
        return self._stems[side](token)[: self.prefix]

    def known(self, lexicon: Lexicon) -> Known:
        """What a lexicon says of pairs of numbers; of entries that share their numbers, the best counts."""
        best: dict[int, float] = {}
        for word in lexicon:
            if " " in word:
                continue
            a = self.number(word, 0)
            for translation in lexicon.translations(word):
                if " " not in translation.word:
                    code = a << SHIFT | self.number(translation.word, 1)
                    best[code] = max(best.get(code, 0.0), sqrt(translation.prob * translation.back))
        codes = np.array(sorted(best), dtype=np.int64)
        return Known(codes, np.array([best[code] for code in codes.tolist()], dtype=np.float64))


def lexicon_of(source_lang: str, target_lang: str, paths: Iterable[Path] = ()) -> Lexicon:
    """The lexicon of two languages, or an empty one when there is none: then the corpus is all there is to learn from.

    Args:
        source_lang: Language of the first side.
        target_lang: Language of the second side.
        paths: The user's own word lists.

    Raises:
        InputError: A word list cannot be read.

    >>> len(lexicon_of("tlh", "qya"))
    0
    """
    paths = list(paths)
    if paths or route(source_lang, target_lang):
        return Lexicon.load(source_lang, target_lang, extra=paths)
    return Lexicon(source_lang, target_lang, {})


def codes_of(pairs: Ints) -> Ints:
    """One number for each pair of word numbers, in the order of the pairs; shape (pairs, 2) to (pairs,)."""
    return np.asarray(pairs[:, 0] << SHIFT | pairs[:, 1])


def look_up(codes: Ints, among: Ints, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The value of each code; 0 for codes that are not among the sorted ones.

    >>> look_up(np.array([5, 7]), np.array([3, 7]), np.array([0.1, 0.2])).tolist()
    [0.0, 0.2]
    """
    if not len(among):
        return np.zeros(len(codes))
    at = np.minimum(np.searchsorted(among, codes), len(among) - 1)
    return np.where(among[at] == codes, values[at], 0.0).astype(np.float64)
