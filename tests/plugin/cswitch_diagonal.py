"""One small component of each kind that a package can bring, and a recipe that uses some of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

from cswitch.core.contracts import Link, Tagging, TokenisedPair
from cswitch.core.errors import UsageError
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.recipes.contracts import Context
from cswitch.generators.recipes.making import make_sample
from cswitch.generators.switching.alternation import equivalence_points
from cswitch.generators.switching.constraints import span_arc
from cswitch.generators.switching.lattice import Arc, Lattice, Piece
from cswitch.generators.switching.units import Unit, words
from cswitch.generators.switching.view import View
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings


class DiagonalAligner:
    """Links the first tokens, the second tokens, and so on."""

    name = "diagonal"

    def __init__(self, source_lang: str, target_lang: str) -> None:
        self.languages = source_lang, target_lang

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """A link for each place that both sides have."""
        return [
            tuple(Link(place, place, 0.8) for place in range(min(len(pair.source.tokens), len(pair.target.tokens))))
            for pair in batch
        ]


class OnceBuilder:
    """Sentences that begin in the matrix language and, from an equivalence point on, go on in the other."""

    name = "once"
    constraint = "equivalence"

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings

    def lattices(self, view: View, key: str) -> Iterator[Lattice]:
        """One arc for each point at which the sentence may turn, from there to its end."""
        (_, *points, (x2, y2)) = equivalence_points(view)
        arcs = [span_arc(view, Unit(x1, x2, y1, y2), kind="tail") for x1, y1 in points]
        yield Lattice(view.x_counts, [arc for arc in arcs if arc])


def last_words(view: View, key: str, skip: str) -> Iterator[Unit]:
    """``last-words``: the last three words of the sentence that are linked, and no other."""
    yield from sorted(words(view, skip))[-3:]


def by_length(arc: Arc, view: View) -> int:
    """``by-length``: a unit is likelier the more letters it brings."""
    return sum(len(view.embedded.tokens[piece.at]) for piece in arc.pieces if isinstance(piece, Piece))


class ShoutSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is shouted."""

    least: int = 1
    """Words with fewer letters stay as they are."""


class Shout:
    """Writes the words of the embedded language in capitals."""

    name = "shout"
    takes = "samples"
    chunk = 100
    Settings = ShoutSettings

    def __init__(self, settings: ShoutSettings, context: Context) -> None:
        self.settings, self.context = settings, context

    @classmethod
    def make(cls, settings: Any, context: Context) -> Self:
        """The operation, once its settings can be meant."""
        if settings.least < 1:
            raise UsageError(f"least {settings.least} is no number of letters", hint="give 1 or more")
        return cls(settings, context)

    def __call__(self, items: Sequence[Sample]) -> list[list[Sample]]:
        """A sample for each."""
        return [[self._loud(item)] for item in items]

    def _loud(self, item: Sample) -> Sample:
        tokens = list(item.tokens)
        for place, (token, lang) in enumerate(zip(item.tokens, item.langs, strict=True)):
            if lang not in (item.matrix, "other") and len(token) >= self.settings.least:
                tokens[place] = token.upper()
        gaps = [start > 0 and item.text[start - 1] == " " for start, _ in item.offsets]
        return make_sample(
            self.context,
            operation=self.name,
            source_id=item.source_id,
            tokens=tokens,
            langs=item.langs,
            gaps=gaps,
            origins=item.origins,
            languages=item.languages,
            target=item.target,
            met=item.met,
            reachable=item.reachable,
            measures=item.measures,
            labels=item.labels,
            draw=item.provenance.draw,
        )


RECIPE = """
about: The last words of a sentence are said in the other language, and loudly.
citation: The guide to this toolkit (2026), Adding a component, docs/extending.md.
reproduces: What the guide shows.
languages: [en, es]
steps:
- synth: {units: last-words, weights: by-length, constraint: none, share: 0.2}
- shout: {least: 3}
example:
  input: [{id: "1", en: "we drink coffee", es: "bebemos café", links: "1-0"}]
  output: [{id: "1.0", text: "we BEBEMOS coffee", langs: [en, es, en]}]
"""


class WordListTagger:
    """Knows the words of a list; any other word goes on in the language of the one before."""

    name = "word-list"

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words
        self.languages = tuple(sorted(set(words.values())))

    @classmethod
    def load(cls, target: str = "") -> Self:
        """The tagger of a file with a word, a tab and its language a line."""
        if not target:
            raise UsageError("the tagger 'word-list' needs a list", hint="write --tagger word-list:FILE")
        lines = Path(target).read_text(encoding="utf-8").splitlines()
        return cls({word: lang for word, _, lang in (line.partition("\t") for line in lines)})

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        """A tag a token, sure for words of the list and for marks, less sure for the rest."""
        if unknown := [language for language in languages if language not in self.languages]:
            raise UsageError(f"the list has no word of {unknown[0]!r}", hint=f"it has {', '.join(self.languages)}")
        return [self._sentence(tokens, tuple(languages) or self.languages, alternatives) for tokens in batch]

    def _sentence(self, tokens: Sequence[str], spoken: tuple[str, ...], alternatives: int) -> Tagging:
        tags: list[str] = []
        chances: list[float] = []
        last = spoken[0]
        for token in tokens:
            listed = self.words.get(token.lower(), "")
            last = listed if listed in spoken else last
            tags.append("other" if is_neutral(token) else last)
            chances.append(1.0 if is_neutral(token) else 0.9 if listed in spoken else 0.6)
        best = [((tag, chance),)[:alternatives] for tag, chance in zip(tags, chances, strict=True)]
        return Tagging(tags, chances, best if alternatives else None)
