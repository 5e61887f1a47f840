"""How good a language tagger is: scores of tags against gold, with bootstrap intervals by sentence."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from cswitch.core.seeds import digest
from cswitch.core.tag_counts import Counts, Integers, Sums, count

Floats = NDArray[np.float64]

SCORES = (
    "accuracy",
    "language_accuracy",
    "macro_f1",
    "weighted_f1",
    "mixed_accuracy",
    "switch_f1",
    "switch_precision",
    "switch_recall",
    "false_switches_per_1000",
)
"""Names of the scores, in the order in which they are shown."""

_DRAWN = 1 << 22
"""Weights held at a time: sentences x replicates."""


class LabelScore(msgspec.Struct, frozen=True, kw_only=True):
    """How well one tag is found."""

    precision: float | None
    """Share of the tokens found with the tag that have it in gold; None when none was found."""
    recall: float | None
    """Share of the tokens of gold that were found; None when gold has none."""
    f1: float
    """Harmonic mean of the two; 0 where one of them is undefined."""
    support: int
    """Tokens with the tag in gold."""


class TagScores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of a tagger; each is None where there is nothing to count. Definitions: docs/tagging.md."""

    sentences: int
    """Sentences compared."""
    tokens: int
    """Tokens scored: all but those that gold calls ambiguous."""
    unscored: int
    """Tokens that gold calls ambiguous."""
    accuracy: float | None
    """Share of the tokens with the tag of gold, 0 to 1."""
    language_accuracy: float | None
    """The same over tokens that gold gives a language."""
    macro_f1: float | None
    """Mean F1 of the tags of either side."""
    weighted_f1: float | None
    """Mean F1 of the tags, weighted by their tokens in gold."""
    mixed_accuracy: float | None
    """Accuracy over language tokens in sentences whose gold has two languages or more."""
    switch_f1: float | None
    """Harmonic mean of precision and recall of switches over the corpus."""
    switch_precision: float | None
    """Share of the switches found that are right: between the same two tokens as in gold, both with its tag."""
    switch_recall: float | None
    """Share of the switches of gold that were found."""
    false_switches_per_1000: float | None
    """Switches found in sentences whose gold has one language, for 1,000 of their tokens."""
    labels: dict[str, LabelScore]
    """Tag to its scores, the most frequent in gold first."""
    intervals: dict[str, tuple[float, float]]
    """Score to its bootstrap interval; empty when none was asked for, or below two sentences."""


def score_tags(
    gold: Sequence[Sequence[str]],
    found: Sequence[Sequence[str]],
    *,
    bootstrap: int = 0,
    seed: int = 0,
    confidence: float = 0.95,
) -> TagScores:
    """Scores tags against gold.

    Tokens that gold calls ambiguous are taken out of both sides first. Intervals are percentiles over replicates that
    draw as many sentences as there are, with replacement (Efron and Tibshirani, 1993); a replicate in which a score is
    undefined does not count for it.

    Args:
        gold: Tags of each sentence.
        found: Tags that a tagger gave.
        bootstrap: Replicates; 0 for no intervals.
        seed: Seed of the replicates.
        confidence: Share of the replicates inside an interval, above 0 and below 1.

    Raises:
        InputError: The two differ in the number of sentences, or of tags of a sentence.

    >>> scores = score_tags([["en", "hi", "hi", "other"]], [["en", "en", "hi", "other"]])
    >>> scores.accuracy, round(scores.language_accuracy, 3), scores.switch_f1, scores.labels["hi"].recall
    (0.75, 0.667, 0.0, 0.5)
    """
    counts = count(gold, found)
    sums, of_label = counts.sums.sum(axis=0, keepdims=True), counts.of_label.sum(axis=0, keepdims=True)
    numbers = scores_of(sums, of_label)
    values = {name: None if np.isnan(column[0]) else float(column[0]) for name, column in numbers.items()}
    return TagScores(
        sentences=len(gold),
        tokens=int(sums[0, 0]),
        unscored=counts.unscored,
        labels=_labels(counts.labels, of_label[0]),
        intervals=intervals(counts, bootstrap, seed, confidence),
        **values,
    )


def scores_of(sums: Floats | Integers, of_label: Floats | Integers) -> dict[str, Floats]:
    """Every score, for many corpora at once.

    Args:
        sums: Corpora x the fields of :class:`Sums`.
        of_label: Corpora x 3 x labels, as in :class:`Counts`.

    Returns:
        A name of :data:`SCORES` to a value a corpus; NaN where it is undefined.
    """
    s = Sums(*sums.T)
    right, given, gold = np.moveaxis(of_label, 1, 0)
    f1 = _share(2 * right, given + gold)
    return {
        "accuracy": _share(s.right, s.tokens),
        "language_accuracy": _share(s.language_right, s.language),
        "macro_f1": _share(np.nan_to_num(f1).sum(axis=1), (given + gold > 0).sum(axis=1)),
        "weighted_f1": _share((np.nan_to_num(f1) * gold).sum(axis=1), s.tokens),
        "mixed_accuracy": _share(s.mixed_right, s.mixed),
        "switch_f1": _share(2 * s.switches_right, s.switches + s.switches_found),
        "switch_precision": _share(s.switches_right, s.switches_found),
        "switch_recall": _share(s.switches_right, s.switches),
        "false_switches_per_1000": 1000 * _share(s.single_found, s.single),
    }


def intervals(counts: Counts, draws: int, seed: int, confidence: float) -> dict[str, tuple[float, float]]:
    """Percentile interval of each score over replicates; empty below two sentences."""
    size = len(counts.sums)
    if not draws or size < 2:
        return {}
    flat = np.concatenate([counts.sums, counts.of_label.reshape(size, -1)], axis=1).astype(np.float64)
    # Raw bits, for NumPy keeps those the same from version to version, its distributions not.
    bits = np.random.PCG64(digest("tag scores", seed))
    drawn: list[Floats] = []
    held = max(1, _DRAWN // size)
    for start in range(0, draws, held):
        picked = (bits.random_raw(size) % size for _ in range(min(held, draws - start)))
        weights = np.stack([np.bincount(places.astype(np.int64), minlength=size) for places in picked])
        drawn.append(weights @ flat)
    replicates = np.concatenate(drawn)
    columns = len(Sums._fields)
    numbers = scores_of(replicates[:, :columns], replicates[:, columns:].reshape(draws, *counts.of_label.shape[1:]))
    tail = 50 * (1 - confidence)
    known = {name: values[~np.isnan(values)] for name, values in numbers.items()}
    bounds = {name: np.percentile(values, (tail, 100 - tail)) for name, values in known.items() if len(values)}
    return {name: (float(low), float(high)) for name, (low, high) in bounds.items()}


def _labels(labels: Sequence[str], of_label: Integers) -> dict[str, LabelScore]:
    found = {}
    for label, (right, given, gold) in zip(labels, of_label.T.tolist(), strict=True):
        found[label] = LabelScore(
            precision=right / given if given else None,
            recall=right / gold if gold else None,
            f1=2 * right / (given + gold),
            support=gold,
        )
    return dict(sorted(found.items(), key=lambda item: -item[1].support))


def _share(part: Floats | Integers, whole: Floats | Integers) -> Floats:
    """Part of a whole, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
