"""Batches mixed as they are put together, for ``transformers.Trainer`` and any data loader of torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cswitch.core.errors import InputError, MissingExtraError, UsageError
from cswitch.core.lexicon import Lexicon
from cswitch.training.epochs import Epoch
from cswitch.training.labels import IGNORED
from cswitch.training.rows import Columns, RowMixer
from cswitch.training.settings import AugmentSettings

Inner = Callable[[list[dict[str, Any]]], Any]
"""A collator of transformers: padded tensors of encoded features."""
_WHOLE = ("label", "labels", "label_ids")
"""Columns with one label a row, handed on to the model."""


class SwitchingCollator:
    """Mixes, tokenises and pads a batch.

    A word's label goes to its first sub-word; later sub-words, special tokens, and words without a label get -100. A
    row whose column ``switch`` is false is left as it is: give evaluation data that column, since
    ``transformers.Trainer`` has one collator for both. Set ``remove_unused_columns=False`` in its arguments.

    Args:
        tokenizer: A fast tokenizer.
        settings: What to make; None mixes nothing, for a baseline.
        inner: What pads and makes tensors: ``DataCollatorForTokenClassification``, ``DataCollatorWithPadding``,
            ``DataCollatorForLanguageModeling`` or another. When not given, the first where there are labels of words,
            else the second.
        columns: Where things are; its first column of labels is what the model learns.
        names: Name of a label column to what its numbers mean, such as ``{"ner_tags": ["O", "B-PER", "I-PER"]}``.
            Labels that are strings become the numbers of these names.
        lexicons: Lexicon by language; those that are shipped when not given.
        max_length: Sub-words a row may have; None for what the tokenizer allows.

    Raises:
        UsageError: The tokenizer is not a fast one, or settings, columns and names do not go together.
        MissingExtraError: transformers is not installed.
    """

    def __init__(
        self,
        tokenizer: Any,
        settings: AugmentSettings | None,
        *,
        inner: Inner | None = None,
        columns: Columns | None = None,
        names: Mapping[str, Sequence[str]] | None = None,
        lexicons: Mapping[str, Lexicon] | None = None,
        max_length: int | None = None,
    ) -> None:
        self.columns = columns or Columns(labels=tuple(names or ()))
        if self.columns.labels and not getattr(tokenizer, "is_fast", False):
            hint = "it has to say which word a sub-word is of: give one that has a tokenizer.json"
            raise UsageError("the tokenizer is not a fast one", hint=hint)
        self.tokenizer, self.max_length = tokenizer, max_length
        self.layer = self.columns.labels[0] if self.columns.labels else ""
        self.numbers = {label: number for number, label in enumerate((names or {}).get(self.layer, ()))}
        self.mixer = None
        if settings is not None:
            self.mixer = RowMixer(settings, self.columns, lexicons=lexicons, names=names)
        self.inner = inner or _padding(tokenizer, bool(self.layer))
        self.epoch = Epoch()

    def set_epoch(self, number: int) -> None:
        """Says which epoch it is, here and in the workers of a data loader; another one gives another mix."""
        self.epoch.set(number)

    def __call__(self, features: Sequence[Mapping[str, Any]]) -> Any:
        """Tensors of a batch.

        Args:
            features: Rows of the dataset.

        Raises:
            UsageError: A column that the mix depends on is missing.
            InputError: Columns of a row do not go together, or a label has no number.
        """
        epoch = self.epoch.number
        rows = [{**row, **(self.mixer(row, epoch) if self.mixer else {})} for row in features]
        return self.inner(self.encode(rows))

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows as sub-words, with their labels; nothing is padded."""
        columns = self.columns
        words = bool(columns.tokens) and all(row.get(columns.tokens) is not None for row in rows)
        if words:
            sides = [[list(row[columns.tokens]) for row in rows]]
        else:
            sides = [[row[name] for row in rows] for name in columns.texts if name in rows[0]]
        if not sides:
            hint = f"rows have {', '.join(rows[0])}; set remove_unused_columns=False"
            raise UsageError(f"no column {columns.tokens or columns.texts[0]!r} in a batch", hint=hint)
        encoded = self.tokenizer(
            *sides, is_split_into_words=words, truncation=True, max_length=self._limit(), padding=False
        )
        found = []
        for at, row in enumerate(rows):
            feature = {name: encoded[name][at] for name in encoded}
            if self.layer:
                feature["labels"] = self._aligned(encoded.word_ids(at), row[self.layer])
            else:
                feature |= {name: row[name] for name in _WHOLE if name in row}
            found.append(feature)
        return found

    def _limit(self) -> int:
        if self.max_length is not None:
            return self.max_length
        return min(int(self.tokenizer.model_max_length), 1 << 20)

    def _aligned(self, word_ids: Sequence[int | None], labels: Sequence[Any]) -> list[int]:
        aligned: list[int] = []
        before: int | None = None
        for word in word_ids:
            aligned.append(IGNORED if word is None or word == before else self._number(labels[word]))
            before = word
        return aligned

    def _number(self, label: Any) -> int:
        if label is None:
            return IGNORED
        if not isinstance(label, str):
            return int(label)
        if label not in self.numbers:
            hint = f"known: {', '.join(self.numbers) or 'none'}; give names={{'{self.layer}': [...]}}"
            raise InputError(f"the label {label!r} has no number", field=self.layer, hint=hint)
        return self.numbers[label]


def _padding(tokenizer: Any, labelled: bool) -> Inner:
    try:
        from transformers import DataCollatorForTokenClassification, DataCollatorWithPadding
    except ImportError as error:
        raise MissingExtraError("padding batches", extra="hf") from error
    found: Inner = DataCollatorForTokenClassification(tokenizer) if labelled else DataCollatorWithPadding(tokenizer)
    return found


def SwitchingCallback(*followers: Any) -> Any:
    """A ``TrainerCallback`` that tells collators and transforms which epoch begins.

    Args:
        followers: Whatever has ``set_epoch``.

    Raises:
        MissingExtraError: transformers is not installed.
    """
    try:
        from transformers import TrainerCallback
    except ImportError as error:
        raise MissingExtraError("following a Trainer", extra="hf") from error

    class Following(TrainerCallback):  # type: ignore[misc]
        """Tells the followers."""

        def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            """Called before the batches of an epoch are asked for."""
            for follower in followers:
                follower.set_epoch(int(state.epoch or 0))

    return Following()
