"""Training of the window tagger's network, in floating point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.corpus import Floats, Ints, Vocabulary
from cswitch.annotators.pos.network import CEILING, POSITIONS, WINDOW

_FIRST_DECAY, _SECOND_DECAY = 0.9, 0.99
_TINY = 1e-8


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to train one network."""

    epochs: int
    batch: int = 32
    """Sentences a step."""
    rate: float = 4e-3
    """Learning rate at the start; it falls to 0 in a straight line."""
    size: int = 32
    """Numbers a feature row."""
    hidden: int = 64
    """Units of layer 1."""
    second: int = 32
    """Units of layer 2."""
    min_count: int = 3
    """What a feature needs (see :func:`cswitch.annotators.pos.corpus.vocabulary`)."""
    drop_form: float = 0.2
    """How often a word's form is hidden, so that its parts learn to stand for it."""
    drop_part: float = 0.05
    """How often any other feature is hidden."""
    drop_unit: float = 0.2
    """How often a unit of a layer is silenced (Srivastava et al., 2014)."""
    seed: int = 0


class Pass(NamedTuple):
    """What the way forward leaves for the way back."""

    forms: Ints
    local: Ints
    rows: Ints
    counts: Ints
    kept: Floats
    contexts: Floats | None
    words: Floats
    inner: NDArray[np.bool_]
    low: Floats
    low_slope: Floats
    deep: Floats
    deep_slope: Floats
    scores: Floats


class Lessons(Protocol):
    """Sentences as numbers: :class:`cswitch.annotators.pos.corpus.Corpus`, or one with other features."""

    @property
    def sentences(self) -> Sequence[Ints]: ...  # noqa: D102
    @property
    def targets(self) -> Sequence[NDArray[Any]]: ...  # noqa: D102
    @property
    def vectors(self) -> Floats | None: ...  # noqa: D102
    def batch(self, chosen: Iterable[int]) -> tuple[Ints, NDArray[np.bool_]]: ...  # noqa: D102
    def features(self, forms: Ints) -> tuple[Ints, Ints]: ...  # noqa: D102


Lesson = TypeVar("Lesson", bound=Lessons)


