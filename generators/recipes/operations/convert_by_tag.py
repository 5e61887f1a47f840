"""Conversion by tag: tokens of some tags are written in another script or translated, the others are passed.

Micallef, Habash, Borg, Eryani and Bouamor (2024), "Cross-Lingual Transfer from Related Languages: Treating Low-Resource
Maltese as Multilingual Code-Switching", choose for each token by its etymology.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol, Self

import msgspec

from cswitch.core.deromanisation.spelling import SpellingDeromaniser
from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.core.text.join import recase
from cswitch.core.text.scripts import check_language, script_of
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.recipes.contracts import Context
from cswitch.generators.recipes.operations.remaking import Replaced, remade
from cswitch.generators.translating.dictionary import Dictionary
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

PASS, LATIN, NATIVE, TRANSLATE = "pass", "latin", "native", "translate"
_ACTIONS = (PASS, LATIN, NATIVE, f"{TRANSLATE}:LANGUAGE")


Made = list[list[tuple[str, ...] | None]]


class ConvertByTagSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of the tokens of each tag."""

    actions: dict[str, str]
    """Tag to action: ``pass``, ``latin``, ``native`` (the script of the language, out of Latin letters), or
    ``translate:en``, word by word. A tag that is not named is passed."""


class _Converter(Protocol):
    """Does one action."""

    lang: str
    """The tag of what it gives."""

    def __call__(self, runs: Sequence[Sequence[str]]) -> Made:
        """What stands for each token of each run of neighbours; None where it stays."""
        ...


class _Romanised:
    """Latin letters, by the romaniser of the language."""

    def __init__(self, lang: str, context: Context) -> None:
        self.lang, self._romaniser = lang, context.romaniser(lang)

    def __call__(self, runs: Sequence[Sequence[str]]) -> Made:
        found = iter(self._romaniser.romanise([word for run in runs for word in run]))
        return [[_whole(next(found), word) for word in run] for run in runs]


class _Native:
    """The script of the language, by its de-romaniser; neighbours of the same tag decide between spellings."""

    def __init__(self, lang: str) -> None:
        self.lang, self._deromaniser = lang, SpellingDeromaniser(lang=lang)

    def __call__(self, runs: Sequence[Sequence[str]]) -> Made:
        found = self._deromaniser.deromanise_sentences(runs)
        return [
            [_whole(new, word) if script_of(word) == "Latn" else None for new, word in zip(one, run, strict=True)]
            for one, run in zip(found, runs, strict=True)
        ]


class _Translated:
    """The best translation of each word; a word without one stays."""

    def __init__(self, lang: str, target: str, context: Context) -> None:
        self.lang = check_language(target)
        self._dictionary = Dictionary(context.lexicon(lang, self.lang))

    def __call__(self, runs: Sequence[Sequence[str]]) -> Made:
        return [[self._word(word) for word in run] for run in runs]

    def _word(self, word: str) -> tuple[str, ...] | None:
        gloss = self._dictionary.word(word)
        if gloss is None or not gloss.words:
            return None
        first, *rest = gloss.words.split()
        if word[:1].isupper():
            first = recase(first, was_initial=False, is_initial=True, lang=self.lang)
        return (first, *rest)


class ConvertByTag:
    """Converts the tokens of each sample whose tag asks for it; offsets are those of the new text.

    Args:
        settings: What becomes of each tag.
        context: The run.
    """

    name: ClassVar[str] = "convert-by-tag"
    takes: ClassVar[Literal["samples"]] = "samples"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = ConvertByTagSettings

    def __init__(self, settings: ConvertByTagSettings, context: Context) -> None:
        self._context = context
        self._converters: dict[str, _Converter] = {}
        for tag, action in settings.actions.items():
            made = _converter(tag, action, context)
            if made is not None:
                self._converters[tag] = made

    @classmethod
    def make(cls, settings: Any, context: Context) -> Self:
        """See :class:`~cswitch.generators.recipes.contracts.Operation`."""
        assert isinstance(settings, ConvertByTagSettings)
        if not settings.actions:
            hint = "name a tag and what to do, such as {hi: native}"
            raise UsageError("no tag has an action", hint=hint)
        return cls(settings, context)

    def __call__(self, items: Sequence[Sample]) -> list[list[Sample] | Reject]:
        """The sample of each sample."""
        found: list[dict[int, Replaced]] = [{} for _ in items]
        for tag, convert in self._converters.items():
            places = [(number, run) for number, sample in enumerate(items) for run in _runs(sample, tag)]
            words = [[items[number].tokens[at] for at in run] for number, run in places]
            for (number, run), made in zip(places, convert(words), strict=True):
                found[number] |= {at: Replaced(new, convert.lang) for at, new in zip(run, made, strict=True) if new}
        return [[self._sample(sample, replaced)] for sample, replaced in zip(items, found, strict=True)]

    def _sample(self, sample: Sample, replaced: Mapping[int, Replaced]) -> Sample:
        left = {lang for at, lang in enumerate(sample.langs) if at not in replaced}
        became: dict[str, str] = {sample.langs[at]: new.lang for at, new in replaced.items()}
        spoken: list[str] = []
        for lang in sample.languages:
            spoken += [lang] if lang in left or lang not in became else []
            spoken += [became[lang]] if lang in became else []
        return remade(
            self._context,
            sample,
            operation=self.name,
            replaced=replaced,
            languages=list(dict.fromkeys(spoken)),
            measures={"converted": len(replaced)},
        )


def _converter(tag: str, action: str, context: Context) -> _Converter | None:
    """What does an action, None for nothing.

    Raises:
        UsageError: The action is unknown, or cannot be done for the language.
    """
    name, _, target = action.partition(":")
    if action == PASS:
        return None
    if name == TRANSLATE and target:
        return _Translated(check_language(tag), target, context)
    if action == LATIN:
        return _Romanised(check_language(tag), context)
    if action == NATIVE:
        return _Native(check_language(tag))
    raise UsageError(f"{tag}: unknown action {action!r}", hint=suggest(action, list(_ACTIONS)))


def _runs(sample: Sample, tag: str) -> list[list[int]]:
    """Places of the words of a tag, neighbours together."""
    found: list[list[int]] = []
    for at, (token, lang) in enumerate(zip(sample.tokens, sample.langs, strict=True)):
        if lang == tag and not is_neutral(token):
            if found and found[-1][-1] == at - 1:
                found[-1].append(at)
            else:
                found.append([at])
    return found


def _whole(new: str, word: str) -> tuple[str, ...] | None:
    """A conversion that is one token and another one than the word, else None."""
    return (new,) if new != word and len(new.split()) == 1 else None
