"""Every token has a tag, also those of which a model saw nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.encoder.decoding import taggings

TAGS = ["en", "es", "ne", "other"]
NOTHING = [np.nan] * 4
EN, ES, OTHER = ([0.7, 0.1, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [0.0, 0.1, 0.1, 0.8])


def tagged(sentences: list[list[str]], rows: list[list[float]], tags: list[str] = TAGS) -> list[list[str]]:
    found = taggings(sentences, np.array(rows, dtype=np.float32).reshape(-1, len(tags)), tags)
    return [tagging.tags for tagging in found]


@pytest.mark.parametrize(
    ("rows", "tags"),
    [
        ([EN, NOTHING, ES], ["en", "en", "es"]),
        ([OTHER, NOTHING, ES], ["other", "es", "es"]),
        ([NOTHING, NOTHING, ES], ["es", "es", "es"]),
        ([OTHER, NOTHING, NOTHING], ["other", "unk", "unk"]),
    ],
)
def test_a_word_that_vanished_has_the_language_beside_it(rows: list[list[float]], tags: list[str]) -> None:
    """A name in a script that the tokenizer drops, say: it has letters, so that no rule says what it is."""
    assert tagged([["a", "b", "c"]], rows) == [tags]


def test_the_language_beside_it_is_of_the_same_sentence() -> None:
    assert tagged([["a"], [], ["b"], ["c"]], [EN, NOTHING, ES]) == [["en"], [], ["unk"], ["es"]]


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=4), max_size=5), max_size=5), st.randoms(use_true_random=False))
def test_every_token_has_a_tag(sentences: list[list[str]], draws: np.random.RandomState) -> None:
    count = sum(map(len, sentences))
    rows = [[draws.choice([EN, ES, OTHER, NOTHING])] for _ in range(count)]
    table = np.array(rows, dtype=np.float32).reshape(count, 4)
    found = taggings(sentences, table, TAGS, alternatives=2)
    assert [len(tagging.tags) for tagging in found] == [len(sentence) for sentence in sentences]
    for tagging in found:
        assert tagging.alternatives is not None
        assert [best[0] for best in tagging.alternatives] == list(zip(tagging.tags, tagging.probabilities, strict=True))
        assert all(0 <= probability <= 1 for probability in tagging.probabilities)
