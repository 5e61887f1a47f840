"""A real Label Studio asks ``cswitch studio serve`` for predictions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.tasks import check_task
from tests.studio.serving import Serving, serving
from tests.studio.studio_server import LabelStudio

LABELLING = Labelling.of(["hi", "en"])
TEXTS = ["Yaar kal ki meeting cancel ho gayi", "नमस्ते 👨‍👩‍👧 dosto, see you!", "ok"]


@pytest.fixture(scope="module")
def backend(label_studio: LabelStudio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("serve") / "serve.log") as served:
        yield served


def project(server: LabelStudio, title: str, xml: str) -> int:
    """A project with a task a text, and no predictions."""
    made = server.call("POST", "/api/projects", {"title": title, "label_config": xml})["id"]
    server.call("POST", f"/api/projects/{made}/import", [{"data": {"text": text}} for text in TEXTS])
    return int(made)


def predictions(server: LabelStudio, made: int) -> dict[str, list[dict[str, Any]]]:
    """The predictions of each text."""
    tasks = server.call("GET", f"/api/tasks?project={made}&fields=all&page_size=100")["tasks"]
    return {task["data"]["text"]: task["predictions"] for task in tasks}


def test_label_studio_gets_a_prediction_a_task_and_no_key_is_logged(
    label_studio: LabelStudio, backend: Serving
) -> None:
    made = project(label_studio, "Live", LABELLING.xml())
    added = label_studio.call("POST", "/api/ml", {"url": backend.url, "project": made, "title": "cswitch"})
    assert (added["readable_state"], added["model_version"]) == ("Connected", "cswitch 0.1.0 compact")

    everything = {"selectedItems": {"all": True, "excluded": []}}
    label_studio.call("POST", f"/api/dm/actions?id=retrieve_tasks_predictions&project={made}", everything)
    found = predictions(label_studio, made)
    for text in TEXTS:
        (prediction,) = found[text]
        spans = [region["value"] for region in prediction["result"]]
        cut = [[span["start"], span["end"]] for span in spans]
        words = [text[start:end] for start, end in cut]
        data = {"id": text, "text": text, "tokens": words, "offsets": cut, "langs": words}
        check_task({"data": data, "predictions": [prediction]}, LABELLING)
    said = {span["value"]["text"]: span["value"]["labels"] for span in found[TEXTS[0]][0]["result"]}
    assert (said["Yaar"], said["meeting"], said["gayi"]) == (["hi"], ["en"], ["hi"])

    versions = label_studio.call("GET", f"/api/ml/{added['id']}/versions")
    assert versions == {"versions": ["cswitch 0.1.0 compact"]}
    log = backend.log.read_text()
    assert "POST /setup 200" in log
    assert "POST /predict 200" in log
    assert label_studio.token not in log


def test_a_task_that_is_opened_gets_its_prediction_then(label_studio: LabelStudio, backend: Serving) -> None:
    made = project(label_studio, "Opened", LABELLING.xml())
    label_studio.call("POST", "/api/ml", {"url": backend.url, "project": made})
    first = label_studio.call("GET", f"/api/tasks?project={made}&fields=all")["tasks"][0]
    assert first["predictions"] == []
    opened = label_studio.call("GET", f"/api/tasks/{first['id']}?project={made}")
    assert [span["type"] for span in opened["predictions"][0]["result"]] == ["labels"] * len(
        opened["predictions"][0]["result"]
    )
    assert opened["predictions"][0]["result"]


def test_a_configuration_that_tags_do_not_fit_is_told_to_who_adds_it(
    label_studio: LabelStudio, backend: Serving
) -> None:
    made = project(label_studio, "Misfit", Labelling.of(["eu", "ga"]).xml())
    with pytest.raises(AssertionError, match=r"none of the languages of the configuration \(eu, ga\) is served here"):
        label_studio.call("POST", "/api/ml", {"url": backend.url, "project": made})


def test_events_of_the_project_are_counted(label_studio: LabelStudio, tmp_path: Path) -> None:
    with serving(tmp_path / "serve.log", "--pair", "en-hi") as own:
        made = project(label_studio, "Events", LABELLING.xml())
        label_studio.call("POST", "/api/ml", {"url": own.url, "project": made})
        task = label_studio.call("GET", f"/api/tasks?project={made}&fields=all")["tasks"][0]
        label_studio.call("POST", f"/api/tasks/{task['id']}/annotations", {"result": []})
        assert "annotation_created 1" in own.stop()
