"""Windows hold all words, none too many, and each word is kept where it stands most in the middle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.encoder.subwords import Subwords
from cswitch.annotators.encoder.windows import Windows, cut, rows
from cswitch.core.errors import UsageError
from tests.annotators.encoder.classifiers import SENTENCES, TOKENIZERS
from tests.generators.embedding.conftest import wordpiece

pytest.importorskip("transformers", reason="tokenizers are made with transformers")

ROOM = 16
COUNTS = st.lists(st.lists(st.integers(0, ROOM // 4), max_size=60), min_size=1, max_size=4)


def flat(sentences: list[list[int]]) -> tuple[Windows, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    counts = np.array([count for sentence in sentences for count in sentence], dtype=np.int64)
    return cut(counts, np.cumsum([len(sentence) for sentence in sentences]), ROOM), counts


@settings(deadline=None)
@given(COUNTS)
def test_every_word_with_sub_words_is_kept_once(sentences: list[list[int]]) -> None:
    windows, counts = flat(sentences)
    kept = [
        word for first, last in zip(windows.kept_first, windows.kept_last, strict=True) for word in range(first, last)
    ]
    assert len(kept) == len(set(kept))
    assert set(np.flatnonzero(counts)) <= set(kept)
    for first, last, begin, end in zip(*windows[:4], strict=True):
        assert first <= begin < end <= last
        assert counts[first:last].sum() <= ROOM


@settings(deadline=None)
@given(COUNTS)
def test_a_word_is_kept_where_it_is_most_in_the_middle(sentences: list[list[int]]) -> None:
    windows, counts = flat(sentences)
    before = np.concatenate([[0], np.cumsum(counts)])
    ends = np.cumsum([len(sentence) for sentence in sentences])
    starts = ends - [len(sentence) for sentence in sentences]

    def edge(window: int, word: int) -> float:
        """Sub-words between a word and the nearer end of the window; the ends of the sentence are none."""
        first, last, sentence = windows.first[window], windows.last[window], windows.sentence[window]
        left = np.inf if first == starts[sentence] else before[word] - before[first]
        right = np.inf if last == ends[sentence] else before[last] - before[word + 1]
        return float(min(left, right))

    for window in range(len(windows.first)):
        for word in range(windows.kept_first[window], windows.kept_last[window]):
            for other in np.flatnonzero((windows.first <= word) & (windows.last > word)).tolist():
                assert edge(window, word) >= edge(other, word) or not counts[word]


@pytest.mark.parametrize("make", [wordpiece, *TOKENIZERS.values()])
def test_rows_are_those_of_the_tokenizer(make: type) -> None:
    """Words split one by one, and remembered, make the same sentences as the tokenizer makes of them."""
    tokenizer = make()
    known = Subwords(tokenizer, known=len(tokenizer), longest=99, model="m")
    sentences = [sentence for sentence in SENTENCES if sentence] * 2
    words = [word for sentence in sentences for word in sentence]
    numbers = known.numbers(words)
    windows = cut(known.counts[numbers], np.cumsum([len(sentence) for sentence in sentences]), 999)
    made = rows(windows, numbers, known, padding=77)
    whole = rows(windows, numbers, known, padding=77, whole=True)
    for row, sentence in enumerate(windows.sentence):
        encoded = tokenizer(list(sentences[sentence]), is_split_into_words=True, split_special_tokens=True)
        size = len(encoded["input_ids"])
        assert made.ids[row, :size].tolist() == encoded["input_ids"]
        assert made.mask[row].tolist() == [1] * size + [0] * (made.ids.shape[1] - size)
        assert (made.ids[row, size:] == 77).all()
        start = sum(map(len, sentences[:sentence]))
        word_ids = [None if word is None else word + start for word in encoded.word_ids()]
        for found in (made, whole):
            inside = found.places // made.ids.shape[1] == row
            places = found.places[inside] % made.ids.shape[1]
            assert [word_ids[place] for place in places] == found.words[inside].tolist()
        assert len(places) == sum(word is not None for word in word_ids)


def test_words_are_forgotten_when_they_are_too_many() -> None:
    tokenizer = wordpiece()
    known = Subwords(tokenizer, known=len(tokenizer), longest=9, model="m", kept=5)
    for start in range(0, 40, 4):
        words = [f"word{number}" for number in range(start, start + 4)] * 2
        numbers = known.numbers(words)
        for word, number in zip(words, numbers, strict=True):
            expected = tokenizer([word], is_split_into_words=True, add_special_tokens=False)["input_ids"]
            first, count = known.starts[number], known.counts[number]
            assert known.ids[first : first + count].tolist() == expected[:9]
        assert len(known.counts) <= 12


def test_a_tokenizer_of_a_larger_model_is_refused() -> None:
    with pytest.raises(UsageError, match=r"the tokenizer of model 'm' gives sub-word \d+, the model has 7; save"):
        Subwords(wordpiece(), known=7, longest=9, model="m").numbers(["the"])
