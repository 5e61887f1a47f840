"""What goes wrong with a real server: one clear line each, nothing lost, and the next run goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.studio.annotating import number_of, tasks_of
from tests.studio.browser import until
from tests.studio.commands import Studio, read, tagged, write
from tests.studio.studio_server import LabelStudio, free_port

COMMAND = [sys.executable, "-c", "from cswitch.cli.main import run; run()", "studio"]
MANY = 2000
TAKE_OVER = {"selectedItems": {"all": True, "excluded": []}}


def records(count: int) -> list[dict[str, Any]]:
    words = {"kal": "hi", "ki": "hi", "meeting": "en", "cancel": "en"}
    return [tagged(f"{number}.0", f"kal ki meeting {number} cancel", words) for number in range(count)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "tagged.jsonl", records(5))


def made(server: LabelStudio, studio: Studio, title: str, *options: object) -> int:
    """A project with the tags hi and en."""
    studio("init", "--project", title, "--pair", "hi-en", *options)
    return number_of(server, title)


def started(server: LabelStudio, folder: Path, *arguments: object) -> subprocess.Popen[str]:
    """A command as a process of its own."""
    access = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, env={**os.environ, **access}, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> str:
    """The last line of a process that must fail, which tells why."""
    _, told = process.communicate(timeout=120)
    assert process.returncode == 1, told
    assert "Traceback" not in told
    last = told.splitlines()[-1]
    assert last.startswith("cswitch: error: "), told
    return last


@pytest.fixture
def stopping(label_studio: LabelStudio) -> Iterator[LabelStudio]:
    """The server for a test that stops it; it runs again after."""
    yield label_studio
    label_studio.start()


@pytest.mark.parametrize("command", ["push", "pull", "status", "init"])
def test_a_wrong_key_is_told(studio: Studio, source: Path, command: str) -> None:
    given: dict[str, list[object]] = {"push": [source], "pull": ["-o", "x.jsonl"], "init": ["--pair", "hi-en"]}
    done = studio(command, *given.get(command, []), "--project", "Any", key="f" * 40, status=2)
    assert "refuses the key in $LABEL_STUDIO_API_KEY" in done.error
    assert not Path("x.jsonl").exists()


@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")  # by the SDK itself
def test_a_personal_token_is_a_key_too(label_studio: LabelStudio, studio: Studio, source: Path) -> None:
    key = label_studio.personal_token
    studio("init", "--project", "Personal", "--pair", "hi-en", key=key)
    studio("push", source, "--project", "Personal", key=key)
    assert len(tasks_of(label_studio, number_of(label_studio, "Personal"))) == 5


def test_nobody_answers(studio: Studio, source: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = studio("push", source, "--project", "Any", url=url, status=1)
    assert done.error.startswith(f"nothing answers at {url}; check the address")


def test_a_project_that_is_gone(label_studio: LabelStudio, studio: Studio, source: Path) -> None:
    number = made(label_studio, studio, "Gone")
    label_studio.call("DELETE", f"/api/projects/{number}/")
    for name in ("Gone", number):
        for command in (["push", source], ["pull", "-o", "x.jsonl"], ["status"]):
            assert "cswitch studio init" in studio(*command, "--project", name, status=2).error


def test_a_configuration_edited_by_hand_is_told_and_not_overwritten(
    label_studio: LabelStudio, studio: Studio, source: Path
) -> None:
    number = made(label_studio, studio, "Edited")
    xml = label_studio.call("GET", f"/api/projects/{number}")["label_config"]
    edited = xml.replace('value="Hindi" alias="hi"', 'value="Hindustani"')
    assert edited != xml
    label_studio.call("PATCH", f"/api/projects/{number}", {"label_config": edited})
    assert (
        "label 'hi' of 'lang' was renamed 'Hindustani'"
        in studio("init", "--project", "Edited", "--pair", "hi-en", status=2).error
    )
    assert label_studio.call("GET", f"/api/projects/{number}")["label_config"] == edited
    assert "unknown label 'hi'" in studio("push", source, "--project", "Edited", status=2).error
    assert tasks_of(label_studio, number) == {}
    studio("init", "--project", "Edited", "--pair", "hi-en", "--force")
    studio("push", source, "--project", "Edited")
    assert len(tasks_of(label_studio, number)) == 5


def test_a_text_changed_at_the_server_and_an_annotator_who_is_gone(
    label_studio: LabelStudio, studio: Studio, source: Path, tmp_path: Path
) -> None:
    number = made(label_studio, studio, "Changed")
    studio("push", source, "--project", "Changed", "--blind", 0)
    leaver = label_studio.sign_up("leaver@example.org")
    route = f"/api/dm/actions?id=predictions_to_annotations&project={number}"
    label_studio.call("POST", route, TAKE_OVER, token=leaver.token)
    task = tasks_of(label_studio, number)["2.0"]
    data = label_studio.call("GET", f"/api/tasks/{task}")["data"]
    label_studio.call("PATCH", f"/api/tasks/{task}", {"data": {**data, "text": "kal wali meeting 2 cancel"}})
    label_studio.call("DELETE", f"/api/users/{leaver.id}/")
    done = studio("pull", "--project", "Changed", "-o", "x.jsonl")
    found = {one.id: one for one in read(tmp_path / "x.jsonl")}
    assert {len(one.judgements) for one in found.values()} == {1}
    assert (found["2.0"].text, found["2.0"].judgements[0].langs) == (
        "kal ki meeting 2 cancel",
        ["hi", "hi", "en", None, "en"],
    )
    assert "5 annotations of users who are no members any more" in done.err
    assert "1 tasks were given another text" in done.err


def test_a_server_that_stops_in_the_middle_of_a_push(stopping: LabelStudio, studio: Studio, tmp_path: Path) -> None:
    write(tmp_path / "many.jsonl", records(MANY))
    number = made(stopping, studio, "Stops, push")
    process = started(stopping, tmp_path, "push", "many.jsonl", "--project", "Stops, push", "--blind", 0)
    until(lambda: tasks_in(stopping, number), "nothing arrived")
    stopping.stop()
    told = ended(process)
    assert "have arrived: what is there is not sent again" in told
    stopping.start()
    there = tasks_in(stopping, number)
    assert 0 < there < MANY
    studio("push", tmp_path / "many.jsonl", "--project", "Stops, push", "--blind", 0)
    assert tasks_in(stopping, number) == MANY
    assert len(tasks_of(stopping, number)) == MANY  # none twice


def test_a_server_that_stops_in_the_middle_of_a_pull(stopping: LabelStudio, studio: Studio, tmp_path: Path) -> None:
    write(tmp_path / "many.jsonl", records(MANY))
    number = made(stopping, studio, "Stops, pull")
    studio("push", tmp_path / "many.jsonl", "--project", "Stops, pull", "--blind", 0)
    stopping.call("POST", f"/api/dm/actions?id=predictions_to_annotations&project={number}", TAKE_OVER)
    (tmp_path / "answers.jsonl").write_text("of before\n")
    process = started(stopping, tmp_path, "pull", "--project", "Stops, pull", "-o", "answers.jsonl", "--force")
    asked = len(stopping.log.read_bytes())
    until(lambda: b"GET /api/users" in stopping.log.read_bytes()[asked:], "it did not pull")
    time.sleep(0.3)  # the export is asked for next, and takes seconds
    stopping.stop()
    assert "nothing answers at" in ended(process)
    assert (tmp_path / "answers.jsonl").read_text() == "of before\n"
    stopping.start()
    studio("pull", "--project", "Stops, pull", "-o", "answers.jsonl", "--force")
    assert len(read(tmp_path / "answers.jsonl")) == MANY


def test_two_pulls_at_once(label_studio: LabelStudio, studio: Studio, source: Path, tmp_path: Path) -> None:
    number = made(label_studio, studio, "Two pulls")
    studio("push", source, "--project", "Two pulls", "--blind", 0)
    label_studio.call("POST", f"/api/dm/actions?id=predictions_to_annotations&project={number}", TAKE_OVER)
    pulls = [started(label_studio, tmp_path, "pull", "--project", "Two pulls", "-o", "x.jsonl") for _ in range(2)]
    told = [process.communicate(timeout=120)[1] for process in pulls]
    statuses = [process.returncode for process in pulls]
    assert 0 in statuses, told
    assert all(status in (0, 2) for status in statuses), told
    assert len(read(tmp_path / "x.jsonl")) == 5


def tasks_in(server: LabelStudio, number: int) -> int:
    """How many tasks a project has."""
    return int(server.call("GET", f"/api/projects/{number}")["task_number"])
