"""Which letters of a romanised word write which of its sounds: Viterbi training of a many-to-one alignment."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

BEHIND = (16.0, 9.0)
"""Cuts further behind the best in nats are not followed: in the first round, and later."""
LONGEST = 4
"""Letters that one sound may be written with (`eigh`)."""
ROUNDS = 4
SAMPLE = 12_000
"""Examples that all rounds but the last go through."""
VOWELS = frozenset("aeiouy")
TOLERABLE = (6.0, 2.2)
"""A pair is believed when its cost in nats is below the first, plus the second for each sound."""


Counts = defaultdict[str, defaultdict[str, float]]
"""How often each sound is written with each chunk."""
Likeness = Callable[[str, str], float]
"""How unlike some letters are to a sound."""


class Example(NamedTuple):
    """A word and one of its spellings."""

    lang: str
    sounds: str
    latin: str
    weight: float


class Aligned(NamedTuple):
    """An example with the letters of each of its sounds."""

    example: Example
    chunks: tuple[str, ...]


class _Costs(dict[tuple[str, str], float]):
    """Cost of writing a sound with some letters, worked out when first asked for."""

    def __init__(self, cost: Callable[[str, str], float]) -> None:
        self._cost = cost

    def __missing__(self, key: tuple[str, str]) -> float:
        self[key] = cost = self._cost(*key)
        return cost


def align(examples: Sequence[Example], likeness: Likeness) -> list[Aligned]:
    """Splits each spelling into the letters of each sound; pairs that do not fit each other are left out.

    Args:
        examples: Words and their spellings.
        likeness: Where the alignment starts from; see :func:`likeness_to`.
    """
    costs = _Costs(likeness)
    thinned = examples[:: max(1, len(examples) // SAMPLE)]
    for left in reversed(range(ROUNDS)):
        counts: Counts = defaultdict(lambda: defaultdict(float))
        aligned = []
        for example in thinned if left else examples:
            chunks, cost = best_split(example.sounds, example.latin, costs, BEHIND[left < ROUNDS - 1])
            if cost < TOLERABLE[0] + TOLERABLE[1] * len(chunks) or left == ROUNDS - 1:
                aligned.append(Aligned(example, chunks))
                for sound, chunk in zip(example.sounds, chunks, strict=True):
                    counts[sound][chunk] += example.weight
        costs = _Costs(_surprise(counts, likeness))
    return aligned


def best_split(
    sounds: str, latin: str, costs: dict[tuple[str, str], float], behind: float
) -> tuple[tuple[str, ...], float]:
    """The cheapest way to cut a spelling into a chunk for each sound, and its cost."""
    size = len(latin)
    reached: dict[int, float] = {0: 0.0}
    steps: list[dict[int, int]] = []
    for sound in sounds:
        found: dict[int, float] = {}
        step: dict[int, int] = {}
        for start, cost in reached.items():
            for stop in range(start, min(size, start + LONGEST) + 1):
                total = cost + costs[sound, latin[start:stop]]
                if total < found.get(stop, math.inf):
                    found[stop], step[stop] = total, start
        bound = min(found.values()) + behind
        reached = {stop: cost for stop, cost in found.items() if cost < bound}
        steps.append(step)
    if size not in reached:
        return ("",) * len(sounds), math.inf
    chunks, stop = [], size
    for step in reversed(steps):
        chunks.append(latin[step[stop] : stop])
        stop = step[stop]
    return tuple(reversed(chunks)), reached[size]


def likeness_to(plain: Callable[[str], Iterable[str]], *, abjad: bool = False) -> Likeness:
    """How unlike some letters are to the plain spellings of a sound.

    Args:
        plain: The plain spellings of a sound.
        abjad: Whether vowels may follow a consonant unwritten.
    """

    def likeness(sound: str, chunk: str) -> float:
        found = min(_unlike(way, chunk) for way in plain(sound))
        if not abjad:
            return found
        starts = (way for way in plain(sound) if chunk.startswith(way) and set(chunk[len(way) :]) <= VOWELS)
        return min(found, *(0.4 * (len(chunk) - len(way)) for way in starts), found)

    return likeness


def _unlike(plain: str, chunk: str) -> float:
    if not chunk and not plain:
        return 0.0
    vowels = sum(letter in VOWELS for letter in chunk)
    strange = len(chunk) - vowels if plain[:1] in VOWELS or not plain else vowels
    cost = 1.5 * Levenshtein.distance(plain, chunk) + strange + max(0, len(chunk) - 2)
    return cost + 0.5 * (not chunk)


def _surprise(counts: Counts, likeness: Likeness) -> Likeness:
    """-log p(chunk | sound), with one pseudo-count shared out by likeness."""
    totals: defaultdict[str, float] = defaultdict(float, {sound: sum(seen.values()) for sound, seen in counts.items()})

    def cost(sound: str, chunk: str) -> float:
        seen = counts[sound].get(chunk, 0.0) if sound in counts else 0.0
        return -math.log((seen + math.exp(-2 - likeness(sound, chunk))) / (totals[sound] + 1))

    return cost
