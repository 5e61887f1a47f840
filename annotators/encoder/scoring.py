"""Sentences through a model: how probable each tag is for each word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cswitch.annotators.encoder.labels import View
from cswitch.annotators.encoder.loading import Loaded
from cswitch.annotators.encoder.precision import DTYPES, prepared
from cswitch.annotators.encoder.subwords import Ints, Subwords
from cswitch.annotators.encoder.windows import Windows, cut, rows
from cswitch.core.devices import Budget, device_named
from cswitch.core.errors import RunError, UsageError
from cswitch.core.registry import suggest

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]

POOLS = ("first", "mean")
CPU_BATCH, GPU_BATCH = 512, 16384
"""Sub-words of a batch. What a layer computes of more than some hundreds no longer fits a processor's caches."""

SURE = 2.5
"""A call is close when the best two tags are no further apart than this many times the usual error."""

TWICE = 0.1
"""Share of the sub-words that are read a second time at most."""


class Settings(NamedTuple):
    """How a model is to run."""

    dtype: str = "auto"
    """See :func:`cswitch.annotators.encoder.precision.prepared`."""
    batch_tokens: int | None = None
    """Sub-words of a batch, padding included; None for what suits the device."""
    compile: bool = False
    """Let ``torch.compile`` translate the model, which takes a minute and pays on long runs."""
    pool: str = "first"
    """``first``: a word has the scores of its first sub-word. ``mean``: the mean probability of all of them."""

    def checked(self) -> Settings:
        """The settings themselves.

        Raises:
            UsageError: There is no such dtype or pool, or a batch is none.
        """
        for what, value, known in (("dtype", self.dtype, DTYPES), ("pool", self.pool, POOLS)):
            if value not in known:
                raise UsageError(f"unknown {what} {value!r}", hint=suggest(value, list(known)))
        if self.batch_tokens is not None and self.batch_tokens < 1:
            raise UsageError(f"a batch of {self.batch_tokens} sub-words is none", hint="choose 1 or more")
        return self

    def batch(self, device: str) -> int:
        """Sub-words of a batch on a device."""
        return self.batch_tokens or (CPU_BATCH if device == "cpu" else GPU_BATCH)


