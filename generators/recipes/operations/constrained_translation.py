"""Translation that may only use sub-words of English and of romanised words (after Kirefu et al., 2022)."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import msgspec

from cswitch.core.contracts import Translated, VariedRomaniser
from cswitch.core.devices import device_named, import_torch
from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.pretrained import quiet
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import tokenise
from cswitch.generators.recipes.contracts import Context, Takes, Text
from cswitch.generators.recipes.making import make_sample
from cswitch.generators.recipes.operations.code_prompts import levels
from cswitch.generators.recipes.operations.texts import foreign, read
from cswitch.generators.translating.loading import load
from cswitch.generators.translating.seq2seq import BEAMS, WHAT, Decoding, Seq2SeqTranslator
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

OPTION = "--set constrained-translation.model=FOLDER"
_BYTE = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_NATIVE_MARKS = frozenset("।॥۔،؛؟。，、！？；：")
_REPLACEMENT = "\ufffd"


class ConstrainedTranslationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The model, and what it may write."""

    model: str = ""
    """Folder or name of an encoder-decoder of transformers."""
    constraint: Literal["words", "script"] = "words"
    """``words``: sub-words of the words of both languages that the lexicons know, those of other scripts romanised;
    ``script``: every sub-word in Latin letters."""
    spellings: int = 3
    """Spellings of a romanised word whose sub-words are allowed, at most."""
    target: str = ""
    """Language that the model is asked for; empty for the second of the run. A model of one direction is not asked."""
    codes: Mapping[str, str] = {}
    """The model's codes of languages, where they are not found by themselves."""
    prefix: str | None = None
    """What stands before each text, see :class:`~cswitch.generators.translating.seq2seq.Decoding`."""
    beams: int = BEAMS
    """Hypotheses that are kept."""
    max_tokens: int | None = None
    """Sub-words of the longest text and translation; None for what the model takes."""
    device: str = "auto"
    """``auto``, ``cpu``, ``cuda`` or ``cuda:N``."""
    dtype: str = "auto"
    """Precision of the numbers."""


