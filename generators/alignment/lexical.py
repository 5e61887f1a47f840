"""The default aligner: one sentence pair at a time, from a lexicon, the sound of words, and their places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from cswitch.core.contracts import Link, TokenisedPair
from cswitch.core.lexicon import Lexicon
from cswitch.generators.alignment.confidence import Confidence
from cswitch.generators.alignment.linking import Linker
from cswitch.generators.alignment.vocabulary import Vocabulary

SURE = 0.55
"""Links below this confidence are given with ``gap_fill`` only."""


class LexicalAligner:
    """Links words that a lexicon, their sound or their digits vouch for, each with a confidence; nothing is trained.

    See :class:`cswitch.generators.alignment.linking.Linker` for how links are chosen.

    Args:
        source_lang: Language of the first side.
        target_lang: Language of the second side.
        gap_fill: Also give the links whose confidence is below :data:`SURE`: more recall, less precision.
        lexicons: The user's own word lists, see :func:`cswitch.core.lexicon.read_tsv`.

    Raises:
        UsageError: There is no lexicon for the pair.
    """

    name = "lexical"

    def __init__(
        self, source_lang: str, target_lang: str, *, gap_fill: bool = False, lexicons: Iterable[Path] = ()
    ) -> None:
        self.gap_fill = gap_fill
        self._confidence = Confidence.load()
        self._words = Vocabulary(Lexicon.load(source_lang, target_lang, extra=lexicons))

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """Links for each pair, sorted by (source, target).

        >>> from cswitch.core.contracts import Sentence
        >>> sides = [Sentence("en", ("My", "house"), (False, True)), Sentence("es", ("Mi", "casa"), (False, True))]
        >>> [(link.source, link.target) for link in LexicalAligner("en", "es").align([TokenisedPair("1", *sides)])[0]]
        [(0, 0), (1, 1)]
        """
        return [self._align(pair.source.tokens, pair.target.tokens) for pair in batch]

    def _align(self, source: Sequence[str], target: Sequence[str]) -> tuple[Link, ...]:
        words, confidence = self._words, self._confidence
        left = [words.source(token) for token in source]
        right = [words.target(token) for token in target]
        found = Linker(words, left, right).evidence()
        least = 0.0 if self.gap_fill else SURE
        links = [Link(i, j, confidence(kind, score)) for (i, j), (kind, score) in sorted(found.items())]
        return tuple([link for link in links if link.confidence >= least])
