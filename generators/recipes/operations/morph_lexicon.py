"""Dictionary substitution in seed sentences, with words that agree (after Alam, Ahmadi and Anastasopoulos, 2024)."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import ClassVar, Self

import msgspec

from cswitch.core.contracts import Romaniser
from cswitch.core.errors import UsageError
from cswitch.core.seeds import rng
from cswitch.core.tag_names import language_tag
from cswitch.core.text.join import recase
from cswitch.core.text.protected import protected_spans
from cswitch.core.text.scripts import scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.recipes.contracts import Context, Takes, Text
from cswitch.generators.recipes.making import make_sample
from cswitch.generators.recipes.operations.inflecting import stressed_a
from cswitch.generators.recipes.operations.morph_units import Analyser, Unit
from cswitch.generators.recipes.operations.texts import Read, carried, foreign, inside, read
from cswitch.generators.recipes.operations.writing import Writer
from cswitch.generators.switching.glue import agree
from cswitch.generators.switching.view import language_tags
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import Script

_KEPT = ("code", "inline-code", "latex", "urls", "placeholders", "numbers", "math", "identifiers")
_FEMININE = {"el": "la", "un": "una", "al": "a la", "del": "de la"}
_HALF = 0.5 + 1e-9


class MorphLexiconSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a seed sentence is replaced."""

    share: float = 0.5
    """Share of the units of a sentence that are replaced, at least one: nouns with their adjectives, verbs."""
    draws: int = 1
    """Sentences made of each seed sentence, at most; two that read the same count once."""
    min_prob: float = 0.2
    """Translations less probable than this are not used."""
    script: Script = "native"
    """Script of the text, where the run says nothing of it."""


