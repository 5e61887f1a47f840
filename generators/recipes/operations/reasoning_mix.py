"""How languages mix in reasoning traces: shares a step, entropy, scripts, where mixing starts and returns.

Wang et al. (2025), "Language Mixing in Reasoning Language Models: Patterns, Impact, and Internal Causes"; Li et al.
(2025), "The Impact of Language Mixing on Bilingual LLM Reasoning", which leaves formulas out as is done here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, ClassVar, Literal, NamedTuple, Self

import msgspec

from cswitch.core.contracts import Tagger
from cswitch.core.errors import UsageError
from cswitch.core.measures import switch_points
from cswitch.core.measures.formulas import entropy_of
from cswitch.core.measures.tags import language_tokens
from cswitch.core.text.protected import USUAL, Span, check_kinds, protected_spans
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.recipes.contracts import Context, RowItem
from cswitch.generators.recipes.making import make_sample
from cswitch.generators.recipes.operations.reasoning_steps import Trace, check_split, read_trace, steps_of
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

_SEGMENTED = ("zh", "ja", "th")
_ONE_LETTER = {"en": "aI", "es": "aeouyAEOUY", "fr": "àyaÀYA", "it": "aeioAEIO", "pt": "aeoAEO"}
"""Words of one letter; any other single Latin letter is a symbol."""
_CAPITALS = 3
_WHOLE_STEPS = frozenset({"code", "latex"})


class ReasoningMixSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How traces are read."""

    split: str = "lines"
    """What ends a step: each line, as in the paper, ``paragraphs``, or ``numbered`` steps."""
    protect: tuple[str, ...] = tuple(kind for kind in USUAL if kind != "answers")
    """What counts for no language, by its kind: code, formulas, numbers and the like."""


class _Step(NamedTuple):
    """A step in tokens."""

    start: int
    end: int
    tokens: tuple[str, ...]
    offsets: tuple[Span, ...]
    free: tuple[bool, ...]
    """Whether each token is text, not code or formula."""


class _Read(NamedTuple):
    """A row in steps, and its question and answer in tokens."""

    item: RowItem
    trace: Trace
    steps: list[_Step]
    question: _Step
    answer: _Step


