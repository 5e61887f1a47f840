"""From rows in three or more languages to what the generator takes: each matrix sentence aligned with all the others.

Two languages at a time are aligned as a pair of them would be: by the links of the input, which are those of the first
two languages, else by the lexical aligner, through English where no lexicon of the two is shipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from cswitch.core.contracts import TokenisedPair
from cswitch.core.errors import UsageError
from cswitch.core.lexicon import route
from cswitch.generators.switching.generator import matrix_languages
from cswitch.generators.switching.several import AlignedSides
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.aligners import AUTO
from cswitch.pipeline.annotate import Annotator
from cswitch.pipeline.pair_rows import Row
from cswitch.pipeline.projected_pos import names_of, projected
from cswitch.pipeline.tokenised import given_links, tokenised_sides
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings


class AnnotatedSides(NamedTuple):
    """A row and what became of it."""

    row: Row
    pair: AlignedSides | Reject


class SidesAnnotator:
    """Tokenises, aligns and tags batches of rows; what becomes of a row does not depend on the rest of its batch.

    Args:
        settings: The run's settings, with three or more languages.

    Raises:
        UsageError: The aligner is unknown, or cannot work on two of the languages.

    >>> from cswitch.schemas.pair import Pair
    >>> texts = {"en": "My house is big.", "es": "Mi casa es grande.", "fr": "Ma maison est grande."}
    >>> annotator = SidesAnnotator(SynthSettings(pair=("en", "es", "fr")))
    >>> (found,) = annotator.annotate([Row(1, Pair(id="1", texts=texts))])
    >>> [(pair.source.lang, pair.target.lang, len(pair.links)) for pair in found.pair.pairs["es"]]
    [('en', 'es', 5), ('es', 'fr', 5)]
    """

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings
        self.languages = languages = settings.pair
        self.matrices = matrix_languages(settings)
        order = {lang: place for place, lang in enumerate(languages)}
        self._pairs = {
            matrix: [_ordered(matrix, other, order) for other in languages if other != matrix]
            for matrix in self.matrices
        }
        wanted = dict.fromkeys(pair for pairs in self._pairs.values() for pair in pairs)
        self._annotators = {pair: Annotator(msgspec.structs.replace(settings, pair=pair)) for pair in wanted}
        self._check_lexicons()

    @property
    def pos(self) -> str | None:
        """Name of the part-of-speech tagger, None when no language has one."""
        return next((found.pos for found in self._annotators.values() if found.pos), None)

    def annotate(self, rows: Sequence[Row]) -> list[AnnotatedSides]:
        """The rows of a batch, in order.

        Raises:
            RowError: A row has links that point outside its sentences, or none where they are needed.
        """
        done: list[AlignedSides | Reject | None] = []
        good: list[dict[tuple[str, str], TokenisedPair]] = []
        lines: list[int] = []
        for row in rows:
            pairs = self._tokenised(row)
            if isinstance(pairs, Reject):
                done.append(pairs)
            else:
                done.append(None)
                good.append(pairs)
                lines.append(row.line)
        ready = iter(self._ready(good, lines))
        return [AnnotatedSides(row, made or next(ready)) for row, made in zip(rows, done, strict=True)]

    def _tokenised(self, row: Row) -> dict[tuple[str, str], TokenisedPair] | Reject:
        """The sides of a row, two by two."""
        sides = tokenised_sides(row, self.languages, self.settings.max_tokens)
        if isinstance(sides, Reject):
            return sides
        of = {side.lang: side for side in sides}
        links = given_links(row.pair)
        return {
            (one, other): TokenisedPair(
                row.pair.id, of[one], of[other], links if (one, other) == self.languages[:2] else None
            )
            for one, other in self._annotators
        }

    def _ready(self, rows: list[dict[tuple[str, str], TokenisedPair]], lines: list[int]) -> list[AlignedSides | Reject]:
        """Rows with links and parts of speech, or the reason why two of its sides cannot have any."""
        found: list[dict[tuple[str, str], AlignedPair]] = [{} for _ in rows]
        rejects: dict[int, Reject] = {}
        for pair, annotator in self._annotators.items():
            for number, made in enumerate(annotator.ready([row[pair] for row in rows], lines)):
                if isinstance(made, Reject):
                    rejects.setdefault(number, made)
                else:
                    found[number][pair] = made
        return [rejects.get(number) or self._joined(row, found[number]) for number, row in enumerate(rows)]

    def _joined(
        self, row: dict[tuple[str, str], TokenisedPair], found: dict[tuple[str, str], AlignedPair]
    ) -> AlignedSides:
        sides = {}
        for matrix, pairs in self._pairs.items():
            names = names_of([found[pair] for pair in pairs], matrix)
            sides[matrix] = tuple([projected(found[pair], names) for pair in pairs])
        return AlignedSides(next(iter(row.values())).id, self.languages, sides)

    def _check_lexicons(self) -> None:
        """Refuses two languages that neither links nor a lexicon could join.

        Raises:
            UsageError: There are such.
        """
        if self.settings.aligner != AUTO or self.settings.lexicons:
            return
        for one, other in self._annotators:
            if (one, other) != self.languages[:2] and not route(one, other):
                raise UsageError(
                    f"no lexicon joins {one} and {other}",
                    hint="give one with --lexicon FILE, or choose another --matrix",
                )


def _ordered(one: str, other: str, order: dict[str, int]) -> tuple[str, str]:
    return (one, other) if order[one] < order[other] else (other, one)