class MorphLexicon:
    """Words of seed sentences replaced by counterparts that agree.

    Args:
        analyser: Finds units and their counterparts.
        settings: Settings.
        context: The run.
    """

    name: ClassVar[str] = "morph-lexicon"
    takes: ClassVar[Takes] = "texts"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = MorphLexiconSettings

    def __init__(self, analyser: Analyser, settings: MorphLexiconSettings, context: Context) -> None:
        self.analyser, self.settings, self.context = analyser, settings, context
        self.source, self.target = analyser.source, analyser.target
        self.romanisers: dict[str, Romaniser] = {}
        if (context.script or settings.script) == "roman":
            wanted = [lang for lang in (self.source, self.target) if scripts_for(lang)[0] != "Latn"]
            self.romanisers = {lang: context.romaniser(lang) for lang in wanted}

    @classmethod
    def make(cls, settings: MorphLexiconSettings, context: Context) -> Self:
        """The operation; see :class:`~cswitch.generators.recipes.contracts.Operation`."""
        if len(context.languages) != 2:
            found = len(context.languages)
            raise UsageError(f"morph-lexicon takes two languages, not {found}", hint="add --pair hi-en")
        for name, value in (("share", settings.share), ("min_prob", settings.min_prob)):
            if not 0 < value <= 1:
                raise UsageError(f"{name} is {value:g}", hint="give a share above 0, up to 1")
        if settings.draws < 1:
            raise UsageError(f"draws is {settings.draws}", hint="give 1 or more")
        source, target = context.languages
        tagger = context.pos(source)
        if tagger is None:
            problem = f"words of {source} cannot be analysed: there is no part-of-speech tagger for it"
            raise UsageError(problem, hint="cosda replaces words without looking at their form")
        analyser = Analyser(context.lexicon(source, target), tagger, context.pos(target), settings.min_prob)
        return cls(analyser, settings, context)

    def __call__(self, items: Sequence[Text]) -> list[list[Sample] | Reject]:
        """Sentences made of each seed sentence, in order."""
        return [self._made(item) for item in items]

    def _made(self, item: Text) -> list[Sample] | Reject:
        given = foreign(item, self.source) or read(item)
        if isinstance(given, Reject):
            return given
        tags = language_tags(given.tokens, self.source)
        kept = inside(given.offsets, protected_spans(given.text, _KEPT))
        free = [tag == self.source and not staying for tag, staying in zip(tags, kept, strict=True)]
        units = self.analyser.units(given.tokens, free)
        if not units:
            detail = f"no noun, adjective or verb of the text has a counterpart in {self.target} that agrees"
            return Reject(source_id=item.id, reason="no_units", detail=detail)
        wanted = min(len(units), max(1, round(self.settings.share * len(units))))
        met = abs(wanted - self.settings.share * len(units)) <= _HALF
        made: dict[str, Sample] = {}
        drawn: set[tuple[int, ...]] = set()
        for draw in range(self.settings.draws):
            random = rng("morph-lexicon", self.context.config, item.id, draw)
            chosen = tuple(sorted(random.sample(range(len(units)), wanted)))
            if chosen not in drawn:
                drawn.add(chosen)
                sample = self._sample(item, given, tags, [units[n] for n in chosen], len(units), met, len(made))
                made.setdefault(sample.text, sample)
                if len(drawn) == comb(len(units), wanted):
                    break
        return list(made.values())

    def _sample(
        self,
        item: Text,
        given: Read,
        tags: Sequence[str],
        units: Sequence[Unit],
        size: int,
        met: bool,
        draw: int,
    ) -> Sample:
        writer, places, kept = self._written(given, tags, units)
        return make_sample(
            self.context,
            operation=self.name,
            source_id=item.id,
            tokens=writer.tokens,
            langs=writer.langs,
            text=writer.text,
            offsets=writer.offsets,
            origins=writer.origins,
            met=met,
            reachable={"share": (round(1 / size, 4), 1.0)},
            measures={"share": round(len(units) / size, 4)},
            labels=carried(item.labels, given.offsets, places, kept),
            draw=draw,
        )

    def _written(
        self, given: Read, tags: Sequence[str], units: Sequence[Unit]
    ) -> tuple[Writer, list[tuple[int, int]], list[bool]]:
        """The sentence with its units in the other language, where its tokens stand now, and which are as they were."""
        writer = Writer()
        begins = {unit.start: unit for unit in units}
        first = next((at for at, token in enumerate(given.tokens) if not is_neutral(token)), -1)
        places: list[tuple[int, int]] = []
        kept: list[bool] = []
        at = last = 0
        while at < len(given.tokens):
            writer.space(given.text[last : given.offsets[at][0]])
            unit = begins.get(at)
            start = len(writer.tokens)
            if unit is None:
                token = self._agreeing(given, at, begins.get(at + 1))
                for n, word in enumerate(token.split(" ")):
                    origin = (self.source, at) if token == given.tokens[at] else None
                    lang = tags[at] if tags[at] != self.source else language_tag(self.source)
                    writer.add(self._spelt(word, self.source, tags[at]), lang, before=" " if n else "", origin=origin)
                end = at + 1
            else:
                capital = at == first and given.tokens[at][:1].isupper()
                self._write_unit(writer, unit, capital)
                end = unit.end
            span = (writer.offsets[start][0], writer.offsets[-1][1])
            places += [span] * (end - at)
            kept += [writer.tokens[start:] == [given.tokens[at]]] * (end - at)
            at, last = end, given.offsets[end - 1][1]
        writer.space(given.text[last:])
        return writer, places, kept

    def _write_unit(self, writer: Writer, unit: Unit, capital: bool) -> None:
        for n, (text, lang) in enumerate(unit.words):
            word = self._spelt(text, lang, lang)
            if capital and not n:
                word = recase(word, was_initial=False, is_initial=True, lang=lang)
            writer.add(word, language_tag(lang), before=" " if n else "")

    def _spelt(self, word: str, lang: str, tag: str) -> str:
        romaniser = self.romanisers.get(lang)
        return romaniser.romanise([word])[0] if romaniser and tag in (lang, "other") else word

    def _agreeing(self, given: Read, at: int, after: Unit | None) -> str:
        """A token before a unit, in the form that the unit asks for."""
        token = given.tokens[at]
        if after is None or after.words[0].lang == self.source:
            return token
        if self.source == "es" and given.tokens[after.start].lower() in stressed_a() and token.lower() in _FEMININE:
            new = _FEMININE[token.lower()]
            return new.capitalize() if token[:1].isupper() else new
        return agree(token, after.words[0].text, self.source)
