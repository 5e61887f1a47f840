"""Which of many sentences to look at first, so that each adds something to those before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import floor, log2, sqrt
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 18
"""Features are hashed into so many."""
MOST = 96
"""Features of a sentence at most, the weightiest; what bounds the memory."""
STEPS = 4
"""Classes of gain to a factor of two: what is chosen has at least 84 % of the best gain."""
SCALE = 4.0
"""What weights are multiplied by: a feature seen with a weight of 1 / SCALE is worth half the next time."""
_LOWEST = -40 * STEPS
"""Class of what adds nothing."""
_REMEMBERED = 1 << 16
"""Words whose features are remembered."""


class Features(NamedTuple):
    """What is in a sentence, hashed."""

    buckets: NDArray[np.int32]
    """Where each feature is counted; no bucket twice."""
    weights: NDArray[np.float32]
    """How much of each there is."""
    cost: float
    """What it costs to look at the sentence."""


def diverse_order(contents: Iterable[Iterable[tuple[str, float]]]) -> list[int]:
    """The places of sentences, from 0, those first that add most to what was chosen before.

    What a set of sentences is worth is the sum over features (hashed words, trigrams of their letters, kinds of
    switches) of log(1 + weight of the feature in the set): a feature-based submodular function, as Wei, Iyer and Bilmes
    (2015) choose data for active learning with; a word is worth less each time it is seen. Such a set covers what the
    tagger doubts, as a core-set (Sener and Savarese, 2018) does by distances, whose cost is quadratic. Gains are
    divided by the square root of the number of words, a compromise between an annotator's time by the sentence and by
    the word.

    Greedy choice is lazy (Minoux, 1978), and gains are told apart by classes (Badanidiyuru and Vondrák, 2014): a
    sentence is chosen when its gain is still in the highest class there is, else it moves down. A sentence is weighed
    again only a few times, so that time grows with the number of sentences, and memory with at most :data:`MOST`
    features of each.

    Args:
        contents: For each sentence what is in it, each with a weight of 0 or more, in single precision. Of sentences
            that add as much the earlier comes first.

    >>> diverse_order([[("kal", 1.0)], [("kal", 1.0)], [("office", 1.0)]])
    [0, 2, 1]
    """
    hashed = _Hashed()
    features = [hashed.features(each) for each in contents]
    seen = np.zeros(BUCKETS, np.float32)
    waiting: dict[int, list[int]] = {}
    for place, each in enumerate(features):
        waiting.setdefault(_class_of(_gain(seen, each)), []).append(place)
    return list(_greedy(features, seen, waiting))


class _Hashed:
    """Turns words into features, each word once."""

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[int, float]]] = {}

    def features(self, contents: Iterable[tuple[str, float]]) -> Features:
        """The features of a sentence."""
        total: dict[int, float] = {}
        words = 0
        for word, weight in contents:
            words += 1
            if weight > 0:
                for bucket, share in self._of(word):
                    total[bucket] = total.get(bucket, 0.0) + share * weight * SCALE
        kept = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:MOST]
        buckets = np.array([bucket for bucket, _ in kept], np.int32)
        return Features(buckets, np.array([weight for _, weight in kept], np.float32), sqrt(words or 1))

    def _of(self, word: str) -> list[tuple[int, float]]:
        """The word itself, and its trigrams, which weigh as much together."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            framed = f"<{word}>"
            grams = [framed[at : at + 3] for at in range(len(framed) - 2)]
            found = [(_bucket(f"={word}"), 1.0), *((_bucket(gram), 1.0 / len(grams)) for gram in grams)]
            self._known[word] = found
        return found


def _greedy(features: Sequence[Features], seen: NDArray[np.float32], waiting: dict[int, list[int]]) -> Iterator[int]:
    """Takes the classes of gain from the highest down; gains only fall, so that none is looked at in vain."""
    while waiting:
        highest = max(waiting)
        for place in sorted(waiting.pop(highest)):
            found = highest if highest == _LOWEST else _class_of(_gain(seen, features[place]))
            if found < highest:
                waiting.setdefault(found, []).append(place)
                continue
            seen[features[place].buckets] += features[place].weights
            yield place


def _gain(seen: NDArray[np.float32], features: Features) -> float:
    """What a sentence would add, for what it costs."""
    return float(np.log1p(features.weights / (1.0 + seen[features.buckets])).sum()) / features.cost


def _class_of(gain: float) -> int:
    return max(floor(STEPS * log2(gain)), _LOWEST) if gain > 0 else _LOWEST


def _bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS
