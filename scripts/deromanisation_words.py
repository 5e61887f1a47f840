"""The words of a language with their frequencies, the spellings attested for them, and which words follow which."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from heapq import nsmallest
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cswitch.core.deromanisation.model import GRAIN, LATIN, NOTHING, UNREACHED, SpellingModel
from cswitch.core.deromanisation.network import UNIT
from cswitch.core.deromanisation.search import Readings
from cswitch.core.deromanisation.words import pack_words
from scripts.deromanisation_data import Lexicon

LEVELS = 15
KNOWN, OFTEN = 1.0, 0.5
"""What it is worth, in nats, that a word is known, and each level of frequency."""
DOUBT = 2.0
"""A spelling seen so often is believed as much as the model."""
SLIP = 0.02
"""A spelling with less than this share of the occurrences of its word is taken for a slip."""
SURE = 8
"""A spelling of the sentences that the model cannot read as its word counts when seen so often."""
UNSPELT = 0.3
"""A frequent word of which no spelling was seen is taken for this share of a spelling that the model reads so."""
NEAR = 3
"""Readings of a spelling among which such words are looked for."""
SHARE = 0.04
"""A spelling is put in the table for a word that gets at least this share of its occurrences."""
WORTH = 0.7
"""Attestation worth less than this, in nats, is left out of the table."""
SEEN = 2.0
"""A spelling seen less often is left to the model."""
OFTEN_SEEN = 8
"""Spellings seen so often are in the table though the model puts the same word first."""
TWICE = 3
"""Words that follow each other so often are kept."""
NOVELTY = 0.8
"""Share of the Witten-Bell mass of words that were not seen after a word."""
CONTEXT = 0.6
"""Weight of the words beside a word."""

Arrays = dict[str, NDArray[Any]]
Lines = Iterable[list[str]]
"""Sentences as native words; an empty word stands for anything else."""


def frequencies(lines: Lines, known: Set[str], unknown: Set[str]) -> dict[str, int]:
    """How often each word was seen.

    Args:
        lines: Running text. A word seen once only there is left out.
        known: Words that count once more.
        unknown: Words left out.
    """
    seen = Counter(word for line in lines for word in line)
    seen.update(known)
    return {word: n for word, n in seen.items() if word and word not in unknown and (n > 1 or word in known)}


def word_list(frequency: dict[str, int]) -> Arrays:
    """Words with the level of their frequency: the logarithm to the base of the square root of two."""
    words = sorted(frequency)
    alphabet = "".join(sorted({letter for word in words for letter in word}))
    levels = [1 + min(LEVELS - 1, int(2 * math.log2(frequency[word]))) for word in words]
    bonus = [0, *(round(UNIT * (KNOWN + OFTEN * level)) for level in range(LEVELS))]
    return {
        "alphabet": np.array(alphabet),
        "words": pack_words(words, alphabet),
        "levels": np.array(levels, np.uint8),
        "bonus": np.array(bonus, np.int16),
    }


def table(arrays: Arrays, lexicon: Lexicon, spoken: Lexicon, frequency: dict[str, int]) -> Arrays:
    """Spellings of which more is known than the model makes of them, with what that is worth for each word.

    What the model says is mixed with what was attested, the more of the latter the more often it was seen.

    Args:
        arrays: Network, pair model and word list.
        lexicon: Spellings that people gave for words.
        spoken: Spellings found in sentences, some of them of the word beside.
        frequency: How often each word of the list was seen.
    """
    model = SpellingModel(arrays | NOTHING)
    given, heard = evidence(lexicon, frequency), evidence(spoken, frequency)
    places = {word: at for at, word in enumerate(sorted(frequency))}
    unspelt = frequency.keys() - lexicon.keys() - spoken.keys()
    latins = sorted({*given, *heard})
    rows: list[tuple[str, int, int]] = []
    for latin, readings in zip(latins, model.read(latins), strict=True):
        seen = {word: n for word, n in heard.get(latin, {}).items() if word in readings or n >= SURE}
        seen |= {word: max(n, seen.get(word, 0.0)) for word, n in given.get(latin, {}).items()}
        if seen:
            near = nsmallest(NEAR, readings, key=lambda word: (readings[word], word))
            seen |= {word: UNSPELT * frequency[word] for word in near if word in unspelt}
            rows.extend((latin, places[word], worth) for word, worth in worths(seen, readings))
    print(f"{len(frequency)} words, {len(rows)} rows of {len(latins)} spellings in the table", flush=True)
    return {
        "spelt": pack_words([latin for latin, _, _ in rows], LATIN),
        "spelt_word": np.array([word for _, word, _ in rows], np.uint16),
        "spelt_bonus": np.array([worth for _, _, worth in rows], np.uint8),
    }


def evidence(source: Lexicon, frequency: dict[str, int]) -> dict[str, dict[str, float]]:
    """How often each word of the list is taken to have been written with each spelling."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for word, seen in source.items():
        total = sum(seen.values())
        for latin, n in seen.items():
            if word in frequency and n >= SLIP * total:
                found[latin][word] = frequency[word] * n / total
    return found


def worths(seen: dict[str, float], readings: Readings) -> list[tuple[str, int]]:
    """What attestation is worth for each word of a spelling, in grains; words it is worth little for are left out."""
    total = sum(seen.values())
    trust = total / (total + DOUBT)
    best = min(readings.values(), default=0)
    mass = sum(math.exp((best - cost) / UNIT) for cost in readings.values())
    dear = max(readings.values(), default=0) + UNREACHED
    found, changed = [], False
    for word, n in sorted(seen.items()):
        share = math.exp((best - readings.get(word, dear)) / UNIT) / max(mass, 1e-9)
        worth = math.log1p(trust * (n / total) / (1 - trust) / share)
        changed = changed or (n / total > 0.5 and readings.get(word, dear) > best)
        if n >= SHARE * total and worth > WORTH:
            found.append((word, min(255, round(worth * UNIT / GRAIN))))
    return found if (changed and total >= SEEN) or total >= OFTEN_SEEN else []


def bigrams(lines: Lines, frequency: dict[str, int]) -> Arrays:
    """Words that follow each other, with what that is worth, interpolated as Witten and Bell (1991) do."""
    places = {word: at for at, word in enumerate(sorted(frequency))}
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    alone: Counter[str] = Counter()
    for line in lines:
        alone.update(word for word in line if word in places)
        for left, right in pairwise(line):
            if left in places and right in places:
                seen[left][right] += 1
    everything = sum(alone.values())
    rows, firsts = [], []
    for left in sorted(seen):
        total, new = sum(seen[left].values()), NOVELTY * len(seen[left])
        kept = {right: n for right, n in sorted(seen[left].items()) if n >= TWICE}
        if kept:
            firsts.append((places[left], _grains(new / (total + new))))
            for right, n in kept.items():
                ratio = n / (total + new) * everything / alone[right]
                rows.append((places[left], places[right], _grains(ratio + new / (total + new))))
    pairs, starts = np.array(rows).reshape(-1, 3), np.array(firsts).reshape(-1, 2)
    return {
        "bigram_left": np.diff(pairs[:, 0], prepend=0).astype(np.uint16),
        "bigram_right": pairs[:, 1].astype(np.uint16),
        "bigram_worth": pairs[:, 2].astype(np.int8),
        "bigram_first": np.diff(starts[:, 0], prepend=0).astype(np.uint16),
        "bigram_unseen": starts[:, 1].astype(np.int8),
    }


def _grains(odds: float) -> int:
    return max(-128, min(127, round(CONTEXT * math.log(odds) * UNIT / GRAIN)))
