"""Dictionary substitution as operations of recipes: CoSDA-ML and EntityCS over plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import msgspec
from msgspec.structs import replace

from cswitch.core.contracts import PosTagger
from cswitch.core.errors import UsageError
from cswitch.core.lexicon import key
from cswitch.core.seeds import digest, rng
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.generators.recipes.contracts import Context, Takes, Text
from cswitch.generators.recipes.making import Origin, make_sample
from cswitch.generators.recipes.operations.texts import Read, foreign, read
from cswitch.generators.switching.view import language_tags
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample, Target
from cswitch.schemas.settings import Script
from cswitch.training.mentions import CASED, ENTITIES, LabelError, Source, cut, found, labelled, moved, parallel
from cswitch.training.records import Example, Mixed, Span
from cswitch.training.settings import ALWAYS_KEPT, AugmentSettings, Keep
from cswitch.training.switcher import Switcher
from cswitch.training.texts import write

TOLERANCE = 3.0
"""Points of CMI."""
_HALF = 0.5 + 1e-9


class CosdaSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How words are replaced; what a value may be is said by :class:`~cswitch.training.AugmentSettings`."""

    rate: float | None = None
    """Share of the words of a text that are replaced; 0.5 when no CMI is given either."""
    cmi: float | None = None
    """Instead: Code-Mixing Index of each text, 0 to 50."""
    share_of_sentences: float = 1.0
    """Share of the texts that are mixed; the others come as they are."""
    draws: int = 1
    """Mixes of each text; two that read the same count once."""
    unit: Literal["word", "phrase"] = "word"
    """Single words, or also expressions that the lexicon knows as a whole."""
    one_language: bool = False
    """All that is replaced in a text comes from one language."""
    translations: Literal["best", "draw"] = "draw"
    """The most probable translation, or a draw among the probable ones."""
    min_prob: float = 0.05
    """Translations less probable than this are not used."""
    keep: tuple[Keep, ...] = ALWAYS_KEPT
    """What stays beside numbers, marks, URLs, mentions and emoji."""
    script: Script = "native"
    """Script of the words that come in, where the run says nothing of it."""


class EntitycsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How entity mentions are found and replaced."""

    mentions: Source = "auto"
    """Where mentions come from: ``labels`` (``entities`` as spans of characters, else labels in a BIO scheme),
    ``proper-nouns`` (runs of PROPN by the tagger), ``capitals`` (runs of words with a capital that their place does
    not ask for), or ``auto``: labels where a text has them, else proper nouns where the language has a tagger, else
    capitals."""
    cover: Literal["all", "any"] = "all"
    """``all``: only languages that know every mention of the text; ``any``: those that know the most of them."""
    most: int = 5
    """Languages a text is mixed with, at most; each gives a sample of its own."""
    markers: bool = True
    """Put ``<e>`` and ``</e>`` around mentions."""
    min_prob: float = 0.1
    """Translations less probable than this are not used."""
    script: Script = "native"
    """Script of the names that come in, where the run says nothing of it."""


class Cosda:
    """Words of a text replaced by dictionaries of one or many languages (Qin et al., 2020).

    Args:
        switcher: What mixes.
        settings: Settings.
        context: The run.
    """

    name: ClassVar[str] = "cosda"
    takes: ClassVar[Takes] = "texts"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = CosdaSettings

    def __init__(self, switcher: Switcher, settings: CosdaSettings, context: Context) -> None:
        self.switcher, self.settings, self.context = switcher, settings, context

    @classmethod
    def make(cls, settings: CosdaSettings, context: Context) -> Self:
        """The operation; see :class:`~cswitch.generators.recipes.contracts.Operation`."""
        if settings.draws < 1:
            raise UsageError(f"draws is {settings.draws}", hint="give 1 or more")
        rate = 0.5 if settings.rate is None and settings.cmi is None else settings.rate
        others = _others(context, cls.name)
        augment = _augment(
            context, others, rate=rate, cmi=settings.cmi, unit=settings.unit,
            share_of_sentences=settings.share_of_sentences, one_language=settings.one_language,
            translations=settings.translations, min_prob=settings.min_prob, keep=settings.keep,
            script=context.script or settings.script,
        )  # fmt: skip
        return cls(_switcher(augment, context), settings, context)

    def __call__(self, items: Sequence[Text]) -> list[list[Sample] | Reject]:
        """Mixes of each text, in order."""
        return [self._mixed(item) for item in items]

    def _mixed(self, item: Text) -> list[Sample] | Reject:
        given = foreign(item, self.context.languages[0]) or read(item)
        if isinstance(given, Reject):
            return given
        try:
            spans = _given_spans(item, given)
            given, covered = cut(given, spans)
        except LabelError as error:
            return Reject(source_id=item.id, reason="bad_labels", detail=str(error))
        example = Example(id=item.id, tokens=given.tokens, labels=_layers(item, given), spans=covered)
        made: dict[str, Sample] = {}
        for draw in range(self.settings.draws):
            mixed = self.switcher.switch(example, draw)
            if not mixed.replaced and mixed.chosen and self._aim() > 0:
                continue
            sample = self._sample(item, given, mixed, len(made))
            made.setdefault(sample.text, sample)
        if not made:
            detail = f"no word may be replaced: lexicons of {', '.join(self.switcher.settings.languages)} know none"
            return Reject(source_id=item.id, reason="no_units", detail=detail)
        return list(made.values())

    def _aim(self) -> float:
        settings = self.switcher.settings
        return settings.rate if settings.rate is not None else settings.cmi or 0.0

    def _sample(self, item: Text, given: Read, mixed: Mixed, draw: int) -> Sample:
        settings = self.switcher.settings
        words = max(1, language_tags(given.tokens, item.lang).count(item.lang))
        if settings.cmi is not None:
            target = Target(cmi=settings.cmi, tolerance=TOLERANCE)
            met = not mixed.chosen or abs(mixed.cmi - settings.cmi) <= TOLERANCE
            reachable = {"cmi": mixed.reachable}
        else:
            target, reachable = Target(), {"rate": mixed.reachable}
            met = not mixed.chosen or abs(mixed.rate - self._aim()) * words <= _HALF
        return _sample(self.context, self.name, item, given, mixed, draw, target=target, met=met, reachable=reachable)


class Entitycs:
    """Entity mentions of a text replaced by their names in another language (Whitehouse et al., 2022).

    Args:
        switchers: Language to what mixes with it.
        tagger: The part-of-speech tagger, where mentions may come from it.
        settings: Settings.
        context: The run.
    """

    name: ClassVar[str] = "entitycs"
    takes: ClassVar[Takes] = "texts"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = EntitycsSettings

    def __init__(
        self,
        switchers: Mapping[str, Switcher],
        tagger: PosTagger | None,
        settings: EntitycsSettings,
        context: Context,
    ) -> None:
        self.switchers, self.tagger, self.settings, self.context = switchers, tagger, settings, context

    @classmethod
    def make(cls, settings: EntitycsSettings, context: Context) -> Self:
        """The operation; see :class:`~cswitch.generators.recipes.contracts.Operation`."""
        if settings.most < 1:
            raise UsageError(f"most is {settings.most}", hint="give 1 or more")
        lang = context.languages[0]
        tagger = context.pos(lang) if settings.mentions in ("auto", "proper-nouns") else None
        if settings.mentions == "proper-nouns" and tagger is None:
            raise UsageError(f"there is no part-of-speech tagger for {lang}", hint="set mentions to capitals or labels")
        if settings.mentions == "capitals" and not _has_capitals(lang):
            raise UsageError(f"capitals do not tell names in {lang}", hint="set mentions to proper-nouns or labels")
        switchers = {}
        for other in _others(context, cls.name):
            augment = _augment(
                context, (other,), rate=1.0, unit="entity", translations="best", min_prob=settings.min_prob,
                keep=ALWAYS_KEPT, markers=settings.markers, script=context.script or settings.script,
            )  # fmt: skip
            switchers[other] = _switcher(augment, context)
        return cls(switchers, tagger, settings, context)

    def __call__(self, items: Sequence[Text]) -> list[list[Sample] | Reject]:
        """A sample of each text in each language that is drawn, in order."""
        return [self._mixed(item) for item in items]

    def _mixed(self, item: Text) -> list[Sample] | Reject:
        given = foreign(item, self.context.languages[0]) or read(item)
        if isinstance(given, Reject):
            return given
        try:
            spans, source = self._mentions(item, given)
            moving = [] if source == "labels" else _given_spans(item, given)
            given, covered = cut(given, [*spans, *moving])
        except LabelError as error:
            return Reject(source_id=item.id, reason="bad_labels", detail=str(error))
        mentions = covered[: len(spans)]
        if not mentions:
            return Reject(source_id=item.id, reason="no_units", detail=f"no entity mention in the {source} of the text")
        names = list(dict.fromkeys(" ".join(given.tokens[start:end]) for start, end in mentions))
        known = {lang: self._known(switcher, names) for lang, switcher in self.switchers.items()}
        langs = self._languages(item.id, known, len(names))
        if not langs:
            return Reject(source_id=item.id, reason="no_units", detail=_unknown(names, known))
        example = Example(
            id=item.id, tokens=given.tokens, labels=_layers(item, given), spans=covered, mentions=mentions
        )
        samples = []
        for draw, lang in enumerate(langs):
            same = [span for span in mentions if known[lang].get(" ".join(given.tokens[slice(*span)])) is False]
            fixed = frozenset(at for start, end in same for at in range(start, end))
            whole = len(known[lang]) == len(names)
            samples.append(self._sample(item, given, replace(example, fixed=fixed), lang, draw, whole))
        return samples

    def _mentions(self, item: Text, given: Read) -> tuple[list[Span], str]:
        """Mentions as spans of characters, and where they come from."""
        wanted = self.settings.mentions
        if wanted in ("auto", "labels"):
            spans = labelled(item.labels, given)
            if spans is not None or wanted == "labels":
                return spans or [], "labels"
        tagger = self.tagger if wanted != "capitals" else None
        return found(given, item.lang, tagger), "proper nouns" if tagger else "capitals"

    def _known(self, switcher: Switcher, names: Sequence[str]) -> dict[str, bool]:
        """The mentions that a language knows, and whether its name for one is another."""
        [wording] = switcher.wordings
        scripts = {*scripts_for(wording.lang), "Latn"}
        told = {}
        for name in names:
            found = [t for t in wording.lexicon.translations(name) if script_of(t.word) in scripts]
            if found and found[0].prob >= self.settings.min_prob:
                told[name] = key(found[0].word) != key(name) and bool(wording.options(name).words)
        return told

    def _languages(self, id: str, known: Mapping[str, Mapping[str, bool]], mentions: int) -> list[str]:
        """Languages that a text is mixed with: of those that know enough of its mentions, some drawn."""
        counts = {lang: len(told) for lang, told in known.items() if any(told.values())}
        wanted = mentions if self.settings.cover == "all" else max(counts.values(), default=0)
        able = [lang for lang, count in counts.items() if count == wanted]
        chosen = rng("entitycs", self.context.config, id).sample(able, min(self.settings.most, len(able)))
        return sorted(chosen, key=able.index)

    def _sample(self, item: Text, given: Read, example: Example, lang: str, draw: int, met: bool) -> Sample:
        mixed = self.switchers[lang].switch(example)
        told = {"rate": mixed.reachable}
        first = len(example.mentions or ()) if len(example.spans) > len(example.mentions or ()) else 0
        languages = (self.context.languages[0], lang)
        return _sample(
            self.context, self.name, item, given, mixed, draw, met=met, reachable=told, languages=languages, first=first
        )


def _others(context: Context, name: str) -> tuple[str, ...]:
    """The languages that come in."""
    if len(context.languages) < 2:
        raise UsageError(f"{name} needs two languages or more", hint="add --pair en-hi, or --pair en-hi-es")
    return tuple(context.languages[1:])


def _augment(context: Context, others: tuple[str, ...], **settings: Any) -> AugmentSettings:
    seed = digest("cswitch.training", context.config) % 2**63
    return AugmentSettings(matrix=context.languages[0], languages=others, seed=seed, **settings)


def _switcher(settings: AugmentSettings, context: Context) -> Switcher:
    """What mixes, with the lexicons of the run, read now so that a missing one is told before anything is read."""
    switcher = Switcher(settings, lexicons={to: context.lexicon(settings.matrix, to) for to in settings.languages})
    assert switcher.wordings
    return switcher


def _has_capitals(lang: str) -> bool:
    return lang != "de" and bool(CASED & set(scripts_for(lang)))


def _given_spans(item: Text, given: Read) -> list[Span]:
    """Spans that the labels of a text hold, which move with it."""
    return (labelled({ENTITIES: item.labels[ENTITIES]}, given) or []) if ENTITIES in item.labels else []


def _layers(item: Text, given: Read) -> dict[str, list[str]]:
    """Labels that are lists of names, one a token, which go with the tokens."""
    return {name: list(layer) for name, layer in item.labels.items() if parallel(layer, given.tokens)}


def _unknown(names: Sequence[str], known: Mapping[str, Mapping[str, bool]]) -> str:
    """Which mentions are not known, by the language that knows the most."""
    if any(known.values()) and not any(any(told.values()) for told in known.values()):
        return f"{', '.join(names)}: written the same in {', '.join(known)}"
    best = max(known, key=lambda lang: len(known[lang]))
    missing = [name for name in names if name not in known[best]]
    others = "" if len(known) == 1 else f", and no other of {', '.join(known)} knows more"
    return f"the lexicon of {best} does not know {', '.join(missing)}{others}; add a list of names of your own"


def _sample(
    context: Context,
    operation: str,
    item: Text,
    given: Read,
    mixed: Mixed,
    draw: int,
    *,
    reachable: Mapping[str, tuple[float, float]],
    target: Target | None = None,
    met: bool = True,
    languages: Sequence[str] = (),
    first: int = 0,
) -> Sample:
    """A sample of a mixed text, its labels moved along; ``first`` is the first of its spans that its labels hold."""
    text, offsets = write(given.text, given.offsets, mixed)
    labels = {**item.labels, **mixed.labels}
    spans = [(offsets[start][0], offsets[end - 1][1]) for start, end in mixed.spans[first:]]
    if spans or ENTITIES in labels:
        labels[ENTITIES] = moved(labels.get(ENTITIES) or spans, spans)
    return make_sample(
        context,
        operation=operation,
        source_id=item.id,
        tokens=mixed.tokens,
        langs=mixed.langs,
        text=text,
        offsets=offsets,
        origins=[_origin(item.lang, at, mixed, given) for at in range(len(mixed.tokens))],
        languages=languages,
        target=target,
        met=met,
        reachable=reachable,
        measures={"rate": round(mixed.rate, 4)},
        labels=labels,
        draw=draw,
    )


def _origin(lang: str, at: int, mixed: Mixed, given: Read) -> Origin:
    """The token of the text that a token is; None for one that a lexicon gave."""
    span = mixed.origins[at]
    if span is None or span[1] - span[0] != 1 or given.tokens[span[0]] != mixed.tokens[at]:
        return None
    return lang, span[0]
