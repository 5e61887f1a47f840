"""Statistical word alignment of a parallel corpus: IBM model 1, then an HMM, in both directions.

The two directions are trained together: the expected count of a link is the product of its two posteriors (Liang,
Taskar and Klein, 2006). Word translation probabilities have a sparse Dirichlet prior and are estimated by variational
Bayes (Riley and Gildea, 2012), which keeps rare words from collecting garbage; a prior can favour known translations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cswitch.generators.alignment.trellis import MAX_JUMP, NULL, Ints, Reals, hmm, model1

__all__ = ["NULL", "SPARSITY", "Corpus", "Floats", "Ints", "Model", "align_corpus", "digamma"]

Floats = NDArray[np.float64]

SPARSITY = 0.001
"""Dirichlet parameter of a translation nobody vouches for."""
CELLS = 1 << 18
"""Cells of the sentence pairs that are worked on at once."""
STEP = 4
"""Sentence pairs worked on together have source lengths that differ by less than this."""
TINY = np.float32(1e-30)
"""Translation probabilities below this are taken for 0."""


@dataclass(frozen=True)
class Batch:
    """Sentence pairs of like length, padded to one shape."""

    pairs: Ints
    """Which sentence pairs of the corpus these are."""
    sizes: tuple[Ints, Ints]
    """Number of tokens of each pair, source and target."""
    words: tuple[Ints, Ints]
    """Word numbers, shapes (source tokens, pairs) and (target tokens, pairs); -1 for padding."""
    start: int
    """Where the cells of the batch start among those of the corpus."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the cells: (target tokens, pairs, source tokens)."""
        return len(self.words[1]), len(self.pairs), len(self.words[0])


