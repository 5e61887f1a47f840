"""Statistical word alignment of a parallel corpus, for inducing lexicons: IBM model 1, then an HMM, in both directions.

The two directions are trained together: the expected count of a link is the product of its two posteriors (Liang,
Taskar and Klein, 2006). Word translation probabilities have a sparse Dirichlet prior and are estimated by variational
Bayes (Riley and Gildea, 2012), which keeps rare words from collecting garbage; a prior can favour known translations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SPARSITY = 0.001
"""Dirichlet parameter of a translation nobody vouches for."""
NULL = 0.05
"""Probability that a token has no counterpart."""
MAX_JUMP = 12
"""Jumps further than this share one probability."""


@dataclass(frozen=True)
class Corpus:
    """Sentence pairs as numbers, with every cell of every pair laid out flat, source index first."""

    source: list[Ints]
    """Word numbers of each source sentence."""
    target: list[Ints]
    """Word numbers of each target sentence."""
    cells: Ints
    """The number of the word pair in each cell."""
    starts: Ints
    """Where the cells of each sentence pair start; one more entry than there are pairs."""
    pairs: Ints
    """Word pairs (source number, target number), shape (pairs, 2)."""

    @classmethod
    def build(cls, source: Sequence[Sequence[int]], target: Sequence[Sequence[int]]) -> Corpus:
        """Lays out the cells of sentence pairs given as word numbers."""
        s = [np.array(words, dtype=np.int64) for words in source]
        t = [np.array(words, dtype=np.int64) for words in target]
        width = 1 + max((int(words.max()) for words in t if len(words)), default=0)
        codes = [(a[:, None] * width + b[None, :]).ravel() for a, b in zip(s, t, strict=True)]
        unique, cells = np.unique(np.concatenate(codes), return_inverse=True)
        starts = np.concatenate([[0], np.cumsum([len(c) for c in codes])]).astype(np.int64)
        return cls(s, t, cells.astype(np.int64), starts, np.stack([unique // width, unique % width], axis=1))


class Direction:
    """One direction of the model: each token of side 1 is emitted by a token of side 0, or by nothing."""

    def __init__(self, corpus: Corpus, side: int, prior: Floats) -> None:
        self.corpus, self.side = corpus, side
        given, emitted = (corpus.source, corpus.target) if side == 0 else (corpus.target, corpus.source)
        self.owner = corpus.pairs[:, side]
        self.words = 1 + max(int(words.max()) for words in emitted if len(words))
        counts = np.bincount(np.concatenate(emitted), minlength=self.words).astype(np.float64)
        self.unigram = (counts + 0.5) / (counts + 0.5).sum()
        self.owners = 1 + int(self.owner.max())
        self.prior = prior
        self.prior_total = SPARSITY * self.words + np.bincount(self.owner, prior - SPARSITY, self.owners)
        self.table = np.full(len(corpus.pairs), 1.0) * prior
        self.table /= np.bincount(self.owner, self.table, self.owners)[self.owner]
        self.jumps = np.ones(2 * MAX_JUMP + 1)
        self.emitted = emitted
        self.given = given

    def emissions(self, k: int) -> Floats:
        """Translation probabilities of a sentence pair, shape (given tokens, emitted tokens)."""
        corpus = self.corpus
        block = self.table[corpus.cells[corpus.starts[k] : corpus.starts[k + 1]]]
        block = block.reshape(len(corpus.source[k]), len(corpus.target[k]))
        return block if self.side == 0 else block.T

    def model1(self, k: int) -> Floats:
        """Posteriors of IBM model 1, same shape as :meth:`emissions`."""
        e = self.emissions(k) * ((1 - NULL) / max(1, len(self.given[k])))
        return np.asarray(e / (e.sum(axis=0) + NULL * self.unigram[self.emitted[k]]))

    def hmm(self, k: int, jump_counts: Floats) -> Floats:
        """Posteriors of the HMM (Vogel, Ney and Tillmann, 1996); adds expected jumps to ``jump_counts``."""
        e = self.emissions(k)
        size, length = e.shape
        offsets = np.clip(np.arange(size)[None, :] - np.arange(size)[:, None], -MAX_JUMP, MAX_JUMP) + MAX_JUMP
        move = self.jumps[offsets]
        move = move / move.sum(axis=1, keepdims=True) * (1 - NULL)
        null = NULL * self.unigram[self.emitted[k]]
        forward, idle = np.zeros((length, size)), np.zeros((length, size))
        scale = np.ones(length)
        before = np.full(size, 1.0 / size)
        for j in range(length):
            forward[j] = (before @ move if j else before * (1 - NULL)) * e[:, j]
            idle[j] = before * null[j]
            scale[j] = forward[j].sum() + idle[j].sum()
            forward[j] /= scale[j]
            idle[j] /= scale[j]
            before = forward[j] + idle[j]
        backward = np.ones((length, size))
        for j in range(length - 2, -1, -1):
            after = backward[j + 1]
            backward[j] = (move @ (e[:, j + 1] * after) + null[j + 1] * after) / scale[j + 1]
        if length > 1:
            arrive = e.T[1:] * backward[1:] / scale[1:, None]
            steps = move * ((forward + idle)[:-1].T @ arrive)
            jump_counts += np.bincount(offsets.ravel(), steps.ravel(), len(jump_counts))
        return (forward * backward).T

    def update(self, counts: Floats) -> None:
        """Re-estimates the translation table from expected counts of word pairs."""
        top = np.exp(digamma(counts + self.prior))
        total = np.bincount(self.owner, counts, self.owners) + self.prior_total
        self.table = top / np.exp(digamma(total))[self.owner]


def align_corpus(corpus: Corpus, prior: Floats, *, model1_rounds: int = 5, hmm_rounds: int = 5) -> list[Floats]:
    """Posterior of every cell of every sentence pair, both directions multiplied.

    Args:
        corpus: The sentence pairs.
        prior: Dirichlet parameter of each word pair of ``corpus.pairs``; :data:`SPARSITY` where nothing is known.
        model1_rounds: Iterations of IBM model 1.
        hmm_rounds: Iterations of the HMM.

    Returns:
        For each pair a matrix (source tokens, target tokens) of values 0 to 1.
    """
    forth, back = Direction(corpus, 0, prior), Direction(corpus, 1, prior)
    posteriors: list[Floats] = []
    for step in range(model1_rounds + hmm_rounds):
        jumps = np.zeros((2, 2 * MAX_JUMP + 1))
        posteriors = []
        for k in range(len(corpus.source)):
            if step < model1_rounds:
                one, two = forth.model1(k), back.model1(k).T
            else:
                one, two = forth.hmm(k, jumps[0]), back.hmm(k, jumps[1]).T
            posteriors.append(one * two if step >= model1_rounds - 2 else (one + two) / 2)
        flat = np.concatenate([p.ravel() for p in posteriors])
        counts = np.bincount(corpus.cells, flat, len(corpus.pairs)).astype(np.float64)
        for model, found in ((forth, jumps[0]), (back, jumps[1])):
            model.update(counts)
            if found.any():
                model.jumps = (found + 1.0) / (found + 1.0).sum()
    return posteriors


def digamma(x: Floats) -> Floats:
    """The derivative of the logarithm of the gamma function, for positive numbers (asymptotic series after shifting).

    >>> round(float(digamma(np.array([1.0]))[0]), 6)
    -0.577216
    """
    result = np.zeros_like(x)
    y = x.copy()
    for _ in range(6):
        small = y < 6
        result[small] -= 1 / y[small]
        y[small] += 1
    inverse = 1 / (y * y)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)))
    return np.asarray(result + np.log(y) - 0.5 / y - series)