class FloatNetwork(Generic[Lesson]):
    """The network of :mod:`cswitch.annotators.pos.network` in floating point, with its gradients and Adam.

    Args:
        keys: The features.
        labels: How many labels there are.
        settings: Sizes and rates.
        treebanks: How many treebanks have form rows of their own.
        context_size: Size of the context vectors, 0 without.
    """

    def __init__(
        self, keys: Vocabulary, labels: int, settings: Settings, *, treebanks: int = 0, context_size: int = 0
    ) -> None:
        self._begin(len(keys), labels, settings, own=len(keys) * treebanks, context_size=context_size)
        is_form = np.zeros(len(keys), np.bool_)
        is_form[[row for key, row in keys.items() if key[0] == "="]] = True
        self._hiding = np.where(np.tile(is_form, 1 + treebanks), settings.drop_form, settings.drop_part)

    def _begin(self, rows: int, labels: int, settings: Settings, *, own: int = 0, context_size: int = 0) -> None:
        """Random weights: ``rows`` of features and ``own`` more that start at zero."""
        self.settings = settings
        self.random = np.random.default_rng(settings.seed)
        size, hidden, second = settings.size, settings.hidden, settings.second
        nothing = np.zeros((own, size), np.float32)
        self.weights: dict[str, Floats] = {
            "embedding": np.concatenate((self._normal(0.3, rows, size), nothing)),
            "first": self._normal((POSITIONS * size) ** -0.5, size, POSITIONS * hidden),
            "hidden_bias": np.full(hidden, 0.1, np.float32),
            "deep": self._normal((1.5 * hidden) ** -0.5, hidden, 3 * second),
            "deep_bias": np.full(second, 0.1, np.float32),
            "last": self._normal(second**-0.5, second, labels),
            "skip": self._normal(hidden**-0.5, hidden, labels),
            "label_bias": np.zeros(labels, np.float32),
        }
        if context_size:
            self.weights["context"] = self._normal(0.1, context_size, size)
        self._moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in self.weights.items()}
        self._steps = 0

    def fit(self, corpus: Lesson, told: Callable[[int], None] | None = None) -> None:
        """Train on a corpus; ``told`` is called after each epoch with its number, from 1."""
        settings, count = self.settings, len(corpus.sentences)
        steps = settings.epochs * -(-count // settings.batch)
        step = 0
        for epoch in range(1, settings.epochs + 1):
            order = self.random.permutation(count)
            for start in range(0, count, settings.batch):
                self._step(corpus, order[start : start + settings.batch], settings.rate * (1 - step / steps))
                step += 1
            if told:
                told(epoch)

    def probabilities(self, corpus: Lesson) -> Iterator[Floats]:
        """The probability of each label of each token, sentence by sentence, shape (tokens, labels)."""
        for start in range(0, len(corpus.sentences), 128):
            chosen = range(start, min(start + 128, len(corpus.sentences)))
            there = self._forward(corpus, chosen, training=False)
            ends = np.cumsum([len(corpus.sentences[sentence]) for sentence in chosen])[:-1]
            yield from np.split(_softmax(there.scores), ends)

    def loss(self, corpus: Lesson) -> float:
        """Mean cross-entropy of the labels, in nats a token."""
        pairs = zip(self.probabilities(corpus), corpus.targets, strict=True)
        losses = [-(wanted * np.log(found + _TINY)).sum(axis=1) for found, wanted in pairs]
        return float(np.concatenate(losses).mean())

    def gradients(self, corpus: Lesson, chosen: Ints | range) -> dict[str, Floats]:
        """The gradient of the loss of some sentences by each matrix."""
        there = self._forward(corpus, chosen, training=True)
        gradients, (rows, sums) = self._backward(corpus, chosen, there)
        gradients["embedding"] = np.zeros_like(self.weights["embedding"])
        gradients["embedding"][rows] = sums
        return gradients

    def _normal(self, scale: float, *shape: int) -> Floats:
        return self.random.normal(0, scale, shape).astype(np.float32)

    def _kept(self, rows: Ints, counts: Ints) -> Floats:
        """Which features are seen in a step of training: 1, or 0 for one that is hidden."""
        return (self.random.random(len(rows), np.float32) >= self._hiding[rows]).astype(np.float32)

    def _wrong(self, corpus: Lesson, chosen: Ints | range, scores: Floats) -> Floats:
        """The gradient of the loss by the scores, shape (tokens, labels)."""
        wrong: Floats = _softmax(scores) - np.concatenate([corpus.targets[sentence] for sentence in chosen])
        wrong /= np.float32(len(wrong))
        return wrong

    def _mask(self, shape: tuple[int, ...]) -> Floats:
        keep = np.float32(1 - self.settings.drop_unit)
        return (self.random.random(shape, np.float32) < keep).astype(np.float32) / keep

    def _forward(self, corpus: Lesson, chosen: Ints | range, *, training: bool) -> Pass:
        weights, hidden, second = self.weights, self.settings.hidden, self.settings.second
        forms, real = corpus.batch(chosen)
        forms, local = np.unique(forms, return_inverse=True)
        rows, counts = corpus.features(forms)
        kept = np.ones(len(rows), np.float32)
        if training:
            kept = self._kept(rows, counts)
        words = np.add.reduceat(weights["embedding"][rows] * kept[:, None], np.cumsum(counts) - counts, axis=0)
        contexts = None
        if corpus.vectors is not None:
            contexts = corpus.vectors[forms]
            if training:
                contexts = contexts * (self.random.random((len(forms), 1), np.float32) >= self.settings.drop_part)
            words += contexts @ weights["context"]
        placed = words @ weights["first"]
        length = len(local) - 2 * WINDOW
        sums = np.tile(weights["hidden_bias"], (length, 1))
        for place in range(POSITIONS):
            sums += placed[local[place : place + length], place * hidden : (place + 1) * hidden]
        inner = real[WINDOW:-WINDOW]
        low_slope = ((sums > 0) & (sums < CEILING) & inner[:, None]).astype(np.float32)
        low = np.clip(sums, 0, CEILING) * inner[:, None]
        if training:
            mask = self._mask(low.shape)
            low, low_slope = low * mask, low_slope * mask
        sides = low @ weights["deep"]
        sums = sides[:, second : 2 * second] + weights["deep_bias"]
        sums[1:] += sides[:-1, :second]
        sums[:-1] += sides[1:, 2 * second :]
        deep_slope = ((sums > 0) & (sums < CEILING)).astype(np.float32)
        deep = np.clip(sums, 0, CEILING)
        if training:
            mask = self._mask(deep.shape)
            deep, deep_slope = deep * mask, deep_slope * mask
        scores = deep[inner] @ weights["last"] + low[inner] @ weights["skip"] + weights["label_bias"]
        return Pass(forms, local, rows, counts, kept, contexts, words, inner, low, low_slope, deep, deep_slope, scores)

    def _step(self, corpus: Lesson, chosen: Ints, rate: float) -> None:
        there = self._forward(corpus, chosen, training=True)
        gradients, embedding = self._backward(corpus, chosen, there)
        self._steps += 1
        for name, gradient in gradients.items():
            self._adam(name, slice(None), gradient, rate)
        self._adam("embedding", *embedding, rate)

    def _backward(
        self, corpus: Lesson, chosen: Ints | range, there: Pass
    ) -> tuple[dict[str, Floats], tuple[Ints, Floats]]:
        """Gradients of every matrix but the embedding, and of the embedding's rows that took part."""
        wrong = self._wrong(corpus, chosen, there.scores)
        weights, hidden, second = self.weights, self.settings.hidden, self.settings.second
        inner, length = there.inner, len(there.inner)
        deep = np.zeros_like(there.deep)
        deep[inner] = wrong @ weights["last"].T
        deep *= there.deep_slope
        sides = np.zeros((length, 3 * second), np.float32)
        sides[:-1, :second] = deep[1:]
        sides[:, second : 2 * second] = deep
        sides[1:, 2 * second :] = deep[:-1]
        low = sides @ weights["deep"].T
        low[inner] += wrong @ weights["skip"].T
        low *= there.low_slope
        placed = np.zeros((len(there.forms), POSITIONS * hidden), np.float32)
        for place in range(POSITIONS):
            forms, summed = _added(there.local[place : place + length], low)
            placed[forms, place * hidden : (place + 1) * hidden] = summed
        words = placed @ weights["first"].T
        gradients = {
            "first": there.words.T @ placed,
            "hidden_bias": low.sum(axis=0),
            "deep": there.low.T @ sides,
            "deep_bias": deep.sum(axis=0),
            "last": there.deep[inner].T @ wrong,
            "skip": there.low[inner].T @ wrong,
            "label_bias": wrong.sum(axis=0),
        }
        if there.contexts is not None:
            gradients["context"] = there.contexts.T @ words
        return gradients, _added(there.rows, np.repeat(words, there.counts, axis=0) * there.kept[:, None])

    def _adam(self, name: str, where: Ints | slice, gradient: Floats, rate: float) -> None:
        """One step of Adam (Kingma and Ba, 2015) on some rows of a matrix."""
        first, second = self._moments[name]
        mean = _FIRST_DECAY * first[where] + (1 - _FIRST_DECAY) * gradient
        square = _SECOND_DECAY * second[where] + (1 - _SECOND_DECAY) * gradient * gradient
        first[where], second[where] = mean, square
        mean = mean / (1 - _FIRST_DECAY**self._steps)
        square = square / (1 - _SECOND_DECAY**self._steps)
        self.weights[name][where] -= rate * mean / (np.sqrt(square) + _TINY)


def _softmax(scores: Floats) -> Floats:
    powers: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def _added(index: Ints, rows: Floats) -> tuple[Ints, Floats]:
    """Rows added up by their index: each index once, and its sum."""
    order = np.argsort(index, kind="stable")
    ordered = index[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return ordered[starts], np.add.reduceat(rows[order], starts, axis=0)
