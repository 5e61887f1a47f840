"""Light verbs, agreement, and the tables they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.wordlists import table
from cswitch.generators.switching.glue import RULES, agree, enter_verb, hindi_light_verb, light_verbs
from cswitch.generators.switching.lattice import EMBEDDED, Glue, Piece
from cswitch.generators.switching.units import Unit
from cswitch.schemas.settings import SynthSettings

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See


@pytest.mark.parametrize(
    ("ending", "label", "do", "be"),
    [
        ("ा", "VERB.Part", "किया", "हुआ"),
        ("ी", "VERB.Part", "की", "हुई"),
        ("ता", "VERB.Part", "करता", "होता"),
        ("ना", "VERB.Inf", "करना", "होना"),
        ("ने", "VERB.Inf", "करने", "होने"),
        ("ूँगा", "VERB.Fin", "करूँगा", "होऊँगा"),
        ("ेंगी", "VERB.Fin", "करेंगी", "होंगी"),
        ("कर", "VERB.Conv", "करके", "होकर"),
    ],
)
def test_a_light_verb_has_the_inflection_of_the_verb_it_stands_for(ending: str, label: str, do: str, be: str) -> None:
    assert (hindi_light_verb(f"खरीद{ending}", label), hindi_light_verb(f"टूट{ending}", label)) == (do, be)


def test_a_form_that_is_two_things_is_told_by_its_label() -> None:
    assert hindi_light_verb("खरीदे", "VERB.Part") != hindi_light_verb("खरीदे", "VERB.Fin")


@pytest.mark.parametrize("word", ["दफ़्तर", "में", "office", "", "क"])
def test_what_is_no_simple_verb_has_no_light_verb(word: str) -> None:
    assert hindi_light_verb(word, "VERB.Fin") is None


@pytest.mark.parametrize(
    ("word", "following", "lang", "expected"),
    [
        ("a", "abuela", "en", "an"),
        ("an", "reunión", "en", "a"),
        ("An", "reunión", "en", "A"),
        ("a", "reunión", "en", "a"),
        ("y", "ice", "es", "e"),
        ("y", "history", "es", "e"),
        ("e", "children", "es", "y"),
        ("Y", "internet", "es", "E"),
        ("o", "orders", "es", "u"),
        ("u", "meetings", "es", "o"),
        ("the", "abuela", "en", "the"),
        ("a", "abuela", "es", "a"),
        ("y", "ice", "en", "y"),
    ],
)
def test_a_word_takes_the_form_that_the_next_one_asks_for(word: str, following: str, lang: str, expected: str) -> None:
    assert agree(word, following, lang) == expected


@given(st.text(max_size=4), st.text(min_size=1, max_size=4), st.sampled_from(["en", "es", "hi"]))
def test_agreement_is_settled_after_once(word: str, following: str, lang: str) -> None:
    if word:
        once = agree(word, following, lang)
        assert agree(once, following, lang) == once


def test_a_simple_verb_is_replaced_by_bare_verb_and_light_verb(see: See) -> None:
    view = see(
        "हमने दो टिकट खरीदे", "we bought two tickets", "0-0 1-2 2-3 3-1",
        "PRON NUM NOUN.Plur VERB.Part", "PRON VERB.Fin NUM NOUN.Plur", langs=("hi", "en"),
    )  # fmt: skip
    assert enter_verb(view, Unit(3, 4, 1, 2)) == (3, 4, (Piece(EMBEDDED, 1, "buy"), Glue("किए", "light-verb")))


def test_the_light_verb_of_a_conjunct_verb_stays(see: See) -> None:
    view = see(
        "उन्होंने बैठक रद्द करने को कहा", "they said to cancel the meeting", "0-0 1-5 2-3 5-1",
        "PRON NOUN.Sing ADJ VERB.Inf ADP VERB.Part", "PRON VERB.Fin PART VERB.Inf DET NOUN.Sing", langs=("hi", "en"),
    )  # fmt: skip
    assert enter_verb(view, Unit(2, 3, 3, 4)) == (2, 3, (Piece(EMBEDDED, 3),))


def test_a_light_verb_that_agreed_with_the_noun_replaced_is_mended(see: See) -> None:
    view = see(
        "उसने घोषणा की", "he announced", "0-0 1-1",
        "PRON NOUN.Sing VERB.Part", "PRON VERB.Fin", langs=("hi", "en"),
    )  # fmt: skip
    assert enter_verb(view, Unit(1, 2, 1, 2)) == (1, 3, (Piece(EMBEDDED, 1, "announce"), Glue("किया", "light-verb")))


def test_so_is_the_auxiliary_behind_it(see: See) -> None:
    view = see(
        "उसने घोषणा की थी", "he had announced", "0-0 1-2",
        "PRON NOUN.Sing VERB.Part AUX", "PRON AUX VERB.Part", langs=("hi", "en"),
    )  # fmt: skip
    light = (Glue("किया", "light-verb"), Glue("था", "light-verb"))
    assert enter_verb(view, Unit(1, 2, 2, 3)) == (1, 4, (Piece(EMBEDDED, 2, "announce"), *light))


def test_what_a_noun_ruled_becomes_the_object_of_the_verb_in_its_place(see: See) -> None:
    """इस बात की आलोचना करेंगे, but इस बात को criticize करेंगे: the genitive went with the noun."""
    view = see(
        "वे बात की आलोचना करेंगे", "they will criticize the matter", "0-0 1-4 3-2",
        "PRON NOUN.Sing ADP NOUN.Sing VERB.Fin", "PRON AUX VERB.Inf DET NOUN.Sing", langs=("hi", "en"),
    )  # fmt: skip
    assert enter_verb(view, Unit(3, 4, 2, 3)) == (2, 4, (Glue("को", "light-verb"), Piece(EMBEDDED, 2)))


@pytest.mark.parametrize(("verb", "matrix"), [("blorbed", "hi"), ("had", "hi"), ("bought", "es")])
def test_a_verb_without_a_bare_form_or_a_light_verb_does_not_enter(see: See, verb: str, matrix: str) -> None:
    view = see("हमने खरीदे", f"we {verb}", "0-0 1-1", "PRON VERB.Part", "PRON VERB.Fin", langs=(matrix, "en"))
    assert enter_verb(view, Unit(1, 2, 1, 2)) is None


def test_tables_hold_what_the_code_expects() -> None:
    assert {use for _, use in table("light-verbs-en.tsv")} <= {"never", "do", "be"}
    assert {use for _, use in table("verbs-hi.tsv")} <= {"do", "be"}
    assert {label for _, label, _, _ in table("light-verbs-hi.tsv")} <= {"any", "Fin", "Inf", "Part", "Conv", "Ger"}
    assert all(do and be for _, _, do, be in table("light-verbs-hi.tsv"))
    assert {"किया", "हुआ", "करना", "होना", "की", "हो"} <= light_verbs()


def test_every_switch_is_on_by_default() -> None:
    assert SynthSettings(pair=("en", "hi")).glue == RULES
