"""What annotators said comes back exactly, and every odd case is counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.exported import Exported
from cswitch.annotators.labelstudio.pulling import Pulled, Puller
from cswitch.annotators.labelstudio.spans import is_fixed, regions_of
from cswitch.annotators.labelstudio.tasks import task_of
from cswitch.core.errors import RunError
from cswitch.schemas.annotation import Annotated
from tests.annotators.labelstudio.fake_studio import LABELLING, InProcess, Studio, task

SAID = ["hi", "ne", "en"]


@pytest.fixture
def studio() -> Studio:
    studio = Studio()
    studio.make({"title": "Hinglish"})
    return studio


def pulled(
    studio: Studio, *, everything: bool = False, labelling: Labelling | None = LABELLING
) -> tuple[list[Annotated], Pulled]:
    puller = Puller(labelling, studio.members, everything=everything)
    with TemporaryFile() as file:
        InProcess(studio).export(1, file, everything=everything)
        return list(puller.records(Exported(file))), puller.counts


def regions(tags: Sequence[str] = SAID, control: str = "lang") -> list[dict[str, Any]]:
    """A region for each of the first words of the text."""
    count = len(tags)
    words, offsets = ["main", "happy", "hoon"], [(0, 4), (5, 10), (11, 15)]
    return regions_of("main happy hoon", words[:count], offsets[:count], tags, control)


def answer(control: str, kind: str, **value: Any) -> dict[str, Any]:
    return {"id": control, "from_name": control, "to_name": "text", "type": kind, "value": value}


def of_one(studio: Studio, result: list[dict[str, Any]], **more: Any) -> tuple[Annotated, Pulled]:
    """What is pulled of a task that was annotated once."""
    studio.bring(1, [task(0)])
    studio.annotate(1, result, **more)
    records, counts = pulled(studio)
    return records[0], counts


def test_a_record_has_the_sample_and_a_judgement_an_annotator(studio: Studio) -> None:
    studio.bring(1, [task(0), task(1), task(2, blind=True)])
    studio.annotate(3, regions(["hi", "en", "hi"]), 2)
    studio.annotate(1, regions(), 2)
    studio.annotate(1, [*regions(["hi", "en", "hi"]), *regions(["PER"] * 3, "entity")], 1, lead_time=3.5)
    records, counts = pulled(studio)
    assert [(record.id, record.task, record.suggested) for record in records] == [
        ("s0", 1, ["hi", "en", "hi", "other"]),
        ("s2", 3, None),
    ]
    first, second = records[0].judgements
    assert (first.annotator, first.langs, first.layers) == ("b@example.org", [*SAID, None], {"entity": [None] * 4})
    assert (second.annotator, second.layers, second.seconds) == ("a@example.org", {"entity": ["PER"] * 3 + [None]}, 3.5)
    assert records[0].sample["probabilities"] == [0.5] * 4
    assert (records[0].batch, records[0].round, records[0].languages) == ("first", 1, ["hi", "en"])
    assert (counts.tasks, counts.records, counts.judgements) == (2, 2, 3)
    assert counts.annotators == {"a@example.org": 1, "b@example.org": 2}


def test_everything_comes_when_asked_for(studio: Studio) -> None:
    studio.bring(1, [task(0), task(1)])
    studio.annotate(2, regions())
    assert [record.id for record in pulled(studio)[0]] == ["s1"]
    assert [record.id for record in pulled(studio, everything=True)[0]] == ["s0", "s1"]


def test_answers_about_the_text(studio: Studio) -> None:
    result = [
        answer("naturalness", "rating", rating=4),
        answer("decision", "choices", choices=["edit"]),
        answer("corrected", "textarea", text=["main khush hoon !"]),
    ]
    judgement = of_one(studio, result)[0].judgements[0]
    assert (judgement.naturalness, judgement.decision, judgement.corrected) == (4, "edit", "main khush hoon !")


@pytest.mark.parametrize("decision", ["accept", "edit", None])
def test_a_box_that_was_only_shown_is_no_correction(studio: Studio, decision: str | None) -> None:
    result = [answer("corrected", "textarea", text=["main happy hoon !"])]
    if decision:
        result.append(answer("decision", "choices", choices=[decision]))
    record, counts = of_one(studio, result)
    assert record.judgements[0].corrected is None
    assert (counts.untouched, counts.edits_without_text) == (1, decision == "edit")


def test_another_text_without_a_decision_to_edit_is_left(studio: Studio) -> None:
    result = [answer("corrected", "textarea", text=["other"]), answer("decision", "choices", choices=["accept"])]
    assert of_one(studio, result)[0].judgements[0].corrected is None


def test_answers_that_are_none_are_counted(studio: Studio) -> None:
    result = [answer("naturalness", "rating", rating=9), answer("decision", "choices", choices=["maybe"])]
    record, counts = of_one(studio, result)
    assert (record.judgements[0].naturalness, record.judgements[0].decision, counts.odd_answers) == (None, None, 2)


@pytest.mark.parametrize(
    ("marks", "tags", "origin"),
    [
        ([], ["hi", "en", "hi"], "prediction"),
        ([], SAID, "prediction-changed"),
        (["prediction"] * 3, ["hi", "en", "hi"], "prediction"),
        (["prediction"] * 2, ["hi", "en"], "prediction-changed"),  # a region that was deleted leaves no mark
        (["prediction", "prediction-changed", "prediction"], SAID, "prediction-changed"),
        (["prediction", "prediction", "manual"], ["hi", "en", "ne"], "prediction-changed"),
        (["manual"] * 3, ["hi", "en", "hi"], "manual"),
    ],
)
def test_where_an_annotation_began(studio: Studio, marks: list[str], tags: list[str], origin: str) -> None:
    said = regions(tags)
    for region, mark in zip(said, marks, strict=False):
        region["origin"] = mark
    assert of_one(studio, said)[0].judgements[0].origin == origin


def test_an_annotation_of_a_blind_task_is_manual(studio: Studio) -> None:
    studio.bring(1, [task(0, blind=True)])
    studio.annotate(1, regions(["hi", "en", "hi"]))
    assert pulled(studio)[0][0].judgements[0].origin == "manual"


def test_the_last_annotation_of_an_annotator_counts(studio: Studio) -> None:
    studio.bring(1, [task(0)])
    studio.annotate(1, regions(["en", "en", "en"]), 1)
    studio.annotate(1, regions(), 2)
    studio.annotate(1, regions(["hi", "hi", "hi"]), 1)
    records, counts = pulled(studio)
    said = [(judgement.annotator, judgement.langs[0]) for judgement in records[0].judgements]
    assert said == [("b@example.org", "hi"), ("a@example.org", "hi")]
    assert counts.replaced == 1


def test_skipped_samples_and_drafts_are_counted_and_left(studio: Studio) -> None:
    studio.bring(1, [{**task(0), "drafts": [{"id": 1, "annotation": None}, {"id": 2, "annotation": 5}]}])
    studio.annotate(1, regions(), 2, was_cancelled=True)
    records, counts = pulled(studio)
    assert (records, counts.skipped, counts.drafts) == ([], {"b@example.org": 1}, 1)


def test_users_that_are_gone(studio: Studio) -> None:
    studio.bring(1, [task(0)])
    for by in (7, None, None):
        studio.annotate(1, regions(), by)
    records, counts = pulled(studio)
    names = [judgement.annotator for judgement in records[0].judgements]
    assert names == ["user 7", "user unknown", "user unknown 2"]
    assert (counts.unknown_users, counts.replaced) == (3, 0)


def test_a_user_may_come_whole(studio: Studio) -> None:
    record, _ = of_one(studio, regions(), completed_by={"id": 9, "email": "c@example.org"})
    assert record.judgements[0].annotator == "c@example.org"


def test_imported_annotations_are_counted(studio: Studio) -> None:
    assert of_one(studio, regions(), ground_truth=True)[1].imported == 1


def test_labels_that_the_configuration_does_not_have(studio: Studio) -> None:
    record, counts = of_one(studio, [*regions(["hi", "ur", "Urdu word"]), *regions(["X"], "pos")])
    assert record.judgements[0].langs == ["hi", "ur", None, None]
    assert record.judgements[0].layers["pos"] == ["X", None, None, None]
    assert counts.unknown_labels == {"lang=ur": 1, "lang=Urdu word": 1, "pos=X": 1}


def test_a_configuration_that_cannot_be_read_hides_nothing(studio: Studio) -> None:
    studio.bring(1, [task(0)])
    studio.annotate(1, [*regions(["hi", "ur", "hi"]), *regions(["X"], "pos")])
    records, counts = pulled(studio, labelling=None)
    assert records[0].judgements[0].langs[1] == "ur"
    assert (list(records[0].judgements[0].layers), counts.unknown_labels) == (["pos"], {})


def test_a_text_that_was_changed_on_the_server(studio: Studio) -> None:
    changed = task(0)
    changed["data"]["text"] = "Well, main happy hoon !"
    studio.bring(1, [changed])
    moved = [{**region, "value": {**region["value"]}} for region in regions()]
    for region in moved:
        region["value"]["start"] += 6
        region["value"]["end"] += 6
    studio.annotate(1, moved)
    records, counts = pulled(studio)
    assert (records[0].text, records[0].judgements[0].langs) == ("main happy hoon !", [*SAID, None])
    assert (counts.changed_texts, counts.spans["moved"]) == (1, 3)


def test_tasks_that_are_not_ours_or_damaged(studio: Studio) -> None:
    damaged = task(1)
    damaged["data"] |= {"tokens": ["main"], "sample": {}}
    studio.bring(1, [{"data": {"text": "a"}}, damaged, {"data": [1]}, task(2)])
    for number in range(1, 5):
        studio.annotate(number, [])
    records, counts = pulled(studio)
    assert [record.id for record in records] == ["s2"]
    assert (counts.foreign, counts.damaged) == (2, 1)


def test_a_sample_that_is_there_twice_is_one_record(studio: Studio) -> None:
    studio.bring(1, [task(0), task(1), task(0), task(0, text="hoon")])
    for number, by in ((1, 1), (2, 1), (3, 2), (4, 2)):
        studio.annotate(number, regions(), by)
    records, counts = pulled(studio)
    assert [(record.id, record.task, len(record.judgements)) for record in records] == [
        ("s0", 1, 2), ("s1", 2, 1), ("s0", 4, 1),
    ]  # fmt: skip
    assert counts.joined == 1


TOKENS = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=6)
    | st.sampled_from(["👩‍👩‍👧", "नमस्ते", "مرحبا", "é", "\\", '"', "}{]["]),
    min_size=1,
    max_size=8,
)


@given(TOKENS, st.data())
def test_any_text_comes_back_with_the_tags_it_was_given(tokens: list[str], data: st.DataObject) -> None:
    tags = data.draw(st.lists(st.sampled_from(LABELLING.labels), min_size=len(tokens), max_size=len(tokens)))
    text = " ".join(tokens)
    starts = [sum(len(token) + 1 for token in tokens[:at]) for at in range(len(tokens))]
    offsets = [(start, start + len(token)) for start, token in zip(starts, tokens, strict=True)]
    record = {"id": text, "text": text, "tokens": tokens, "langs": tags, "offsets": offsets}
    studio = Studio()
    studio.make({})
    made = task_of(record, LABELLING)
    studio.bring(1, [made])
    studio.annotate(1, made["predictions"][0]["result"])
    judgement = pulled(studio)[0][0].judgements[0]
    wanted = [None if is_fixed(token, tag) else tag for token, tag in zip(tokens, tags, strict=True)]
    assert (judgement.langs, judgement.origin) == (wanted, "prediction")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 2]), st.booleans())
def test_an_export_is_read_task_by_task(values: list[Any], indent: int | None, plain: bool) -> None:
    tasks = [{"id": number, "more": value} for number, value in enumerate(values)]
    with TemporaryFile() as file:
        file.write(json.dumps(tasks, indent=indent, ensure_ascii=plain).encode("utf-8", "replace"))
        file.flush()
        found = list(Exported(file))
        assert len(found) == len(Exported(file)) == len(tasks)
    if plain:
        assert found == [[each] for each in tasks]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ('[{"id": 1}, {"id"', "is cut short"),
        ('[{"id": 1},', "is cut short"),
        ('{"detail": "no"}', "is no list of tasks"),
        ('[{"no": 1}]', "holds what is no task"),
        ("<html>", "is cut short"),
    ],
)
def test_an_export_that_is_none(text: str, fault: str) -> None:
    with TemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        with pytest.raises(RunError, match=fault):
            Exported(file)


def test_the_order_is_that_of_the_tasks(studio: Studio) -> None:
    studio.bring(1, [task(number) for number in (3, 1, 2)])
    for number in (2, 3, 1):
        studio.annotate(number, [])
    export = BytesIO()
    InProcess(studio).export(1, export)
    assert [row["id"] for row in json.loads(export.getvalue())] == [3, 2, 1]
    assert [record.task for record in pulled(studio)[0]] == [1, 2, 3]
