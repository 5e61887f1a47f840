"""What each format makes of records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import InputError, UsageError
from cswitch.core.tag_names import canonical_tag
from cswitch.export.lince import lince_label
from cswitch.export.preferences import by_attempts
from cswitch.export.writers import guarded, one_line, unguarded
from cswitch.schemas.decode import RecordError
from tests.export.export_records import exported, exporter, record, rows_of

TEXTS = {"1": {"en": "There is a meeting tomorrow!", "hi": "kal baithak hai !"}}


def test_a_whole_row() -> None:
    (row,) = rows_of([record()], to="datasets", texts=TEXTS)
    provenance = row.pop("provenance")
    assert row == {
        "id": "1.0", "source_id": "1", "text": "kal meeting hai !", "tokens": ["kal", "meeting", "hai", "!"],
        "langs": ["hi", "en", "hi", "other"], "offsets": [(0, 3), (4, 11), (12, 15), (16, 17)],
        "source": {"en": "There is a meeting tomorrow!", "hi": "kal baithak hai !"}, "languages": ["hi", "en"],
        "matrix": "hi", "measures": {"cmi": pytest.approx(33.33, abs=0.01), "switches": 2}, "target_cmi": 30.0,
        "met": True,
    }  # fmt: skip
    assert json.loads(provenance)["generator"] == "insertion"


def test_labels_stand_in_a_fixed_order() -> None:
    made = exporter([record("a/other b/en c/ne d/hi e/fw f/ne:hi")], to="token-classification")
    (names,) = made.format.columns["lid_tags"]
    assert names.names == ("hi", "en", "other", "ne", "fw", "ne:hi")
    assert [row["lid_tags"] for _, row in made.format.rows([record("x/en y/hi")])] == [[1, 0]]


def test_a_tag_that_was_not_asked_for_is_told_with_its_place() -> None:
    made = exporter([record(), record("a/ta", name="2.0")], to="token-classification", labels=("hi", "en", "other"))
    with pytest.raises(RecordError, match="'ta' is none of the labels hi, en, other"):
        list(made.format.rows(made._records))


def test_translation_names_the_mixed_text_by_its_languages() -> None:
    (row,) = rows_of([record(), record(name="2.0")], to="translation", texts=TEXTS)
    assert row["translation"] == {"hi-en": "kal meeting hai !", **TEXTS["1"]}
    (row,) = rows_of([record()], to="translation", texts=TEXTS, sides=("en",))
    assert list(row["translation"]) == ["hi-en", "en"]


def test_records_without_a_source_text_are_counted() -> None:
    made = exporter([record(), record(name="2.0")], to="translation", texts=TEXTS)
    assert len(list(made.format.rows(made._records))) == 1
    assert dict(made.format.counts) == {"without a source text": 1}


@pytest.mark.parametrize("to", ["translation", "restore"])
def test_no_source_text_at_all_is_refused(to: str) -> None:
    with pytest.raises(UsageError, match="no source texts are known; name the pairs"):
        exporter([record()], to=to)


def test_restoring_gives_the_matrix_side_or_those_asked_for() -> None:
    rows = rows_of([record()], to="restore", texts=TEXTS)
    assert [(row["input"], row["target"], row["lang"]) for row in rows] == [
        ("kal meeting hai !", "kal baithak hai !", "hi")
    ]
    rows = rows_of([record()], to="restore", texts=TEXTS, sides=("en", "hi"))
    assert [row["lang"] for row in rows] == ["en", "hi"]
    made = exporter([record()], to="restore", texts={"1": {"hi": "kal meeting hai !", "en": "x"}})
    assert list(made.format.rows(made._records)) == []
    assert made.format.counts["the same as the source"] == 1


@pytest.mark.parametrize(
    ("layout", "last"),
    [
        ("openai", {"role": "assistant", "content": "kal meeting hai !"}),
        ("sharegpt", {"from": "gpt", "value": "kal meeting hai !"}),
    ],
)
def test_layouts_of_chats(layout: str, last: dict[str, str]) -> None:
    (row,) = rows_of([record()], to="chat", layout=layout, texts=TEXTS)
    (messages,) = row.values()
    assert messages[-1] == last
    assert "There is a meeting tomorrow!" in str(messages[-2])


def test_an_instruction() -> None:
    (row,) = rows_of([record()], to="chat", layout="instruction", template="tag.v1")
    assert row["output"] == "kal\thi\nmeeting\ten\nhai\thi\n!\tother"
    assert row["input"] == ""


def test_a_chat_asks_for_what_the_text_is_and_a_preference_for_what_was_aimed_at() -> None:
    found = record("kal/hi baithak/hi hai/hi na/hi ok/en", target={"cmi": 45.0})
    (row,) = rows_of([found], to="chat")
    assert "clearly mixed" in str(row)
    assert "strongly" not in str(row)
    worse = record("kal/hi baithak/hi hai/hi", name="1.1", target={"cmi": 45.0})
    (row,) = rows_of([found, worse], to="preferences", layout="plain")
    assert "strongly mixed" in row["prompt"]


def test_preferences_take_the_nearer_text_by_the_target_of_the_better_one() -> None:
    near = record("a/hi b/en c/hi", name="1.0", target={"cmi": 33.0})
    far = record("d/hi e/hi f/hi", name="1.1", target={"cmi": 0.5})
    lone = record(name="2.0")
    made = exporter([far, lone, near], to="preferences", layout="plain", by="cmi")
    ((first, row),) = made.format.rows(made._records)
    assert (first["id"], row["chosen"], row["rejected"]) == ("1.0", "a b c", "d e f")
    assert made.format.counts == {"sources with nothing to choose from": 1}
    assert (row["score_chosen"], row["score_rejected"]) == (pytest.approx(-1 / 3), -33.0)


@pytest.mark.parametrize(
    ("by", "better", "worse"),
    [
        ("met", {"met": True}, {"met": False}),
        ("scores", {"scores": {"fluency": 9, "culture": 7}}, {"scores": {"fluency": 5, "culture": 10}}),
        ("scores:fluency", {"scores": {"fluency": 9, "culture": 1}}, {"scores": {"fluency": 5, "culture": 10}}),
        ("attempts", {"accepted": True}, {"accepted": False}),
    ],
)
def test_criteria_of_preferences(by: str, better: dict[str, Any], worse: dict[str, Any]) -> None:
    good, bad = record("good/hi ok/en", name="1.1", **better), record("bad/hi ok/en", name="1.0", **worse)
    between = record(name="9.0")
    (row,) = rows_of([bad, between, good], to="preferences", layout="openai", by=by)
    assert row["chosen"] == [{"role": "assistant", "content": "good ok"}]
    assert row["rejected"] == [{"role": "assistant", "content": "bad ok"}]
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]


def test_texts_that_are_equally_good_or_the_same_give_no_preference() -> None:
    equal = [record("a/hi b/en", name=f"1.{draw}", met=True) for draw in range(3)]
    assert rows_of(equal, to="preferences", layout="plain", by="met") == []
    same = [record("a/hi b/en", name=f"1.{draw}", met=bool(draw)) for draw in range(2)]
    assert rows_of(same, to="preferences", layout="plain", by="met") == []
    apart = [record("a/hi b/en", name="1.0", scores={"x": 7}), record("c/hi b/en", name="1.1", scores={"x": 6.5})]
    assert rows_of(apart, to="preferences", layout="plain", by="scores", margin=1.0) == []
    assert len(rows_of(apart, to="preferences", layout="plain", by="scores", margin=0.5)) == 1


def test_a_preference_stays_within_a_matrix_language() -> None:
    made = [("a", "hi", 30.0), ("b", "en", 5.0), ("c", "hi", 20.0), ("d", "en", 29.0), ("e", "bn", 0.0)]
    group = [
        record(f"{text}/hi", name=f"1.{text}", matrix=matrix, languages=[matrix, "hi"], measures={"cmi": cmi})
        for text, matrix, cmi in made
    ]
    (row,) = rows_of(group, to="preferences", template="write.v1", layout="plain")
    assert (row["chosen"], row["rejected"]) == ("d", "b")
    assert not rows_of(group[:2], to="preferences", template="write.v1", layout="plain")


def test_only_a_draw_with_both_kinds_of_attempts_counts() -> None:
    found = [{"draw": 0, "accepted": False}, {"draw": 1, "accepted": False}, {"draw": 1, "accepted": True}]
    assert [(rated.record["draw"], rated.score) for rated in by_attempts(found)] == [(1, 1.0), (1, 0.0)]


@pytest.mark.parametrize("tag", ["en", "hi", "other", "ne", "ambiguous", "mixed", "fw", "unk"])
def test_labels_of_lince_mean_the_tag_they_came_from(tag: str) -> None:
    assert canonical_tag(lince_label(tag, ("en", "hi")), ("en", "hi")) == tag


def test_lince_puts_english_first_unless_told_otherwise() -> None:
    assert rows_of([record()], to="lince")[0]["langs"] == ["lang2", "lang1", "lang2", "other"]
    assert rows_of([record()], to="lince", languages=("hi", "en"))[0]["langs"][0] == "lang1"


def test_a_tab_in_a_text_makes_no_token_of_a_comment(tmp_path: Path) -> None:
    found = record("kal/hi meeting/en")
    exported(tmp_path / "out", [found | {"text": "kal\tmeeting", "id": "1\t0"}], to="conll")
    assert (tmp_path / "out" / "train.conll").read_text(encoding="utf-8").startswith("# sent_id = 1 0\n# source_id")


@pytest.mark.parametrize("to", ["conll", "lince"])
def test_a_token_that_no_line_can_hold_is_refused(to: str) -> None:
    bad = record() | {"tokens": ["kal", "a b", "hai", "!"]}
    made = exporter([record()], to=to)
    with pytest.raises(RecordError, match="'a b' is empty or holds white space"):
        list(made.format.rows([bad]))


SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@given(st.builds(str.__add__, st.sampled_from(["", "'", "''", *SIGNS]), st.text()))
def test_guarded_cells_are_undone_and_start_no_formula(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.startswith(SIGNS)


@given(st.text())
def test_a_line_stays_one(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


def test_fields_that_no_format_writes_are_told() -> None:
    made = exporter([record(mood="sad")], to="datasets")
    assert made.notes == ["fields left out: mood"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"offsets": [(0, 3), (4, 11), (12, 15), (15, 17)]}, "offsets[3]': [15, 17) cuts ' !' out of the text"),
        ({"pos": ["NOUN"]}, "'pos': 1 for 4 tokens"),
        ({"pos": "NOUN"}, "'pos': 0 for 4 tokens"),
        ({"pos": ["NOUN", None, "X", "X"]}, "'pos[1]': expected str, got null; write X where it is not known"),
        ({"langs": ["hi", "en us", "hi", "other"]}, "'langs[1]': 'en us' is not a language tag"),
    ],
)
def test_records_that_do_not_fit_are_told_with_their_place(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        exporter([record(), record(name="2.0") | change], to="datasets")
    assert str(caught.value).startswith("in.jsonl:2: ")
    assert told in str(caught.value)


def test_too_many_tags_are_words_in_the_wrong_field() -> None:
    words = " ".join(f"a/word{number}" for number in range(300))
    with pytest.raises(InputError, match=r"in.jsonl:1: more than 200 different tags: word0, word1"):
        exporter([record(words, measures={})], to="datasets")
