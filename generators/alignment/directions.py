"""What aligners share that learn two directions from a corpus and join them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from cswitch.core.contracts import Link, TokenisedPair
from cswitch.generators.alignment.corpus import Piece, Spool, by_pair, cut
from cswitch.generators.alignment.pooling import Known, Pool
from cswitch.generators.alignment.symmetrise import check_method, symmetrise
from cswitch.generators.alignment.trellis import Reals

Beliefs = tuple[Piece, Reals, Reals]
"""A piece, and how likely each cell is a link by either direction, shape (source tokens, target tokens)."""
NONE = Known(np.zeros(0, dtype=np.int64), np.zeros(0))
"""No lexicon at all."""


class DirectionsAligner(ABC):
    """Learns both directions from all the pairs it is to align, and joins their links.

    The first direction gives every target token its likeliest source token, or none; the second the other way round.

    Args:
        source_lang: Language of the first side.
        target_lang: Language of the second side.
        symmetrisation: How links of two directions become one set, see
            :func:`cswitch.generators.alignment.symmetrise.symmetrise`.
        prefix: Letters of its stem that a word is told by; 0 for whole words.

    Raises:
        UsageError: There is no such symmetrisation.
    """

    def __init__(self, source_lang: str, target_lang: str, *, symmetrisation: str, prefix: int) -> None:
        self.languages = source_lang, target_lang
        self.symmetrisation = check_method(symmetrisation)
        self.prefix = prefix

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """The same as :meth:`align_corpus`, as a list."""
        return list(self.align_corpus(batch))

    def align_corpus(self, pairs: Iterable[TokenisedPair]) -> Iterator[tuple[Link, ...]]:
        """Links for each pair, in order, sorted by (source, target)."""
        pool = Pool(*self.languages, self.prefix)
        known = self.known(pool)
        with Spool() as spool:
            spool.read(pairs, lambda number, pair: pieces_of(number, pair, pool))
            found = self.beliefs(spool, known)
            yield from by_pair(((piece, self.links(one, two)) for piece, one, two in found), spool.pairs)

    def known(self, pool: Pool) -> Known:
        """Pairs of words that a lexicon vouches for; none, unless a subclass knows some."""
        return NONE

    @abstractmethod
    def beliefs(self, spool: Spool, known: Known) -> Iterator[Beliefs]:
        """How likely each link of each piece is by either direction, in the order of the pieces."""

    def links(self, one: Reals, two: Reals) -> list[Link]:
        """The links of both directions, joined; the confidence of each is the mean of what the directions say."""
        forward = [(i, j) for j, i in enumerate(_likeliest(one)) if i >= 0]
        backward = [(i, j) for i, j in enumerate(_likeliest(two.T)) if j >= 0]
        mean = ((one + two) / 2).clip(0, 1).round(3)
        return [Link(i, j, float(mean[i, j])) for i, j in symmetrise(forward, backward, self.symmetrisation)]


def pieces_of(number: int, pair: TokenisedPair, pool: Pool) -> Iterator[Piece]:
    """The pieces of a sentence pair, its words as numbers."""
    source = [pool.number(token, 0) for token in pair.source.tokens]
    target = [pool.number(token, 1) for token in pair.target.tokens]
    return cut(number, source, target)


def _likeliest(beliefs: Reals) -> list[int]:
    """For each column the row that is likeliest, or -1 when no row is as likely as none at all."""
    best = beliefs.argmax(axis=0)
    top = beliefs[best, np.arange(beliefs.shape[1])]
    return [int(n) for n in np.where(top >= 1 - beliefs.sum(axis=0), best, -1)]
