"""The spelling networks: exact sums, the same answer in any batch, whole-number costs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.romanisation.costs import STEPS, costs, odds_of
from cswitch.core.romanisation.network import CEILING, SpellingNetwork
from cswitch.core.text.schwa import sounds

NAMES = ["deva", "beng", "guru", "gujr", "taml", "telu", "knda", "mlym", "urdu"]
WORDS = st.lists(
    st.sampled_from(["नमस्ते", "घर", "किताब", "प्रोजेक्ट", "संस्कृति", "जाएगा", "पढ़ाई", "ऑफिस", "क्षेत्र", "आ", "क" * 30]),
    max_size=8,
)


@pytest.mark.parametrize("name", NAMES)
def test_no_sum_can_leave_the_whole_numbers_of_single_precision(name: str) -> None:
    network = SpellingNetwork.load(name)
    for layer, bias in (
        (network._hidden, network._hidden_bias),
        (network._output, np.where(network._output_bias > -(2.0**22), network._output_bias, 0)),
    ):
        assert np.array_equal(layer, np.rint(layer))
        assert np.array_equal(bias, np.rint(bias))
        assert np.abs(layer).sum(axis=0).max() * CEILING + np.abs(bias).max() < 2**24


@settings(deadline=None)
@given(WORDS)
def test_a_word_is_read_alike_alone_and_among_others(words: list[str]) -> None:
    network = SpellingNetwork.load("deva")
    heard = [sounds(word) for word in words]
    assert network.read(heard, "hi") == [network.read([spoken], "hi")[0] for spoken in heard]


@settings(deadline=None)
@given(WORDS)
def test_spellings_are_alike_alone_and_among_others_and_in_order(words: list[str]) -> None:
    network = SpellingNetwork.load("deva")
    heard = [sounds(word) for word in words]
    found = network.spellings(heard, "hi", width=3)
    assert found == [network.spellings([spoken], "hi", width=3)[0] for spoken in heard]
    assert all(1 <= len(each) <= 3 for each in found)
    assert all([cost for cost, _ in each] == sorted(cost for cost, _ in each) for each in found)


def test_a_wider_beam_finds_nothing_dearer() -> None:
    network = SpellingNetwork.load("deva")
    heard = [sounds(word) for word in ("प्रॉसेस", "अनसेंसर्ड", "व्यूअर", "हैलोवीन")]
    for narrow, wide in zip(
        network.spellings(heard, "hi", width=1), network.spellings(heard, "hi", width=12), strict=True
    ):
        assert wide[0][0] <= narrow[0][0]


def test_odds_add_up_the_spellings() -> None:
    network = SpellingNetwork.load("deva")
    heard = sounds("प्रॉसेस")
    [found], [odds] = network.spellings([heard], "hi"), network.odds([heard], "hi")
    assert set(odds) == {latin for _, latin in found}
    assert sum(odds.values()) == sum(odds_of(cost) for cost, _ in found)


def test_an_unknown_language_is_read_as_the_first() -> None:
    network = SpellingNetwork.load("deva")
    assert network.read(["घəरᵊ"], "mai") == network.read(["घəरᵊ"], "hi")
    assert network.read([], "hi") == []
    assert network.spellings([], "hi") == []


@given(st.lists(st.integers(-2000, 2000), min_size=1, max_size=12), st.floats(20, 400))
def test_costs_are_near_the_logarithm_of_the_softmax(scores: list[int], nat: float) -> None:
    found = costs(np.array([scores], np.float32), nat)[0] / STEPS
    total = math.log(sum(math.exp((score - max(scores)) / nat) for score in scores))
    wanted = [(max(scores) - score) / nat + total for score in scores]
    assert np.abs(found - wanted).max() < 3 / STEPS
    assert abs(sum(odds_of(round(cost * STEPS)) for cost in found) / odds_of(0) - 1) < 0.1
