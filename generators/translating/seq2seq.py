"""Translation by an encoder-decoder of transformers: Marian, NLLB, M2M100, mBART, T5 and their like."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Self

from cswitch.core.contracts import Translated
from cswitch.core.devices import Budget, device_named, import_torch
from cswitch.core.errors import UsageError
from cswitch.core.pretrained import quiet
from cswitch.core.registry import suggest
from cswitch.core.text.scripts import check_language, languages
from cswitch.generators.translating.codes import code_of, language_tokens
from cswitch.generators.translating.loading import Loaded, load

DTYPES = ("auto", "float32", "bfloat16", "float16")
CPU_BATCH, GPU_BATCH = 1024, 16384
"""Sub-words of a batch, padding included."""
BEAMS = 4
LONGEST = 512
"""Sub-words of the longest text and translation, where the model sets no limit."""
WHAT = "translating by a model"
T5_PREFIX = "translate {source} to {target}: "


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How a model translates.

    Raises:
        UsageError: A number is below 1, or there is no such dtype.
    """

    device: str = "auto"
    """``auto``, ``cpu``, ``cuda`` or ``cuda:N``."""
    dtype: str = "auto"
    """``auto`` (bfloat16 on a GPU that has it, else float16; float32 elsewhere), ``float32``, ``bfloat16`` or
    ``float16``."""
    batch_tokens: int | None = None
    """Sub-words of a batch, padding included; None for what suits the device. It is halved when the memory runs out."""
    beams: int = BEAMS
    """Hypotheses that are kept."""
    max_tokens: int | None = None
    """Sub-words of the longest text and translation; None for what the model takes, at most 512."""
    prefix: str | None = None
    """What stands before each text; ``{source}`` and ``{target}`` become English names of the languages. None for
    ``translate {source} to {target}: `` where the model is a T5 without language tokens, else nothing."""
    codes: Mapping[str, str] | None = None
    """The model's codes of languages, by BCP-47 primary subtag, where they are not found by themselves."""

    def __post_init__(self) -> None:
        for option in ("batch_tokens", "beams", "max_tokens"):
            number = getattr(self, option)
            if number is not None and number < 1:
                raise UsageError(f"{option} is {number}", hint="choose 1 or more")
        if self.dtype not in DTYPES:
            raise UsageError(f"unknown dtype {self.dtype!r}", hint=suggest(self.dtype, list(DTYPES)))


