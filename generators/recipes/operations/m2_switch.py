"""Code-switched data for grammatical error correction: stretches beside the errors are switched, edits stay true.

Chan et al. (2024), "Grammatical Error Correction for Code-Switched Sentences by Learners of English".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Self

import msgspec

from cswitch.core.contracts import Link
from cswitch.core.errors import UsageError
from cswitch.core.m2 import Edit, EditError, check_edits, moved
from cswitch.core.seeds import rng
from cswitch.core.text.scripts import check_language, scripts_for
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.recipes.contracts import Context, RowItem
from cswitch.generators.recipes.making import Origin, make_sample
from cswitch.generators.recipes.operations.m2_counterparts import Counterparts, FromLexicon, FromTranslation, Words
from cswitch.generators.recipes.operations.m2_spans import Choice, Sentence, Span, choose, method_of
from cswitch.generators.switching.letters import CONTENT, letters
from cswitch.generators.switching.view import AlignedPair, language_tags
from cswitch.generators.translating.dictionary import Dictionary
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

Phrase = Literal["NP", "NP+PP", "VP", "PP", "ADJP", "ADVP"]
_TIMES = frozenset({"today", "tonight", "tomorrow", "yesterday"})
"""English nouns that stand for adverbs: no part of the noun phrase before them."""
_MOST_DRAWS = 1000
"""However many samples of a sentence are asked for, its choices are drawn four times as often as this at most."""
_BY_TAGS = ("rand-phrase", "ratio-phrase", "overlap-phrase", "noun-token")


class M2SwitchSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How stretches are chosen."""

    select: str
    """The way to choose, as the paper names it: a name of :data:`~.m2_spans.METHODS`."""
    ratio: float = 0.15
    """Share of the tokens that is to be switched, for the ways that go by it."""
    phrases: tuple[Phrase, ...] = ("NP", "NP+PP", "VP", "PP", "ADJP", "ADVP")
    """Kinds of phrases that may be switched; ``NP+PP`` is a noun phrase with a prepositional phrase after it."""
    glossed: tuple[Phrase, ...] = ("NP", "ADJP", "ADVP")
    """Of these, the kinds that may be switched word by word, where the row brings no translation."""
    on_miss: Literal["nearest", "reject"] = "nearest"
    """What becomes of a sentence in which not as much can be switched as was asked for."""
    samples: int = 1
    """Samples of a sentence, each with another choice; there are fewer where there are fewer choices."""
    max_tokens: int = 100
    """Longest sentence, as in the code of the paper."""


class _Row(NamedTuple):
    """A row that can be used."""

    item: RowItem
    tokens: tuple[str, ...]
    edits: tuple[Edit, ...]
    translated: tuple[str, ...] | None
    links: tuple[Link, ...] | None


