"""The spelling network: exact sums, the same answer in any batch."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.text.schwa import sounds
from cswitch.core.text.spelling import CEILING, SpellingNetwork

WORDS = st.lists(
    st.sampled_from(["नमस्ते", "घर", "किताब", "प्रोजेक्ट", "संस्कृति", "जाएगा", "पढ़ाई", "ऑफिस", "क्षेत्र", "आ"]), max_size=8
)


def test_no_sum_can_leave_the_whole_numbers_of_single_precision() -> None:
    network = SpellingNetwork.load()
    for layer, bias in (
        (network._hidden, network._hidden_bias),
        (network._output, np.where(network._output_bias > -(2.0**22), network._output_bias, 0)),
    ):
        assert np.array_equal(layer, np.rint(layer))
        assert np.array_equal(bias, np.rint(bias))
        assert np.abs(layer).sum(axis=0).max() * CEILING + np.abs(bias).max() < 2**24


@given(WORDS)
def test_a_word_is_read_alike_alone_and_among_others(words: list[str]) -> None:
    network = SpellingNetwork.load()
    heard = [sounds(word) for word in words]
    assert network.read(heard, "hi") == [network.read([spoken], "hi")[0] for spoken in heard]


def test_the_first_choices_are_the_spelling_and_the_rest_follow_in_order() -> None:
    network = SpellingNetwork.load()
    readings = network.read([sounds(word) for word in ("प्रॉसेस", "अनसेंसर्ड", "व्यूअर", "हैलोवीन")], "hi")
    choices = [(reading.latin, reading.choices) for reading in readings if reading.choices]
    assert choices
    for latin, options in choices:
        assert "".join(option[0][1] for option in options) == latin
        assert all(option == sorted(option) and option[0][0] == 0 for option in options)


def test_an_unknown_language_is_read_as_hindi() -> None:
    network = SpellingNetwork.load()
    assert network.read(["घəरᵊ"], "mai") == network.read(["घəरᵊ"], "hi")
    assert network.read([], "hi") == []
