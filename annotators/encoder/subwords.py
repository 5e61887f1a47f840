"""Words as sub-words, each worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cswitch.core.errors import UsageError

Ints = npt.NDArray[np.int64]

KEPT = 1 << 19
"""Words that are remembered; when there are more, all are forgotten."""

SAMPLE = [
    "The",
    "don't",
    "naïve",
    "(42",
    "ke",
    "लड़का",
    "دوست",
    "東京",
    "@asha",
    "👍🏽",
    "\u200d",
    "…",
    "x1-y2_z3",
    "THE",
]
"""Words on which a tokenizer is tried."""


class Subwords:
    """The sub-words of words.

    A fast tokenizer that is given words splits each by itself, whatever stands around it, so that a word seen before
    need not be split again. Text repeats its words (Zipf, 1935): a lookup replaces nearly all the work.

    Args:
        tokenizer: A fast tokenizer of transformers.
        known: Sub-words that the model has.
        longest: Sub-words of a word that are kept.
        model: The model, for messages.
        kept: Words that are remembered.

    Raises:
        UsageError: The tokenizer splits a word by what stands around it.
    """

    def __init__(self, tokenizer: Any, *, known: int, longest: int, model: str, kept: int = KEPT) -> None:
        self._tokenizer, self._known, self._longest, self._model = tokenizer, known, longest, model
        self._kept = kept
        self.ids: Ints
        """Sub-words of all words, one after the other."""
        self.starts: Ints
        """Place in ``ids`` of the first sub-word of each word."""
        self.counts: Ints
        """Sub-words of each word; 0 for a word that the tokenizer leaves nothing of."""
        self._number: dict[str, int]
        self._forget()
        self.before, self.after = self._around()
        """Special sub-words before and after a sentence."""

    def numbers(self, words: Sequence[str]) -> Ints:
        """The number of each word; they hold until the next call.

        Raises:
            UsageError: The tokenizer gives sub-words that the model does not have.
        """
        if len(self._number) > self._kept:
            self._forget()
        number = self._number
        new = [word for word in dict.fromkeys(words) if word not in number]
        if new:
            self._learn(new)
        return np.fromiter(map(number.__getitem__, words), np.int64, len(words))

    def _learn(self, words: list[str]) -> None:
        encoded = self._encode(words, add_special_tokens=False)
        ids = np.array(encoded["input_ids"], dtype=np.int64)
        if len(ids) and ids.max() >= self._known:
            message = f"the tokenizer of model {self._model!r} gives sub-word {ids.max()}, the model has {self._known}"
            raise UsageError(message, hint="save tokenizer and model of one kind together")
        counts = np.bincount(np.array(encoded.word_ids(0), dtype=np.int64), minlength=len(words))
        starts = len(self.ids) + np.cumsum(counts) - counts
        self._number.update(zip(words, range(len(self.counts), len(self.counts) + len(words)), strict=True))
        self.ids = np.concatenate([self.ids, ids])
        self.starts = np.concatenate([self.starts, starts])
        self.counts = np.concatenate([self.counts, np.minimum(counts, self._longest)])

    def _forget(self) -> None:
        self._number = {}
        self.ids, self.starts, self.counts = (np.zeros(0, dtype=np.int64) for _ in range(3))

    def _encode(self, words: list[str], *, add_special_tokens: bool) -> Any:
        return self._tokenizer(
            words,
            is_split_into_words=True,
            add_special_tokens=add_special_tokens,
            split_special_tokens=True,  # a word that looks like one, such as [SEP], is text
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,
        )

    def _around(self) -> tuple[list[int], list[int]]:
        whole = list(self._encode(SAMPLE, add_special_tokens=True)["input_ids"])
        bare = [id for word in SAMPLE for id in self._encode([word], add_special_tokens=False)["input_ids"]]
        for start in range(len(whole) - len(bare) + 1):
            if whole[start : start + len(bare)] == bare:
                return whole[:start], whole[start + len(bare) :]
        message = f"the tokenizer of model {self._model!r} splits a word by what stands around it"
        raise UsageError(message, hint="give a model that has a tokenizer.json of the usual kinds")
