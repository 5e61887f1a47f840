"""Sentences as sub-words, in windows that a model can take, and the way back to words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Window(NamedTuple):
    """A stretch of a sentence with the special sub-words around it."""

    ids: list[int]
    """Sub-words as the model takes them."""
    kept: list[int]
    """Places in ``ids`` that are sub-words of words."""
    row: int
    """Row of the first kept sub-word; the others follow it."""


class Rows(NamedTuple):
    """Where the vectors of each sentence stand, one row a sub-word (or a word)."""

    starts: Ints
    """First row of each sentence, of shape [sentences]."""
    counts: Ints
    """Rows of each sentence, of shape [sentences]."""
    words: Ints
    """Index of the word in its sentence, of shape [rows]; a word without sub-words has no row."""


def split(tokenizer: Any, sentences: Sequence[Sequence[str]], max_length: int) -> tuple[list[Window], Rows]:
    """Sub-words of each sentence, and the windows they are encoded in.

    A sentence that is longer than a window goes into several, which overlap by a quarter, so that every sub-word has
    neighbours on both sides in one of them. Words that look like special sub-words, such as ``[SEP]``, are text.

    Args:
        tokenizer: A fast tokenizer of transformers.
        sentences: Words of each sentence.
        max_length: Sub-words of a window, special ones included.
    """
    starts = np.zeros(len(sentences), dtype=np.int64)
    counts = np.zeros(len(sentences), dtype=np.int64)
    windows: list[Window] = []
    words: list[int] = []
    filled = [number for number, tokens in enumerate(sentences) if tokens]
    overlap = (max_length - tokenizer.num_special_tokens_to_add(pair=False)) // 4
    encoded = _encode(tokenizer, [list(sentences[number]) for number in filled], max_length, overlap)
    for sentence, ids, word_ids in encoded:
        number = filled[sentence]
        kept = [place for place, word in enumerate(word_ids) if word is not None]
        if not kept:
            continue
        seen = overlap if counts[number] else 0
        if not counts[number]:
            starts[number] = len(words)
        windows.append(Window(ids, kept, len(words) - seen))
        words.extend([word_ids[place] for place in kept[seen:]])
        counts[number] = len(words) - starts[number]
    return windows, Rows(starts, counts, np.array(words, dtype=np.int64))


def _encode(
    tokenizer: Any, sentences: list[list[str]], max_length: int, overlap: int
) -> Iterator[tuple[int, list[int], list[Any]]]:
    """Every window in order: its sentence, its sub-words, and the word of each or None."""
    if not sentences:
        return
    encoded = tokenizer(
        sentences,
        is_split_into_words=True,
        truncation=True,
        max_length=max_length,
        stride=overlap,
        return_overflowing_tokens=True,
        return_attention_mask=False,
        return_token_type_ids=False,
        split_special_tokens=True,
    )
    for sentence, encoding in zip(encoded["overflow_to_sample_mapping"], encoded.encodings, strict=True):
        yield sentence, encoding.ids, encoding.word_ids
