"""A small network that spells sounds: for each sound of a word, the Latin letters people write for it there.

A sound is seen with its neighbours; two hidden layers choose among the letters that sound was ever written with.
Weights and activations are whole numbers small enough for every sum to be exact, so the same word comes out the same on
any machine and in any batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Choices = list[list[tuple[float, str]]]
"""For each sound the letters worth a thought, best first, each with how far it is behind the best, in nats."""

CEILING = 511
"""Largest activation: 9 bits, so that a sum of 256 products with 8-bit weights stays below 2 ** 24."""
FRACTION = 3
"""Bits below the point in the sums of the first layer."""
BARRED = -(2.0**23)
"""The score of letters that a sound is never written with."""
_SLICE = 512
_BLOCKS = (8, 16)
"""Rows multiplied at once in the two layers."""
_WORTH = 4.5
"""Letters further behind the best than this many nats are no choice."""
_DOUBT = 0.7
"""A word is in doubt when the odds of second best letters to the best, summed over its sounds, exceed this."""


class Reading(NamedTuple):
    """How the network spells a word."""

    latin: str
    """The best spelling."""
    choices: Choices | None
    """What else it could be, or None when there is little doubt."""


class SpellingNetwork:
    """Letters for sounds in context.

    Args:
        weights: The arrays that scripts/spelling_network.py writes.

    >>> network = SpellingNetwork.load()
    >>> [reading.latin for reading in network.read(["नəमəकᵊ", "दओसतᵊ"], "hi")]
    ['namak', 'dost']
    """

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self._chunks: list[str] = weights["chunks"].tolist()
        symbols: list[str] = weights["symbols"].tolist()
        self._langs = {symbol: at for at, symbol in enumerate(symbols) if len(symbol) > 1}
        self._ids = {symbol: at for at, symbol in enumerate(symbols) if len(symbol) == 1}
        self._tables = _first_layer(weights)
        self._reach = (len(self._tables) - 2) // 2
        self._hidden = weights["hidden"].astype(np.float32)
        self._hidden_bias = weights["hidden_bias"].astype(np.float32)
        self._shift = np.float32(2.0 ** -int(weights["shift"]))
        self._output = weights["output"].astype(np.float32)
        self._output_bias = np.where(weights["allowed"], weights["output_bias"].astype(np.float32), np.float32(BARRED))
        self._nat = float(weights["nat"])

    @classmethod
    @cache
    def load(cls) -> SpellingNetwork:
        """The network of data/models/deva-spelling.npz, read once."""
        with files("cswitch.data.models").joinpath("deva-spelling.npz").open("rb") as stream, np.load(stream) as arrays:
            return cls(dict(arrays))

    def knows(self, spoken: str) -> bool:
        """Whether there is a sound, and every one was met in training.

        >>> SpellingNetwork.load().knows("घəरᵊ"), SpellingNetwork.load().knows("ॵ")
        (True, False)
        """
        return bool(spoken) and self._ids.keys() >= set(spoken)

    def read(self, words: Sequence[str], lang: str) -> list[Reading]:
        """Spells words.

        Args:
            words: Sounds of each word (:func:`cswitch.core.text.schwa.sounds`), all of them known.
            lang: A language the network learned; others are spelt as Hindi.
        """
        if not words:
            return []
        pad = [0] * self._reach
        ids: list[int] = list(pad)
        centres: list[int] = []
        for word in words:
            centres.extend(range(len(ids), len(ids) + len(word)))
            ids.extend(map(self._ids.__getitem__, word))
            ids.extend(pad)
        scores = self._scores(np.array(ids), np.array(centres), self._langs.get(lang, self._langs["hi"]))
        return self._readings([len(word) for word in words], scores)

    def _scores(self, ids: NDArray[np.int_], centres: NDArray[np.int_], lang: int) -> NDArray[np.float32]:
        """A score for each sound and each of the letter chunks; whole numbers."""
        size = len(centres)
        centres = np.resize(centres, size + -size % _BLOCKS[1])
        out = np.empty((len(centres), len(self._chunks)), np.float32)
        for start in range(0, len(centres), _SLICE):
            at = centres[start : start + _SLICE]
            total = np.repeat(self._tables[-1][lang][None], len(at), axis=0)
            for place, table in enumerate(self._tables[:-1]):
                total += table[ids[at + (place - self._reach)]]
            first = (np.maximum(total, 0) >> FRACTION).clip(max=CEILING).astype(np.float32)
            second = _product(first, self._hidden, _BLOCKS[0]) + self._hidden_bias
            second = np.floor(second * self._shift).clip(0, CEILING)
            out[start : start + _SLICE] = _product(second, self._output, _BLOCKS[1]) + self._output_bias[ids[at]]
        return out[:size]

    def _readings(self, lengths: list[int], scores: NDArray[np.float32]) -> list[Reading]:
        """The best spelling of each word, with the other choices of words in doubt."""
        best = scores.argmax(axis=1)
        rows = np.arange(len(best))
        behind = scores[rows, best][:, None] - scores
        letters = [self._chunks[chunk] for chunk in best.tolist()]
        stops = list(accumulate(lengths))
        doubtful = self._in_doubt(behind, rows, best, stops)
        choices = self._choices(
            behind, [place for at in doubtful for place in range(stops[at] - lengths[at], stops[at])]
        )
        readings = [Reading("".join(letters[stop - n : stop]), None) for n, stop in zip(lengths, stops, strict=True)]
        start = 0
        for at in doubtful:
            readings[at] = Reading(readings[at].latin, choices[start : start + lengths[at]])
            start += lengths[at]
        return readings

    def _in_doubt(
        self, behind: NDArray[np.float32], rows: NDArray[np.int_], best: NDArray[np.int_], stops: list[int]
    ) -> list[int]:
        """The words for which the odds of the second best letters, summed over their sounds, are high."""
        others = behind.copy()
        others[rows, best] = -BARRED
        # Odds in steps of an eighth of a power of two: too coarse for a machine's last bit to matter.
        gaps = np.minimum(others.min(axis=1) / np.float32(self._nat), np.float32(30))
        odds = np.add.reduceat(np.exp2(-np.rint(gaps * 12) / 8), [0, *stops[:-1]])
        return np.nonzero(odds > _DOUBT)[0].tolist()

    def _choices(self, behind: NDArray[np.float32], places: list[int]) -> Choices:
        """The choices of some sounds."""
        out: Choices = [[] for _ in places]
        lags = behind[places] / np.float32(self._nat)
        found, chunks = np.nonzero(lags < _WORTH)
        for at, lag, chunk in zip(found.tolist(), lags[found, chunks].tolist(), chunks.tolist(), strict=True):
            out[at].append((lag, self._chunks[chunk]))
        for options in out:
            options.sort()
        return out


def _product(rows: NDArray[np.float32], matrix: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """Rows times a matrix, a block of rows at a time.

    BLAS starts threads for larger products; they gain nothing here, and slow it down a hundredfold on busy cores.
    """
    blocks: NDArray[np.float32] = rows.reshape(-1, block, rows.shape[1]) @ matrix
    return blocks.reshape(len(rows), -1)


def _first_layer(weights: dict[str, NDArray[Any]]) -> list[NDArray[np.int16]]:
    """What each symbol at each place of the window adds to the first layer; the last table is the language's.

    Sums of products of 8-bit numbers, scaled and rounded once; the ceiling keeps the sum of all places in 16 bits.
    """
    embedding, first = weights["embedding"].astype(np.float32), weights["first"].astype(np.float32)
    bound = 32767 // (len(first) + 1)
    sums = (embedding[:, None] @ first[:, None])[:, :, 0].astype(np.float64)
    tables = np.rint(sums * float(weights["first_scale"]))
    tables[-1] += weights["first_bias"]
    return [table.clip(-bound, bound).astype(np.int16) for table in tables]
