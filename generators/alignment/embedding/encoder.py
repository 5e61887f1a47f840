"""Vectors of words in context, from one layer of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cswitch.core.devices import Budget, device_named
from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.generators.alignment.embedding.loading import import_torch, load
from cswitch.generators.alignment.embedding.subwords import Rows, Window, split

if TYPE_CHECKING:
    import torch

DTYPES = ("auto", "float32", "bfloat16", "float16")
CPU_BATCH, GPU_BATCH = 512, 16384
"""Sub-words of a batch. What a layer computes of more than some hundreds no longer fits a processor's caches."""


class Encoded(NamedTuple):
    """Sentences as vectors."""

    vectors: torch.Tensor
    """A sub-word a row, of shape [rows, size of the model], float32, on the device."""
    rows: Rows
    """Which row is which."""


class Encoder:
    """An encoder of transformers, cut above the layer that is asked for.

    Args:
        model: Folder or name, see :func:`cswitch.generators.alignment.embedding.loading.load`.
        layer: 0 for the embeddings, 1 for what the first layer gives, and so on.
        device: ``auto`` (a GPU where there is one), ``cpu``, ``cuda``, ``cuda:1`` and so on.
        dtype: ``auto`` (bfloat16 on a GPU that has it, else float16; float32 elsewhere) or one of :data:`DTYPES`.
        max_tokens_per_batch: Sub-words of a batch, padding included; None for what suits the device.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        UsageError: There is no such model, layer, device or dtype.
    """

    def __init__(self, model: str, *, layer: int, device: str, dtype: str, max_tokens_per_batch: int | None) -> None:
        self._torch = import_torch()
        if dtype not in DTYPES:
            raise UsageError(f"unknown dtype {dtype!r}", hint=suggest(dtype, list(DTYPES)))
        if max_tokens_per_batch is not None and max_tokens_per_batch < 1:
            raise UsageError(f"a batch of {max_tokens_per_batch} sub-words is none", hint="choose 1 or more")
        self.device = device_named(self._torch, device)
        self._tokenizer, encoder, self.max_length = load(model)
        self._model, self._known = model, int(encoder.get_input_embeddings().num_embeddings)
        self._tap = Tap(encoder, layer, model)
        self._encoder = encoder.to(self.device)
        batch = CPU_BATCH if self.device.type == "cpu" else GPU_BATCH
        self._budget = Budget(max_tokens_per_batch or batch, "sentence")
        self._autocast = _precision(self._torch, dtype, self.device)

    def encode(self, sentences: Sequence[Sequence[str]]) -> Encoded:
        """Vectors of every sub-word; where windows of a sentence overlap, the mean of what they give.

        Args:
            sentences: Words of each sentence; a sentence without words has no row.

        Raises:
            RunError: There is no memory for one sentence alone.
            UsageError: The tokenizer is of another model.
        """
        windows, rows = split(self._tokenizer, sentences, self.max_length)
        windows.sort(key=lambda window: -len(window.ids))
        vectors = self._torch.zeros(len(rows.words), self._tap.size, device=self.device)

        def work(start: int, end: int) -> None:
            batch = windows[start:end]
            vectors.index_add_(0, self._send(_targets(batch)), self._forward(batch))

        with self._torch.inference_mode():
            self._budget.run([(len(window.ids),) for window in windows], work)
            if len(windows) > np.count_nonzero(rows.counts):
                times = np.bincount(_targets(windows), minlength=len(rows.words))
                vectors /= self._send(times)[:, None]
        return Encoded(vectors, rows)

    def _forward(self, batch: Sequence[Window]) -> torch.Tensor:
        """Vectors of the kept sub-words of a batch, one after the other, of shape [kept, size]."""
        length = len(batch[0].ids)
        ids = np.full((len(batch), length), self._tokenizer.pad_token_id or 0, dtype=np.int64)
        mask = np.zeros((len(batch), length), dtype=np.int64)
        for row, window in enumerate(batch):
            ids[row, : len(window.ids)] = window.ids
            mask[row, : len(window.ids)] = 1
        if ids.max() >= self._known:
            message = f"the tokenizer of model {self._model!r} gives sub-word {ids.max()}, the model has {self._known}"
            raise UsageError(message, hint="save tokenizer and model of one kind together")
        places = np.concatenate([np.add(window.kept, row * length) for row, window in enumerate(batch)])
        with self._autocast:
            hidden = self._tap.hidden(self._encoder, self._send(ids), self._send(mask))
        kept: torch.Tensor = hidden.flatten(0, 1)[self._send(places)].float()
        return kept

    def _send(self, array: Any) -> torch.Tensor:
        """An array on the device; to a GPU it goes while the processor goes on."""
        tensor: torch.Tensor = self._torch.from_numpy(array)
        if self.device.type != "cuda":
            return tensor.to(self.device)
        return tensor.pin_memory().to(self.device, non_blocking=True)


class Tap:
    """Takes the vectors of one layer, and leaves the layers above it out of the model.

    The list of layers is cut in place where the encoder has one module a layer. The vectors are taken where they leave
    the layer: after the last one a model may still normalise them, which is no part of the layers below.

    Raises:
        UsageError: The model has no such layer.
    """

    def __init__(self, encoder: torch.nn.Module, layer: int, model: str) -> None:
        self.layer = layer
        config: Any = encoder.config
        if not (hasattr(config, "num_hidden_layers") and hasattr(config, "hidden_size")):
            raise UsageError(f"model {model!r} is no text encoder", hint="give a model such as BERT, XLM-R or mT5")
        depth, self.size = int(config.num_hidden_layers), int(config.hidden_size)
        if not 0 <= layer <= depth:
            raise UsageError(f"model {model!r} has no layer {layer}", hint=f"choose --layer 0 to {depth}")
        self._seen: torch.Tensor | None = None
        layers = _layers(encoder, depth)
        self._hooked = layers is not None and layer < depth
        if layers is not None and layer < depth:
            del layers[max(layer, 1) :]
            if layer:
                layers[-1].register_forward_hook(self._after)
            else:
                layers[0].register_forward_pre_hook(self._before, with_kwargs=True)

    def hidden(self, encoder: Any, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """What the layer gives, of shape [sentences, sub-words, size]."""
        result = encoder(input_ids=ids, attention_mask=mask, output_hidden_states=not self._hooked)
        if not self._hooked:
            taken: torch.Tensor = result.hidden_states[self.layer]
            return taken
        seen, self._seen = self._seen, None
        assert seen is not None
        return seen

    def _after(self, module: Any, given: Any, result: Any) -> None:
        self._seen = result[0] if isinstance(result, tuple) else result

    def _before(self, module: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        self._seen = given[0] if given else named["hidden_states"]


def _layers(encoder: torch.nn.Module, depth: int) -> Any:
    """The list that has a module for each layer, or None where modules are shared between layers."""
    from torch.nn import ModuleList

    found = [module for module in encoder.modules() if isinstance(module, ModuleList) and len(module) == depth]
    return found[0] if found else None


def _targets(batch: Sequence[Window]) -> Any:
    """Row of every kept sub-word of a batch, of shape [kept]."""
    return np.concatenate([np.arange(window.row, window.row + len(window.kept)) for window in batch])


def _precision(torch: Any, dtype: str, device: torch.device) -> AbstractContextManager[Any]:
    """The context in which the model runs."""
    if dtype == "auto" and device.type == "cuda":
        dtype = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    half = dtype in ("bfloat16", "float16")
    context: AbstractContextManager[Any] = torch.autocast(
        device.type, dtype=getattr(torch, dtype) if half else None, enabled=half
    )
    return context
