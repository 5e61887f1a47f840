from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.alignment.choose import FEW, TINY, choose


@pytest.mark.parametrize(
    ("pairs", "source", "target", "name"),
    [
        (None, "en", "hi", "lexical"),
        (0, "en", "es", "lexical"),
        (FEW - 1, "es", "en", "lexical"),
        (FEW, "en", "hi", "hybrid"),
        (1_000_000, "hi", "es", "hybrid"),
        (None, "tlh", "qya", "hybrid"),
        (3, "tlh", "qya", "hybrid"),
    ],
)
def test_size_and_lexicon_decide(pairs: int | None, source: str, target: str, name: str) -> None:
    assert choose(pairs, source, target).name == name


def test_word_lists_of_the_users_own_stand_for_a_lexicon() -> None:
    assert choose(5, "tlh", "qya", lexicons=True).name == "lexical"


def test_little_to_learn_from_is_told() -> None:
    assert "little" in choose(TINY - 1, "tlh", "qya").why
    assert "little" not in choose(TINY, "tlh", "qya").why


@given(st.none() | st.integers(0, 10**9), st.sampled_from(["en", "hi", "es", "tlh"]), st.sampled_from(["en", "es"]))
def test_why_is_one_plain_sentence(pairs: int | None, source: str, target: str) -> None:
    why = choose(pairs, source, target).why
    assert why
    assert not why.endswith(".")
    assert "\n" not in why
