"""Which signs of a native word each Latin letter of its spelling stands for: many-to-one alignment by EM.

Every Latin letter writes a chunk of none to three native characters (Jiampojamarn, Kondrak and Sherif, 2007, "Applying
many-to-many alignments and hidden Markov models to letter-to-phoneme conversion").
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from scripts.deromanisation_data import Pair

LONGEST = 3
"""Native characters that one Latin letter may stand for."""
ROUNDS = 6
SAMPLE = 8_000
"""Pairs that the costs are learnt from."""
TOLERABLE = (5.0, 2.5)
"""A pair is believed when its cost in nats is below the first, plus the second for each Latin letter."""
_SHARES = (0.3, 0.5, 0.15, 0.05)
"""How likely a chunk of none, one, two and three characters is before anything is learnt."""

Table = dict[tuple[str, str], float]
"""Probability of a chunk, given the Latin letter, by (letter, chunk)."""


class Aligned(NamedTuple):
    """A pair with the native chunk of each Latin letter."""

    pair: Pair
    chunks: tuple[str, ...]


def learn(pairs: Sequence[Pair]) -> Table:
    """Probabilities of chunks by expectation maximisation on a sample of the pairs, the same in every run."""
    sample = pairs[:: max(1, len(pairs) // SAMPLE)]
    symbols = len({sign for pair in sample for sign in pair.native})
    table: Table = {}
    for _ in range(ROUNDS):
        counts: defaultdict[tuple[str, str], float] = defaultdict(float)
        for pair in sample:
            _expect(pair, table, symbols, counts)
        table = _normalise(counts)
    return table


def align(pairs: Sequence[Pair], table: Table) -> list[Aligned]:
    """The best alignment of each pair; pairs that do not fit each other are left out."""
    costs = {key: -math.log(p) for key, p in table.items()}
    found = []
    for pair in pairs:
        chunks, cost = best_split(pair, costs)
        if cost < TOLERABLE[0] + TOLERABLE[1] * len(pair.latin):
            found.append(Aligned(pair, chunks))
    return found


def best_split(pair: Pair, costs: dict[tuple[str, str], float]) -> tuple[tuple[str, ...], float]:
    """The cheapest way to cut a native word into a chunk for each Latin letter, and its cost."""
    native, size, unseen = pair.native, len(pair.native), 12.0
    reached = [0.0] + [math.inf] * size
    steps: list[list[int]] = []
    for letter in pair.latin:
        found, step = [math.inf] * (size + 1), [0] * (size + 1)
        for start, cost in enumerate(reached):
            if cost < math.inf:
                for stop in range(start, min(size, start + LONGEST) + 1):
                    total = cost + costs.get((letter, native[start:stop]), unseen + 4 * (stop - start))
                    if total < found[stop]:
                        found[stop], step[stop] = total, start
        reached = found
        steps.append(step)
    chunks, stop = [], size
    for step in reversed(steps):
        chunks.append(native[step[stop] : stop])
        stop = step[stop]
    return tuple(reversed(chunks)), reached[size]


def _expect(pair: Pair, table: Table, symbols: int, counts: defaultdict[tuple[str, str], float]) -> None:
    """Adds the expected counts of one pair: forward and backward over (letter, native position)."""
    native, latin = pair.native, pair.latin
    size, length = len(native), len(latin)
    if length * LONGEST < size:
        return
    first = [_SHARES[n] / symbols**n for n in range(LONGEST + 1)]
    edges: list[list[tuple[int, int, float]]] = []
    ahead = [[0.0] * (size + 1) for _ in range(length + 1)]
    ahead[0][0] = 1.0
    for at, letter in enumerate(latin):
        here, after, arcs = ahead[at], ahead[at + 1], []
        low = max(0, size - LONGEST * (length - at - 1))
        for start, mass in enumerate(here):
            if mass:
                for stop in range(max(start, low), min(size, start + LONGEST) + 1):
                    p = table.get((letter, native[start:stop]), 0.0) if table else first[stop - start]
                    if p > 1e-12:
                        after[stop] += mass * p
                        arcs.append((start, stop, p))
        edges.append(arcs)
    total = ahead[length][size]
    if total <= 0:
        return
    behind = [0.0] * size + [1.0]
    for at in range(length - 1, -1, -1):
        here, before, letter = ahead[at], [0.0] * (size + 1), latin[at]
        for start, stop, p in edges[at]:
            if behind[stop]:
                mass = p * behind[stop]
                before[start] += mass
                counts[letter, native[start:stop]] += pair.weight * here[start] * mass / total
        behind = before


def _normalise(counts: dict[tuple[str, str], float]) -> Table:
    totals: defaultdict[str, float] = defaultdict(float)
    for (letter, _), n in counts.items():
        totals[letter] += n
    return {key: n / totals[key[0]] for key, n in counts.items() if n > 1e-4}
