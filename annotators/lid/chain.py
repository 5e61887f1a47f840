"""A linear chain over the tokens of a sentence: how likely each tag is, given all scores and what switching costs.

A conditional random field (Lafferty et al., 2001) on top of the scores of a network, as in Collobert et al. (2011).
Sentences are gone through side by side, a place at a time, the longest first, so that a step is a few operations on
arrays whatever the number of sentences.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


class Marginals(NamedTuple):
    """What a chain says of a batch."""

    tokens: Floats
    """Probability of each tag of each token, shape (tokens, tags)."""
    pairs: Floats
    """Expected number of neighbours with each two tags, shape (tags, tags)."""
    total: Floats
    """Logarithm of the sum over all taggings of each sentence, shape (sentences,)."""


class Order:
    """Where each token of a batch stands when sentences lie side by side, the longest first.

    Args:
        lengths: Tokens of each sentence, in the order they follow each other; none is 0.
    """

    def __init__(self, lengths: Ints) -> None:
        self.starts = np.cumsum(lengths) - lengths
        sentences = np.argsort(-lengths, kind="stable")
        sizes = lengths[sentences]
        self._first = self.starts[sentences]
        self.longest = int(sizes[0]) if len(sizes) else 0
        self._active = np.searchsorted(-sizes, -np.arange(self.longest), side="left")

    def rows(self, place: int) -> Ints:
        """The tokens at a place, one a sentence that is long enough."""
        return self._first[: self._active[place]] + place


def marginals(scores: Floats, lengths: Ints, transitions: Floats, *, pairs: bool = False) -> Marginals:
    """Forward and backward through the chain.

    Args:
        scores: A score a tag, in nats, ``-inf`` where a tag is barred; shape (tokens, tags).
        lengths: Tokens of each sentence; none is 0.
        transitions: Score of a tag after another, shape (tags, tags).
        pairs: Whether neighbours are counted, as training needs; zeros without.
    """
    order = Order(lengths)
    top = scores.max(axis=1, keepdims=True)
    highest = transitions.max()
    emissions, step = np.exp(scores - top), np.exp(transitions - highest)
    forward, scale = np.empty_like(emissions), np.empty(len(emissions), np.float32)
    before = np.zeros((0, 0), np.float32)
    for place in range(order.longest):
        rows = order.rows(place)
        now = emissions[rows] if not place else (before[: len(rows)] @ step) * emissions[rows]
        scale[rows] = total = now.sum(axis=1)
        before = now / total[:, None]
        forward[rows] = before
    emissions /= scale[:, None]
    backward = np.ones_like(emissions)
    back = step.T.copy()
    for place in range(order.longest - 2, -1, -1):
        after = order.rows(place + 1)
        backward[after - 1] = (emissions[after] * backward[after]) @ back
    inner = np.ones(len(scores), np.bool_)
    inner[order.starts] = False
    logs = np.log(scale) + top[:, 0] + highest * inner
    sums = np.add.reduceat(logs, order.starts) if len(lengths) else np.zeros(0, np.float32)
    counted = np.zeros_like(step)
    if pairs:
        later = np.flatnonzero(inner)
        counted = step * (forward[later - 1].T @ (emissions[later] * backward[later]))
    return Marginals(forward * backward, counted, sums)


def mixed_or_alone(scores: Floats, lengths: Ints, transitions: Floats, alone: float) -> Floats:
    """The probability of each language for each token, where a sentence is mixed or in one language throughout.

    The chain stands for mixed sentences. Beside it stand sentences in one language each, with ``exp(alone)`` times the
    weight that the chain gives them, so that one doubtful word does not make a sentence mixed.

    Args:
        scores: As in :func:`marginals`; every tag is a language.
        lengths: As in :func:`marginals`.
        transitions: As in :func:`marginals`.
        alone: What a sentence in one language gains, in nats.
    """
    found = marginals(scores, lengths, transitions)
    starts = np.cumsum(lengths) - lengths
    stays = (lengths[:, None] - 1) * np.diag(transitions)
    single = np.add.reduceat(scores, starts, axis=0) + stays + np.float32(alone)
    top = np.maximum(single.max(axis=1), found.total)
    whole = np.exp(single - top[:, None])
    mixed = np.exp(found.total - top)
    total = whole.sum(axis=1) + mixed
    shares = found.tokens * np.repeat(mixed / total, lengths)[:, None]
    shares += np.repeat(whole / total[:, None], lengths, axis=0)
    rounded: Floats = shares.astype(np.float32)
    return rounded


def with_names(scores: Floats, names: Floats) -> tuple[Floats, Floats]:
    """Languages that a token may be a word of, or stand in as a name.

    A name does not end the language around it, so the chain runs over languages, and each token is a word or a name in
    one of them.

    Args:
        scores: A score a language, shape (tokens, languages).
        names: The score of a name, shape (tokens, 1).

    Returns:
        The score of each language, word or name, and the share of it that the word has; both (tokens, languages).
    """
    either = np.logaddexp(scores, names)
    return either, np.exp(scores - either)
