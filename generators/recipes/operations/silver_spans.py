"""Silver text for language identification: stretches of monolingual text put together, tags and all.

Li, Xiao, Li and Odoom (2023), "Simple yet Effective Code-Switching Language Identification with Multitask Pre-Training
and Transfer Learning", make such data of monolingual corpora.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, ClassVar, Literal, NamedTuple, Self

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.seeds import rng
from cswitch.core.text.join import balance_marks, recase
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.recipes.contracts import Context
from cswitch.generators.recipes.making import Origin, make_sample
from cswitch.generators.recipes.operations.texts import strange_script
from cswitch.generators.switching.view import language_tags
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

Way = Literal["concatenate", "alternate"]
_STOPS = frozenset(".!?…।॥。！？۔؟")


class SilverSpansSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How stretches are put together."""

    way: Way = "alternate"
    """``concatenate`` puts whole texts one after the other, ``alternate`` stretches of them, as one sentence."""
    spans: tuple[int, int] = (2, 4)
    """Fewest and most stretches of a sample; their number is drawn, each equally likely. No row comes twice."""
    words: tuple[int, int] = (2, 6)
    """Fewest and most tokens of a stretch, for ``alternate``; a text that is shorter comes whole."""
    samples: int = 1
    """Samples of a row."""


class _Side(NamedTuple):
    """One side of a row."""

    row: int
    """Its place in the chunk."""
    source_id: str
    lang: str
    tokens: tuple[str, ...]
    gaps: tuple[bool, ...]


class _Span(NamedTuple):
    """A stretch of a side."""

    side: _Side
    start: int
    end: int