class ReasoningMix:
    """Tags a trace and measures it; the sample is the trace, its steps are in ``labels.steps``.

    Args:
        settings: How traces are read.
        context: The run.
    """

    name: ClassVar[str] = "reasoning-mix"
    takes: ClassVar[Literal["rows"]] = "rows"
    chunk: ClassVar[int] = 16
    Settings: ClassVar[type[msgspec.Struct]] = ReasoningMixSettings

    def __init__(self, settings: ReasoningMixSettings, context: Context) -> None:
        self._settings, self._context = settings, context
        self._speaker = _Speaker(context.tagger(), context.languages)
        self._lang = next((lang for lang in context.languages if lang in _SEGMENTED), "")

    @classmethod
    def make(cls, settings: Any, context: Context) -> Self:
        """See :class:`~cswitch.generators.recipes.contracts.Operation`."""
        assert isinstance(settings, ReasoningMixSettings)
        check_kinds(settings.protect)
        check_split(settings.split)
        return cls(settings, context)

    def __call__(self, items: Sequence[RowItem]) -> list[list[Sample] | Reject]:
        """The sample of each row, or what is wrong with it."""
        rows = [self._read(item) for item in items]
        parts = [part for row in rows if isinstance(row, _Read) for part in (*row.steps, row.question, row.answer)]
        tags = iter(self._speaker.tag(parts))
        return [
            row if isinstance(row, Reject) else [self._sample(row, [next(tags) for _ in range(len(row.steps) + 2)])]
            for row in rows
        ]

    def _read(self, item: RowItem) -> _Read | Reject:
        trace = read_trace(item.fields)
        if isinstance(trace, str):
            return Reject(source_id=item.id, reason="empty_side", detail=trace)
        text = trace.text
        kept = protected_spans(text, self._settings.protect)
        whole = protected_spans(text, sorted(_WHOLE_STEPS))
        steps = [self._step(text, span, kept) for span in steps_of(trace, whole, self._settings.split)]
        if not any(
            free and not is_neutral(t) for step in steps for t, free in zip(step.tokens, step.free, strict=True)
        ):
            return Reject(source_id=item.id, reason="no_words", detail="the trace has no word, only numbers and marks")
        question, answer = (
            self._step(part, (0, len(part)), protected_spans(part, self._settings.protect))
            for part in (trace.question, trace.answer)
        )
        return _Read(item, trace, steps, question, answer)

    def _step(self, text: str, span: Span, kept: Sequence[Span]) -> _Step:
        """The tokens of a step; none crosses the border of what is kept."""
        tokens: list[str] = []
        offsets: list[Span] = []
        free: list[bool] = []
        for start, end, is_free in _pieces(span, kept):
            found = tokenise(text[start:end], self._lang)
            tokens += found.tokens
            offsets += [(first + start, last + start) for first, last in found.offsets]
            free += [is_free] * len(found.tokens)
        return _Step(*span, tuple(tokens), tuple(offsets), tuple(free))

    def _sample(self, row: _Read, tags: Sequence[list[str]]) -> Sample:
        *stepped, asked, answered = tags
        main = [_main(langs) for langs in stepped]
        home = (
            _home(row.item.fields.get("lang"), self._context.languages) or _main(asked) or next(filter(None, main), "")
        )
        tokens = [token for step in row.steps for token in step.tokens]
        langs = [lang for part in stepped for lang in part]
        table, first = [], 0
        for number, (step, part, lang) in enumerate(zip(row.steps, stepped, main, strict=True), start=1):
            table.append(_told(number, step, part, lang, first))
            first += len(step.tokens)
        spoken = list(dict.fromkeys([home, *language_tokens(langs), *self._context.languages]))
        carried = row.item.fields.get("labels")
        return make_sample(
            self._context,
            operation=self.name,
            source_id=row.item.id,
            tokens=tokens,
            langs=langs,
            text=row.trace.text,
            offsets=[place for step in row.steps for place in step.offsets],
            languages=[lang for lang in spoken if lang],
            measures={
                **_shares(langs, self._context.languages),
                **_course(stepped, main, home),
                **_scripts(token for token, lang in zip(tokens, langs, strict=True) if lang != "other"),
                "answer_kept": None if not _main(answered) else int(_main(answered) == home),
            },
            labels={
                **(carried if isinstance(carried, dict) else {}),
                "language": home or None,
                "steps": table,
                "answer": row.trace.answer,
            },
        )


class _Speaker:
    """Tells the language of words: by script where only one language in play is written so, else by the tagger.

    Args:
        tagger: The tagger of the run.
        languages: The languages in play.
    """

    def __init__(self, tagger: Tagger, languages: Sequence[str]) -> None:
        self._tagger = tagger
        self._known = [lang for lang in languages if _knows(tagger, lang)]
        unknown = [lang for lang in languages if lang not in self._known]
        users: dict[str, list[str]] = {}
        for lang in languages:
            for script in scripts_for(lang):
                users.setdefault(script, []).append(lang)
        told = {script: langs[0] for script, langs in users.items() if len(langs) == 1}
        for lang in unknown:
            if all(told.get(script) != lang for script in scripts_for(lang)):
                others = ", ".join(sorted({one for script in scripts_for(lang) for one in users[script]} - {lang}))
                raise UsageError(
                    f"the tagger does not know {lang}, which is not told by its script from {others}",
                    hint="leave one of them out of --pair, or name another tagger with --tagger",
                )
        self._by_script = told
        self._scripts = frozenset(users)

    def tag(self, steps: Sequence[_Step]) -> list[list[str]]:
        """A tag a token of each step."""
        words = [[token for token, free in zip(step.tokens, step.free, strict=True) if free] for step in steps]
        given = [found.tags for found in self._tagger.tag(words, self._known)] if self._known else words
        return [self._tags(step, tags) for step, tags in zip(steps, given, strict=True)]

    def _tags(self, step: _Step, given: Sequence[str]) -> list[str]:
        left = iter(given)
        return [
            self._tag(token, next(left)) if free else "other"
            for token, free in zip(step.tokens, step.free, strict=True)
        ]

    def _tag(self, token: str, given: str) -> str:
        if is_neutral(token):
            return "other"
        script = script_of(token)
        if script != "Latn" and script not in self._scripts:
            return "fw"
        if script in self._by_script and script != "Latn":
            return self._by_script[script]
        if not self._known:
            return self._by_script.get(script, "unk")
        return "other" if script == "Latn" and _is_symbol(token, given) else given


