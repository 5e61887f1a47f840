"""Hashed features of words."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.lid.features import BUCKETS, features, plain, shape, stand_in

WORDS = st.lists(st.text(max_size=40), min_size=1, max_size=8)


@settings(deadline=None)
@given(WORDS)
def test_a_word_has_the_same_features_in_any_company(words: list[str]) -> None:
    buckets, counts = features(words)
    assert counts.sum() == len(buckets)
    assert buckets.min() >= 0
    assert buckets.max() < BUCKETS
    start = 0
    for word, count in zip(words, counts.tolist(), strict=True):
        alone, _ = features([word])
        assert buckets[start : start + count].tolist() == alone.tolist()
        start += count


def test_the_first_feature_is_the_word_and_the_second_its_shape() -> None:
    words = ["Office", "office", "offices", "OFFICE"]
    buckets, counts = features(words)
    firsts = np.cumsum(counts) - counts
    assert buckets[firsts[0]] == buckets[firsts[1]] == buckets[firsts[3]] != buckets[firsts[2]]
    assert len(set(buckets[firsts + 1].tolist())) == 4


def test_substrings_are_shared() -> None:
    one, other, strange = (set(features([word])[0].tolist()) for word in ("jaunga", "jaungi", "meeting"))
    assert len(one & other) > 10 > len(one & strange)


def test_plain_words() -> None:
    assert plain("HEEEEEY") == "heeey"
    assert plain("a" * 100) == "aaa"
    assert len(plain("abcdefgh" * 20)) == 24
    assert plain("naïve") == "naïve"


def test_shapes_and_stand_ins() -> None:
    assert shape("हिंदी") == shape("कविता")
    assert shape("McDonald") != shape("Mcdonald")
    assert stand_in("https://example.org") == stand_in("www.example.org/x")
    assert stand_in("@asha") != stand_in("#asha")
