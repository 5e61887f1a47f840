"""The HMM of :mod:`cswitch.generators.alignment.hmm` over a corpus of any size, a part of it in memory at a time.

A corpus that fits is trained on as a whole. A larger one is gone through part by part: what was counted so far is the
prior of the next part (streaming variational Bayes, Broderick et al., 2013), and pairs of words that hardly ever were
linked are forgotten. Once all parts were seen, all are aligned by what was counted over the whole corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cswitch.generators.alignment.corpus import Piece, Spool
from cswitch.generators.alignment.hmm import SPARSITY, Corpus, Floats, Model
from cswitch.generators.alignment.pooling import SHIFT, Ints, Known, codes_of, look_up
from cswitch.generators.alignment.trellis import Reals

CELLS = 1 << 22
"""Possible links of a part: about 6,000 sentence pairs of 26 tokens a side, and some 300 MB."""
ROUNDS, LATER_ROUNDS, UNTAUGHT_ROUNDS = (2, 3), (1, 2), (5, 5)
"""Rounds of IBM model 1 and of the HMM, the last of which gives the posteriors: over the first part, over others, and
over the first part when there is no lexicon."""
NULL = 0.1
"""Probability that a token has no counterpart."""
KNOWN = 0.5
"""Dirichlet parameter of a translation that the lexicon is sure of."""
ANCHOR = 2.0
"""What an anchor of confidence 1 adds to the translation probability of its words, there and then."""
FORGET = 0.02
"""Expected counts below this are forgotten between parts."""

Posteriors = tuple[Piece, Reals, Reals]
"""A piece, and how likely each cell is a link by either direction, shape (source tokens, target tokens)."""


def posteriors(spool: Spool, known: Known, *, cells: int = CELLS) -> Iterator[Posteriors]:
    """Trains on a corpus and gives the posteriors of each of its pieces, in order.

    Args:
        spool: The corpus.
        known: Pairs of words that a lexicon vouches for.
        cells: Possible links up to which the corpus is held in memory; more give the same links as one part would, or
            nearly so.
    """
    memory = Memory(known)
    for number, part in enumerate(spool.chunks(cells)):
        model = memory.model(part)
        model1, hmm = LATER_ROUNDS if number else ROUNDS if len(known.codes) else UNTAUGHT_ROUNDS
        model.train(model1_rounds=model1, hmm_rounds=hmm - 1, agree=not len(known.codes))
        if len(part) == len(spool):
            yield from _in_order(model, part)
            return
        memory.add(model)
    for part in spool.chunks(cells):
        model = memory.model(part)
        for direction in model.directions:
            direction.update(np.zeros(len(model.corpus.pairs)))
        yield from _in_order(model, part)


def _in_order(model: Model, part: Sequence[Piece]) -> Iterator[Posteriors]:
    found = {k: (one, two) for k, one, two in model.posteriors()}
    for k, piece in enumerate(part):
        yield piece, *found.pop(k)


class Memory:
    """What was counted over the parts of a corpus so far.

    Args:
        known: Pairs of words that a lexicon vouches for.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self.codes: Ints = np.zeros(0, dtype=np.int64)
        self.counts: Reals = np.zeros(0, dtype=np.float32)
        self.jumps: list[Floats] = []

    def model(self, part: Sequence[Piece]) -> Model:
        """A model of a part that begins with what was counted before."""
        corpus = Corpus.build([piece.source for piece in part], [piece.target for piece in part])
        _anchor(corpus, part)
        codes = codes_of(corpus.pairs)
        before = look_up(codes, self.codes, self.counts)
        prior = SPARSITY + KNOWN * look_up(codes, self.known.codes, self.known.strengths) + before
        model = Model(corpus, prior, self._elsewhere(corpus, before) if len(self.codes) else None, NULL)
        for direction, jumps in zip(model.directions, self.jumps, strict=False):
            direction.jumps = jumps
        return model

    def _elsewhere(self, corpus: Corpus, before: Floats) -> tuple[Floats, Floats]:
        sides = np.stack([self.codes >> SHIFT, self.codes & ((1 << SHIFT) - 1)])
        totals = []
        for side in (0, 1):
            size = 1 + max(int(sides[side].max()), int(corpus.pairs[:, side].max()))
            here = np.bincount(corpus.pairs[:, side], before, size)
            totals.append(np.maximum(np.bincount(sides[side], self.counts, size) - here, 0.0))
        return totals[0], totals[1]

    def add(self, model: Model) -> None:
        """Takes in what a model counted over its part."""
        codes = np.concatenate([self.codes, codes_of(model.corpus.pairs)])
        counts = np.concatenate([self.counts, model.counts.astype(np.float32)])
        self.codes, place = np.unique(codes, return_inverse=True)
        self.counts = np.bincount(place, counts, len(self.codes)).astype(np.float32)
        kept = self.counts >= FORGET
        self.codes, self.counts = self.codes[kept], self.counts[kept]
        self.jumps = [direction.jumps for direction in model.directions]


def _anchor(corpus: Corpus, part: Sequence[Piece]) -> None:
    """Tells a corpus the anchors of its pieces."""
    for number, batch in enumerate(corpus.batches):
        _, pairs, width = batch.shape
        found = [
            ((j * pairs + row) * width + i, confidence)
            for row, k in enumerate(batch.pairs.tolist())
            for i, j, confidence in part[k].anchors
        ]
        if found:
            places, confidences = zip(*found, strict=True)
            values = np.array(confidences, dtype=np.float32) * np.float32(ANCHOR)
            corpus.added[number] = np.array(places, dtype=np.int64), values