class SilverSpans:
    """Puts stretches of different rows together, the language changing from each to the next.

    The first stretch of a sample is of its row, in a language that is drawn; each one after it is of another row of the
    chunk, so that no stretch translates another. The results depend on the chunk: on the rows that are read together,
    never on workers or on how a run was stopped.

    Args:
        settings: How.
        context: The run.
    """

    name: ClassVar[str] = "silver-spans"
    takes: ClassVar[Literal["pairs"]] = "pairs"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = SilverSpansSettings

    def __init__(self, settings: SilverSpansSettings, context: Context) -> None:
        self._settings, self._context = settings, context

    @classmethod
    def make(cls, settings: Any, context: Context) -> Self:
        """See :class:`~cswitch.generators.recipes.contracts.Operation`."""
        assert isinstance(settings, SilverSpansSettings)
        for name, least in (("spans", 2), ("words", 1)):
            low, high = getattr(settings, name)
            if not least <= low <= high:
                hint = f"give the fewest, at least {least}, and then the most"
                raise UsageError(f"{name} {low} to {high} cannot be meant", hint=hint)
        if settings.samples < 1:
            raise UsageError(f"samples {settings.samples} is less than 1", hint="leave it out for one")
        return cls(settings, context)

    def __call__(self, items: Sequence[Pair]) -> list[list[Sample] | Reject]:
        """Samples of each row, or why it gives none."""
        read = [_sides(row, item) for row, item in enumerate(items)]
        pools: dict[str, list[_Side]] = {}
        for sides in read:
            for side in sides if isinstance(sides, list) else ():
                pools.setdefault(side.lang, []).append(side)
        return [sides if isinstance(sides, Reject) else self._samples(sides, pools) for sides in read]

    def _samples(self, sides: list[_Side], pools: dict[str, list[_Side]]) -> list[Sample] | Reject:
        own = sides[0]
        other = {side.lang for pool in pools.values() for side in pool if side.row != own.row}
        begins = [side for side in sides if other - {side.lang}]
        if not begins:
            detail = "no other row in another language is read together with this one"
            return Reject(source_id=own.source_id, reason="no_units", detail=detail)
        return [
            self._sample(begins, pools, draw, rng(self._context.config, own.source_id, draw))
            for draw in range(self._settings.samples)
        ]

    def _sample(self, sides: list[_Side], pools: dict[str, list[_Side]], draw: int, random: Random) -> Sample:
        spans = [self._cut(random.choice(sides), random)]
        used = {spans[0].side.row}
        for _ in range(random.randint(*self._settings.spans) - 1):
            before = spans[-1].side.lang
            usable = [side for lang in pools if lang != before for side in pools[lang] if side.row not in used]
            if not usable:
                break
            spans.append(self._cut(random.choice(usable), random))
            used.add(spans[-1].side.row)
        return self._joined(spans, draw)

    def _cut(self, side: _Side, random: Random) -> _Span:
        """A stretch of a side that begins and ends with a word, or all of it."""
        if self._settings.way == "concatenate":
            return _Span(side, 0, len(side.tokens))
        words = [at for at, token in enumerate(side.tokens) if not is_neutral(token)]
        count = min(random.randint(*self._settings.words), len(words))
        first = random.randrange(len(words) - count + 1)
        return _Span(side, words[first], words[first + count - 1] + 1)

    def _joined(self, spans: Sequence[_Span], draw: int) -> Sample:
        """The stretches as one text."""
        tokens: list[str] = []
        langs: list[str] = []
        gaps: list[bool | None] = []
        origins: list[Origin] = []
        told: list[dict[str, Any]] = []
        row = spans[0].side.row
        for span in spans:
            side, first = span.side, len(tokens)
            initial = not tokens or tokens[-1] in _STOPS
            kept = self._kept(span)
            for before, at in zip([None, *kept], kept, strict=False):
                tokens.append(_cased(side, at, initial=initial) if before is None else side.tokens[at])
                gaps.append(side.gaps[at] if before == at - 1 else None)
                origins.append((side.lang, at) if side.row == row else None)
            langs += language_tags([side.tokens[at] for at in kept], side.lang)
            told.append({"source_id": side.source_id, "lang": side.lang, "start": first, "end": len(tokens)})
        spoken = list(dict.fromkeys(span.side.lang for span in spans))
        return make_sample(
            self._context,
            operation=self.name,
            source_id=spans[0].side.source_id,
            tokens=tokens,
            langs=langs,
            gaps=gaps,
            origins=origins,
            languages=[*spoken, *(lang for lang in self._context.languages if lang not in spoken)],
            measures={"spans": len(spans)},
            labels={"spans": told},
            draw=draw,
        )

    def _kept(self, span: _Span) -> list[int]:
        """Places of the tokens of a stretch, without marks whose partner was cut away."""
        cut = span.side.tokens[span.start : span.end]
        lone = () if self._settings.way == "concatenate" else balance_marks(cut)
        return [span.start + at for at in range(len(cut)) if at not in lone]


def _sides(row: int, item: Pair) -> list[_Side] | Reject:
    """The sides of a row that have a word, written as their language is or in Latin letters."""
    found: list[_Side] = []
    strange = ""
    for lang, text in item.texts.items():
        given = (item.tokens or {}).get(lang)
        if given is None:
            tokens, _, gaps = tokenise(text, lang)
        else:
            tokens, gaps = tuple(given), tuple([at > 0 for at in range(len(given))])
        words = [token for token in tokens if not is_neutral(token)]
        if not words:
            continue
        told = strange_script(words, lang, roman=True)
        if told:
            strange = strange or told
        else:
            found.append(_Side(row, item.id, lang, tokens, gaps))
    if not found and strange:
        return Reject(source_id=item.id, reason="wrong_script", detail=strange)
    if not found:
        return Reject(source_id=item.id, reason="no_words", detail="neither side has a word")
    return found


def _cased(side: _Side, at: int, *, initial: bool) -> str:
    """The first token of a stretch in the case of its new place."""
    was = not any(not is_neutral(token) for token in side.tokens[:at]) or side.tokens[at - 1] in _STOPS
    return recase(side.tokens[at], was_initial=was, is_initial=initial, lang=side.lang)
