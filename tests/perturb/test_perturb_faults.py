"""Rows at fault stay as they are, with the reason; the run goes on."""

from __future__ import annotations

from typing import Any

import pytest

from cswitch.core.errors import UsageError
from cswitch.perturb.making import mixers
from cswitch.perturb.rows import Made, NumberedRow, RowPerturber
from cswitch.perturb.settings import FieldSettings, PerturbSettings
from cswitch.schemas.reject import REASONS


def made_of(row: dict[str, Any], fields: dict[str, FieldSettings], **more: Any) -> Made:
    settings = PerturbSettings(pair=("en", "es"), fields=fields, **{"cmi": 30, **more})
    perturb = RowPerturber(settings, mixers(settings, {}), "c")
    good = {"text": "The water of the river is in the house.", "context": "The water of the river is in the house."}
    found = perturb([NumberedRow(1, "1", {**good, "answers": None}), NumberedRow(2, "2", row)])
    assert found[0].changes or "tokens" in fields or more.get("on_miss")  # the row before it is mixed
    return found[1]


CONTEXT = "The children see the river and the house."
FAULTS = [
    (
        {"context": CONTEXT, "answers": {"text": ["river"], "answer_start": [5]}},
        {"context": FieldSettings(answers="answers")},
        "bad_labels", "answers: 'river' is not what stands at 5 to 10, 'hildr'",
    ),
    (
        {"context": CONTEXT, "answers": {"text": ["river"], "answer_start": [400]}},
        {"context": FieldSettings(answers="answers")},
        "bad_labels", "answers: 400 to 405 lies outside the text of 41 characters, and is to be 'river'",
    ),
    (
        {"context": CONTEXT, "answers": {"text": ["river"], "start": [5]}},
        {"context": FieldSettings(answers="answers")},
        "bad_labels", 'answers: not of the form {"text": [...], "answer_start": [...]}',
    ),
    (
        {"text": CONTEXT, "spans": [{"start": 21, "end": 26, "label": "X", "text": "river "}]},
        {"text": FieldSettings(spans="spans")},
        "bad_labels", "spans: 'river ' is not what stands at 21 to 26, 'river'",
    ),
    (
        {"text": CONTEXT, "spans": [{"from": 21}]},
        {"text": FieldSettings(spans="spans")},
        "bad_labels", "spans: {'from': 21} has no start and end",
    ),
    (
        {"text": "See `the river` Ganges now", "spans": [{"start": 9, "end": 22, "label": "LOC"}]},
        {"text": FieldSettings(spans="spans")},
        "label_cut", "spans: 'river` Ganges' at 9 to 22 lies half inside '`the river`', which is protected",
    ),
    (
        {"tokens": ["the", "river"], "ner": ["O"]},
        {"tokens": FieldSettings(kind="tokens", labels=("ner",))},
        "bad_labels", "ner: 1 label for 2 tokens; give one a token",
    ),
    ({"text": 7}, {"text": FieldSettings()}, "failed", "text: int where a text or a list of texts is expected"),
    (
        {"text": ["the river", "the house"], "right": "the sea"},
        {"text": FieldSettings(equal=("right",))},
        "bad_labels", "right: 'the sea' is none of the texts of the field that it repeats",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("row", "fields", "reason", "detail"), FAULTS)
def test_a_row_at_fault_stays_as_it_is(
    row: dict[str, Any], fields: dict[str, FieldSettings], reason: str, detail: str
) -> None:
    made = made_of(row, fields)
    assert made.changes == {}
    assert made.record.reason == reason
    assert reason in REASONS
    assert made.record.detail.startswith(detail)
    assert "\n" not in made.record.detail


def test_a_field_that_misses_its_cmi_can_be_left() -> None:
    row = {"text": "The very long and old story about them was told by me, by him, by her and the man."}
    fields = {"text": FieldSettings()}
    assert made_of(row, fields).changes
    made = made_of(row, fields, on_miss="reject")
    assert made.changes == {}
    [record] = made.record.fields
    assert record.reason == "cmi_unreachable"
    assert record.detail.startswith("CMI 30 is asked for, and the nearest is ")


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_field_without_text_is_left(text: str) -> None:
    [record] = made_of({"text": text}, {"text": FieldSettings()}).record.fields
    assert (record.reason, record.detail) == ("empty_side", "it is empty")


def test_a_field_that_is_missing_is_left_and_told() -> None:
    for row in ({"text": None}, {"other": "x"}):
        made = made_of(row, {"text": FieldSettings()})
        assert made.changes == {}
        assert [field.reason for field in made.record.fields] == ["empty_side"]


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (5, "text: int where a text or a list of texts is expected"),
        (["a house", None], "text[1]: NoneType where a text is expected"),
        ([["a house"]], "text[0]: list where a text is expected"),
    ],
)
def test_what_is_no_text_is_told_with_its_place(value: object, detail: str) -> None:
    record = made_of({"text": value}, {"text": FieldSettings()}).record
    assert (record.reason, record.detail) == ("failed", detail)