class M2Switch:
    """Switches stretches of a learner's sentence outside its errors.

    A row has ``tokens``, ``edits`` (each ``[start, end, type, correction, required, comment, annotator]``), and perhaps
    ``translation``, a text or tokens, with ``links`` from the tokens to it. Rows of an M2 file have no translation.

    Args:
        settings: How.
        context: The run; the first language is the learner's, the second the one that is switched to.
    """

    name: ClassVar[str] = "m2-switch"
    takes: ClassVar[Literal["rows"]] = "rows"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = M2SwitchSettings

    def __init__(self, settings: M2SwitchSettings, context: Context) -> None:
        self._settings, self._context = settings, context
        self._from, self._to = context.languages[:2]
        self._pos = context.pos(self._from)
        self._dictionary: Dictionary | None = None
        latin = "Latn" in scripts_for(self._to)
        self._romaniser = context.romaniser(self._to) if context.script == "roman" and not latin else None

    @classmethod
    def make(cls, settings: Any, context: Context) -> Self:
        """See :class:`~cswitch.generators.recipes.contracts.Operation`."""
        assert isinstance(settings, M2SwitchSettings)
        if len(context.languages) != 2:
            message = f"two languages are needed, and {len(context.languages)} are given"
            raise UsageError(message, hint="name the learner's and the one to switch to: --pair en-zh")
        method_of(settings.select)
        if not 0 < settings.ratio <= 1:
            raise UsageError(f"ratio {settings.ratio} is no share", hint="give more than 0 and at most 1")
        if settings.samples < 1 or settings.max_tokens < 1:
            raise UsageError("samples and max_tokens are at least 1", hint="leave them out for the usual")
        made = cls(settings, context)
        if settings.select in _BY_TAGS and made._pos is None:
            hint = "choose ratio-token or cont-token"
            raise UsageError(f"no parts of speech are known for {context.languages[0]}", hint=hint)
        return made

    def __call__(self, items: Sequence[RowItem]) -> list[list[Sample] | Reject]:
        """Samples of each row, or why it gives none."""
        rows = [self._row(item) for item in items]
        usable = [row for row in rows if isinstance(row, _Row)]
        tagged = self._tagged([row.tokens for row in usable])
        linked = self._linked([row for row in usable if row.translated and row.links is None])
        results = {
            id(row): self._samples(row, labels, linked.get(id(row))) for row, labels in zip(usable, tagged, strict=True)
        }
        return [row if isinstance(row, Reject) else results[id(row)] for row in rows]

    def _row(self, item: RowItem) -> _Row | Reject:
        """What a row holds, checked."""
        fields = item.fields
        tokens = fields.get("tokens")
        if not isinstance(tokens, list | tuple) or not all(map(_is_token, tokens)):
            return _bad(item, "the row has no tokens, each a word or mark without white space")
        try:
            edits = tuple([msgspec.convert(edit, Edit) for edit in fields.get("edits") or ()])
            check_edits(tokens, edits)
            translated = _translated(fields.get("translation"), self._to)
            links = _links(fields.get("links"), len(tokens), translated)
        except (msgspec.ValidationError, EditError, ValueError, TypeError) as error:
            return _bad(item, str(error))
        if len(tokens) > self._settings.max_tokens:
            detail = f"{len(tokens)} tokens, and max_tokens is {self._settings.max_tokens}"
            return Reject(source_id=item.id, reason="too_long", detail=detail)
        if all(map(is_neutral, tokens)):
            return Reject(source_id=item.id, reason="no_words", detail="the sentence has only numbers and marks")
        return _Row(item, tuple(tokens), edits, translated, links)

    def _tagged(self, sentences: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...] | None]:
        return self._pos.tag(sentences) if self._pos else [None] * len(sentences)

    def _linked(self, rows: Sequence[_Row]) -> dict[int, tuple[Link, ...] | Reject]:
        """Links of the rows whose translation came without them, by the aligner of the run."""
        pairs = [
            Pair(
                id=row.item.id,
                texts={self._from: " ".join(row.tokens), self._to: " ".join(row.translated or ())},
                tokens={self._from: list(row.tokens), self._to: list(row.translated or ())},
            )
            for row in rows
        ]
        found = self._context.aligned(pairs) if pairs else []
        return {
            id(row): one.links if isinstance(one, AlignedPair) else one for row, one in zip(rows, found, strict=True)
        }

    def _samples(
        self, row: _Row, labels: Sequence[str] | None, linked: tuple[Link, ...] | Reject | None
    ) -> list[Sample] | Reject:
        if isinstance(linked, Reject):
            return linked
        classes = self._classes(row.tokens, labels)
        known = self._counterparts(row, labels, classes, row.links if linked is None else linked)
        settings = self._settings
        kinds = [kind for kind in settings.phrases if not known.glossed or kind in settings.glossed]
        sentence = Sentence(
            row.tokens, classes, row.edits, lambda start, end: known.words(start, end) is not None, tuple(kinds)
        )
        found: dict[tuple[Span, ...], Sample] = {}
        choice = Choice(0, 0, 0, ())
        for draw in range(min(settings.samples, _MOST_DRAWS) * 4 if settings.samples > 1 else 1):
            choice = choose(
                method_of(settings.select), sentence, settings.ratio, rng(self._context.config, row.item.id, draw)
            )
            if not choice.spans or (settings.on_miss == "reject" and choice.done != choice.asked):
                break
            if choice.spans not in found:
                found[choice.spans] = self._sample(row, choice, known, len(found))
            if len(found) == settings.samples:
                break
        return list(found.values()) or _missed(row, choice)

    def _classes(self, tokens: Sequence[str], labels: Sequence[str] | None) -> str:
        """Parts of speech, a letter a token."""
        low = [token.lower() for token in tokens]
        found = letters(tokens, labels, low, self._from)
        if self._settings.select == "noun-token":
            return found
        return "".join(["a" if word in _TIMES else letter for word, letter in zip(low, found, strict=True)])

    def _counterparts(
        self, row: _Row, labels: Sequence[str] | None, classes: str, links: tuple[Link, ...] | None
    ) -> Counterparts:
        if row.translated is not None:
            content = [letter in CONTENT for letter in classes]
            return FromTranslation(self._to, row.tokens, row.translated, links or (), content)
        if self._dictionary is None:
            self._dictionary = Dictionary(self._context.lexicon(self._from, self._to))
        return FromLexicon(self._dictionary, self._to, row.tokens, labels)

    def _sample(self, row: _Row, choice: Choice, known: Counterparts, draw: int) -> Sample:
        """The sentence with its stretches switched, and its edits in their new places."""
        tokens: list[str] = []
        langs: list[str] = []
        origins: list[Origin] = []
        switched: list[list[int]] = []
        tags = language_tags(row.tokens, self._from)
        at = 0
        for start, end in choice.spans:
            words = known.words(start, end)
            assert words is not None
            tokens += [*row.tokens[at:start], *self._spelt(words)]
            langs += [*tags[at:start], *language_tags(words.tokens, self._to)]
            origins += [*((self._from, place) for place in range(at, start)), *words.origins]
            switched.append([len(tokens) - len(words.tokens), len(tokens), start, end])
            at = end
        tokens += row.tokens[at:]
        langs += tags[at:]
        origins += [(self._from, place) for place in range(at, len(row.tokens))]
        stretches = [(old, last, new_last - new) for new, new_last, old, last in switched]
        return make_sample(
            self._context,
            operation=self.name,
            source_id=row.item.id,
            tokens=tokens,
            langs=langs,
            origins=origins,
            met=choice.done == choice.asked,
            reachable={"switched": (choice.low, choice.high)},
            measures={
                "asked": choice.asked,
                "switched": choice.done,
                "ratio": round(choice.done / len(row.tokens), 4),
            },
            labels={
                **_carried(row.item),
                "edits": [msgspec.to_builtins(edit) for edit in moved(row.edits, stretches)],
                "switched": switched,
                "written": list(row.tokens),
            },
            draw=draw,
        )

    def _spelt(self, words: Words) -> Iterable[str]:
        return self._romaniser.romanise(words.tokens) if self._romaniser else words.tokens


