from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from cswitch.annotators.labelstudio.backend import TURN, Backend
from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.tasks import check_task
from cswitch.core.contracts import Tagging
from cswitch.core.errors import InputError, RunError, UsageError
from tests.taggers import ScriptTagger

XML = Labelling.of(["hi", "en"]).xml()


def _body(*data: dict[str, Any], xml: str = XML, **more: Any) -> bytes:
    tasks = [{"id": number, "data": one, "project": 1} for number, one in enumerate(data, start=1)]
    return json.dumps({"tasks": tasks, "label_config": xml, "params": {"password": "geheim"}, **more}).encode()


def _spans(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(region["value"]["text"], region["value"]["labels"][0]) for region in result["result"]]


class _Noting(ScriptTagger):
    """Notes which languages it is asked in."""

    def __init__(self) -> None:
        super().__init__("cpu")
        self.asked: list[tuple[str, ...]] = []

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        self.asked.append(tuple(languages))
        return super().tag(batch, languages, alternatives=alternatives)


@pytest.fixture
def backend() -> Backend:
    return Backend(ScriptTagger("cpu"))


def test_a_text_gets_a_span_a_word(backend: Backend) -> None:
    answer = backend.predict(_body({"text": "Oh 👨‍👩‍👧, नमस्ते!"}))
    (result,) = answer["results"]
    assert _spans(result) == [("Oh", "en"), ("नमस्ते", "hi")]
    assert result["model_version"] == backend.version == answer["model_version"]
    assert 0.75 <= result["score"] <= 1


def test_what_is_sent_passes_the_check_of_tasks_that_are_pushed(backend: Backend) -> None:
    text = "e\u0301te\u0301 👩🏽‍🚀 नमस्ते مرحبا ok\r\nok"
    (prediction,) = backend.predict(_body({"text": text}))["results"]
    offsets = [[region["value"]["start"], region["value"]["end"]] for region in prediction["result"]]
    tokens = [text[start:end] for start, end in offsets]
    data = {"id": "1", "text": text, "tokens": tokens, "offsets": offsets, "langs": tokens}
    check_task({"data": data, "predictions": [prediction]}, Labelling.of(["hi", "en"]))
    assert tokens[0] == "e\u0301te\u0301"


def test_tokens_of_a_task_are_kept_where_they_lie_on_its_text(backend: Backend) -> None:
    given = {"text": "don't go", "tokens": ["do", "n't", "go"], "offsets": [[0, 2], [2, 5], [6, 8]]}
    assert [text for text, _ in _spans(backend.predict(_body(given))["results"][0])] == ["do", "n't", "go"]


@pytest.mark.parametrize(
    ("tokens", "offsets"),
    [
        (["don't", "go"], [[0, 5], [5, 7]]),
        (["don't"], [[0, 5], [6, 8]]),
        ("don't go", None),
        (["go", "don't"], [[6, 8], [0, 5]]),
        ([1], [["a"]]),
    ],
)
def test_tokens_that_do_not_are_found_anew(backend: Backend, tokens: object, offsets: object) -> None:
    given = {"text": "don't go", "tokens": tokens, "offsets": offsets}
    assert [text for text, _ in _spans(backend.predict(_body(given))["results"][0])] == ["don't", "go"]


def test_every_task_has_its_answer_in_its_place(backend: Backend) -> None:
    data: list[dict[str, Any]] = [{"text": f"word{number}"} for number in range(TURN + 3)]
    data[1] = {"languages": ["en"], "text": "only"}
    data[2] = {"picture": "a.png"}
    data[3] = {"text": ""}
    results = backend.predict(_body(*data))["results"]
    assert [_spans(result) for result in results[:5]] == [
        [("word0", "en")],
        [("only", "en")],
        [],
        [],
        [("word4", "en")],
    ]
    assert len(results) == TURN + 3 == backend.tasks
    assert "score" not in results[2]


def test_languages_come_from_the_option_then_the_task_then_the_configuration() -> None:
    tagger = _Noting()
    body = _body({"text": "ok", "languages": ["en", "xx"]}, {"text": "ok"})
    Backend(tagger).predict(body)
    Backend(tagger, ("hi", "ru")).predict(body)
    assert tagger.asked == [("en",), ("en", "hi"), ("hi", "ru")]


def test_a_tagger_that_does_not_know_a_language_finds_them_by_itself() -> None:
    tagger = _Noting()
    tagger.languages = ("en", "hi", "ru")
    del_known = type("Silent", (), {"name": "silent", "tag": lambda self, *got, **more: tagger.tag(*got, **more)})()
    xml = Labelling.of(["en", "ta"]).xml()
    answer = Backend(del_known).predict(_body({"text": "ok"}, xml=xml))
    assert tagger.asked == [("en", "ta"), ()]
    assert _spans(answer["results"][0]) == [("ok", "en")]


def test_a_tag_without_a_label_gets_no_span_and_is_counted(backend: Backend) -> None:
    xml = Labelling.of(["en", "other"]).xml()
    assert _spans(backend.predict(_body({"text": "ok नमस्ते"}, xml=xml))["results"][0]) == [("ok", "en")]
    assert backend.unlabelled == 1


def test_setup_reads_the_configuration_alone(backend: Backend) -> None:
    sent = {"project": "1.2", "schema": XML, "hostname": "http://h", "access_token": "geheim", "extra_params": None}
    assert backend.setup(json.dumps(sent).encode()) == {"model_version": backend.version}
    assert "geheim" not in repr(vars(backend))


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (Labelling.of(["ta", "si"]).xml(), r"none of the languages of the configuration \(ta, si\) is served here"),
        (Labelling.of(["other", "ne"]).xml(), "it has none"),
        ("<View></View>", "the labelling configuration cannot be used"),
        ("<View>", "is no XML"),
    ],
)
def test_a_project_that_cannot_be_answered_is_told_when_it_is_set_up(backend: Backend, xml: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        backend.setup(json.dumps({"schema": xml}).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[1]",
        b'{"tasks": [{"data": 7}], "label_config": ""}',
        b'{"tasks": {}}',
        b"[" * 100_000,
        b'{"tasks": [{"data": {"text": "\\ud800"}}], "label_config": ""}',
    ],
)
def test_a_body_that_is_none_is_one_line(backend: Backend, body: bytes) -> None:
    for ask in (backend.predict, backend.setup, backend.webhook):
        if (ask, body) != (backend.webhook, b'{"tasks": {}}') and not (ask == backend.webhook and b"data" in body):
            with pytest.raises(InputError) as caught:
                ask(body)
            assert "\n" not in str(caught.value)


def test_events_are_counted_by_name(backend: Backend) -> None:
    for action in ("ANNOTATION_CREATED", "ANNOTATION_CREATED", "geheim", *(f"A_{'B' * n}" for n in range(70))):
        backend.webhook(json.dumps({"action": action, "annotation": {"id": 1}}).encode())
    assert backend.events["ANNOTATION_CREATED"] == 2
    assert "geheim" not in backend.events
    assert len(backend.events) <= 65


def test_a_faulty_tagger_is_a_failed_request() -> None:
    with pytest.raises(RunError, match="not one tag a token"):
        Backend(ScriptTagger.load("faulty")).predict(_body({"text": "two words"}))


def test_a_language_that_the_tagger_does_not_know_is_told_at_the_start() -> None:
    with pytest.raises(UsageError, match="does not know 'ta'"):
        Backend(ScriptTagger("cpu"), ("ta", "en")).warm_up()
