"""Tokenizer and encoder of a model, from a folder or by name, checked before they are used."""

from __future__ import annotations

from typing import Any, NamedTuple

from cswitch.core import devices
from cswitch.core.errors import UsageError
from cswitch.core.pretrained import fast_tokenizer, reading, window_length


class Loaded(NamedTuple):
    """A model ready for use, on the processor, in float32."""

    tokenizer: Any
    """A fast tokenizer of transformers."""
    encoder: Any
    """The encoder alone, in evaluation mode."""
    max_length: int
    """Sub-words of a window, special ones included."""


def load(model: str) -> Loaded:
    """The fast tokenizer and the encoder of a model; of an encoder-decoder, the encoder part only.

    Args:
        model: A folder or a name, see :func:`cswitch.core.pretrained.reading`.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        UsageError: There is no such model, a part of it is missing or broken, or its tokenizer is not a fast one.

    >>> load("./nowhere")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: there is no model folder './nowhere'; give --aligner embedding:FOLDER one that ...
    """
    with reading(model, "--aligner embedding:FOLDER") as place:
        encoder = _encoder(model, place)
        tokenizer = fast_tokenizer(model, place)
    return Loaded(tokenizer, encoder, window_length(tokenizer, encoder))


def import_torch() -> Any:
    """The torch module.

    Raises:
        MissingExtraError: torch or transformers is not installed.
    """
    return devices.import_torch("aligning by embeddings")


def _encoder(model: str, place: str) -> Any:
    from transformers import AutoModel

    # Without a dtype the weights come in the precision they are stored in, which processors may be slow with.
    whole, report = AutoModel.from_pretrained(place, dtype="float32", output_loading_info=True, trust_remote_code=False)
    missing = sorted(key for key in report["missing_keys"] if "pooler" not in key and not key.startswith("decoder."))
    if missing:
        # transformers fills what is missing with random numbers, and such vectors link anything with anything.
        message = f"the weights of model {model!r} lack {len(missing)} parts, {missing[0]!r} among them"
        raise UsageError(message, hint="give a model whose weights fit its config.json")
    encoder = whole.get_encoder() if whole.config.is_encoder_decoder else whole
    return encoder.eval().requires_grad_(False)
