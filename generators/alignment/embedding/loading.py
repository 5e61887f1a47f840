"""Tokenizer and encoder of a model, from a folder or by name, checked before they are used."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cswitch.core.errors import CswitchError, MissingExtraError, UsageError

if TYPE_CHECKING:
    import torch

FALLBACK_LENGTH = 512
"""Sub-words a window has, special ones included, where neither model nor tokenizer names a limit."""


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
        model: A folder with config, weights and tokenizer, or the name of a model. A name follows the rules of
            transformers: its cache first, then a download, which ``HF_HUB_OFFLINE=1`` forbids.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        UsageError: There is no such model, a part of it is missing or broken, or its tokenizer is not a fast one.

    >>> load("./nowhere")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: there is no model folder './nowhere'; give --aligner embedding:FOLDER one that ...
    """
    local = Path(model).expanduser()
    if not local.is_dir() and (model.startswith(("/", ".", "~")) or not model.strip()):
        hint = "give --aligner embedding:FOLDER one that has config.json, weights and tokenizer, or the name of a model"
        raise UsageError(f"there is no model folder {model!r}", hint=hint)
    if local.is_dir() and not (local / "config.json").is_file():
        hint = "save model and tokenizer there with save_pretrained"
        raise UsageError(f"the model folder {model!r} has no config.json", hint=hint)
    place = str(local) if local.is_dir() else model
    with _one_line(model, local.is_dir()), _quiet(bars=not local.is_dir()):
        encoder = _encoder(model, place)
        tokenizer = _tokenizer(model, place)
    return Loaded(tokenizer, encoder, _max_length(tokenizer, encoder))


def import_torch() -> Any:
    """The torch module.

    Raises:
        MissingExtraError: torch or transformers is not installed.
    """
    try:
        import torch
        import transformers  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtraError("aligning by embeddings", extra="hf") from error
    return torch


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


def _tokenizer(model: str, place: str) -> Any:
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(place, trust_remote_code=False)
    if not tokenizer.is_fast:
        hint = "it has to say which word a sub-word is of: give a model that has a tokenizer.json"
        raise UsageError(f"the tokenizer of model {model!r} is not a fast one", hint=hint)
    if set(tokenizer.get_vocab()) <= set(tokenizer.all_special_tokens):
        raise UsageError(f"model {model!r} has no tokenizer", hint="save it beside the model with save_pretrained")
    pieces = tokenizer.backend_tokenizer.pre_tokenizer
    if isinstance(pieces, ByteLevel):
        # Words come one by one; without the space each would be read as the rest of the word before it.
        pieces.add_prefix_space = True
    return tokenizer


def _max_length(tokenizer: Any, encoder: Any) -> int:
    limits = [tokenizer.model_max_length, getattr(encoder.config, "max_position_embeddings", None), _positions(encoder)]
    return min([int(limit) for limit in limits if limit and 0 < limit < 1 << 20], default=FALLBACK_LENGTH)


def _positions(encoder: torch.nn.Module) -> int | None:
    """Places of a table of positions; that of RoBERTa keeps those up to its padding for nothing."""
    table = getattr(getattr(encoder, "embeddings", None), "position_embeddings", None)
    if table is None or not hasattr(table, "num_embeddings"):
        return None
    return int(table.num_embeddings - (0 if table.padding_idx is None else table.padding_idx + 1))


@contextmanager
def _one_line(model: str, local: bool) -> Iterator[None]:
    """What transformers says at length, as one error."""
    from safetensors import SafetensorError

    try:
        yield
    except CswitchError:
        raise
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".:")
        hint = "save it anew with save_pretrained" if local else "give a folder, or the name of a model that is public"
        raise UsageError(f"model {model!r} cannot be loaded: {reason}", hint=hint) from error


@contextmanager
def _quiet(*, bars: bool) -> Iterator[None]:
    """No reports on weights that are not needed; bars only where something may be downloaded."""
    from transformers import utils

    logging: Any = utils.logging
    level, had_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    if not bars:
        logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
        if had_bars:
            logging.enable_progress_bar()
