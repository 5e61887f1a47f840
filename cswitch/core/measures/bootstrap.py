"""Bootstrap by utterances in one pass and constant memory: the Poisson bootstrap (Chamandy et al., 2012).

Drawing U utterances of U with replacement takes each about Poisson(1) times. So every replicate gives each utterance
that passes by a weight drawn from Poisson(1) and keeps weighted sums; no utterance is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import exp, factorial
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cswitch.core.measures.formulas import Deviation
from cswitch.core.measures.tallies import Numbers, Sums, Tally, numbers_of
from cswitch.core.seeds import digest

Key = TypeVar("Key")
Array = NDArray[np.float64]

_CHUNK = 512
_CUMULATIVE = np.cumsum([exp(-1) / factorial(k) for k in range(16)])
_THRESHOLDS = (_CUMULATIVE * 2.0**64).astype(np.uint64)


class _Columns(Generic[Key]):
    """Weighted sums of counters, a column a key; a new key is a new column of zeros."""

    def __init__(self, draws: int) -> None:
        self.index: dict[Key, int] = {}
        self.sums: Array = np.zeros((draws, 0))

    def add(self, weights: Array, counters: Sequence[Mapping[Key, int]]) -> None:
        for counter in counters:
            for key in counter:
                self.index.setdefault(key, len(self.index))
        counts = np.zeros((len(counters), len(self.index)))
        for row, counter in enumerate(counters):
            for key, count in counter.items():
                counts[row, self.index[key]] = count
        grown = weights @ counts
        grown[:, : self.sums.shape[1]] += self.sums
        self.sums = grown

    def draw(self, number: int) -> dict[Key, int]:
        return {key: int(count) for key, count in zip(self.index, self.sums[number], strict=True) if count}


class Replicates:
    """Weighted sums of the utterances that passed by, for a number of draws.

    Args:
        draws: How many replicates.
        seed: Seed of the weights; the same seed and utterances give the same weights on every machine.

    >>> from cswitch.core.measures.runs import Profile
    >>> from cswitch.core.measures.tallies import tally_of
    >>> replicates = Replicates(200, seed=1)
    >>> for cmi in (0.0, 50.0, 25.0, 10.0):
    ...     replicates.add(tally_of(Profile({"en": 1}, [1]), [cmi], False, {}))
    >>> low, high = replicates.intervals(0.9)["cmi", "mean-all"]
    >>> 0 <= low < 21.25 < high <= 50
    True
    """

    def __init__(self, draws: int, seed: int) -> None:
        self.draws = draws
        self._bits = np.random.PCG64(digest("bootstrap", seed))
        self._waiting: list[Tally] = []
        self._rows: Array | None = None
        self._languages: _Columns[str] = _Columns(draws)
        self._lengths: _Columns[int] = _Columns(draws)
        self._units: _Columns[tuple[str, int]] = _Columns(draws)

    def add(self, tally: Tally) -> None:
        """Takes in the sums of one utterance."""
        self._waiting.append(tally)
        if len(self._waiting) == _CHUNK:
            self._flush()

    def intervals(self, confidence: float, sd: Deviation = "population") -> dict[tuple[str, str], tuple[float, float]]:
        """Percentile interval of every number, over the replicates in which it is defined.

        Args:
            confidence: Share of the replicates inside, above 0 and below 1.
            sd: Standard deviation used by burstiness.
        """
        self._flush()
        found: dict[tuple[str, str], list[float]] = {}
        for numbers in self._numbers(sd):
            for key, value in numbers.items():
                if value is not None:
                    found.setdefault(key, []).append(value)
        tail = 50 * (1 - confidence)
        bounds = {key: np.percentile(values, (tail, 100 - tail)) for key, values in found.items()}
        return {key: (float(low), float(high)) for key, (low, high) in bounds.items()}

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        weights = self._weights(len(waiting))
        rows = weights @ np.array([(*tally.sums, *tally.means) for tally in waiting], dtype=np.float64)
        self._rows = rows if self._rows is None else self._rows + rows
        self._languages.add(weights, [tally.languages for tally in waiting])
        self._lengths.add(weights, [tally.lengths for tally in waiting])
        self._units.add(weights, [_by_side(tally.units) for tally in waiting])

    def _weights(self, utterances: int) -> Array:
        """Poisson(1) weights, draws x utterances.

        Taken from raw bits: NumPy keeps those the same from version to version, its distributions not.
        """
        raw = self._bits.random_raw(utterances * self.draws)
        drawn = np.searchsorted(_THRESHOLDS, raw, side="right").astype(np.float64)
        return np.ascontiguousarray(drawn.reshape(utterances, self.draws).T)

    def _numbers(self, sd: Deviation) -> Iterator[Numbers]:
        whole = len(Sums._fields) - 1
        for number, row in enumerate([] if self._rows is None else self._rows.tolist()):
            sums = Sums._make((*map(int, row[:whole]), row[whole]))
            units: dict[str, tuple[int, int]] = {}
            for (unit, side), count in self._units.draw(number).items():
                first, second = units.get(unit, (0, 0))
                units[unit] = (first, second + count) if side else (first + count, second)
            languages, lengths = self._languages.draw(number), self._lengths.draw(number)
            yield numbers_of(Tally(sums, row[whole + 1 :], languages, lengths, units), sd)


def _by_side(units: Mapping[str, tuple[int, int]]) -> dict[tuple[str, int], int]:
    return {(unit, side): count for unit, counts in units.items() for side, count in enumerate(counts)}
