"""Words that a classifier leans on, said in another language (IndoRobusta; Adilazuarda et al., 2022).

Each word of a text is hidden in its turn, and the words are ranked by how much the probability of the true label drops
without them. Then they are replaced, the most important first, by translations or synonyms of the lexicons, as long as
the text stays as similar to what it was as the floor asks. Words are told apart by where they stand: of two that read
the same, each has its own rank, and one may change without the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, Self

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.text.scripts import scripts_for
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.prompting.mixes import closed_words
from cswitch.generators.prompting.similarity import letter_similarity
from cswitch.generators.recipes.contracts import Context, Takes, Text
from cswitch.generators.recipes.making import Origin, make_sample
from cswitch.generators.recipes.operations.classifying import Classifier, SentenceEncoder
from cswitch.generators.recipes.operations.texts import read
from cswitch.generators.switching.letters import CONTENT, letters
from cswitch.generators.switching.view import language_tags
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

_PIVOT = "en"
"""Language that synonyms are found through, where the run has no other."""
_WAYS = 5
"""Translations that synonyms are looked for behind."""
_NAME = "P"
_NUMBERED = "LABEL_"
"""What transformers calls the labels of a model that brings no names; data have the bare number."""


class AdversarialSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is replaced, and how much of it."""

    model: str = ""
    """The classifier: a folder saved with ``save_pretrained``, or the name of a model. The run has to name it."""
    label: str = "label"
    """Name of the label among the labels of a text."""
    labels: Mapping[str | int, str] = {}
    """Label of the data to label of the classifier, where they are called otherwise."""
    replacements: Literal["translations", "synonyms"] = "translations"
    """Words of the other languages, or other words of the same one."""
    most: float = 0.2
    """Share of the content words that may be replaced, 0 to 1; one of them in any case."""
    candidates: int = 1
    """Replacements tried for a word; the one that hurts most is taken."""
    floor: float = 0.5
    """Lowest similarity to the text as it was, 0 to 1."""
    encoder: str = ""
    """Sentence encoder that measures the similarity; without one, it is the share of runs of three letters."""
    until_flipped: bool = False
    """Stop when the classifier gives another label."""
    device: str = "auto"
    """``auto``, ``cpu``, ``cuda`` or ``cuda:N``."""
    batch_tokens: int = 8192
    """Sub-words of a batch of the models at most."""