class Scorer:
    """A model on one device.

    Args:
        loaded: The model.
        device: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
        settings: How it is to run.

    Raises:
        UsageError: There is no such device, or the tokenizer is of another model.
    """

    def __init__(self, loaded: Loaded, device: str, settings: Settings) -> None:
        import torch

        self._torch, self._name, self._pool = torch, loaded.name, settings.pool
        self.device = device_named(torch, device)
        known = int(loaded.model.get_input_embeddings().num_embeddings)
        around = loaded.tokenizer.num_special_tokens_to_add(pair=False)
        self._room = loaded.max_length - around
        if self._room < 1:
            raise UsageError(f"model {loaded.name!r} takes {loaded.max_length} sub-words at once, which is too few")
        self._subwords = Subwords(loaded.tokenizer, known=known, longest=max(1, self._room // 4), model=loaded.name)
        self._padding = loaded.tokenizer.pad_token_id or 0
        self._budget = Budget(settings.batch(self.device.type), "sentence")
        self._quick, self._exact, self._error = prepared(loaded.model, settings.dtype, self.device)
        if settings.compile:
            self._quick = torch.compile(self._quick, dynamic=True)

    def scores(self, words: Sequence[str], ends: Ints, view: View) -> Floats:
        """Probabilities of the tags of each word, of shape [words, tags]; not a number for a word without sub-words.

        Args:
            words: Words of all sentences, one after the other.
            ends: One past the last word of each sentence.
            view: The tags that may be given.

        Raises:
            RunError: There is no memory for one sentence alone, or the model gave what is no number.
        """
        return self.launch(words, ends, view)()

    def launch(self, words: Sequence[str], ends: Ints, view: View) -> Callable[[], Floats]:
        """The same, but a GPU is still at work when this comes back; what is given waits for it."""
        numbers = self._subwords.numbers(words)
        counts = self._subwords.counts[numbers]
        windows = cut(counts, ends, self._room)
        with self._torch.inference_mode():
            found = self._torch.full((len(words), len(view.tags)), float("nan"), device=self.device)
            self._read(self._quick, windows, numbers, view, found)
            if self._exact is not None:
                again = self._doubtful(found, windows, counts)
                self._read(self._exact, windows.only(again), numbers, view, found)
        scored = np.flatnonzero(counts)
        return lambda: self._checked(found.cpu().numpy(), scored)

    def _read(self, model: Any, windows: Windows, numbers: Ints, view: View, found: torch.Tensor) -> None:
        """Puts the probabilities that a model gives for the words of some windows into ``found``."""
        sizes = self._sizes(windows, self._subwords.counts[numbers])
        order = np.argsort(-sizes, kind="stable")
        table = self._torch.from_numpy(view.table).to(self.device)
        multiple = 8 if self.device.type == "cuda" else 1
        around = len(self._subwords.before) + len(self._subwords.after)

        def work(start: int, end: int) -> None:
            batch = rows(
                windows.only(order[start:end]),
                numbers,
                self._subwords,
                padding=self._padding,
                multiple=multiple,
                limit=self._room + around,
                whole=self._pool == "mean",
            )
            logits = self._forward(model, batch.ids, batch.mask).flatten(0, 1)[self._send(batch.places)].float()
            logits = logits.masked_fill(table.sum(1) == 0, float("-inf"))
            self._put(logits.softmax(1) @ table, batch.words, found)

        self._budget.run([(size + around,) for size in sizes[order].tolist()], work)

    def _forward(self, model: Any, ids: Ints, mask: Ints) -> torch.Tensor:
        # A batch without padding needs no mask, and attention is quicker without one; a GPU would have to wait to see.
        given = {} if self.device.type == "cpu" and mask.all() else {"attention_mask": self._send(mask)}
        logits: torch.Tensor = model(input_ids=self._send(ids), **given).logits
        return logits

    def _put(self, probabilities: torch.Tensor, words: Ints, found: torch.Tensor) -> None:
        if self._pool == "first":
            found[self._send(words)] = probabilities
            return
        unique, rank, counts = np.unique(words, return_inverse=True, return_counts=True)
        sums = found.new_zeros(len(unique), found.shape[1]).index_add_(0, self._send(rank), probabilities)
        found[self._send(unique)] = sums / self._send(counts)[:, None]

    def _doubtful(self, found: torch.Tensor, windows: Windows, counts: Ints) -> Ints:
        """Windows that have a close call, those first where most wrong tags are expected for what they cost.

        The error is taken for normally distributed: a tag is wrong when it is larger than the tags are apart.
        """
        if found.shape[1] < 2 or not len(windows.first):
            return np.zeros(0, dtype=np.int64)
        best = found.topk(2, dim=1).values.clamp_min(1e-30).log()
        apart = (best[:, 0] - best[:, 1]).nan_to_num(float("inf")) / max(self._error, 1e-30)
        wrong = (self._torch.special.erfc(apart / 2**0.5) / 2).masked_fill(apart > SURE, 0.0)
        before = np.concatenate([[0.0], np.cumsum(wrong.double().numpy())])
        expected = before[windows.kept_last] - before[windows.kept_first]
        sizes = self._sizes(windows, counts)
        order = np.argsort(-expected / sizes, kind="stable")
        read = np.cumsum(sizes[order])
        chosen: Ints = order[(expected[order] > 1e-6) & (read <= max(TWICE * read[-1], read[0]))]
        return chosen

    @staticmethod
    def _sizes(windows: Windows, counts: Ints) -> Ints:
        """Sub-words of each window, special ones left out."""
        before = np.concatenate([[0], np.cumsum(counts)])
        sizes: Ints = before[windows.last] - before[windows.first]
        return sizes

    def _checked(self, found: Floats, scored: Ints) -> Floats:
        if np.isnan(found[scored]).any():
            raise RunError(f"model {self._name!r} gave what is no number", hint="use dtype float32")
        return found

    def _send(self, array: Any) -> torch.Tensor:
        """An array on the device; to a GPU it goes while the processor goes on."""
        tensor: torch.Tensor = self._torch.from_numpy(array)
        if self.device.type != "cuda":
            return tensor.to(self.device)
        return tensor.pin_memory().to(self.device, non_blocking=True)