def _carried(item: RowItem) -> dict[str, Any]:
    labels = item.fields.get("labels")
    return dict(labels) if isinstance(labels, dict) else {}


def _bad(item: RowItem, detail: str) -> Reject:
    return Reject(source_id=item.id, reason="bad_labels", detail=detail)


def _missed(row: _Row, choice: Choice) -> Reject:
    if choice.spans:
        detail = f"{choice.asked} of {len(row.tokens)} tokens were to be switched, and {choice.done} can be"
        return Reject(source_id=row.item.id, reason="share_unreachable", detail=detail)
    size, edits = _counted(len(row.tokens), "token"), _counted(_count(row.edits), "edit")
    detail = f"{size}, and nothing outside the {edits} has a counterpart"
    return Reject(source_id=row.item.id, reason="no_units", detail=detail)


def _count(edits: Iterable[Edit]) -> int:
    return sum(edit.corrects for edit in edits)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + "s" * (count != 1)


def _is_token(token: object) -> bool:
    return isinstance(token, str) and bool(token) and token == "".join(token.split())


def _translated(given: object, lang: str) -> tuple[str, ...] | None:
    if given is None:
        return None
    if isinstance(given, str):
        return tokenise(given, check_language(lang)).tokens
    if isinstance(given, list | tuple) and all(map(_is_token, given)):
        return tuple(given)
    raise ValueError("translation is neither a text nor a list of tokens")


def _links(given: object, tokens: int, translated: tuple[str, ...] | None) -> tuple[Link, ...] | None:
    if given is None or translated is None:
        return None
    links = msgspec.convert(given, tuple[Link, ...])
    for link in links:
        if not (0 <= link.source < tokens and 0 <= link.target < len(translated)):
            raise ValueError(f"link {link.source}-{link.target} leaves {tokens} and {len(translated)} tokens")
    return links
