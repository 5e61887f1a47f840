"""Near-duplicates of a run are found, new texts are not taken for them, and memory a row stays small."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.fuzz import ratio

from cswitch.core.minhash import plain_text
from cswitch.core.seeds import rng
from cswitch.generators.prompting.duplicates import RunTexts
from tests.generators.prompting.sources import aligned

TEXTS = [" ".join(pair.source.tokens) for pair in aligned("en", "hi")] + [
    " ".join(pair.target.tokens) for pair in aligned("en", "hi")
]
PLAIN = [plain_text(text) for text in TEXTS]
WORDS = sorted({word for text in TEXTS for word in text.split()})


def filled(threshold: float = 0.9, count: int = len(TEXTS)) -> RunTexts:
    texts = RunTexts(threshold)
    for number, text in enumerate(TEXTS[:count]):
        texts.add(str(number), text)
    return texts


def changed(text: str, key: int) -> str:
    """The text with a word exchanged."""
    words, draw = text.split(), rng("changed", key)
    words[draw.randrange(len(words))] = draw.choice(WORDS)
    return " ".join(words)


def test_a_text_repeats_itself_whatever_its_marks_and_case() -> None:
    texts = filled()
    for number, text in enumerate(TEXTS):
        assert texts.duplicate_of(f"“{text.upper()}”  👍") == str(number)
    assert len(texts) == len(TEXTS)


def test_what_is_as_near_as_asked_is_found_and_nothing_farther() -> None:
    texts, missed, found = filled(), 0, 0
    for key, text in enumerate(TEXTS):
        other = changed(text, key)
        alike = max(ratio(plain_text(other), known, score_cutoff=80) for known in PLAIN)
        duplicate = texts.duplicate_of(other)
        assert duplicate is None or alike >= 90
        found += duplicate is not None
        missed += alike >= 90 and duplicate is None
    assert missed <= 0.02 * found
    assert found > 100


def test_the_most_similar_is_named_and_of_those_the_earliest() -> None:
    texts = RunTexts(0.8)
    texts.add("a", "Kal office band hai, so ghar pe kaam karo.")
    texts.add("b", "Kal office band hai, so ghar se kaam karo.")
    texts.add("c", "Kal office band hai, so ghar se kaam karo!")
    assert texts.duplicate_of("Kal office band hai, so ghar se kaam karo") == "b"


def test_the_same_texts_in_the_same_order_find_the_same() -> None:
    asked = [changed(text, key) for key, text in enumerate(TEXTS[:80])]
    one, other = filled(0.7, 80), filled(0.7, 80)
    found = [one.duplicate_of(text) for text in asked]
    assert found == [other.duplicate_of(text) for text in asked]
    assert any(found)


def test_the_check_can_be_turned_off() -> None:
    texts = filled(1.5)
    assert texts.duplicate_of(TEXTS[0]) is None
    assert len(texts) == 0


def test_only_the_same_words_repeat_a_text_at_one() -> None:
    texts = filled(1.0)
    assert texts.duplicate_of(TEXTS[3]) == "3"
    assert texts.duplicate_of(TEXTS[3] + " yaar") is None


@pytest.mark.parametrize("text", ["", "!", "a", "है"])
def test_short_texts_are_compared_too(text: str) -> None:
    texts = RunTexts()
    assert texts.duplicate_of(text) is None
    texts.add("1", text)
    assert texts.duplicate_of(text) == "1"


@given(st.lists(st.text(alphabet="ab है.", max_size=12), max_size=8), st.text(alphabet="ab है.", max_size=12))
def test_whatever_was_added_is_a_repeat(added: list[str], text: str) -> None:
    texts = RunTexts(1.0)
    for number, one in enumerate(added):
        texts.add(str(number), one)
    plain = [plain_text(one) for one in added]
    expected = str(plain.index(plain_text(text))) if plain_text(text) in plain else None
    assert texts.duplicate_of(text) == expected


def test_memory_a_row_stays_small() -> None:
    draw = rng("memory")
    made = [" ".join(draw.choice(WORDS) for _ in range(12)) for _ in range(2000)]
    texts = RunTexts()
    texts.add("warm", "a text before")
    tracemalloc.start()
    for number, text in enumerate(made):
        texts.add(str(number), text)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / len(made) < 1200
