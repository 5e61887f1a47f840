"""What the scores of a language tagger are made of: counts of each sentence, so that sentences can be drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cswitch.core.errors import InputError
from cswitch.core.measures.tags import tag_reader

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNSCORED = "ambiguous"
"""Gold tag of tokens that are not scored: they are taken out of both sides before anything is counted."""


class Counts(NamedTuple):
    """Counts of every sentence; a row a sentence."""

    labels: tuple[str, ...]
    """Every tag of either side, sorted."""
    sums: Integers
    """Sentences x the fields of :class:`Sums`."""
    of_label: Integers
    """Sentences x 3 x labels: tokens right, tokens found with the label, tokens of it in gold."""
    unscored: int
    """Tokens left out."""


class Sums(NamedTuple):
    """What ``Counts.sums`` counts, a column each."""

    tokens: Integers
    """Tokens that are scored."""
    right: Integers
    """Of those, with the tag of gold."""
    language: Integers
    """Tokens that gold gives a language."""
    language_right: Integers
    """Of those, right."""
    mixed: Integers
    """Language tokens in sentences whose gold has two languages or more."""
    mixed_right: Integers
    """Of those, right."""
    switches: Integers
    """Switches in gold: consecutive language tokens, neutral ones passed over, of different languages."""
    switches_found: Integers
    """Switches in what was found."""
    switches_right: Integers
    """Switches of both, between the same two tokens, both with the tag of gold."""
    single: Integers
    """Tokens in sentences whose gold has one language."""
    single_found: Integers
    """Switches found in those sentences."""


def count(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> Counts:
    """Counts each sentence.

    Args:
        gold: Tags of each sentence.
        found: Tags that a tagger gave.

    Raises:
        InputError: The two differ in the number of sentences, or of tags of a sentence.

    >>> counts = count([["en", "hi", "hi"], ["en", "ambiguous"]], [["en", "en", "hi"], ["en", "hi"]])
    >>> counts.labels, Sums(*counts.sums.T).right.tolist(), counts.unscored
    (('en', 'hi'), [2, 1], 1)
    """
    check_parallel(gold, found)
    scored = [
        (row, expected, given)
        for row, sides in enumerate(zip(gold, found, strict=True))
        for expected, given in zip(*sides, strict=True)
        if expected != UNSCORED
    ]
    labels = tuple(sorted({tag for _, *tags in scored for tag in tags}))
    number = {label: place for place, label in enumerate(labels)}
    rows = np.array([row for row, _, _ in scored], dtype=np.int64)
    g = np.array([number[tag] for _, tag, _ in scored], dtype=np.int64)
    f = np.array([number[tag] for _, _, tag in scored], dtype=np.int64)
    speaks = np.array([tag_reader()[label] is not None for label in labels], dtype=bool)
    size = len(gold)
    right = g == f
    of_label = [_by_label(rows[kept], tags[kept], size, len(labels)) for kept, tags in ((right, g), (..., f), (..., g))]
    unscored = sum(map(len, gold)) - len(scored)
    return Counts(labels, _sums(g, f, rows, speaks, size), np.stack(of_label, axis=1), unscored)


def check_parallel(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> None:
    """Refuses sides that are not parallel.

    >>> check_parallel([["en"]], [["en", "hi"]])
    Traceback (most recent call last):
    ...
    cswitch.core.errors.InputError: sentence 1 has 1 tag in gold and 2 found; ...
    """
    hint = "compare the same sentences, cut into the same tokens"
    if len(gold) != len(found):
        raise InputError(f"{len(gold):,} sentences in gold and {len(found):,} found", hint=hint)
    for row, (expected, given) in enumerate(zip(gold, found, strict=True), start=1):
        if len(expected) != len(given):
            noun = "tag" if len(expected) == 1 else "tags"
            raise InputError(f"sentence {row} has {len(expected)} {noun} in gold and {len(given)} found", hint=hint)


def _sums(g: Integers, f: Integers, rows: Integers, speaks: Flags, size: int) -> Integers:
    right, language = g == f, speaks[g]
    languages = _languages(g[language], rows[language], size)
    mixed = language & (languages > 1)[rows]
    single = (languages == 1)[rows]
    gold, found = _switches(g, rows, speaks), _switches(f, rows, speaks)
    _, both, _ = np.intersect1d(gold[0] * len(g) + gold[1], found[0] * len(g) + found[1], return_indices=True)
    first, second = gold[0][both], gold[1][both]
    agreed = first[right[first] & right[second]]
    columns = Sums(
        tokens=rows,
        right=rows[right],
        language=rows[language],
        language_right=rows[language & right],
        mixed=rows[mixed],
        mixed_right=rows[mixed & right],
        switches=rows[gold[0]],
        switches_found=rows[found[0]],
        switches_right=rows[agreed],
        single=rows[single],
        single_found=rows[found[0][single[found[0]]]],
    )
    return np.stack([np.bincount(column, minlength=size) for column in columns], axis=1)


def _languages(g: Integers, rows: Integers, size: int) -> Integers:
    """How many languages each sentence has in gold."""
    pairs = np.unique(np.stack([rows, g]), axis=1)
    return np.bincount(pairs[0], minlength=size)


def _switches(tags: Integers, rows: Integers, speaks: Flags) -> tuple[Integers, Integers]:
    """Places of the two tokens of every switch."""
    places = np.flatnonzero(speaks[tags])
    first, second = places[:-1], places[1:]
    switch = (rows[first] == rows[second]) & (tags[first] != tags[second])
    return first[switch], second[switch]


def _by_label(rows: Integers, tags: Integers, size: int, labels: int) -> Integers:
    return np.bincount(rows * labels + tags, minlength=size * labels).reshape(size, labels)
