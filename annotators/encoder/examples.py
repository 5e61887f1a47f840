"""Tagged sentences as an encoder learns from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from cswitch.annotators.encoder.subwords import Ints, Subwords
from cswitch.annotators.encoder.windows import cut, rows
from cswitch.core.contracts import TaggedSentence

if TYPE_CHECKING:
    import torch

SILENT = -100
"""The label of a sub-word that nothing is learned from, as torch has it."""

MULTIPLE = 8
"""Widths of batches are multiples of this, which the matrix units of GPUs want."""


class Example(TypedDict):
    """A window of a sentence."""

    input_ids: Ints
    """Sub-words."""
    labels: Ints
    """The label of each first sub-word of a word, else :data:`SILENT`."""


class Reader:
    """Makes examples of tagged sentences.

    A long sentence goes into several windows; each word is learned from in one of them. Words that the tokenizer
    leaves nothing of are not learned from, nor are tags that are not among the labels.

    Args:
        subwords: Splits words.
        room: Sub-words of a window, special ones left out.
        label_ids: The number of each tag.
    """

    def __init__(self, subwords: Subwords, room: int, label_ids: Mapping[str, int]) -> None:
        self._subwords, self._room, self._label_ids = subwords, room, label_ids

    def read(self, sentences: Sequence[TaggedSentence]) -> list[Example]:
        """The windows of the sentences, in their order."""
        numbers = self._subwords.numbers(list(chain.from_iterable(sentence.tokens for sentence in sentences)))
        tags = chain.from_iterable(sentence.tags for sentence in sentences)
        labels = np.array([self._label_ids.get(tag, SILENT) for tag in tags], dtype=np.int64)
        ends = np.cumsum([len(sentence.tokens) for sentence in sentences], dtype=np.int64)
        windows = cut(self._subwords.counts[numbers], ends, self._room)
        examples: list[Example] = []
        for window in range(len(windows.first)):
            row = rows(windows.only(np.array([window])), numbers, self._subwords, padding=0)
            given = np.full(row.ids.size, SILENT)
            given[row.places] = labels[row.words]
            if (given != SILENT).any():
                examples.append({"input_ids": row.ids[0], "labels": given})
        return examples


class Lessons:
    """Examples that stay, and some that are made anew for every epoch.

    Args:
        kept: Examples that stay.
        more: Gives the further ones of an epoch, or None.
    """

    def __init__(self, kept: Sequence[Example], more: Callable[[int], Sequence[Example]] | None = None) -> None:
        self._kept, self._make = kept, more
        self._more = list(more(0)) if more else []
        self._count = len(self._more)

    def begin(self, epoch: int) -> None:
        """Makes those of an epoch, as many as the first had."""
        if self._make is None or not self._count:
            return
        made = list(islice(self._make(epoch), self._count))
        self._more = [made[place % len(made)] for place in range(self._count)] if made else self._more

    def __len__(self) -> int:
        return len(self._kept) + self._count

    def __getitem__(self, place: int) -> Example:
        return self._kept[place] if place < len(self._kept) else self._more[place - len(self._kept)]


def collated(examples: Sequence[Example], *, padding: int, limit: int) -> dict[str, torch.Tensor]:
    """Examples as one batch, padded at their ends.

    Args:
        examples: Windows of any length.
        padding: The sub-word that fills rows up.
        limit: Sub-words that the model takes at once.
    """
    import torch

    longest = max(len(example["input_ids"]) for example in examples)
    width = min(-(-longest // MULTIPLE) * MULTIPLE, limit)
    batch: dict[str, Any] = {
        "input_ids": np.full((len(examples), width), padding),
        "attention_mask": np.zeros((len(examples), width), dtype=np.int64),
        "labels": np.full((len(examples), width), SILENT),
    }
    for row, example in enumerate(examples):
        size = len(example["input_ids"])
        batch["input_ids"][row, :size] = example["input_ids"]
        batch["attention_mask"][row, :size] = 1
        batch["labels"][row, :size] = example["labels"]
    return {name: torch.from_numpy(values) for name, values in batch.items()}
