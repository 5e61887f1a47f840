"""A text classifier and a sentence encoder of transformers, asked in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from cswitch.core import devices
from cswitch.core.errors import UsageError
from cswitch.core.pretrained import reading, window_length

_DIGITS = 6
"""Digits of a probability: what lies behind them depends on the texts that share its batch."""


class Classifier:
    """A classifier that gives each of its labels a probability.

    Args:
        tokenizer: Its tokenizer.
        model: A model for the classification of sequences, in evaluation mode on its device.
        device: The device.
        batch_tokens: Sub-words of a batch at most, padding included.
    """

    def __init__(self, tokenizer: Any, model: Any, device: Any, batch_tokens: int) -> None:
        self._tokenizer, self._model, self._device, self._batch_tokens = tokenizer, model, device, batch_tokens
        self._length = window_length(tokenizer, model.base_model)
        names = model.config.id2label
        self.labels: tuple[str, ...] = tuple(str(names[number]) for number in range(model.config.num_labels))
        """Its labels, in the order of its outputs."""
        self.mask: str = tokenizer.mask_token or ""
        """What stands for a hidden word; empty where the tokenizer has no token for it: the word is left out."""

    @classmethod
    def load(cls, model: str, *, option: str, device: str = "auto", batch_tokens: int = 8192) -> Self:
        """The classifier in a folder, or of a name.

        Args:
            model: A folder saved with ``save_pretrained``, or a name.
            option: How a user gives it, for messages.
            device: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
            batch_tokens: Sub-words of a batch at most.

        Raises:
            MissingExtraError: torch or transformers is not installed.
            UsageError: There is no such model, it is broken, or it is no classifier.
        """
        torch = devices.import_torch("asking a classifier")
        place = devices.device_named(torch, device)
        from transformers import AutoModelForSequenceClassification

        with reading(model, option) as folder:
            tokenizer = _tokenizer(model, folder)
            found, report = AutoModelForSequenceClassification.from_pretrained(
                folder, dtype="float32", output_loading_info=True, trust_remote_code=False
            )
        missing = sorted(key for key in report["missing_keys"] if "pooler" not in key)
        if missing:
            hint = "give one that was trained to classify, and saved with save_pretrained"
            raise UsageError(f"model {model!r} is no classifier: its weights lack {missing[0]!r}", hint=hint)
        found.config.pad_token_id = tokenizer.pad_token_id
        return cls(tokenizer, found.eval().requires_grad_(False).to(place), place, batch_tokens)

    def probabilities(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The probability of each label for each text, in order."""
        import torch

        found: list[tuple[float, ...]] = [()] * len(texts)

        def ask(places: Sequence[int], encoded: Any) -> None:
            told = torch.softmax(self._model(**encoded).logits.float(), dim=-1).tolist()
            for place, row in zip(places, told, strict=True):
                found[place] = tuple(round(value, _DIGITS) for value in row)

        _in_batches(texts, self._tokenizer, self._length, self._device, self._batch_tokens, ask)
        return found


class SentenceEncoder:
    """Vectors of sentences: the mean over the outputs of an encoder.

    Args:
        tokenizer: Its tokenizer.
        encoder: The encoder, in evaluation mode on its device.
        device: The device.
        batch_tokens: Sub-words of a batch at most, padding included.
    """

    def __init__(self, tokenizer: Any, encoder: Any, device: Any, batch_tokens: int) -> None:
        self._tokenizer, self._encoder, self._device, self._batch_tokens = tokenizer, encoder, device, batch_tokens
        self._length = window_length(tokenizer, encoder)

    @classmethod
    def load(cls, model: str, *, option: str, device: str = "auto", batch_tokens: int = 8192) -> Self:
        """The encoder in a folder, or of a name; arguments are those of :meth:`Classifier.load`.

        Raises:
            MissingExtraError: torch or transformers is not installed.
            UsageError: There is no such model, or it is broken.
        """
        torch = devices.import_torch("comparing sentences")
        place = devices.device_named(torch, device)
        from transformers import AutoModel

        with reading(model, option) as folder:
            tokenizer = _tokenizer(model, folder)
            found = AutoModel.from_pretrained(folder, dtype="float32", trust_remote_code=False)
        encoder = found.get_encoder() if found.config.is_encoder_decoder else found
        return cls(tokenizer, encoder.eval().requires_grad_(False).to(place), place, batch_tokens)

    def similarities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The cosine of each pair of texts."""
        import torch

        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        vectors: list[Any] = [None] * len(texts)

        def ask(places: Sequence[int], encoded: Any) -> None:
            hidden, kept = self._encoder(**encoded).last_hidden_state, encoded["attention_mask"].unsqueeze(-1)
            means = (hidden * kept).sum(dim=1) / kept.sum(dim=1)
            for place, vector in zip(places, torch.nn.functional.normalize(means, dim=-1), strict=True):
                vectors[place] = vector

        _in_batches(texts, self._tokenizer, self._length, self._device, self._batch_tokens, ask)
        at = {text: place for place, text in enumerate(texts)}
        return [round(float(vectors[at[one]] @ vectors[at[other]]), _DIGITS) for one, other in pairs]


def _tokenizer(model: str, place: str) -> Any:
    """The tokenizer of a model, as it was trained with, and able to pad."""
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(place, trust_remote_code=False)
    if set(tokenizer.get_vocab()) <= set(tokenizer.all_special_tokens):
        raise UsageError(f"model {model!r} has no tokenizer", hint="save it beside the model with save_pretrained")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _in_batches(
    texts: Sequence[str],
    tokenizer: Any,
    length: int,
    device: Any,
    batch_tokens: int,
    ask: Callable[[Sequence[int], Any], None],
) -> None:
    """Hands over the places of some texts and their sub-words, those of like length together."""
    import torch

    encoded = [tokenizer(text, truncation=True, max_length=length)["input_ids"] for text in texts]
    order = sorted(range(len(texts)), key=lambda place: (len(encoded[place]), place))

    def one(start: int, end: int) -> None:
        places = order[start:end]
        padded = tokenizer.pad({"input_ids": [encoded[place] for place in places]}, return_tensors="pt")
        with torch.inference_mode():
            ask(places, {name: padded[name].to(device) for name in ("input_ids", "attention_mask")})

    devices.Budget(batch_tokens, "text").run([(len(encoded[place]),) for place in order], one)