@dataclass(frozen=True)
class Corpus:
    """Sentence pairs as numbers, laid out in batches."""

    sizes: Ints
    """Number of source and target tokens of each sentence pair, shape (sentence pairs, 2)."""
    batches: list[Batch]
    """The sentence pairs that have tokens on both sides."""
    cells: NDArray[np.int32]
    """The number of the word pair in each cell of each batch; for padding, the number of word pairs."""
    pairs: Ints
    """Word pairs (source number, target number), sorted, shape (word pairs, 2)."""
    added: dict[int, tuple[Ints, Reals]] = field(default_factory=dict)
    """By batch: cells (within the batch) and what is added to their emission probability, both directions."""

    @classmethod
    def build(cls, source: Sequence[Sequence[int]], target: Sequence[Sequence[int]]) -> Corpus:
        """Lays out the cells of sentence pairs given as word numbers.

        >>> Corpus.build([[0, 1], [0]], [[5, 6], [6]]).pairs.tolist()
        [[0, 5], [0, 6], [1, 5], [1, 6]]
        """
        sizes = np.array([(len(a), len(b)) for a, b in zip(source, target, strict=True)], dtype=np.int64).reshape(-1, 2)
        batches: list[Batch] = []
        start = 0
        for numbers in _groups(sizes):
            words = _padded(source, numbers), _padded(target, numbers)
            batches.append(Batch(numbers, (sizes[numbers, 0], sizes[numbers, 1]), words, start))
            start += int(np.prod(batches[-1].shape))
        width = 1 + max((int(b.words[1].max()) for b in batches), default=0)
        none = np.iinfo(np.int64).max
        codes = np.empty(start + 1, dtype=np.int64)
        codes[start] = none
        for batch in batches:
            a, b = batch.words[0].T[None, :, :], batch.words[1][:, :, None]
            codes[batch.start :][: int(np.prod(batch.shape))] = np.where((a < 0) | (b < 0), none, a * width + b).ravel()
        unique, cells = np.unique(codes, return_inverse=True)
        unique = unique[:-1]
        return cls(sizes, batches, cells[:-1].astype(np.int32), np.stack([unique // width, unique % width], axis=1))


def _groups(sizes: Ints) -> Iterator[Ints]:
    """Numbers of sentence pairs of like length, so many at once as have about :data:`CELLS` cells."""
    usable = np.flatnonzero(sizes.min(axis=1, initial=1) > 0) if len(sizes) else np.empty(0, dtype=np.int64)
    order = usable[np.lexsort((usable, sizes[usable, 1], sizes[usable, 0] // STEP))]
    first = 0
    for k in range(1, len(order) + 1):
        if k < len(order):
            (a, b), (c, d) = sizes[order[first]].tolist(), sizes[order[k]].tolist()
            like = a // STEP == c // STEP and d <= b * 1.2 + 2
            if like and (k - first + 1) * (a + STEP) * d <= CELLS:
                continue
        yield order[first:k]
        first = k


def _padded(sentences: Sequence[Sequence[int]], numbers: Ints) -> Ints:
    chosen = [sentences[k] for k in numbers.tolist()]
    table = np.full((len(chosen), max(map(len, chosen))), -1, dtype=np.int64)
    for row, words in zip(table, chosen, strict=True):
        row[: len(words)] = words
    return np.ascontiguousarray(table.T)


class Direction:
    """One direction of the model: each token of the other side is emitted by a token of side ``given``, or by nothing.

    Args:
        corpus: The sentence pairs.
        given: 0 when source tokens emit target tokens, 1 the other way round.
        prior: Dirichlet parameter of each word pair.
        elsewhere: For each word of side ``given``, the counts of its word pairs that this corpus does not have.
        null: Probability that a token has no counterpart.
    """

    def __init__(
        self, corpus: Corpus, given: int, prior: Floats, elsewhere: Floats | None = None, null: float = NULL
    ) -> None:
        self.given, self.null = given, null
        self.owner = corpus.pairs[:, given]
        self.owners = 1 + int(self.owner.max(initial=0))
        emitted = [batch.words[1 - given].ravel() for batch in corpus.batches]
        counts = np.bincount(np.concatenate([np.zeros(0, dtype=np.int64), *[w[w >= 0] for w in emitted]])) + 0.5
        self.unigram = np.append(counts / counts.sum(), 1.0).astype(np.float32)
        self.prior = prior
        others = np.zeros(self.owners) if elsewhere is None else elsewhere[: self.owners]
        self.prior_total = SPARSITY * len(counts) + np.bincount(self.owner, prior - SPARSITY, self.owners) + others
        self.jumps: Floats = np.ones(2 * MAX_JUMP + 1)
        self.table = self._cut(prior / (np.bincount(self.owner, prior, self.owners) + others)[self.owner])

    def posteriors(self, batch: Batch, emissions: Reals, *, jumping: bool) -> tuple[Reals, Floats]:
        """Posteriors of a batch in its own layout, and the expected jumps (none for model 1).

        Args:
            batch: The sentence pairs.
            emissions: Translation probabilities, in the batch's layout.
            jumping: Take the HMM, not model 1.
        """
        turned = emissions if self.given == 0 else np.ascontiguousarray(emissions.transpose(2, 1, 0))
        null, sizes = self.unigram[batch.words[1 - self.given]], batch.sizes[self.given]
        if jumping:
            found, jumps = hmm(turned, null, sizes, self.jumps, self.null)
        else:
            found, jumps = model1(turned, null, sizes, self.null), np.zeros(2 * MAX_JUMP + 1)
        return (found if self.given == 0 else found.transpose(2, 1, 0)), jumps

    def update(self, counts: Floats) -> None:
        """Re-estimates the translation table from expected counts of word pairs."""
        total = np.bincount(self.owner, counts, self.owners) + self.prior_total
        rest = digamma(np.maximum(total, SPARSITY))
        self.table = self._cut(np.exp(digamma(counts + self.prior) - rest[self.owner]))

    @staticmethod
    def _cut(table: Floats) -> Reals:
        """The table with a last entry for padding; the smallest numbers would be slow and count for nothing."""
        small = np.append(table, 0.0).astype(np.float32)
        small[small < TINY] = 0
        return small


class Model:
    """Both directions over a corpus.

    Args:
        corpus: The sentence pairs.
        prior: Dirichlet parameter of each word pair of ``corpus.pairs``; :data:`SPARSITY` where nothing is known.
        elsewhere: For the words of either side, the counts of word pairs that this corpus does not have.
        null: Probability that a token has no counterpart.
    """

    def __init__(
        self, corpus: Corpus, prior: Floats, elsewhere: tuple[Floats, Floats] | None = None, null: float = NULL
    ) -> None:
        self.corpus = corpus
        forth, back = elsewhere or (None, None)
        self.directions = Direction(corpus, 0, prior, forth, null), Direction(corpus, 1, prior, back, null)
        self.counts: Floats = np.zeros(len(corpus.pairs))

    def train(self, *, model1_rounds: int = 5, hmm_rounds: int = 5, agree: bool = True) -> None:
        """Runs so many rounds of IBM model 1, then of the HMM.

        Args:
            model1_rounds: Rounds of IBM model 1.
            hmm_rounds: Rounds of the HMM.
            agree: From the last rounds of model 1 on, count a link as likely as both directions together find it;
                else as likely as they find it on average, which is better where anchors hold the directions together.
        """
        for step in range(model1_rounds + hmm_rounds):
            self._round(jumping=step >= model1_rounds, agree=agree and step >= model1_rounds - 2)

    def _round(self, *, jumping: bool, agree: bool) -> None:
        corpus = self.corpus
        flat = np.empty(len(corpus.cells), dtype=np.float32)
        jumps = np.zeros((2, 2 * MAX_JUMP + 1))
        for number, batch in enumerate(corpus.batches):
            one, two, found = self._both(number, jumping=jumping)
            block = flat[batch.start :][: one.size].reshape(one.shape)
            if agree:
                np.multiply(one, two, out=block)
            else:
                np.add(one, two, out=block)
                block /= 2
            jumps += found
        self.counts = np.bincount(corpus.cells, flat, len(corpus.pairs) + 1)[:-1].astype(np.float64)
        for direction, seen in zip(self.directions, jumps, strict=True):
            direction.update(self.counts)
            if jumping:
                direction.jumps = (seen + 1.0) / (seen + 1.0).sum()

    def _both(self, number: int, *, jumping: bool = True) -> tuple[Reals, Reals, Floats]:
        corpus = self.corpus
        batch = corpus.batches[number]
        cells = corpus.cells[batch.start :][: int(np.prod(batch.shape))]
        results = []
        for direction in self.directions:
            emissions = direction.table[cells]
            if number in corpus.added:
                places, values = corpus.added[number]
                emissions[places] += values
            results.append(direction.posteriors(batch, emissions.reshape(batch.shape), jumping=jumping))
        (one, found), (two, other) = results
        return one, two, np.stack([found, other])

    def posteriors(self) -> Iterator[tuple[int, Reals, Reals]]:
        """Number of each sentence pair with its posteriors in each direction, shape (source tokens, target tokens).

        Sentence pairs come batch by batch; those with an empty side do not come.
        """
        for number, batch in enumerate(self.corpus.batches):
            one, two, _ = self._both(number)
            for row, (k, i, j) in enumerate(zip(batch.pairs.tolist(), *(s.tolist() for s in batch.sizes), strict=True)):
                yield k, one[:j, row, :i].T.copy(), two[:j, row, :i].T.copy()


def align_corpus(corpus: Corpus, prior: Floats, *, model1_rounds: int = 5, hmm_rounds: int = 5) -> list[Floats]:
    """Posterior of every cell of every sentence pair, both directions multiplied.

    Args:
        corpus: The sentence pairs.
        prior: Dirichlet parameter of each word pair of ``corpus.pairs``; :data:`SPARSITY` where nothing is known.
        model1_rounds: Iterations of IBM model 1.
        hmm_rounds: Iterations of the HMM, at least 1; the last one gives the posteriors.

    Returns:
        For each pair a matrix (source tokens, target tokens) of values 0 to 1.

    >>> corpus = Corpus.build([[0, 1], [0, 2], [1]], [[0, 1], [0, 2], [1]])
    >>> align_corpus(corpus, np.full(len(corpus.pairs), SPARSITY))[0].round().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    model = Model(corpus, prior)
    model.train(model1_rounds=model1_rounds, hmm_rounds=hmm_rounds - 1)
    found = [np.zeros((i, j)) for i, j in corpus.sizes.tolist()]
    for k, one, two in model.posteriors():
        found[k] = (one * two).astype(np.float64)
    return found


def digamma(x: Floats) -> Floats:
    """The derivative of the logarithm of the gamma function, for positive numbers (asymptotic series after shifting).

    >>> round(float(digamma(np.array([1.0]))[0]), 6)
    -0.577216
    """
    result = -1 / x
    for shift in range(1, 6):
        result -= 1 / (x + shift)
    y = x + 6
    inverse = 1 / (y * y)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)))
    return np.asarray(result + np.log(y) - 0.5 / y - series)
