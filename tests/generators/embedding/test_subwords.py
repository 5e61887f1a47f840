"""Words to sub-words and back: none is lost, none comes from nowhere, whatever the words are."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.generators.alignment.embedding.subwords import split
from tests.generators.embedding.conftest import byte_pairs, wordpiece

pytest.importorskip("transformers", reason="the embedding aligner needs transformers")

WORDS = st.one_of(
    st.sampled_from(["the", "cat", "gato", "लाल", "👩\u200d👩\u200d👧", "\u200d", "\ue000", "\x00", "", " "]),
    st.sampled_from(["[SEP]", "</s>", "[UNK]", "-"]),
    st.text(max_size=5),
)
SENTENCES = st.lists(st.lists(WORDS, max_size=12), max_size=4)


@cache
def tokenizer(kind: str) -> Any:
    return {"wordpiece": wordpiece, "byte_pairs": lambda: byte_pairs()}[kind]()


@pytest.mark.parametrize("kind", ["wordpiece", "byte_pairs"])
@settings(deadline=None)
@given(sentences=SENTENCES, max_length=st.integers(3, 40))
def test_windows_hold_every_subword_at_its_row(kind: str, sentences: list[list[str]], max_length: int) -> None:
    windows, rows = split(tokenizer(kind), sentences, max_length)
    uncut = [
        tokenizer(kind)(words, is_split_into_words=True, add_special_tokens=False, split_special_tokens=True)
        for words in sentences
    ]
    assert rows.counts.tolist() == [len(one["input_ids"]) for one in uncut]
    expected_words = [word for one in uncut for word in one.encodings[0].word_ids]
    assert rows.words.tolist() == expected_words
    ids = np.full(len(rows.words), -1)
    for window in windows:
        assert len(window.ids) <= max_length
        for offset, place in enumerate(window.kept):
            assert ids[window.row + offset] in (-1, window.ids[place])
            ids[window.row + offset] = window.ids[place]
    assert ids.tolist() == [number for one in uncut for number in one["input_ids"]]


def test_windows_overlap_by_a_quarter() -> None:
    windows, rows = split(tokenizer("wordpiece"), [["the"] * 20], 10)
    assert [(window.row, len(window.kept)) for window in windows] == [(0, 8), (6, 8), (12, 8)]
    assert rows.counts.tolist() == [20]


def test_words_without_subwords_have_no_row() -> None:
    _, rows = split(tokenizer("wordpiece"), [["the", "\u200d", "\ue000", "\x00", "", "cat"], ["\u200d"], []], 40)
    assert sorted(set(rows.words[: rows.counts[0]].tolist())) == [0, 5]
    assert rows.counts[1:].tolist() == [0, 0]


def test_words_that_look_special_are_text() -> None:
    windows, _ = split(tokenizer("wordpiece"), [["[SEP]", "cat", "[PAD]"]], 40)
    ids = windows[0].ids
    assert ids.count(tokenizer("wordpiece").sep_token_id) == 1
    assert tokenizer("wordpiece").pad_token_id not in ids
