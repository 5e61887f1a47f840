"""What annotators disagree on becomes tasks, and an adjudicator who knows the truth makes gold of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cswitch.annotators.labelstudio.adjudication import (
    adjudication_task,
    adjudication_xml,
    dispute,
    labelling_for,
)
from cswitch.annotators.labelstudio.cases import Case, case_of
from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.gold import merge
from cswitch.annotators.labelstudio.settling import settle
from cswitch.annotators.labelstudio.spans import mapped
from cswitch.schemas.annotation import Annotated, Judgement
from tests.annotators.labelstudio.simulated import Simulated, annotated, truths

NAMES = ("asha", "ben", "chen")
Make = Callable[..., Case]


@pytest.fixture
def case() -> Make:
    """A case of three words and a mark; one list of tags an annotator."""

    def make(*answers: list[str | None], later: tuple[list[str | None], ...] = (), **fields: Any) -> Case:
        text = "kal office jana !"
        base = Annotated(
            id="1.0", text=text, tokens=text.split(), offsets=[(0, 3), (4, 10), (11, 15), (16, 17)],
            suggested=["hi", "en", "hi", "other"], languages=["hi", "en"], sample={"id": "1.0", "labels": {"a": 1}},
        )  # fmt: skip
        said = [
            Judgement(annotator=NAMES[at], langs=tags, **{name: values[at] for name, values in fields.items()})
            for at, tags in enumerate(answers)
        ]
        first = msgspec.structs.replace(base, judgements=said)
        second = [Judgement(annotator="judge", langs=tags) for tags in later]
        rest = [msgspec.structs.replace(base, judgements=second, round=2)] if later else []
        return case_of([first, *rest])

    return make


def test_a_task_holds_each_answer_and_what_is_disputed(case: Make) -> None:
    found = dispute(case(["hi", "en", "hi", None], ["hi", "hi", "hi", None]))
    assert found is not None
    labelling = labelling_for(found.case.records)
    task = adjudication_task(found, labelling)
    data = task["data"]
    assert data["round"] == 2
    assert data["sample"]["labels"] == {"a": 1}
    (asked,) = data["disagreements"]
    assert (asked["token"], asked["text"], sorted(asked["answers"].values())) == (1, "office", ["en", "hi"])
    assert data["disputed"] in ("To decide: office: en or hi", "To decide: office: hi or en")
    assert [one["model_version"] for one in task["predictions"]] == ["annotator 1", "annotator 2"]
    tags = [mapped(data["text"], data["tokens"], data["offsets"], one["result"]).tags for one in task["predictions"]]
    assert sorted(tags, key=str) == [["hi", "en", "hi", None], ["hi", "hi", "hi", None]]
    assert tags[0][1] == asked["answers"]["annotator 1"]


def test_names_show_only_when_asked_for(case: Make) -> None:
    found = dispute(case(["hi", "en", "hi", None], ["hi", "hi", "hi", None]))
    assert found is not None
    labelling = labelling_for(found.case.records)
    assert not set(NAMES) & set(msgspec.json.encode(adjudication_task(found, labelling)).decode().split('"'))
    named = adjudication_task(found, labelling, names=True)
    assert [one["model_version"] for one in named["predictions"]] == ["asha", "ben"]
    assert named["data"]["disagreements"][0]["answers"] == {"asha": "en", "ben": "hi"}


def test_what_is_settled_stands_in_every_prediction(case: Make) -> None:
    """Who takes over one answer must not undo what the others agreed on elsewhere."""
    found = dispute(case(["hi", "en", "en", None], ["hi", "hi", "hi", None], ["hi", "ne", "hi", None]))
    assert found is not None
    task = adjudication_task(found, labelling_for(found.case.records))
    for one in task["predictions"]:
        spans = [(region["value"]["text"], region["value"]["labels"]) for region in one["result"]]
        assert ("jana", ["hi"]) in spans
    assert {one["token"] for one in task["data"]["disagreements"]} == {1}


def test_a_mark_that_one_annotator_labelled_is_disputed_and_visible(case: Make) -> None:
    found = dispute(case(["hi", "en", "hi", "en"], ["hi", "en", "hi", None]))
    assert found is not None
    assert found.settled.open_tokens == [3]
    task = adjudication_task(found, labelling_for(found.case.records))
    spans = [{item["value"]["text"]: item["value"]["labels"] for item in one["result"]} for one in task["predictions"]]
    assert sorted(span["!"] for span in spans) == [["en"], ["other"]]


def test_an_open_decision_and_open_corrections_are_put_too(case: Make) -> None:
    tags: list[str | None] = ["hi", "en", "hi", None]
    split = dispute(case(tags, tags, decision=["accept", "edit"], corrected=[None, "kal office jaana!"]))
    assert split is not None
    assert split.decision
    task = adjudication_task(split, labelling_for(split.case.records))
    assert [one["layer"] for one in task["data"]["disagreements"]] == ["decision", "corrected"]
    kinds = [{item["type"] for item in one["result"]} for one in task["predictions"]]
    assert {"labels", "choices"} in kinds
    assert {"labels", "choices", "textarea"} in kinds
    differ = dispute(case(tags, tags, decision=["edit", "edit"], corrected=["kal jana!", "kal office jao!"]))
    assert differ is not None
    assert (differ.decision, differ.corrected) == (False, True)


def test_layers_are_put_with_their_labels(case: Make) -> None:
    tags: list[str | None] = ["hi", "en", "hi", None]
    entity = [{"entity": [None, "LOC", None, None]}, {"entity": [None, None, None, None]}]
    found = dispute(case(tags, tags, layers=entity))
    assert found is not None
    labelling = labelling_for(found.case.records)
    assert labelling.layers == {"entity": ("LOC",)}
    (asked,) = adjudication_task(found, labelling, names=True)["data"]["disagreements"]
    assert (asked["layer"], asked["answers"]) == ("entity", {"asha": "LOC", "ben": None})


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ([["hi", "en", "hi", None]], {}),
        ([["hi", "en", "hi", None], ["hi", "en", "hi", None]], {}),
        ([["hi", "en", "hi", None], [None, "en", None, None]], {}),
        ([["hi", "en", "hi", None], ["en", "ne", "en", None]], {"decision": ["reject", "reject"]}),
        ([], {}),
    ],
)
def test_what_is_settled_rejected_or_not_judged_is_not_put(
    answers: list[list[str | None]], fields: dict[str, Any], case: Make
) -> None:
    assert dispute(case(*answers, **fields)) is None


def test_whoever_was_adjudicated_is_not_put_again_unless_adjudicators_are_split(case: Make) -> None:
    first: tuple[list[str | None], ...] = (["hi", "en", "hi", None], ["hi", "hi", "hi", None])
    assert dispute(case(*first, later=(["hi", "en", "hi", None],))) is None
    assert dispute(case(*first, later=(["hi", None, "hi", None],))) is not None
    split = dispute(case(*first, later=(["hi", "en", "hi", None], ["hi", "ne", "hi", None])))
    assert split is None  # the same person twice: the later answer counts


def test_the_configuration_shows_what_is_disputed_and_is_read_back() -> None:
    labelling = Labelling.of(["hi", "en"], layers=["entity"])
    xml = adjudication_xml(labelling)
    assert 'value="$disputed"' in xml
    assert Labelling.from_xml(xml) == labelling
    assert adjudication_xml(labelling) == xml


def test_labels_that_were_used_are_there_though_others_are_listed(case: Make) -> None:
    found = case(["hi", "unk", "hi", None], ["hi", "fw", "hi", None])
    assert labelling_for(found.records, ["hi", "en"]).labels[:4] == ("hi", "en", "other", "unk")
    assert set(labelling_for(found.records).labels) > {"hi", "en", "other", "unk", "fw"}


@pytest.mark.parametrize("annotators", [2, 3, 4])
def test_adjudicated_by_who_knows_the_truth_gold_is_the_truth_wherever_anybody_was_right_to_ask(
    annotators: int,
) -> None:
    samples = truths(60, seed=annotators)
    people = [Simulated(f"p{place}", {"hi": 0.1, "en": 0.25, "ne": 0.4}) for place in range(annotators)]
    first = annotated(samples, people)
    oracle = {record.id: record for record in annotated(samples, [Simulated("oracle")], round=2)}
    open_ones = [record for record in first if dispute(case_of([record]))]
    assert 10 < len(open_ones) < 60
    for sample, record in zip(samples, first, strict=True):
        case = case_of([record, *([oracle[record.id]] if record in open_ones else [])])
        outcome = merge(case)
        assert outcome.gold is not None
        wrong = [
            at for at, (tag, right) in enumerate(zip(outcome.gold.langs, sample.langs, strict=True)) if tag != right
        ]
        # Only where annotators were wrong together did nobody ask the oracle.
        assert all(outcome.gold.gold_source[at] in ("unanimous", "majority") for at in wrong)
        assert record not in open_ones or not wrong
        assert len(outcome.gold.votes[0]) == annotators + (record in open_ones)
        settled = settle(case)
        assert not settled.open_tokens
