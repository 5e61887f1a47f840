"""A small network that spells sounds: for each sound of a word, the Latin letters people write for it there.

A sound is seen with its neighbours and with the letters just written, so that a writer who began with `aa` goes on with
`aa`; two hidden layers choose among the letters that the sound was ever written with. Weights, activations and costs
are whole numbers small enough for every sum to be exact, so the same word comes out the same on any machine and in any
batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cswitch.core.products import blocked_product
from cswitch.core.romanisation.costs import costs, odds_of

CEILING = 511
"""Largest activation: 9 bits, so that a sum of 256 products with 8-bit weights stays below 2 ** 24."""
FRACTION = 2
"""Bits below the point in the sums of the first layer."""
BARRED = -(2.0**23)
"""The score of letters that a sound is never written with."""
_SLICE = 512
"""Words gone through at once."""
_BLOCKS = (8, 16)
"""Rows multiplied at once in the two layers."""
_DOUBT = 0.7
"""A word is in doubt when the odds of second best letters to the best, summed over its sounds, exceed this."""
WIDTH = 8
"""Spellings of a word followed at a time."""
_LONGEST = 48
"""Sounds gone through as one word; longer words are cut."""
_HOPE = 112
"""Ways further behind the best than this, 3.5 nats, are not gone on with."""
_FAR = 1 << 17
"""The cost of a path that does not exist."""


class Reading(NamedTuple):
    """How the network spells a word."""

    latin: str
    """The spelling of the best letters at each place."""
    doubtful: bool
    """Whether another spelling is about as likely."""


class SpellingNetwork:
    """Letters for sounds in context.

    Args:
        weights: The arrays that scripts/spelling_network.py writes.

    >>> network = SpellingNetwork.load("deva")
    >>> [reading.latin for reading in network.read(["नəमəकᵊ", "दओसतᵊ"], "hi")]
    ['namak', 'dost']
    """

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self.chunks: list[str] = weights["chunks"].tolist()
        symbols: list[str] = weights["symbols"].tolist()
        self._langs = {symbol: at for at, symbol in enumerate(symbols) if len(symbol) > 1 and symbol != "<pad>"}
        self._ids = {symbol: at for at, symbol in enumerate(symbols) if len(symbol) == 1}
        self._reach, self._back = int(weights["reach"]), int(weights["back"])
        self._seen, self._written, self._spoken = _first_layer(weights)
        self._hidden = weights["hidden"].astype(np.float32)
        self._hidden_bias = weights["hidden_bias"].astype(np.float32)
        self._shift = np.float32(2.0 ** -int(weights["shift"]))
        self._output = weights["output"].astype(np.float32)
        self._output_bias = np.where(weights["allowed"], weights["output_bias"].astype(np.float32), np.float32(BARRED))
        self._options = _options(weights["allowed"])
        self._nat = float(weights["nat"])

    @classmethod
    @cache
    def load(cls, name: str) -> SpellingNetwork:
        """The network of data/models/NAME-spelling.npz, read once."""
        with files("cswitch.data.models").joinpath(f"{name}-spelling.npz").open("rb") as file, np.load(file) as arrays:
            return cls(dict(arrays))

    def knows(self, spoken: str) -> bool:
        """Whether there is a sound, and every one was met in training.

        >>> SpellingNetwork.load("deva").knows("घəरᵊ"), SpellingNetwork.load("deva").knows("ॵ")
        (True, False)
        """
        return bool(spoken) and self._ids.keys() >= set(spoken)

    def read(self, words: Sequence[str], lang: str) -> list[Reading]:
        """Spells words, taking the best letters at each place.

        Args:
            words: Sounds of each word, all of them known.
            lang: A language the network learned; others are spelt as the first one.
        """
        parts, places = _cut(words)
        found: list[Reading] = [Reading("", False)] * len(parts)
        for rows, ids, lengths in self._slices(parts):
            for row, reading in zip(rows, self._greedy(ids, lengths, self._lang(lang)), strict=True):
                found[row] = reading
        return [_joined([found[at] for at in place]) for place in places]

    def spellings(self, words: Sequence[str], lang: str, *, width: int = WIDTH) -> list[list[tuple[int, str]]]:
        """Several spellings of each word, found by a beam, with their costs in steps of 1/32 nat, cheapest first.

        Args:
            words: Sounds of each word, all of them known; of words too long for a beam there is one spelling.
            lang: A language the network learned.
            width: Spellings followed at a time.

        >>> SpellingNetwork.load("deva").spellings(["घəरᵊ"], "hi")[0][0][1]
        'ghar'
        """
        short = [at for at, word in enumerate(words) if len(word) <= _LONGEST]
        out: list[list[tuple[int, str]]] = [[] for _ in words]
        for rows, ids, lengths in self._slices([words[at] for at in short]):
            for row, found in zip(rows, self._beam(ids, lengths, self._lang(lang), width), strict=True):
                out[short[row]] = found
        return [found or [(0, self.read([word], lang)[0].latin)] for found, word in zip(out, words, strict=True)]

    def odds(self, words: Sequence[str], lang: str) -> list[dict[str, int]]:
        """The odds of the spellings that :meth:`spellings` finds, as whole numbers; equal spellings are added up.

        >>> max(SpellingNetwork.load("deva").odds(["घəरᵊ"], "hi")[0].items(), key=lambda item: item[1])[0]
        'ghar'
        """
        out: list[dict[str, int]] = []
        for found in self.spellings(words, lang):
            odds: dict[str, int] = {}
            for cost, latin in found:
                odds[latin] = odds.get(latin, 0) + odds_of(cost)
            out.append(odds)
        return out

    def _lang(self, lang: str) -> int:
        return self._langs.get(lang, min(self._langs.values()))

    def _slices(self, words: Sequence[str]) -> Any:
        """Words of similar length, long ones first: their places, symbols (words x longest) and lengths."""
        order = sorted(range(len(words)), key=lambda at: -len(words[at]))
        for start in range(0, len(order), _SLICE):
            rows = order[start : start + _SLICE]
            lengths = np.array([len(words[at]) for at in rows])
            ids = np.zeros((len(rows), int(lengths[0]) + 2 * self._reach), np.intp)
            for row, at in enumerate(rows):
                ids[row, self._reach : self._reach + len(words[at])] = [self._ids[sound] for sound in words[at]]
            yield rows, ids, lengths

    def _heard(self, ids: NDArray[np.intp], at: int, count: int, lang: int) -> NDArray[np.int16]:
        """What the sounds around place ``at`` of the first words add to the first layer."""
        total = np.repeat(self._spoken[lang][None], count, axis=0)
        for place, table in enumerate(self._seen):
            total += table[ids[:count, at + place]]
        return total

    def _scores(self, total: NDArray[np.int16], centres: NDArray[np.intp]) -> NDArray[np.float32]:
        """A score for each letter chunk; whole numbers."""
        np.right_shift(np.maximum(total, 0, out=total), FRACTION, out=total)
        second = blocked_product(np.minimum(total, CEILING, out=total), self._hidden, _BLOCKS[0])
        second += self._hidden_bias
        second *= self._shift
        np.clip(np.floor(second, out=second), 0, CEILING, out=second)
        scores = blocked_product(second, self._output, _BLOCKS[1])
        scores += self._output_bias[centres]
        return scores

    def _greedy(self, ids: NDArray[np.intp], lengths: NDArray[np.int_], lang: int) -> list[Reading]:
        """The reading of each word, place by place for all words at once."""
        size, longest = len(ids), int(lengths[0])
        best = np.full((size, self._back + longest), len(self.chunks), np.intp)
        odds = np.zeros(size)
        for at in range(longest):
            count = int(np.searchsorted(-lengths, -at))
            total = self._heard(ids, at, count, lang)
            for place, table in enumerate(self._written):
                total += table[best[:count, at + place]]
            scores = self._scores(total, ids[:count, at + self._reach])
            chosen = scores.argmax(axis=1)
            best[:count, self._back + at] = chosen
            odds[:count] += self._odds(scores, np.arange(count), chosen)
        chunks, start = [*self.chunks, ""], self._back
        latin = ("".join(map(chunks.__getitem__, row)) for row in best[:, start:].tolist())
        return [Reading(word, doubt) for word, doubt in zip(latin, (odds > _DOUBT).tolist(), strict=True)]

    def _odds(self, scores: NDArray[np.float32], rows: NDArray[np.int_], best: NDArray[np.int_]) -> NDArray[np.float64]:
        """The odds of the second best letters to the best; changes the scores."""
        highest = scores[rows, best]
        scores[rows, best] = BARRED
        # In steps of an eighth of a power of two: too coarse for a machine's last bit to matter.
        gaps = np.minimum((highest - scores.max(axis=1)) / np.float32(self._nat), np.float32(30))
        odds: NDArray[np.float64] = np.exp2(-np.rint(gaps * 12) / 8).astype(np.float64)
        return odds

    def _beam(
        self, ids: NDArray[np.intp], lengths: NDArray[np.int_], lang: int, width: int
    ) -> list[list[tuple[int, str]]]:
        """The cheapest spellings of each word."""
        size, longest = len(ids), int(lengths[0])
        paths = np.full((size, width, self._back + longest), len(self.chunks), np.intp)
        spent = np.full((size, width), _FAR, np.int64)
        spent[:, 0] = 0
        for at in range(longest):
            count = int(np.searchsorted(-lengths, -at))
            options = self._options[ids[:count, at + self._reach]]
            priced = np.full((count, width, options.shape[1]), _FAR, np.int64)
            rows, ways = np.nonzero(spent[:count] < spent[:count, :1] + _HOPE)
            priced[rows, ways] = self._priced(ids, at, lang, rows, paths[rows, ways], options)
            priced += np.minimum(spent[:count, :, None], _FAR)
            flat = priced.reshape(count, -1)
            cheapest = flat.argsort(axis=1, kind="stable")[:, :width]
            each = np.arange(count)[:, None]
            origin, option = np.divmod(cheapest, options.shape[1])
            paths[:count] = paths[each, origin]
            paths[:count, :, self._back + at] = options[each, option]
            spent[:count] = np.minimum(flat[each, cheapest], _FAR)
        chunks, start = [*self.chunks, ""], self._back
        return [
            [
                (cost, "".join(map(chunks.__getitem__, path)))
                for cost, path in zip(spent_on, word, strict=True)
                if cost < _FAR
            ]
            for spent_on, word in zip(spent.tolist(), paths[:, :, start:].tolist(), strict=True)
        ]

    def _priced(
        self,
        ids: NDArray[np.intp],
        at: int,
        lang: int,
        rows: NDArray[np.intp],
        written: NDArray[np.intp],
        options: NDArray[np.intp],
    ) -> NDArray[np.int64]:
        """The costs of the options at place ``at`` for ways to write the words of some rows so far."""
        total = self._heard(ids, at, len(options), lang)[rows]
        for place, table in enumerate(self._written):
            total += table[written[:, at + place]]
        scores = self._scores(total, ids[rows, at + self._reach])
        return costs(np.take_along_axis(scores, options[rows], axis=1), self._nat)


def _cut(words: Sequence[str]) -> tuple[list[str], list[range]]:
    """Words in parts that are not too long, and for each word the places of its parts."""
    parts: list[str] = []
    places = []
    for word in words:
        start = len(parts)
        parts.extend(word[at : at + _LONGEST] for at in range(0, len(word), _LONGEST))
        places.append(range(start, len(parts)))
    return parts, places


def _joined(readings: list[Reading]) -> Reading:
    """The reading of a word from those of its parts."""
    return readings[0] if len(readings) == 1 else Reading("".join(reading.latin for reading in readings), False)


def _options(allowed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The chunks each symbol may be written with; short rows are filled with one that is barred."""
    most = int(allowed.sum(axis=1).max())
    return np.argsort(~allowed, axis=1, kind="stable")[:, :most]


def _first_layer(
    weights: dict[str, NDArray[Any]],
) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    """What each symbol at each place of the window, each chunk at each place before it, and each language adds.

    Places x entries x units, and for languages entries x units. Sums of products of 8-bit numbers, scaled and rounded
    once; the ceiling keeps the sum of all places in 16 bits.
    """
    first, scale = weights["first"].astype(np.float32), np.float32(weights["first_scale"])
    bound = 32767 // (len(first) + 1)
    embedding, written = (weights[name].astype(np.float32) for name in ("embedding", "written"))
    seen = 2 * int(weights["reach"]) + 1
    parts = ((embedding, first[:seen]), (written, first[seen:-1]), (embedding, first[-1:]))
    sums = [np.rint(np.stack([blocked_product(rows, matrix, 8) for matrix in place]) * scale) for rows, place in parts]
    sums[2] += weights["first_bias"]
    one, two, three = (part.clip(-bound, bound).astype(np.int16) for part in sums)
    return one, two, three[0]
