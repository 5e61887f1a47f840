"""Models of transformers, from a folder or by name: the checks and manners that all who load one share."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cswitch.core.errors import CswitchError, UsageError

if TYPE_CHECKING:
    import torch

FALLBACK_LENGTH = 512
"""Sub-words a window has, special ones included, where neither model nor tokenizer names a limit."""


@contextmanager
def reading(model: str, option: str) -> Iterator[str]:
    """Gives the place that ``from_pretrained`` reads, and makes one line of what it complains of at length.

    Args:
        model: A folder with config, weights and tokenizer, or the name of a model. A name follows the rules of
            transformers: its cache first, then a download, which ``HF_HUB_OFFLINE=1`` forbids.
        option: How a user gives a folder, for the message, such as ``--aligner embedding:FOLDER``.

    Raises:
        UsageError: There is no such model, a part of it is missing or broken.

    >>> with reading("./nowhere", "--aligner embedding:FOLDER") as place:
    ...     pass
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: there is no model folder './nowhere'; give --aligner embedding:FOLDER one that ...
    """
    local = Path(model).expanduser()
    if not local.is_dir() and (model.startswith(("/", ".", "~")) or not model.strip()):
        hint = f"give {option} one that has config.json, weights and tokenizer, or the name of a model"
        raise UsageError(f"there is no model folder {model!r}", hint=hint)
    if local.is_dir() and not (local / "config.json").is_file():
        hint = "save model and tokenizer there with save_pretrained"
        raise UsageError(f"the model folder {model!r} has no config.json", hint=hint)
    with _one_line(model, local.is_dir()), quiet(bars=not local.is_dir()):
        yield str(local) if local.is_dir() else model


def fast_tokenizer(model: str, place: str) -> Any:
    """The tokenizer of a model, which must be able to say which word a sub-word is of.

    Args:
        model: What the user called it.
        place: What :func:`reading` gave.

    Raises:
        UsageError: There is none, or it is not a fast one.
    """
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


def window_length(tokenizer: Any, encoder: Any) -> int:
    """Sub-words that a model takes at once, special ones included."""
    limits = [tokenizer.model_max_length, getattr(encoder.config, "max_position_embeddings", None), _positions(encoder)]
    return min([int(limit) for limit in limits if limit and 0 < limit < 1 << 20], default=FALLBACK_LENGTH)


@contextmanager
def quiet(*, bars: bool) -> Iterator[None]:
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
