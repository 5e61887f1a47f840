"""The tagger that runs a token-classification model of transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from types import TracebackType
from typing import NamedTuple

import numpy as np

from cswitch.annotators.encoder.decoding import taggings
from cswitch.annotators.encoder.labels import Scheme, View
from cswitch.annotators.encoder.loading import Loaded, load
from cswitch.annotators.encoder.scoring import Floats, Scorer, Settings
from cswitch.annotators.encoder.workers import Job, Score, Workers
from cswitch.core.contracts import Tagging
from cswitch.core.devices import device_named, import_torch
from cswitch.core.errors import UsageError

CHUNK = 8
"""Batches that are sorted together: the more, the less padding, and the later the first tags come."""


class EncoderTagger:
    """Tags by any token classifier of transformers (see :class:`cswitch.core.contracts.Tagger`).

    Made by :meth:`load`; several devices hold processes, which :meth:`close` or a ``with`` block ends.
    """

    name = "hf"

    def __init__(self, loaded: Loaded, devices: Sequence[str], settings: Settings) -> None:
        self._scheme = Scheme(loaded.labels, loaded.name)
        self.languages = self._scheme.languages
        """Languages that the model tells; none where its labels only number them (``lang1``)."""
        self.model_bytes = sum(weight.numel() * weight.element_size() for weight in loaded.model.parameters())
        """Bytes of the weights in float32."""
        self._chunk = CHUNK * settings.batch(devices[0])
        self._workers = Workers(partial(_scores, loaded.name, settings), devices) if len(devices) > 1 else None
        self._scorer = Scorer(loaded, devices[0], settings) if self._workers is None else None

    @classmethod
    def load(
        cls,
        target: str,
        *,
        device: str | None = None,
        dtype: str | None = None,
        batch_tokens: int | None = None,
        compile: bool = False,
        pool: str = "first",
    ) -> EncoderTagger:
        """A tagger from a folder that has config, weights and tokenizer, or from the name of a model.

        Args:
            target: Folder or name. A name follows the rules of transformers: its cache first, then a download, which
                ``HF_HUB_OFFLINE=1`` forbids. Code that a model brings is never run.
            device: ``auto`` (a GPU where there is one; the default), ``cpu``, ``cuda``, ``cuda:1``, several with commas
                between them, each with a process of its own, or ``all`` for every GPU.
            dtype: ``auto``, ``float32``, ``bfloat16`` or ``float16``; see docs/encoder-tagger.md.
            batch_tokens: Sub-words of a batch, padding included; halved when the memory runs out.
            compile: Let ``torch.compile`` translate the model.
            pool: ``first``: a word has the scores of its first sub-word. ``mean``: the mean of all of them.

        Raises:
            MissingExtraError: torch or transformers is not installed.
            UsageError: There is no such model or device, or the model is not fit for tagging.
        """
        devices = _devices(device or "auto")
        settings = Settings(dtype or "auto", batch_tokens, compile, pool).checked()
        return cls(load(target), devices, settings)

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        """Tags for each sentence, in the order of the batch (see :class:`cswitch.core.contracts.Tagger`).

        Raises:
            UsageError: The model does not know one of the languages, or its labels need them.
            RunError: There is no memory for one sentence alone, or the model gave what is no number.
        """
        return list(self.tag_stream(batch, languages, alternatives=alternatives))

    def tag_stream(
        self, sentences: Iterable[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> Iterator[Tagging]:
        """The same for a stream, in its order; only some batches of it are held at a time.

        Args:
            sentences: Tokens of each sentence, taken as they are soon needed.
            languages: The languages in play, when they are known.
            alternatives: How many of the likeliest tags to give for each token.
        """
        view = self._scheme.view(languages)
        return self._tagged(sentences, view, alternatives)

    def close(self) -> None:
        """Ends the processes of several devices; the tagger is of no use any more."""
        if self._workers is not None:
            self._workers.close()

    def __enter__(self) -> EncoderTagger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tagged(self, sentences: Iterable[Sequence[str]], view: View, alternatives: int) -> Iterator[Tagging]:
        held: list[_Chunk] = []  # those that are being scored, at most a few

        def jobs() -> Iterator[Job]:
            for chunk in _chunks(sentences, self._chunk):
                held.append(chunk)
                yield Job(list(chain.from_iterable(chunk.unique)), chunk.ends(), view)

        for found in self._scored(jobs()):
            chunk = held.pop(0)
            tagged = taggings(chunk.unique, found, view.tags, alternatives=alternatives)
            yield from (tagged[number] for number in chunk.order)

    def _scored(self, jobs: Iterable[Job]) -> Iterator[Floats]:
        """What each job gives; a GPU works on the next one while this one is made use of."""
        if self._scorer is None:
            assert self._workers is not None
            yield from self._workers.run(jobs)
            return
        ahead = 1 if self._scorer.device.type == "cuda" else 0
        started: list[Callable[[], Floats]] = []
        for job in jobs:
            started.append(self._scorer.launch(*job))
            if len(started) > ahead:
                yield started.pop(0)()
        yield from (finish() for finish in started)


class _Chunk(NamedTuple):
    """Sentences that are scored together."""

    unique: list[tuple[str, ...]]
    """Each different sentence once."""
    order: list[int]
    """The one that stands at each place."""

    def ends(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """One past the last word of each."""
        return np.cumsum([len(sentence) for sentence in self.unique], dtype=np.int64)


def _chunks(sentences: Iterable[Sequence[str]], words: int) -> Iterator[_Chunk]:
    """Runs of sentences of about so many words, sentences that stand again not counted."""
    numbers: dict[tuple[str, ...], int] = {}
    order: list[int] = []
    held = 0
    for sentence in sentences:
        known = len(numbers)
        order.append(numbers.setdefault(tuple(sentence), known))
        held += len(sentence) if len(numbers) > known else 0
        if held >= words or len(order) >= words:
            yield _Chunk(list(numbers), order)
            numbers, order, held = {}, [], 0
    if order:
        yield _Chunk(list(numbers), order)


def _devices(device: str) -> list[str]:
    """The names of the devices, each of which is there."""
    torch = import_torch("tagging with a transformers model")
    if device == "all":
        device = ",".join(f"cuda:{number}" for number in range(max(1, torch.cuda.device_count())))
    names = [name.strip() for name in device.split(",")]
    if any(name == "auto" for name in names) and len(names) > 1:
        raise UsageError("auto is one device", hint="name each, such as cuda:0,cuda:1")
    return [str(device_named(torch, name)) for name in names]


def _scores(name: str, settings: Settings, device: str) -> Score:
    """What scores in a process of its own."""
    return Scorer(load(name), device, settings).scores