def _is_symbol(token: str, lang: str) -> bool:
    """Whether Latin letters name a point, a set or a variable: one letter that is no word, or two or three capitals."""
    if len(token) == 1:
        return token not in _ONE_LETTER.get(lang, "")
    return len(token) <= _CAPITALS and token.isupper() and token != "OK"


def _knows(tagger: Tagger, lang: str) -> bool:
    try:
        tagger.tag([["a"]], [lang])
    except UsageError:
        return False
    return True


def _pieces(span: Span, kept: Sequence[Span]) -> Iterable[tuple[int, int, bool]]:
    """A stretch cut at the borders of what is kept, with whether each piece is free."""
    at, end = span
    for first, last in kept:
        if last <= at or first >= end:
            continue
        first, last = max(first, at), min(last, end)
        if at < first:
            yield at, first, True
        yield first, last, False
        at = last
    if at < end:
        yield at, end, True


def _main(langs: Sequence[str]) -> str:
    """The language of most words, the first of several; empty without a word."""
    counts = Counter(language_tokens(langs))
    return max(counts, key=counts.__getitem__) if counts else ""


def _home(given: object, languages: Sequence[str]) -> str:
    return given if isinstance(given, str) and given in languages else ""


def _shares(langs: Sequence[str], languages: Sequence[str]) -> dict[str, float | int | None]:
    """Share of each language among the words, and their entropy in bits."""
    counts = Counter(language_tokens(langs))
    total = sum(counts.values())
    shares = {f"share_{lang}": round(counts[lang] / total, 4) if total else None for lang in languages}
    return {**shares, "word_entropy": round(entropy_of(counts.values()), 4) if total else None}


def _course(stepped: Sequence[Sequence[str]], main: Sequence[str], home: str) -> dict[str, float | int | None]:
    """How the languages of the steps go on from the first to the last; steps without a word count for nothing."""
    worded = [(number, lang) for number, lang in enumerate(main, start=1) if lang]
    mixed = [number for number, langs in enumerate(stepped, start=1) if len(set(language_tokens(langs))) > 1]
    foreign = [n for n, langs in enumerate(stepped, start=1) if any(lang != home for lang in language_tokens(langs))]
    away = [number for number, lang in worded if lang != home]
    changes = [(one[1], other[1]) for one, other in pairwise(worded) if one[1] != other[1]]
    return {
        "steps": len(stepped),
        "worded_steps": len(worded),
        "mixed_steps": len(mixed),
        "step_entropy": round(entropy_of(Counter(lang for _, lang in worded).values()), 4),
        "mixing_step": foreign[0] if foreign else None,
        "switch_step": away[0] if away else None,
        "step_switches": len(changes),
        "returns": sum(after == home for _, after in changes),
    }


def _scripts(tokens: Iterable[str]) -> dict[str, float | int | None]:
    """Share of each script among the letters of words."""
    counts: Counter[str] = Counter()
    for token in tokens:
        counts[script_of(token)] += sum(map(str.isalpha, token))
    total = sum(counts.values())
    return {f"script_{script}": round(count / total, 4) for script, count in sorted(counts.items()) if count}


def _told(number: int, step: _Step, langs: Sequence[str], lang: str, first: int) -> dict[str, Any]:
    """The row of a step in the table."""
    counts = Counter(language_tokens(langs))
    total = sum(counts.values())
    return {
        "step": number,
        "start": step.start,
        "end": step.end,
        "tokens": [first, first + len(step.tokens)],
        "language": lang or None,
        "words": total,
        "shares": {name: round(count / total, 4) for name, count in counts.items()},
        "entropy": round(entropy_of(counts.values()), 4),
        "switches": switch_points(langs),
    }
