"""The aligner for a corpus: a statistical model that is told what the lexical aligner knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from cswitch.core.contracts import Link, TokenisedPair
from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.generators.alignment import eflomal, fast_align
from cswitch.generators.alignment.confidence import Confidence
from cswitch.generators.alignment.corpus import Anchor, Piece, Spool, by_pair, cut
from cswitch.generators.alignment.directions import Beliefs
from cswitch.generators.alignment.learning import posteriors
from cswitch.generators.alignment.linking import Linker
from cswitch.generators.alignment.pooling import Pool, lexicon_of
from cswitch.generators.alignment.trellis import Reals
from cswitch.generators.alignment.vocabulary import Vocabulary

ENGINES = ("hmm", "eflomal", "fast-align")
"""What may do the statistics; the first needs nothing that is not there."""
STATISTICS = 0.7
"""How much the statistics count in the confidence of a link, against the lexical aligner's own confidence."""
SURE, GAP_FILL = 0.45, 0.3
"""Links below this confidence are left out, without and with ``gap_fill``."""

NEIGHBOURLY = ("closed", "between", "join")
"""Kinds of evidence that rest on the links beside; without a lexicon there are too few of those."""

Engine = Literal["hmm", "eflomal", "fast-align"]


class HybridAligner:
    """Links the words of a whole corpus by its statistics, a lexicon, and the sound of words.

    The lexical aligner goes first. Its links are anchors: each raises the probability of its words for each other
    at that place, in proportion to its confidence, so that the statistical model learns from them, and finds
    its way between them. Words are pooled by the first letters of their stems, and translations of the lexicon are
    favoured by the prior. The confidence of a link is the weighted mean of the geometric mean of the posteriors of
    both directions, and of the lexical aligner's confidence. A token may have several links.

    Args:
        source_lang: Language of the first side.
        target_lang: Language of the second side.
        gap_fill: Also give links whose confidence is below :data:`SURE`, down to :data:`GAP_FILL`.
        lexicons: The user's own word lists, see :func:`cswitch.core.lexicon.read_tsv`.
        engine: Who does the statistics: ``hmm`` (:mod:`cswitch.generators.alignment.learning`), ``eflomal`` or
            ``fast-align``.

    Raises:
        UsageError: There is no such engine.
    """

    name = "hybrid"

    def __init__(
        self,
        source_lang: str,
        target_lang: str,
        *,
        gap_fill: bool = False,
        lexicons: Iterable[Path] = (),
        engine: Engine = "hmm",
    ) -> None:
        if engine not in ENGINES:
            raise UsageError(f"unknown engine {engine!r} of the hybrid aligner", hint=suggest(engine, list(ENGINES)))
        self.engine, self.least = engine, GAP_FILL if gap_fill else SURE
        self.languages = source_lang, target_lang
        self.lexicon = lexicon_of(source_lang, target_lang, lexicons)
        self._passed: tuple[str, ...] = () if len(self.lexicon) else NEIGHBOURLY
        self._share = STATISTICS if len(self.lexicon) else 1.0
        self._words = Vocabulary(self.lexicon)
        self._confidence = Confidence.load()
        self._pool = Pool(source_lang, target_lang)
        self._known = self._pool.known(self.lexicon)

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """The same as :meth:`align_corpus`, as a list."""
        return list(self.align_corpus(batch))

    def align_corpus(self, pairs: Iterable[TokenisedPair]) -> Iterator[tuple[Link, ...]]:
        """Links for each pair, in order, sorted by (source, target).

        >>> from cswitch.core.contracts import Sentence
        >>> sides = [Sentence("en", ("My", "house"), (False, True)), Sentence("es", ("Mi", "casa"), (False, True))]
        >>> links = next(HybridAligner("en", "es").align_corpus([TokenisedPair("1", *sides)]))
        >>> [(link.source, link.target) for link in links]
        [(0, 0), (1, 1)]
        """
        pool = self._pool.copy()
        with Spool() as spool:
            spool.read(pairs, lambda number, pair: self._pieces(number, pair, pool))
            found = self._statistics(spool)
            yield from by_pair(((piece, self._links(piece, one, two)) for piece, one, two in found), spool.pairs)

    def _pieces(self, number: int, pair: TokenisedPair, pool: Pool) -> Iterator[Piece]:
        source, target = pair.source.tokens, pair.target.tokens
        left = [pool.number(token, 0) for token in source]
        right = [pool.number(token, 1) for token in target]
        for piece in cut(number, left, right):
            i, j = piece.start
            anchors = self._anchors(source[i : i + len(piece.source)], target[j : j + len(piece.target)])
            yield msgspec.structs.replace(piece, anchors=anchors)

    def _anchors(self, source: Sequence[str], target: Sequence[str]) -> list[Anchor]:
        """All links of the lexical aligner, the unsure ones too."""
        words, confidence = self._words, self._confidence
        left = [words.source(token) for token in source]
        right = [words.target(token) for token in target]
        found = sorted(Linker(words, left, right).evidence().items())
        return [(i, j, confidence(kind, score)) for (i, j), (kind, score) in found if kind not in self._passed]

    def _statistics(self, spool: Spool) -> Iterator[Beliefs]:
        if self.engine == "eflomal":
            return eflomal.beliefs(spool, self._known)
        if self.engine == "fast-align":
            return fast_align.beliefs(spool, self._known)
        return posteriors(spool, self._known)

    def _links(self, piece: Piece, one: Reals, two: Reals) -> list[Link]:
        scores = self._share * np.sqrt(one * two)
        for i, j, confidence in piece.anchors:
            scores[i, j] += (1 - self._share) * confidence
        rows, columns = np.nonzero(scores >= self.least)
        values = np.minimum(scores[rows, columns], 1.0).round(3)
        return [Link(*fields) for fields in zip(rows.tolist(), columns.tolist(), values.tolist(), strict=True)]