class Judge(Protocol):
    """A classifier, see :class:`~cswitch.generators.recipes.operations.classifying.Classifier`."""

    labels: tuple[str, ...]
    mask: str

    def probabilities(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The probability of each label for each text."""
        ...


class _Piece(NamedTuple):
    """What stands in the place of a token."""

    text: str
    lang: str
    """Its language, when it was put there; empty for the token itself."""


class _Work:
    """A text under attack."""

    def __init__(self, item: Text, label: int, text: str, spans: Sequence[tuple[int, int]], words: list[str]) -> None:
        self.item, self.label = item, label
        self.pieces = [_Piece(word, "") for word in words]
        starts = [0, *(end for _, end in spans)]
        self._before = [text[end:start] for end, (start, _) in zip(starts, spans, strict=False)]
        self._after = text[starts[-1] :]
        self.original = self.written({})
        self.queue: Iterator[tuple[int, list[_Piece]]] = iter(())
        """Places that may be replaced, the most important first, with what may stand there."""
        self.left = 0
        """How many may be replaced yet."""
        self.before: tuple[float, ...] = ()
        self.after: tuple[float, ...] = ()
        self.similarity = 1.0

    def written(self, changes: Mapping[int, _Piece]) -> str:
        """The text with some more tokens replaced."""
        parts = []
        for place, piece in enumerate(self.pieces):
            parts += [self._before[place], changes.get(place, piece).text]
        return "".join([*parts, self._after])

    def located(self) -> Iterator[tuple[int, int, _Piece]]:
        """Place, start and piece of each token of the text as it is now."""
        start = 0
        for place, piece in enumerate(self.pieces):
            start += len(self._before[place])
            yield place, start, piece
            start += len(piece.text)

    @property
    def changed(self) -> int:
        """How many tokens were replaced."""
        return sum(bool(piece.lang) for piece in self.pieces)

    @property
    def flipped(self) -> bool:
        """Whether the classifier gives another label now."""
        return _best(self.after) != self.label


class _Try(NamedTuple):
    """A text with one more token replaced."""

    work: int
    place: int
    piece: _Piece
    text: str


class Adversarial:
    """Replaces the words that a classifier leans on; see the module.

    Args:
        settings: What is replaced.
        context: The run.
        judge: The classifier.
        encoder: The sentence encoder, or None for the similarity of letters.
    """

    name: ClassVar[str] = "adversarial"
    takes: ClassVar[Takes] = "texts"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = AdversarialSettings

    def __init__(
        self, settings: AdversarialSettings, context: Context, judge: Judge, encoder: SentenceEncoder | None = None
    ) -> None:
        self.settings, self.context, self._judge, self._encoder = settings, context, judge, encoder
        self._labels = {name: place for place, name in enumerate(judge.labels)}
        if len(self._labels) < len(judge.labels):
            raise UsageError(
                f"the classifier calls several of its labels alike: {', '.join(judge.labels)}",
                hint="give each a name of its own under id2label in its config.json",
            )
        if all(name == f"{_NUMBERED}{place}" for name, place in self._labels.items()):
            self._labels |= {str(place): place for place in range(len(judge.labels))}
        for name, meant in settings.labels.items():
            if meant not in self._labels:
                raise UsageError(
                    f"adversarial.labels: {meant!r} is no label of the classifier",
                    hint=f"its labels: {', '.join(judge.labels)}",
                )
            self._labels[str(name)] = self._labels[meant]
        self._fits = False

    @classmethod
    def make(cls, settings: Any, context: Context) -> Self:
        """See :class:`~cswitch.generators.recipes.contracts.Operation`."""
        if not settings.model:
            hint = "add --set adversarial.model=FOLDER, a classifier saved with save_pretrained, or the name of one"
            raise UsageError("the method asks a classifier, and none is named", hint=hint)
        for name in ("most", "floor"):
            if not 0 <= getattr(settings, name) <= 1:
                raise UsageError(f"adversarial.{name}: {getattr(settings, name):g} is no share", hint="choose 0 to 1")
        for name in ("candidates", "batch_tokens"):
            if getattr(settings, name) < 1:
                raise UsageError(f"adversarial.{name}: {getattr(settings, name)} is too small", hint="choose 1 or more")
        others = context.languages[1:]
        if settings.replacements == "translations" and not others:
            hint = "name both: --pair id-en, or --set adversarial.replacements=synonyms"
            raise UsageError("words are to be translated, and one language is named", hint=hint)
        for lang in others:
            context.lexicon(context.languages[0], lang)
        asked = {"device": settings.device, "batch_tokens": settings.batch_tokens}
        judge = Classifier.load(settings.model, option="--set adversarial.model=FOLDER", **asked)
        encoder = None
        if settings.encoder:
            encoder = SentenceEncoder.load(settings.encoder, option="--set adversarial.encoder=FOLDER", **asked)
        return cls(settings, context, judge, encoder)

    def __call__(self, items: Sequence[Text]) -> Sequence[list[Sample] | Reject]:
        """See :class:`~cswitch.generators.recipes.contracts.Operation`.

        Raises:
            UsageError: The labels of the texts are not those of the classifier.
        """
        self._check_labels(items)
        opened = [self._opened(item) for item in items]
        self._ask([one for one in opened if isinstance(one, _Work)])
        found = [self._misread(one) if isinstance(one, _Work) else one for one in opened]
        works = [one for one in found if isinstance(one, _Work)]
        self._rank(works)
        self._attack(works)
        return [self._done(one) if isinstance(one, _Work) else one for one in found]

    def _check_labels(self, items: Sequence[Text]) -> None:
        given = {str(item.labels[self.settings.label]) for item in items if self.settings.label in item.labels}
        self._fits = self._fits or any(name in self._labels for name in given)
        if given and not self._fits:
            shown = ", ".join(repr(name) for name in islice(sorted(given), 4))
            known = ", ".join(map(repr, self._judge.labels))
            hint = (
                "give a classifier trained on them, or say which is which: --set 'adversarial.labels={good: positive}'"
            )
            raise UsageError(f"the texts are labelled {shown}, the classifier's labels are {known}", hint=hint)

    def _opened(self, item: Text) -> _Work | Reject:
        """A text ready to be attacked, in the script of the run."""
        label = item.labels.get(self.settings.label)
        if label is None:
            detail = f"it has no label {self.settings.label!r}"
            return Reject(source_id=item.id, reason="unknown_label", detail=detail)
        if str(label) not in self._labels:
            detail = f"{str(label)!r} is none of {', '.join(self._judge.labels)}"
            return Reject(source_id=item.id, reason="unknown_label", detail=detail)
        found = read(item, roman=self.context.script == "roman")
        if isinstance(found, Reject):
            return found
        words = self._spelt(found.tokens, item.lang)
        return _Work(item, self._labels[str(label)], found.text, found.offsets, words)

    def _spelt(self, words: Sequence[str], lang: str) -> list[str]:
        if self.context.script != "roman" or scripts_for(lang)[0] == "Latn":
            return list(words)
        return self.context.romaniser(lang).romanise(words)

    def _ask(self, works: Sequence[_Work]) -> None:
        """What the classifier makes of the texts as they are."""
        for work, told in zip(works, self._judge.probabilities([work.original for work in works]), strict=True):
            work.before = work.after = told

    def _misread(self, work: _Work) -> _Work | Reject:
        if _best(work.before) == work.label:
            return work
        told = self._judge.labels[_best(work.before)]
        detail = f"it is {self._judge.labels[work.label]}, the classifier says {told}"
        return Reject(source_id=work.item.id, reason="misclassified", detail=detail)

    def _rank(self, works: Sequence[_Work]) -> None:
        """Sets out which places to replace in which order, and by what."""
        places = [(work, place) for work in works for place in self._content(work)]
        hidden = [work.written({place: _Piece(self._judge.mask, "")}) for work, place in places]
        drops: dict[int, list[tuple[float, int]]] = {}
        for (work, place), told in zip(places, self._judge.probabilities(hidden), strict=True):
            drops.setdefault(id(work), []).append((told[work.label] - work.before[work.label], place))
        for work in works:
            ranked = [place for _, place in sorted(drops.get(id(work), []))]
            work.left = max(1, int(self.settings.most * len(ranked)))
            work.queue = iter([(place, options) for place in ranked if (options := self._options(work, place))])

    def _content(self, work: _Work) -> list[int]:
        """Places of the words that carry content; names and words of closed classes are left alone."""
        lang, tokens = work.item.lang, [piece.text for piece in work.pieces]
        tagger = self.context.pos(lang)
        pos = tagger.tag([tokens])[0] if tagger else None
        low = [token.lower() for token in tokens]
        closed = closed_words(lang, pos)
        kinds = letters(tokens, pos, low, lang)
        return [
            place
            for place, token in enumerate(tokens)
            if kinds[place] in CONTENT and kinds[place] != _NAME and low[place] not in closed and not is_neutral(token)
        ]

    def _options(self, work: _Work, place: int) -> list[_Piece]:
        """What may stand in the place of a token, the likeliest first."""
        word, lang = work.pieces[place].text, work.item.lang
        if self.settings.replacements == "synonyms":
            found = [(other, lang) for other in self._synonyms(word, lang)]
        else:
            said = [
                (told.prob, target, told.word)
                for target in self.context.languages
                if target != lang
                for told in self.context.lexicon(lang, target).translations(word)
            ]
            said.sort(key=lambda one: -one[0])
            found = [(other, target) for _, target, other in said]
        found = [(other, target) for other, target in found if other.casefold() != word.casefold()]
        return [self._piece(word, *one) for one in found[: self.settings.candidates]]

    def _piece(self, word: str, other: str, lang: str) -> _Piece:
        """A replacement, spelt and written as the word that it stands for."""
        other = " ".join(self._spelt(other.split(), lang))
        if word.isupper() and len(word) > 1:
            other = other.upper()
        elif word[:1].isupper():
            other = other[:1].upper() + other[1:]
        return _Piece(other, lang)

    def _synonyms(self, word: str, lang: str) -> list[str]:
        """Other words that a translation of a word translates back to."""
        through = next((other for other in self.context.languages if other != lang), _PIVOT)
        there, back = self.context.lexicon(lang, through), self.context.lexicon(through, lang)
        found: dict[str, float] = {}
        for one in there.translations(word)[:_WAYS]:
            for other in back.translations(one.word):
                found[other.word] = max(found.get(other.word, 0.0), one.prob * other.prob)
        return sorted(found, key=lambda other: (-found[other], other))

    def _attack(self, works: Sequence[_Work]) -> None:
        """Replaces, a place of each text at a time, so that the models are asked about all texts together."""
        active = list(works)
        while active:
            tries = [one for number, work in enumerate(active) for one in self._tries(number, work)]
            similar = self._similarities([(active[one.work].original, one.text) for one in tries])
            kept = [
                (one, likeness) for one, likeness in zip(tries, similar, strict=True) if likeness >= self.settings.floor
            ]
            told = self._judge.probabilities([one.text for one, _ in kept])
            worst: dict[int, tuple[float, _Try, float, tuple[float, ...]]] = {}
            for (one, likeness), row in zip(kept, told, strict=True):
                value = row[active[one.work].label]
                if one.work not in worst or value < worst[one.work][0]:
                    worst[one.work] = value, one, likeness, row
            for number, (_, one, likeness, row) in worst.items():
                work = active[number]
                work.pieces[one.place] = one.piece
                work.similarity, work.after, work.left = likeness, row, work.left - 1
            tried = {one.work for one in tries}
            active = [
                work
                for number, work in enumerate(active)
                if number in tried and work.left and not (self.settings.until_flipped and work.flipped)
            ]

    def _tries(self, number: int, work: _Work) -> list[_Try]:
        """The text with the next place replaced, in each way; none where no place is left."""
        place, options = next(work.queue, (0, []))
        return [_Try(number, place, piece, work.written({place: piece})) for piece in options]

    def _similarities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        if self._encoder is not None:
            return self._encoder.similarities(pairs)
        return [letter_similarity(one, other) for one, other in pairs]

    def _done(self, work: _Work) -> list[Sample] | Reject:
        if not work.changed:
            detail = f"no lexicon entry, or none that stays above a similarity of {self.settings.floor:g}"
            return Reject(source_id=work.item.id, reason="no_replacement", detail=detail)
        text = work.written({})
        tokens: list[str] = []
        offsets: list[tuple[int, int]] = []
        langs: list[str] = []
        origins: list[Origin] = []
        own = language_tags([piece.text for piece in work.pieces], work.item.lang)
        for place, start, piece in work.located():
            if piece.lang:
                parts, spans, _ = tokenise(piece.text, piece.lang)
                tags = language_tags(parts, piece.lang)
            else:
                parts, spans, tags = (piece.text,), ((0, len(piece.text)),), [own[place]]
            tokens += parts
            offsets += [(start + first, start + last) for first, last in spans]
            langs += tags
            origins += [None if piece.lang else (work.item.lang, place)] * len(parts)
        labels = {
            "probability_before": round(work.before[work.label], 4),
            "probability_after": round(work.after[work.label], 4),
            "predicted": self._judge.labels[_best(work.after)],
            "words_changed": work.changed,
            "flipped": work.flipped,
        }
        languages = (work.item.lang, *(lang for lang in self.context.languages if lang != work.item.lang))
        sample = make_sample(
            self.context,
            operation=self.name,
            source_id=work.item.id,
            tokens=tokens,
            langs=langs,
            text=text,
            offsets=offsets,
            origins=origins,
            languages=languages,
            labels={**work.item.labels, **labels},
            scores={"similarity": round(work.similarity, 4)},
            model=Path(self.settings.model).name,
        )
        return [sample]


def _best(probabilities: Sequence[float]) -> int:
    return max(range(len(probabilities)), key=probabilities.__getitem__)
