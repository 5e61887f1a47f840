"""The whole circle against a server in memory: push, three annotators, pull, adjudicate, pull, gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.projects import ProjectSettings, init_project
from cswitch.annotators.labelstudio.spans import regions_of
from cswitch.core.errors import UsageError
from cswitch.pipeline.studio_adjudication import Adjudication, push_adjudication
from cswitch.pipeline.studio_cases import Cases
from cswitch.pipeline.studio_gold import Outputs, make_gold
from cswitch.pipeline.studio_pull import pull
from cswitch.pipeline.studio_push import PushOptions, push
from cswitch.schemas.annotation import Gold
from tests.annotators.labelstudio.fake_studio import InProcess, Studio
from tests.annotators.labelstudio.simulated import Simulated, Truth, judged, truths

PEOPLE = {
    1: Simulated("a", {"hi": 0.05, "en": 0.2}),
    2: Simulated("b", {"en": 0.3, "ne": 0.5}),
    3: Simulated("c", {"hi": 0.2}),
}
ORACLE = 4
TITLE = "Hinglish (adjudication)"


@pytest.fixture
def server() -> InProcess:
    studio = Studio()
    studio.members = {1: "a@x.org", 2: "b@x.org", 3: "c@x.org", ORACLE: "judge@x.org"}
    return InProcess(studio)


def annotate(server: InProcess, project: int, who: Mapping[int, Simulated], samples: Mapping[str, Truth]) -> None:
    """Everybody answers every task."""
    for number, row in list(server.studio.rows[project].items()):
        sample = samples[row["data"]["id"]]
        for member, person in who.items():
            tags = judged(sample, person).langs
            result = regions_of(sample.text, sample.tokens, sample.offsets, tags)
            decision = {"choices": ["accept"]}
            result.append({"id": "d", "from_name": "decision", "to_name": "text", "type": "choices", "value": decision})
            server.studio.annotate(number, result, by=member)


def pulled(server: InProcess, project: str, path: Path) -> str:
    pull(server, project, str(path), force=True)
    return str(path)


def merged(paths: Sequence[str]) -> tuple[list[Gold], dict[str, Any]]:
    out = BytesIO()
    tally = make_gold(paths, Outputs(out))
    return [msgspec.json.decode(line, type=Gold) for line in out.getvalue().splitlines()], tally.counts()


def test_the_circle_closes_with_the_truth(server: InProcess, tmp_path: Path) -> None:
    samples = {sample.id: sample for sample in truths(60, seed=3)}
    source = tmp_path / "tagged.jsonl"
    fields = ("id", "text", "tokens", "offsets")
    source.write_bytes(
        b"".join(
            msgspec.json.encode({**{name: getattr(one, name) for name in fields}, "langs": one.suggested}) + b"\n"
            for one in samples.values()
        )
    )
    init_project(server, "Hinglish", ProjectSettings(labelling=Labelling.of(["hi", "en"]), overlap=3))
    push(server, "Hinglish", str(source), PushOptions(blind=0.2))
    annotate(server, 1, PEOPLE, samples)
    first = pulled(server, "Hinglish", tmp_path / "answers.jsonl")
    _, before = merged([first])
    assert before["samples"]["open"] > 5

    found = Adjudication([first])
    made, sent = push_adjudication(server, TITLE, found)
    assert (made.created, sent.sent) == (True, before["samples"]["open"])
    assert 'value="$disputed"' in server.project(made.project)["label_config"]
    _, again = push_adjudication(server, TITLE, Adjudication([first]))
    assert (again.sent, again.there) == (0, sent.sent)

    annotate(server, made.project, {ORACLE: Simulated("judge")}, samples)
    second = pulled(server, TITLE, tmp_path / "adjudicated.jsonl")
    gold, after = merged([first, second])
    assert after["samples"] == {"gold": 60, "open": 0, "edited": 0, "rejected": 0, "unjudged": 0}
    put = set(before["open"])
    for one in gold:
        sample = samples[one.id]
        wrong = {
            source for source, tag, right in zip(one.gold_source, one.langs, sample.langs, strict=True) if tag != right
        }
        assert wrong <= (set() if one.id in put else {"unanimous", "majority"})
        assert set(one.votes[0]) == {"a@x.org", "b@x.org", "c@x.org", *(["judge@x.org"] if one.id in put else [])}


def test_more_labels_later_are_added_to_a_project_that_nobody_edited(server: InProcess, tmp_path: Path) -> None:
    def answers(name: str, *tags: str) -> str:
        said = [{"annotator": f"p{place}", "langs": [tag]} for place, tag in enumerate(tags)]
        record = {
            "id": name,
            "text": "ok",
            "tokens": ["ok"],
            "offsets": [[0, 2]],
            "languages": ["hi"],
            "judgements": said,
        }
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(msgspec.json.encode(record))
        return str(path)

    made, _ = push_adjudication(server, TITLE, Adjudication([answers("1", "hi", "en")]))
    push_adjudication(
        server,
        TITLE,
        Adjudication([answers("2", "hi", "mr")]),
    )
    labelling = Labelling.from_xml(server.project(made.project)["label_config"])
    assert {"hi", "en", "mr"} < set(labelling.labels)
    changed = server.project(made.project)["label_config"].replace('alias="mr"', 'alias="xx"')
    server.update_project(made.project, {"label_config": changed.replace("$disputed", "Mine")})
    with pytest.raises(UsageError, match="edited by hand"):
        push_adjudication(server, TITLE, Adjudication([answers("3", "hi", "gu")]))


def test_samples_stream_and_only_what_stands_in_several_records_is_held(tmp_path: Path) -> None:
    def line(name: int, round: int) -> bytes:
        record = {
            "id": str(name),
            "text": "ok",
            "tokens": ["ok"],
            "offsets": [[0, 2]],
            "languages": ["en"],
            "round": round,
        }
        return msgspec.json.encode(record) + b"\n"

    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_bytes(b"".join(line(name, 1) for name in range(50)))
    second.write_bytes(b"".join(line(name, 2) for name in (7, 3, 99)))
    cases = Cases([str(first), str(second)])
    assert [case.record.id for case in cases] == [*map(str, range(50)), "99"]
    assert [list(case.rounds) for case in cases if len(case.rounds) > 1] == [[1, 2], [1, 2]]
    assert {name: len(held) for name, held in cases._together.items()} == {"3": 2, "7": 2}
