"""Tasks: what they hold, and that nothing wrong leaves."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from cswitch import __version__
from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.tasks import check_task, is_blind, languages_of, task_of
from cswitch.core.errors import InputError

LABELLING = Labelling.of(["hi", "en"], layers=["pos"])

RECORD: dict[str, Any] = {
    "id": "42.0",
    "text": "कल meeting है 🙂!",
    "tokens": ["कल", "meeting", "है", "🙂", "!"],
    "langs": ["hi", "en", "hi", "other", "other"],
    "offsets": [(0, 2), (3, 10), (11, 13), (14, 15), (15, 16)],
    "languages": ["hi", "en"],
    "probabilities": [0.9, 0.8, 1.0, 1.0, 1.0],
    "kept": {"anything": [1, None]},
}


def regions(task: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (found["from_name"], found["value"]["text"], found["value"]["labels"][0])
        for found in task["predictions"][0]["result"]
    ]


def test_a_task_holds_what_is_needed_to_read_its_answer() -> None:
    task = task_of(RECORD, LABELLING, batch="first", round=2, made_by="compact")
    assert task["data"] == {
        "text": "कल meeting है 🙂!",
        "id": "42.0",
        "tokens": ["कल", "meeting", "है", "🙂", "!"],
        "offsets": [[0, 2], [3, 10], [11, 13], [14, 15], [15, 16]],
        "langs": ["hi", "en", "hi", "other", "other"],
        "languages": ["hi", "en"],
        "batch": "first",
        "round": 2,
        "blind": False,
        "sample": RECORD,
    }
    (prediction,) = task["predictions"]
    assert prediction["score"] == pytest.approx(0.94)
    assert prediction["model_version"] == f"cswitch {__version__} compact"
    assert regions(task) == [("lang", "कल", "hi"), ("lang", "meeting", "en"), ("lang", "है", "hi")]


def test_a_blind_task_has_no_prediction_but_its_tags() -> None:
    task = task_of(RECORD, LABELLING, blind=True)
    assert "predictions" not in task
    assert task["data"]["blind"] is True
    assert task["data"]["langs"] == RECORD["langs"]


def test_marks_get_regions_on_request() -> None:
    assert [text for _, text, _ in regions(task_of(RECORD, LABELLING, fixed=True))] == RECORD["tokens"]


def test_a_layer_of_the_record_shares_the_regions_of_the_tags() -> None:
    pos = ["ADV", "NOUN", "AUX", "SYM", "PUNCT"]
    task = task_of({**RECORD, "pos": pos}, LABELLING)
    assert [label for layer, _, label in regions(task) if layer == "pos"] == pos
    ids = {layer: [] for layer in ("lang", "pos")}  # type: dict[str, list[str]]
    for found in task["predictions"][0]["result"]:
        ids[found["from_name"]].append(found["id"])
    assert ids["lang"] == ids["pos"][:3]


def test_a_layer_that_nobody_asked_for_stays_in_the_record() -> None:
    task = task_of({**RECORD, "pos": ["ADV"] * 5}, Labelling.of(["hi", "en"]))
    assert {layer for layer, _, _ in regions(task)} == {"lang"}


def test_what_generators_made_is_sure_and_names_its_generator() -> None:
    record = {key: value for key, value in RECORD.items() if key != "probabilities"}
    assert "score" not in task_of(record, LABELLING)["predictions"][0]
    (prediction,) = task_of({**record, "provenance": {"generator": "insertion"}}, LABELLING)["predictions"]
    assert (prediction["score"], prediction["model_version"]) == (1.0, f"cswitch {__version__} insertion")


def test_the_same_record_gives_the_same_task() -> None:
    assert task_of(RECORD, LABELLING) == task_of(deepcopy(RECORD), LABELLING)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"langs": ["hi", "en"]}, "sample 42.0: 2 langs for 5 tokens"),
        ({"offsets": [(0, 2)]}, "sample 42.0: 1 offsets for 5 tokens"),
        ({"offsets": [(0, 2), (3, 10), (11, 13), (14, 16), (16, 17)]}, "token 3 is '🙂', but [14, 16) cuts '🙂!' out"),
        ({"offsets": [(0, 2), (3, 10), (11, 13), (14, 15), (15, 99)]}, "[15, 99) cuts '!' out of a text of 16"),
        ({"offsets": [(0, 2), (3, 10), (-5, -3), (14, 15), (15, 16)]}, "token 2 is 'है'"),
        ({"text": "कल Meeting है 🙂!"}, "token 1 is 'meeting'"),
        ({"langs": ["hi", "ta", "hi", "other", "other"]}, "sample 42.0: prediction 1: unknown label 'ta' in 'lang'"),
    ],
)
@pytest.mark.parametrize("blind", [False, True])
def test_a_record_that_does_not_fit_is_refused(change: dict[str, Any], told: str, blind: bool) -> None:
    with pytest.raises(InputError) as caught:
        task_of({**RECORD, **change}, LABELLING, blind=blind)
    assert told in str(caught.value)
    assert caught.value.hint


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """A task in whose first prediction something is changed."""
    task = task_of(RECORD, LABELLING)
    change(task["predictions"][0])
    return task


def at(place: int, **fields: Any) -> Callable[[dict[str, Any]], object]:
    """Changes fields of a region, or of its value."""

    def change(prediction: dict[str, Any]) -> None:
        region = prediction["result"][place]
        for name, value in fields.items():
            (region if name in region else region["value"])[name] = value

    return change


def adding(**item: Any) -> Callable[[dict[str, Any]], object]:
    """Adds an item."""
    return lambda prediction: prediction["result"].append({"id": "z", "to_name": "text", **item})


RATING = {"from_name": "naturalness", "type": "rating"}
DECISION = {"from_name": "decision", "type": "choices"}
CORRECTED = {"from_name": "corrected", "type": "textarea"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (at(0, labels=["Hindi"]), "unknown label 'Hindi' in 'lang'"),
        (at(0, labels=[]), "a span of 'lang' has labels []"),
        (at(0, labels=["hi", "en"]), "a span of 'lang' has labels ['hi', 'en']"),
        (at(0, from_name="label"), "no control 'label' in the configuration"),
        (at(0, from_name="entity"), "no control 'entity' in the configuration"),
        (at(0, to_name="txt"), "'lang' gives labels on 'txt'"),
        (at(0, type="hypertextlabels"), "'lang' gives hypertextlabels on 'text'"),
        (at(0, start=1), "[1, 2) of the text is 'ल', the span says 'कल'"),
        (at(2, end=99), "a span of 'lang' is [11, 99) in a text of 16"),
        (at(2, end=11), "a span of 'lang' is [11, 11) in a text of 16"),
        (at(2, start=-2), "a span of 'lang' is [-2, 13)"),
        (at(2, start=11.0), "a span of 'lang' is [11.0, 13)"),
        (at(2, start=True), "a span of 'lang' is [True, 13)"),
        (at(0, text="kal"), "the span says 'kal'"),
        (at(0, end=10, text="कल meeting"), "spans 'कल meeting' and 'meeting' of 'lang' overlap"),
        (lambda found: at(1, id=found["result"][0]["id"])(found), "stands for two regions"),
        (at(0, id=""), "a region of 'lang' has no id"),
        (lambda found: found["result"][0].pop("value"), "an item without a value"),
        (lambda found: found.pop("result"), "no list of results"),
        (adding(**RATING, value={"rating": 6}), "'naturalness' says {'rating': 6}"),
        (adding(**RATING, value={"rating": True}), "'naturalness' says {'rating': True}"),
        (adding(**DECISION, value={"choices": ["maybe"]}), "'decision' says {'choices': ['maybe']}"),
        (adding(**CORRECTED, value={"text": "one"}), "'corrected' says {'text': 'one'}"),
    ],
)
def test_a_prediction_that_label_studio_would_show_wrongly_is_refused(
    change: Callable[[dict[str, Any]], object], told: str
) -> None:
    task = changed(change)
    with pytest.raises(InputError) as caught:
        check_task(task, LABELLING)
    assert str(caught.value).startswith("sample 42.0: prediction 1: ")
    assert told in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    "change",
    [
        lambda found: None,
        adding(**RATING, value={"rating": 5}),
        adding(**DECISION, value={"choices": ["edit"]}),
        adding(**CORRECTED, value={"text": ["one"]}),
    ],
)
def test_what_fits_passes(change: Callable[[dict[str, Any]], object]) -> None:
    task = changed(change)
    before = deepcopy(task)
    check_task(task, LABELLING)
    assert task == before


def test_each_prediction_is_looked_at() -> None:
    task = task_of(RECORD, LABELLING)
    task["predictions"].append(deepcopy(task["predictions"][0]))
    check_task(task, LABELLING)
    task["predictions"][1]["result"][0]["value"]["end"] = 3
    with pytest.raises(InputError, match="prediction 2"):
        check_task(task, LABELLING)


def test_an_answer_to_what_is_not_asked_is_refused() -> None:
    task = changed(adding(**RATING, value={"rating": 5}))
    with pytest.raises(InputError, match="no control 'naturalness'"):
        check_task(task, Labelling.of(["hi", "en"], layers=["pos"], naturalness=False))


def test_blind_samples_are_about_the_share_and_grow_with_it() -> None:
    names = [f"{number}.0" for number in range(2000)]
    chosen = {share: {name for name in names if is_blind(name, share)} for share in (0, 0.1, 0.3, 1)}
    assert not chosen[0]
    assert len(chosen[1]) == len(names)
    assert chosen[0.1] < chosen[0.3]
    assert len(chosen[0.1]) == pytest.approx(200, abs=50)
    assert {name for name in names if is_blind(name, 0.1, 7)} != chosen[0.1]


def test_languages_are_those_of_the_tags_where_none_are_named() -> None:
    assert languages_of({"langs": ["other", "en", "ne:hi", "hi", "en"]}) == ["en", "hi"]
    assert languages_of({"langs": ["en"], "languages": ["hi", "en"]}) == ["hi", "en"]