class Seq2SeqTranslator:
    """Translates by a model of one's own, with beam search and without chance.

    Where its tokenizer has language tokens they are set: those of NLLB (``hin_Deva``), mBART (``hi_IN``) and M2M100
    (``__hi__``) mark the text and begin the translation; those of multilingual Marian models (``>>hin<<``) and MADLAD
    (``<2hi>``) stand before the text. A T5 model without any is told in words. Any other is taken for a model of one
    direction, which is not checked.

    Args:
        model: A model and its tokenizer, from :func:`cswitch.generators.translating.loading.load`.
        decoding: How it translates.

    Raises:
        UsageError: There is no such device or language code.
    """

    name = "seq2seq"

    def __init__(self, model: Loaded, decoding: Decoding) -> None:
        self._torch = import_torch(WHAT)
        self.device = device_named(self._torch, decoding.device)
        self._loaded, self.beams = model, decoding.beams
        self._model = model.model.to(self.device, _dtype(self._torch, decoding.dtype, self.device))
        self._tokens = language_tokens(model.tokenizer.get_vocab())
        self._codes = dict(decoding.codes or {})
        self._check_codes()
        self.max_tokens = min(decoding.max_tokens or LONGEST, model.max_length)
        told = model.model.config.model_type == "t5" and not (self._tokens.marked or self._tokens.asked)
        self.prefix = (T5_PREFIX if told else "") if decoding.prefix is None else decoding.prefix
        self._lock = Lock()
        usual = CPU_BATCH if self.device.type == "cpu" else GPU_BATCH
        self._budget = Budget(decoding.batch_tokens or usual, "text")

    @classmethod
    def load(
        cls,
        target: str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        batch_tokens: int | None = None,
        beams: int = BEAMS,
        max_tokens: int | None = None,
        prefix: str | None = None,
        codes: Mapping[str, str] | None = None,
    ) -> Self:
        """The translator of a folder with model and tokenizer, or of a model by its name.

        Args:
            target: Folder or name; a name follows the rules of transformers: its cache first, then a download, which
                ``HF_HUB_OFFLINE=1`` forbids.
            device: For this and the others, see :class:`Decoding`.
            dtype: Precision.
            batch_tokens: Sub-words of a batch.
            beams: Hypotheses that are kept.
            max_tokens: Sub-words of the longest text and translation.
            prefix: What stands before each text.
            codes: The model's codes of languages.

        Raises:
            MissingExtraError: torch or transformers is not installed.
            UsageError: There is no such model, a part of it is missing or broken, or it is no encoder-decoder.
        """
        decoding = Decoding(
            device=device, dtype=dtype, batch_tokens=batch_tokens, beams=beams, max_tokens=max_tokens, prefix=prefix,
            codes=codes,
        )  # fmt: skip
        device_named(import_torch(WHAT), device)  # before the weights are read
        return cls(load(target), decoding)

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """A translation of each text, or why there is none.

        What a text gets does not depend on the others, but for the rounding of numbers in a batch of another shape.

        Raises:
            UsageError: A language is unknown, or the model has no code for it.
            RunError: There is no memory for one text alone.
        """
        return await asyncio.to_thread(self._alone, texts, check_language(source), check_language(target))

    def _alone(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        with self._lock:  # the tokenizer is told the languages of one call at a time
            return self._translate(texts, source, target)

    def _translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        options = self._set_languages(source, target)
        before = self._before(source, target)
        rows = [self._loaded.tokenizer(before + text)["input_ids"] if text.strip() else [] for text in texts]
        found = [_refused(len(row), self.max_tokens) for row in rows]
        order = sorted((n for n, row in enumerate(rows) if not found[n].problem), key=lambda n: (-len(rows[n]), n))

        def work(start: int, end: int) -> None:
            chosen = order[start:end]
            for n, made in zip(chosen, self._batch([rows[n] for n in chosen], options), strict=True):
                found[n] = made

        with quiet(bars=False):
            self._budget.run([(len(rows[n]),) for n in order], work)
        return found

    def _batch(self, rows: Sequence[list[int]], options: Mapping[str, Any]) -> list[Translated]:
        torch, tokenizer = self._torch, self._loaded.tokenizer
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), tokenizer.pad_token_id)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        longest = min(self.max_tokens, 2 * width + 32)
        with torch.inference_mode():
            made = self._model.generate(
                input_ids=ids.to(self.device), attention_mask=mask.to(self.device), num_beams=self.beams,
                do_sample=False, max_new_tokens=longest, **options,
            )  # fmt: skip
        ends = _ends(self._model.generation_config.eos_token_id)
        return [self._read(row, ends, longest) for row in made.tolist()]

    def _read(self, row: list[int], ends: frozenset[int], longest: int) -> Translated:
        """What the model wrote; the first sub-word is what every translation starts with."""
        if ends.isdisjoint(row[1:]):
            return Translated("", problem=f"the model had not come to an end after {longest} sub-words")
        text = self._loaded.tokenizer.decode(row, skip_special_tokens=True).strip()
        return Translated(" ".join(text.split()), problem="" if text else "the model gave no text")

    def _set_languages(self, source: str, target: str) -> dict[str, Any]:
        """Tells the tokenizer the source, and gives what tells the model the target."""
        marked, tokenizer = self._tokens.marked, self._loaded.tokenizer
        if not marked:
            return {}
        code, other = self._code(source, marked), self._code(target, marked)
        if hasattr(tokenizer, "src_lang"):
            tokenizer.src_lang = code
        # The first mBART, before mBART-50, starts with the language; the others start with the end, then the language.
        first = type(tokenizer).__name__.startswith("MBartTokenizer")
        begin = "decoder_start_token_id" if first else "forced_bos_token_id"
        return {begin: tokenizer.convert_tokens_to_ids(marked[other])}

    def _before(self, source: str, target: str) -> str:
        """What stands before a text."""
        words = {name: languages()[code].name for name, code in (("source", source), ("target", target))}
        told = self.prefix.replace("{source}", words["source"]).replace("{target}", words["target"])
        if self._tokens.marked:
            marked = self._tokens.marked[self._code(source, self._tokens.marked)]
            return told if hasattr(self._loaded.tokenizer, "src_lang") else f"{marked} {told}"
        asked = self._tokens.asked
        return f"{asked[self._code(target, asked)]} {told}" if asked else told

    def _code(self, lang: str, known: Mapping[str, str]) -> str:
        return self._codes.get(lang) or code_of(lang, known)

    def _check_codes(self) -> None:
        known = [*self._tokens.marked, *self._tokens.asked]
        for lang, code in self._codes.items():
            if code not in known:
                raise UsageError(f"the model has no language code {code!r} (for {lang})", hint=suggest(code, known))


def _refused(size: int, longest: int) -> Translated:
    """Why a text is not given to the model, or an empty translation for one that is."""
    if not size:
        return Translated("", problem="the text is empty")
    too_long = f"the text has {size} sub-words, of which the model takes {longest}"
    return Translated("", problem=too_long if size > longest else "")


def _ends(ids: int | Sequence[int] | None) -> frozenset[int]:
    return frozenset([ids] if isinstance(ids, int) else ids or ())


def _dtype(torch: Any, name: str, device: Any) -> Any:
    if name == "auto":
        half = "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "float16"
        name = half if device.type == "cuda" else "float32"
    return getattr(torch, name)
