"""Parts of speech as letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.pos import UPOS
from cswitch.generators.switching.letters import CLOSED, CONTENT, letters


def of(text: str, labels: str | None, lang: str = "en") -> str:
    tokens = text.split()
    return letters(tokens, None if labels is None else labels.split(), [token.lower() for token in tokens], lang)


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("she bought two tickets .", "PRON VERB.Fin NUM NOUN.Plur PUNCT", "RV#N."),
        ("to run running run", "PART VERB.Inf VERB.Ger VERB.Part", "TBGK"),
        ("is being", "AUX.Fin AUX.Ger", "XX"),
        ("quickly and because oh of", "ADV CCONJ SCONJ INTJ ADP", "acsip"),
        ("blah $ x", "NOUN.Odd SYM X", "N.?"),
        ("what", "NEWTAG", "?"),
    ],
)
def test_every_label_has_its_letter(text: str, labels: str, expected: str) -> None:
    assert of(text, labels) == expected


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("the White House", "DET ADJ NOUN.Sing", "DPP"),
        ("House prices", "NOUN.Sing NOUN.Plur", "NN"),
        ("Air India flies", "NOUN.Sing PROPN VERB.Fin", "PPV"),
        ("Yes . House prices", "INTJ PUNCT NOUN.Sing NOUN.Plur", "i.NN"),
        ("when I came", "SCONJ PRON VERB.Fin", "sRV"),
    ],
)
def test_a_capital_inside_a_sentence_marks_a_name(text: str, labels: str, expected: str) -> None:
    assert of(text, labels) == expected


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("die neuen Staaten wachsen", "DET ADJ NOUN.Plur VERB.Fin", "DANV"),
        ("die Vereinigten Staaten wachsen", "DET ADJ NOUN.Plur VERB.Fin", "DPPV"),
        ("Neue Staaten mit Frau Schmidt", "ADJ NOUN.Plur ADP NOUN.Sing PROPN", "ANpNP"),
    ],
)
def test_german_nouns_have_capitals_anyway(text: str, labels: str, expected: str) -> None:
    assert of(text, labels, "de") == expected


def test_without_labels_words_are_of_unknown_class() -> None:
    assert of("naya 42 daftar !", None) == "?#?."


@given(st.lists(st.tuples(st.text("aAbB.9 न", min_size=1), st.sampled_from(sorted(UPOS))), max_size=8))
def test_there_is_a_letter_a_token(tagged: list[tuple[str, str]]) -> None:
    tokens = [token for token, _ in tagged]
    low = [token.lower() for token in tokens]
    for labels in (None, [label for _, label in tagged]):
        found = letters(tokens, labels, low)
        assert len(found) == len(tokens)
        assert set(found) <= CONTENT | CLOSED | set("#.")


def test_no_class_is_both_open_and_closed() -> None:
    assert not CONTENT & CLOSED