@pytest.mark.parametrize("start", ["4", 4.5, True])
def test_an_edge_that_is_no_whole_number_is_told(start: object) -> None:
    answers = {"text": ["river"], "answer_start": [start]}
    row = {"text": "The river", "answers": answers, "spans": [[start, 9]]}
    for field in (FieldSettings(answers="answers"), FieldSettings(spans="spans")):
        made = made_of(row, {"text": field})
        assert (made.changes, made.record.reason) == ({}, "bad_labels")


def test_nothing_to_mix_is_told() -> None:
    [record] = made_of({"text": "48/2 = 24"}, {"text": FieldSettings()}).record.fields
    assert (record.reason, record.detail) == ("no_units", "none of its words may be replaced")


def test_two_options_do_not_become_one() -> None:
    from cswitch.core.lexicon import Lexicon, Translation
    from cswitch.perturb.by_lexicon import LexiconMixer

    settings = PerturbSettings(pair=("en", "es"), fields={"text": FieldSettings()}, cmi=50)
    entries = {word: [Translation("casa", 1, 1)] for word in ("house", "home")}
    lexicons = {"es": Lexicon("en", "es", entries)}
    perturb = RowPerturber(settings, lambda cmi: LexiconMixer(settings, cmi, lexicons), "c")
    [made] = perturb([NumberedRow(1, "1", {"text": ["the house", "the home", "a house"]})])
    assert made.changes == {"text": ["the house", "the home", "a casa"]}
    assert [field.reason for field in made.record.fields] == ["near_duplicate", "near_duplicate", ""]


def test_what_repeats_an_option_changes_with_it() -> None:
    row = {"text": ["the river", "the house"], "right": "the house"}
    made = made_of(row, {"text": FieldSettings(equal=("right",))}, cmi=50)
    assert made.changes["right"] == made.changes["text"][1] == "the casa"


def test_equal_texts_of_a_row_are_mixed_alike() -> None:
    text = "The man has the money, the water and the house of the woman."
    made = made_of({"text": text, "context": text}, {"text": FieldSettings(), "context": FieldSettings()}, cmi=15)
    assert made.changes["text"] == made.changes["context"] != text


def test_sides_of_a_pair_have_their_own_cmi() -> None:
    fields = {"text": FieldSettings(cmi=40), "context": FieldSettings(cmi=0)}
    made = made_of({"text": "the water of the house", "context": "the water of the house"}, fields)
    assert set(made.changes) == {"text"}
    assert [field.asked for field in made.record.fields] == [40, 0]
    assert [field.reason for field in made.record.fields] == ["", ""]


def test_spans_move_with_their_text() -> None:
    spans = [{"start": 0, "end": 9, "label": "A", "text": "The water"}, [17, 22, "B"]]
    made = made_of({"text": "The water of the river", "spans": spans}, {"text": FieldSettings(spans="spans")}, cmi=50)
    assert made.changes["text"] == "The agua of the río"
    assert made.changes["spans"] == [{"start": 0, "end": 8, "label": "A", "text": "The agua"}, [16, 19, "B"]]


def test_labels_that_are_numbers_need_names() -> None:
    with pytest.raises(UsageError, match="the labels of 'ner' are numbers"):
        made_of({"tokens": ["the", "river"], "ner": [0, 1]}, {"tokens": FieldSettings(kind="tokens", labels=("ner",))})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"cmi": 60}, "a CMI of 60 is asked for; give one from 0 to 50"),
        ({"matrix": "fr"}, "the matrix language 'fr' is not of the pair"),
        ({"matrix": "es"}, "a lexicon mixes into the language of the fields, en"),
        ({"patterns": ("(",)}, "is no regular expression"),
        ({"protect": ("number",)}, "did you mean 'numbers'"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        PerturbSettings(pair=("en", "es"), fields={"text": FieldSettings()}, **more)
    assert said in str(caught.value)


def test_a_question_without_an_answer_is_mixed_all_the_same() -> None:
    row = {"context": CONTEXT, "answers": {"text": [], "answer_start": []}}
    made = made_of(row, {"context": FieldSettings(answers="answers")})
    assert made.changes["context"] != CONTEXT
    assert made.changes["answers"] == {"text": [], "answer_start": []}


def test_a_dot_leads_into_a_column() -> None:
    row = {"choices": {"label": ["A", "B"], "text": ["the water", "a house"]}}
    made = made_of(row, {"choices.text": FieldSettings()}, cmi=50, on_miss="nearest")
    assert made.changes == {"choices": {"label": ["A", "B"], "text": ["the agua", "a casa"]}}
