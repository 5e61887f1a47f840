"""An encoder-decoder and its tokenizer, from a folder or by name, checked before they are used."""

from __future__ import annotations

from typing import Any, NamedTuple

from cswitch.core.errors import UsageError
from cswitch.core.pretrained import reading, window_length

OPTION = "--translator seq2seq:FOLDER"


class Loaded(NamedTuple):
    """A model ready for use, on the processor, in float32."""

    tokenizer: Any
    """A tokenizer of transformers."""
    model: Any
    """An encoder-decoder with its language head, in evaluation mode."""
    max_length: int
    """Sub-words of the longest text, special ones included."""


def load(model: str, option: str = OPTION) -> Loaded:
    """The tokenizer and the encoder-decoder of a model.

    Args:
        model: A folder or a name, see :func:`cswitch.core.pretrained.reading`.
        option: How a user gives a folder, for messages.

    Raises:
        UsageError: There is no such model, a part of it is missing or broken, or it is no encoder-decoder.

    >>> load("./nowhere")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: there is no model folder './nowhere'; give --translator seq2seq:FOLDER one that ...
    """
    with reading(model, option) as place:
        translator = _translator(model, place)
        tokenizer = _tokenizer(model, place)
    return Loaded(tokenizer, translator, window_length(tokenizer, translator))


def _translator(model: str, place: str) -> Any:
    from transformers import AutoConfig, AutoModelForSeq2SeqLM

    config = AutoConfig.from_pretrained(place, trust_remote_code=False)
    if not config.is_encoder_decoder:
        message = f"model {model!r} ({config.model_type}) is no encoder-decoder, so it cannot translate"
        raise UsageError(message, hint="give a Marian, NLLB, M2M100, mBART or T5 model")
    # Without a dtype the weights come in the precision they are stored in, which processors may be slow with.
    found, report = AutoModelForSeq2SeqLM.from_pretrained(
        place, config=config, dtype="float32", output_loading_info=True, trust_remote_code=False
    )
    missing = sorted(report["missing_keys"])
    if missing:
        # transformers fills what is missing with random numbers, and such translations are noise.
        message = f"the weights of model {model!r} lack {len(missing)} parts, {missing[0]!r} among them"
        raise UsageError(message, hint="give a model whose weights fit its config.json")
    settings = found.generation_config
    # A forced end at the limit would make a translation that was cut off look whole.
    settings.forced_eos_token_id = settings.max_length = None
    if settings.eos_token_id is None:
        raise UsageError(f"model {model!r} has no token for the end", hint="set eos_token_id in its generation config")
    return found.eval().requires_grad_(False)


def _tokenizer(model: str, place: str) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(place, trust_remote_code=False)
    except ImportError as error:
        message = f"the tokenizer of model {model!r} needs a package that is not installed"
        raise UsageError(message, hint=f"pip install {_package(str(error))}") from error
    if set(tokenizer.get_vocab()) <= set(tokenizer.all_special_tokens):
        raise UsageError(f"model {model!r} has no tokenizer", hint="save it beside the model with save_pretrained")
    if tokenizer.pad_token_id is None:
        raise UsageError(f"the tokenizer of model {model!r} has no padding token", hint="give it one and save it anew")
    return tokenizer


def _package(message: str) -> str:
    """The package that an error of transformers misses; most tokenizers without a fast form need this one."""
    return next((name for name in ("tiktoken", "sacremoses") if name in message.lower()), "sentencepiece")
