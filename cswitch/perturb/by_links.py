"""Fields mixed with their translation, by the links between the words of both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from cswitch.annotators.pos.windowed import languages as tagged
from cswitch.core.contracts import Aligner, Link, PosTagger, Sentence, TokenisedPair
from cswitch.core.registry import load
from cswitch.core.tag_names import language_tag
from cswitch.core.text.protected import protected_spans
from cswitch.core.text.spacing import spacing
from cswitch.core.text.tokens import Tokenised, tokenise
from cswitch.generators.switching.view import AlignedPair
from cswitch.perturb.mixing import MixedField, MixedTokens, RowFault, TextTask, TokensTask, runs_of, tells_nothing
from cswitch.perturb.natural import NaturalWords
from cswitch.perturb.settings import PerturbSettings
from cswitch.perturb.spelling import Spelling
from cswitch.training.linked import LinkedSwitcher
from cswitch.training.records import Mixed, Span
from cswitch.training.settings import AugmentSettings
from cswitch.training.texts import ReadText, read_text, write_text

MOST_TOKENS = 400
"""A text with more tokens is left as it is."""
_SURE = 0.5
"""Links of less confidence are not used."""


class _Side(NamedTuple):
    """A field or its translation."""

    lang: str
    text: str
    tokens: Tokenised

    @property
    def sentence(self) -> Sentence:
        """It in tokens."""
        return Sentence(self.lang, self.tokens.tokens, self.tokens.gaps)


class _Linked(NamedTuple):
    """A field that can be mixed with its translation."""

    at: int
    """Its place in the batch."""
    task: TextTask
    field: _Side
    other: _Side
    links: tuple[Link, ...] | None
    """The links it came with; None where they are to be found."""


class Aligned:
    """Pairs of fields and translations, tokenised, linked and tagged; shared by the mixers of a run.

    Args:
        settings: What to make.
    """

    def __init__(self, settings: PerturbSettings) -> None:
        self.settings = settings
        self._aligner: Aligner | None = None
        self._taggers: dict[str, PosTagger] = {
            lang: load("pos", "windowed").load(lang) for lang in settings.pair if lang in tagged()
        }

    def pairs(
        self, sides: Sequence[tuple[Sentence, Sentence]], links: Sequence[tuple[Link, ...] | None]
    ) -> list[AlignedPair]:
        """Aligned pairs.

        Args:
            sides: Field and translation.
            links: For each the links it came with; None has them found.

        Raises:
            UsageError: There is no lexicon to find links with.
        """
        found = [given or () for given in links]
        free = [at for at, given in enumerate(links) if given is None]
        if free:
            batch = [TokenisedPair(str(at), *sides[at]) for at in free]
            for at, linked in zip(free, self._align(batch), strict=True):
                found[at] = tuple(link for link in linked if link.confidence >= _SURE)
        first, second = (self._tag([pair[at] for pair in sides]) for at in (0, 1))
        return [
            AlignedPair("", *pair, linked, one, other)
            for pair, linked, one, other in zip(sides, found, first, second, strict=True)
        ]

    def _align(self, batch: list[TokenisedPair]) -> list[tuple[Link, ...]]:
        if self._aligner is None:
            lexicons = tuple(map(Path, self.settings.lexicons))
            self._aligner = load("aligner", "lexical")(*self.settings.pair, lexicons=lexicons)
        return self._aligner.align(batch)

    def _tag(self, sentences: Sequence[Sentence]) -> list[tuple[str, ...] | None]:
        tagger = self._taggers.get(sentences[0].lang) if sentences else None
        return [None] * len(sentences) if tagger is None else [*tagger.tag([one.tokens for one in sentences])]


class LinksMixer:
    """Mixes fields with their translations.

    With the language of the fields as the matrix language, words of the translation come into the field, and labelled
    spans are kept whole. With the other one, words of the field come into the translation; labelled spans are then
    carried over the links first, and what is protected must stand in the translation as it does in the field.

    Args:
        settings: What to make.
        cmi: CMI of these fields.
        aligned: Links and tags pairs.
        names: Layer of labels to what its numbers mean.
    """

    def __init__(
        self,
        settings: PerturbSettings,
        cmi: float,
        aligned: Aligned,
        names: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.settings, self.cmi, self.aligned = settings, cmi, aligned
        self.matrix = settings.frame
        self.other = next(lang for lang in settings.pair if lang != self.matrix)
        self.tag = language_tag(self.matrix)
        self.glossed = settings.by == "translator" and settings.translator.partition(":")[0] == "gloss"
        self.natural = NaturalWords(self.matrix) if self.glossed and settings.words == "natural" else None
        augment = AugmentSettings(
            matrix=self.matrix,
            languages=(self.other,),
            cmi=cmi,
            unit="word" if self.glossed else "phrase",
            keep=("names", "entities", "function-words"),
            seed=settings.seed,
        )
        self.switcher = LinkedSwitcher(augment, names=names)
        self.spelling = Spelling(settings)

    def mix(self, tasks: Sequence[TextTask]) -> list[MixedField]:
        """Texts, mixed."""
        done: dict[int, MixedField] = {}
        good: list[_Linked] = []
        for at, task in enumerate(tasks):
            try:
                good.append(self._linked(at, task))
            except RowFault as fault:
                done[at] = MixedField(task.text, task.spans, reason=fault.reason, detail=fault.detail)
        pairs = self.aligned.pairs([(one.field.sentence, one.other.sentence) for one in good], [x.links for x in good])
        for one, pair in zip(good, pairs, strict=True):
            done[one.at] = self._field(one, replace(pair, id=one.task.id))
        return [done[at] for at in range(len(tasks))]

    def mix_tokens(self, tasks: Sequence[TokensTask]) -> list[MixedTokens]:
        """Sentences in tokens, mixed; their language is the matrix language."""
        return [self._sentence(task) for task in tasks]

    def _linked(self, at: int, task: TextTask) -> _Linked:
        """A text and its translation in tokens, with the links that it came with.

        Raises:
            RowFault: It cannot be mixed.
        """
        if task.translation is None or not task.translation.strip():
            if self.settings.by == "translator":
                raise RowFault("no_translation", "the translator gave none, or lost what is protected")
            raise RowFault("empty_side", "there is no translation")
        if task.translation.strip() == task.text.strip():
            raise RowFault("same_text", "the translation is the field itself")
        lang, other = self.settings.pair
        sides = (
            _Side(lang, task.text, tokenise(task.text, lang)),
            _Side(other, task.translation, tokenise(task.translation, other)),
        )
        rows, columns = (len(side.tokens.tokens) for side in sides)
        if max(rows, columns) > MOST_TOKENS:
            raise RowFault("too_long", f"{max(rows, columns):,} tokens, and {MOST_TOKENS} are the most")
        links = None if task.links is None else read_links(task.links, rows, columns)
        return _Linked(at, task, *sides, links)

    def _field(self, found: _Linked, pair: AlignedPair) -> MixedField:
        task = found.task
        if self.matrix == self.settings.pair[0]:
            return self._into(task, pair, found.field, task.spans, task.protected)
        try:
            spans = [_carried(span, found, pair.links) for span in task.spans]
        except RowFault as fault:
            return MixedField(task.text, task.spans, reason=fault.reason, detail=fault.detail)
        translation = found.other.text
        kept = protected_spans(translation, task.kinds, task.patterns)
        lost = lost_of(task.text, task.protected, translation)
        if lost:
            return MixedField(task.text, task.spans, reason="lost_content", detail=lost)
        made = self._into(task, pair, found.other, spans, kept)
        return made if not made.reason else made._replace(text=task.text, spans=task.spans)

    def _into(
        self, task: TextTask, pair: AlignedPair, side: _Side, spans: Sequence[Span], kept: Sequence[Span]
    ) -> MixedField:
        """A text of the matrix language, mixed."""
        read = read_text(side.text, self.matrix, id=task.id, spans=spans, kept=kept, tokens=side.tokens)
        example = read.example
        fixed = example.fixed
        if self.natural is not None and self.natural.known:  # a gloss knows nothing of the words around a word
            [classes] = self.natural.classes([example.tokens])
            fixed = fixed.union(at for at, found in enumerate(classes) if not found)
        mixed = self.switcher.switch_pair(pair, spans=example.spans, fixed=fixed, neutral=read.kept)
        if mixed.reason or not mixed.replaced:
            told = tells_nothing(mixed.reachable, self.cmi)
            if mixed.reason:
                told = mixed.reason, "no linked words may be switched"
            return MixedField(task.text, task.spans, (), mixed.cmi, mixed.reachable, 0, *told)
        return self._written(read, mixed, len(spans))

    def _written(self, read: ReadText, mixed: Mixed, spans: int) -> MixedField:
        gaps = list(spacing(mixed.tokens, mixed.gaps)) if None in mixed.gaps else mixed.gaps
        mixed = self.spelling.spelt(replace(mixed, gaps=gaps), read.example.fixed)
        made = write_text(read, mixed)
        came = runs_of(mixed.langs, made.offsets, self.tag)
        return MixedField(made.text, made.spans[:spans], came, mixed.cmi, mixed.reachable, mixed.replaced)

    def _sentence(self, task: TokensTask) -> MixedTokens:
        if task.translation is None or not all(isinstance(token, str) for token in task.translation):
            return MixedTokens(task.tokens, task.labels, reason="empty_side", detail="there is no translation")
        one, other = (
            Sentence(lang, tuple(tokens), (None,) * len(tokens))
            for lang, tokens in zip(self.settings.pair, (task.tokens, task.translation), strict=True)
        )
        try:
            links = None if task.links is None else read_links(task.links, len(one.tokens), len(other.tokens))
        except RowFault as fault:
            return MixedTokens(task.tokens, task.labels, reason=fault.reason, detail=fault.detail)
        [pair] = self.aligned.pairs([(one, other)], [links])
        mixed = self.switcher.switch_pair(
            replace(pair, id=task.id), labels=task.labels, fixed=task.protected, neutral=task.protected
        )
        if mixed.reason or not mixed.replaced:
            told = tells_nothing(mixed.reachable, self.cmi)
            if mixed.reason:
                told = mixed.reason, "no linked words may be switched"
            return MixedTokens(task.tokens, task.labels, (), mixed.cmi, mixed.reachable, 0, *told)
        mixed = self.spelling.spelt(mixed, task.protected)
        came = runs_of(mixed.langs, [(at, at + 1) for at in range(len(mixed.tokens))], self.tag)
        return MixedTokens(mixed.tokens, mixed.labels, came, mixed.cmi, mixed.reachable, mixed.replaced)


def read_links(given: Any, rows: int, columns: int) -> tuple[Link, ...]:
    """The links that a row came with.

    Raises:
        RowFault: They cannot be read, or point outside the sentences.

    >>> read_links("0-1 1-0", 2, 2) == read_links([[1, 0], [0, 1]], 2, 2)
    True
    """
    found: set[tuple[int, int]] = set()
    for link in given.split() if isinstance(given, str) else given:
        try:
            i, j = map(int, link.split("-") if isinstance(link, str) else link)
        except (TypeError, ValueError) as error:
            raise RowFault("bad_labels", f"{link!r} is no link; links are i-j, or pairs of tokens from 0") from error
        if not (0 <= i < rows and 0 <= j < columns):
            raise RowFault("bad_labels", f"a link {i}-{j} in {rows} and {columns} tokens")
        found.add((i, j))
    return tuple(Link(*pair) for pair in sorted(found))


def lost_of(text: str, protected: Iterable[Span], other: str) -> str:
    """What is protected in a text and does not stand as often in another; empty where all does.

    >>> lost_of("Pay $5 or $7", [(4, 6), (10, 12)], "$5 दो"), lost_of("5 and 5", [(0, 1), (6, 7)], "5 या 5")
    ("'$7' is not in the translation", '')
    """
    wanted = Counter(text[start:end] for start, end in protected)
    for piece, times in wanted.items():
        alone = f"{'(?<![0-9A-Za-z_])' if piece[0].isalnum() else ''}{re.escape(piece)}"
        alone += "(?![0-9A-Za-z_])" if piece[-1].isalnum() else ""
        found = len(re.findall(alone, other))
        if not found:
            return f"{piece!r} is not in the translation"
        if found != max(times, len(re.findall(alone, text))):
            return f"{piece!r} stands {times} times in the field, and {found} times in the translation"
    return ""


def _carried(span: Span, found: _Linked, links: Sequence[Link]) -> Span:
    """Where a labelled span of a field stands in its translation, by the links.

    Raises:
        RowFault: No stretch of the translation stands for it and for nothing else.
    """
    offsets = found.field.tokens.offsets
    inside = {at for at, (start, end) in enumerate(offsets) if start < span[1] and span[0] < end}
    places = sorted({link.target for link in links if link.source in inside})
    what = repr(found.field.text[span[0] : span[1]])
    if not places:
        raise RowFault("label_lost", f"{what} is linked to nothing in the translation")
    first, last = places[0], places[-1]
    if any(first <= link.target <= last and link.source not in inside for link in links):
        raise RowFault("label_lost", f"the words for {what} are scattered in the translation")
    other = found.other.tokens.offsets
    return other[first][0], other[last][1]
