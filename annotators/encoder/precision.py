"""The precision in which a model runs, and when its answers need a second look."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch

DTYPES = ("auto", "float32", "bfloat16", "float16")

SMALL = 4_000_000
"""Weights of linear layers up to which a model is so quick that float32 is no burden."""

TRIED = (8, 32)
"""Sentences and sub-words on which the usual error is measured."""


class Precision(NamedTuple):
    """A model made ready."""

    quick: Any
    """The model that reads everything."""
    exact: Any
    """The model in float32 that reads close calls again, or None."""
    error: float
    """By how much the log ratio of two tags is usually off; 0 without an exact model."""


def prepared(model: Any, dtype: str, device: torch.device) -> Precision:
    """The model on its device, in the precision asked for.

    ``auto`` is bfloat16 on a GPU that has it, else float16. On a processor that multiplies bfloat16 natively, linear
    layers run in it, and sentences with a close call are read again in float32. Small models, and all on other
    processors, are float32 throughout.

    Args:
        model: A token classifier in float32, on the processor.
        dtype: One of :data:`DTYPES`.
        device: Where it is to run.
    """
    import torch

    model = model.to(device)
    if dtype == "auto" and device.type == "cpu" and not (multiplies_bfloat16() and _is_large(model)):
        dtype = "float32"
    if dtype == "float32":
        return Precision(model, None, 0.0)
    if dtype == "auto" and device.type == "cpu":
        quick = halved(model)
        return Precision(quick, model, usual_error(model, quick))
    if dtype == "auto":
        dtype = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    return Precision(model.to(getattr(torch, dtype)), None, 0.0)


def multiplies_bfloat16() -> bool:
    """Whether this processor has instructions for bfloat16 (AVX-512 BF16 or AMX)."""
    import torch

    known: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))


def halved(model: Any) -> Any:
    """The model with its linear layers in bfloat16, but for the head; all that is no linear layer is shared.

    What runs between layers (sums, normalisation) stays in float32: it costs little, and halves the error.
    """
    import torch

    shared = chain(model.parameters(), model.buffers())
    quick = copy.deepcopy(model, {id(tensor): tensor for tensor in shared})
    for layer in _linear_layers(quick):
        layer.register_forward_pre_hook(_in_precision_of)
        if layer.out_features == model.config.num_labels:
            continue
        layer.weight = torch.nn.Parameter(layer.weight.to(torch.bfloat16), requires_grad=False)
        if layer.bias is not None:
            layer.bias = torch.nn.Parameter(layer.bias.to(torch.bfloat16), requires_grad=False)
    return quick


def usual_error(model: Any, quick: Any) -> float:
    """By how much the log ratio of two tags differs between both models, on random sub-words (root mean square)."""
    import torch

    words = model.get_input_embeddings().num_embeddings
    ids = torch.randint(words, TRIED, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        difference = (model(input_ids=ids).logits - quick(input_ids=ids).logits).float()
    centred = difference - difference.mean(-1, keepdim=True)
    return float((2 * centred.square().mean()).sqrt())


def _is_large(model: torch.nn.Module) -> bool:
    weights: int = sum(layer.weight.numel() for layer in _linear_layers(model))
    return weights > SMALL


def _linear_layers(model: torch.nn.Module) -> Iterator[Any]:
    import torch

    return (module for module in model.modules() if type(module) is torch.nn.Linear)


def _in_precision_of(layer: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
    return (given[0].to(layer.weight.dtype), *given[1:])
