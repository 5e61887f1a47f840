"""Simulated annotators at a real server, each with an account of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cswitch.annotators.labelstudio.spans import region_id, regions_of
from cswitch.schemas.annotation import Judgement
from tests.annotators.labelstudio.simulated import Truth
from tests.studio.studio_server import Account, LabelStudio

Answers = Mapping[str, list[dict[str, Any]]]
"""The ``result`` of an annotation by the id of the sample."""


def answer(sample: Truth, judgement: Judgement, *, rated: bool = True) -> list[dict[str, Any]]:
    """What the browser would send for a judgement."""
    said = regions_of(sample.text, sample.tokens, sample.offsets, judgement.langs, key=sample.id)
    said.append(item(sample, "decision", "choices", [judgement.decision]))
    if rated:
        said.append(item(sample, "naturalness", "rating", judgement.naturalness))
    return said


def item(sample: Truth, name: str, kind: str, value: Any) -> dict[str, Any]:
    """An answer that is about the whole text."""
    told = {"from_name": name, "to_name": "text", "type": kind, "value": {kind: value}}
    return {"id": region_id(f"{sample.id} {name}", 0, 0), **told}


def tasks_of(server: LabelStudio, project: int) -> dict[str, int]:
    """The task of each sample."""
    found = server.call("GET", f"/api/tasks?project={project}&page_size=10000&include=id,data")["tasks"]
    return {task["data"]["id"]: task["id"] for task in found}


def annotate(server: LabelStudio, tasks: Mapping[str, int], who: Account, answers: Answers, seconds: float) -> None:
    """Submits one by one, as the browser does; the server takes about ten a second, whoever sends them."""
    for name, result in answers.items():
        body = {"result": result, "lead_time": seconds}
        server.call("POST", f"/api/tasks/{tasks[name]}/annotations", body, token=who.token)


def annotate_many(server: LabelStudio, project: int, tasks: Mapping[str, int], who: Account, answers: Answers) -> None:
    """Submits thousands at once: answers arrive as predictions, and the annotator takes all of them over."""
    made_by = {"model_version": who.email}
    predicted = [{"task": tasks[name], "result": result, **made_by} for name, result in answers.items()]
    server.call("POST", f"/api/projects/{project}/import/predictions", predicted)
    body = {"selectedItems": {"all": True, "excluded": []}, **made_by}
    route = f"/api/dm/actions?id=predictions_to_annotations&project={project}"
    server.call("POST", route, body, token=who.token)


def number_of(server: LabelStudio, title: str) -> int:
    """Id of a project."""
    found = server.call("GET", "/api/projects?page_size=1000")["results"]
    return next(int(one["id"]) for one in found if one["title"] == title)


def nominal_alpha(units: Sequence[Sequence[str | None]]) -> float:
    """Krippendorff's alpha (2011) straight from its definition: 1 less observed by expected disagreement."""
    paired = [[value for value in unit if value is not None] for unit in units]
    paired = [unit for unit in paired if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    observed = sum(sum(one != other for one in unit for other in unit) / (len(unit) - 1) for unit in paired)
    counts = {value: values.count(value) for value in set(values)}
    total = len(values)
    expected = sum(counts[one] * counts[other] for one in counts for other in counts if one != other) / (total - 1)
    return 1 - observed / expected