class AllowedOnly:
    """A logits processor that leaves nothing but some sub-words.

    Args:
        allowed: Their numbers.
        begin: Sub-words that are there before the first free one.

    >>> import torch
    >>> AllowedOnly([0, 2], 1)(torch.zeros(1, 1), torch.tensor([[1.0, 5.0, 2.0]]))
    tensor([[1., -inf, 2.]])
    """

    def __init__(self, allowed: Iterable[int], begin: int) -> None:
        self.allowed, self.begin = sorted(allowed), begin
        self._barred: Any = None

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Scores in which every other sub-word has no chance."""
        if input_ids.shape[-1] < self.begin:
            return scores  # the language, which the model is given
        if self._barred is None or self._barred.shape[-1] != scores.shape[-1] or self._barred.device != scores.device:
            barred = scores.new_ones(scores.shape[-1]).bool()
            barred[[number for number in self.allowed if number < scores.shape[-1]]] = False
            self._barred = barred
        return scores.masked_fill(self._barred, -float("inf"))


class ConstrainedTranslator(Seq2SeqTranslator):
    """A translator whose decoder has a part of its vocabulary alone; see :meth:`allow`."""

    allowed: frozenset[int] = frozenset()

    def allow(self, words: Sequence[str] | None) -> int:
        """Restricts what may be written.

        Args:
            words: Words whose sub-words are allowed, with a capital too; None for every sub-word in Latin letters.

        Returns:
            Number of sub-words with letters that are left.

        Raises:
            UsageError: None is left.
        """
        tokenizer = self._loaded.tokenizer
        vocabulary = tokenizer.get_vocab()
        special = set(tokenizer.all_special_ids)
        numbers = [number for number in vocabulary.values() if number not in special]
        spelt = dict(zip(numbers, tokenizer.batch_decode([[number] for number in numbers]), strict=True))
        barred = {number for token, number in vocabulary.items() if _BYTE.fullmatch(token)}
        plain = {number for number, text in spelt.items() if number not in barred and _is_mark(text)}
        latin = {number for number, text in spelt.items() if number not in barred and _is_latin(text)}
        letters = latin if words is None else latin & _pieces(tokenizer, words)
        if not letters:
            hint = "give a model that writes Latin letters, such as NLLB, mBART or a Marian model into English"
            raise UsageError("the vocabulary of the model has no sub-word of the words that are allowed", hint=hint)
        ends = self._model.generation_config.eos_token_id
        self.allowed = frozenset({*letters, *plain, *([ends] if isinstance(ends, int) else ends)})
        return len(letters)

    def _set_languages(self, source: str, target: str) -> dict[str, Any]:
        from transformers import LogitsProcessorList

        options = super()._set_languages(source, target)
        begin = 2 if "forced_bos_token_id" in options else 1
        return {**options, "logits_processor": LogitsProcessorList([AllowedOnly(self.allowed, begin)])}


class LimitedDecoding:
    """Texts translated into mixed text by a model that may only write words of two languages in Latin letters.

    Args:
        translator: The model.
        settings: Settings.
        context: The run.
    """

    name: ClassVar[str] = "constrained-translation"
    takes: ClassVar[Takes] = "texts"
    chunk: ClassVar[int] = 32
    Settings: ClassVar[type[msgspec.Struct]] = ConstrainedTranslationSettings

    def __init__(
        self, translator: ConstrainedTranslator, settings: ConstrainedTranslationSettings, context: Context
    ) -> None:
        self.translator, self.settings, self.context = translator, settings, context
        self.tagger = context.tagger()
        self.source, self.target = context.languages[0], settings.target or context.languages[1]

    @classmethod
    def make(cls, settings: ConstrainedTranslationSettings, context: Context) -> Self:
        """The operation; see :class:`~cswitch.generators.recipes.contracts.Operation`."""
        if len(context.languages) != 2:
            found = len(context.languages)
            raise UsageError(f"constrained-translation takes two languages, not {found}", hint="add --pair en-hi")
        if not settings.model:
            hint = f"give the folder of an encoder-decoder of transformers: {OPTION}"
            raise UsageError("no model is given that translates", hint=hint)
        if settings.spellings < 1:
            raise UsageError(f"spellings is {settings.spellings}", hint="give 1 or more")
        if settings.target:
            scripts_for(settings.target)
        lexicon = context.lexicon(*context.languages)
        decoding = Decoding(
            device=settings.device,
            dtype=settings.dtype,
            beams=settings.beams,
            max_tokens=settings.max_tokens,
            prefix=settings.prefix,
            codes=settings.codes,
        )
        device_named(import_torch(WHAT), settings.device)
        translator = ConstrainedTranslator(load(settings.model, OPTION), decoding)
        words = None if settings.constraint == "script" else sorted(words_of(lexicon, context, settings.spellings))
        with quiet(bars=False):
            translator.allow(words)
        return cls(translator, settings, context)

    def __call__(self, items: Sequence[Text]) -> list[list[Sample] | Reject]:
        """A sample of each text, in order."""
        refused: dict[int, Reject] = {}
        for at, item in enumerate(items):
            given = foreign(item, self.source) or read(item, roman=True)
            if isinstance(given, Reject):
                refused[at] = given
        asked = [at for at in range(len(items)) if at not in refused]
        texts = [" ".join(items[at].text.split()) for at in asked]
        answers = dict(zip(asked, self._translated(texts), strict=True))
        return [refused[at] if at in refused else self._sample(item, answers[at]) for at, item in enumerate(items)]

    def _translated(self, texts: Sequence[str]) -> list[Translated]:
        if not texts:
            return []
        return asyncio.run(self.translator.translate(texts, self.source, self.target))

    def _sample(self, item: Text, answer: Translated) -> list[Sample] | Reject:
        found = tokenise(answer.text)
        if not found.tokens:
            detail = answer.problem or "the model gave no text"
            return Reject(source_id=item.id, reason="no_translation", detail=detail)
        [tagging] = self.tagger.tag([found.tokens], self.context.languages)
        said = Counter(tag for tag in tagging.tags if tag not in NEUTRAL)
        first, other = self.context.languages
        matrix_first = (other, first) if said[other] > said[first] else (first, other)
        sure = sum(tagging.probabilities) / len(tagging.probabilities)
        sample = make_sample(
            self.context,
            operation=self.name,
            source_id=item.id,
            tokens=found.tokens,
            langs=tagging.tags,
            text=answer.text,
            offsets=found.offsets,
            languages=matrix_first,
            met=bool(said[first] and said[other]),
            labels={**item.labels, "source": item.text},
            scores={"tag_probability": round(sure, 4)},
            model=self.settings.model,
        )
        return [sample]


def words_of(lexicon: Lexicon, context: Context, spellings: int) -> set[str]:
    """Words of both languages of a lexicon in Latin letters, each romanised word in the spellings that most people use.

    Args:
        lexicon: A lexicon.
        context: The run, for its romanisers.
        spellings: Spellings of a word, at most.
    """
    sides = {
        lexicon.source: {word for entry in lexicon for word in entry.split()},
        lexicon.target: {word for entry in lexicon for t in lexicon.translations(entry) for word in t.word.split()},
    }
    found: set[str] = set()
    for lang, words in sides.items():
        words |= lexicon.closed.get(lang, frozenset()) | (levels().keys() if lang == "en" else set())
        latin = {word for word in words if _is_latin(word)}
        found |= latin
        if scripts_for(lang)[0] == "Latn":
            continue
        romaniser = context.romaniser(lang)
        native = sorted(words - latin)
        if isinstance(romaniser, VariedRomaniser):
            found |= {spelling for spelt in romaniser.variants(native) for spelling, _ in spelt[:spellings]}
        else:
            found |= set(romaniser.romanise(native))
    return found


def _pieces(tokenizer: Any, words: Sequence[str]) -> set[int]:
    """Sub-words of words as a translation has them, in small letters and with a capital."""
    asked = [form for word in words for form in dict.fromkeys((word, word.capitalize()))]
    rows = tokenizer(text_target=asked, add_special_tokens=False)["input_ids"]
    return {number for row in rows for number in row}


def _is_latin(text: str) -> bool:
    """Whether the letters of a sub-word are all Latin; it has one at least.

    >>> [_is_latin(text) for text in ("ghar", "घर", "gharघ", "42")]
    [True, False, False, False]
    """
    scripts = {script_of(character) for character in text} - {"Zyyy"}
    return scripts == {"Latn"} and _REPLACEMENT not in text


def _is_mark(text: str) -> bool:
    """Whether a sub-word has no letter, and no mark of another script.

    >>> [_is_mark(text) for text in ("42", "?", "।", "a")]
    [True, True, False, False]
    """
    lettered = any(script_of(character) != "Zyyy" or character.isalpha() for character in text)
    return not lettered and _REPLACEMENT not in text and _NATIVE_MARKS.isdisjoint(text)
