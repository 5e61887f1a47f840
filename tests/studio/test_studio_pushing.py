"""Each sample once in a real server, though a push is killed or another one runs; and a server that ``up`` starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.studio.annotating import number_of, tasks_of
from tests.studio.browser import until
from tests.studio.commands import Studio, tagged, write
from tests.studio.studio_server import LabelStudio

COMMAND = [sys.executable, "-c", "from cswitch.cli.main import run; run()", "studio"]
MANY = 3000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    records = (tagged(f"{number}.0", f"kal ki meeting {number}", {"kal": "hi", "ki": "hi"}) for number in range(MANY))
    return write(tmp_path / "tagged.jsonl", records)


def begun(server: LabelStudio, source: Path, number: int) -> subprocess.Popen[bytes]:
    access = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}
    command = [*COMMAND, "push", str(source), "--project", str(number)]
    return subprocess.Popen(command, env={**os.environ, **access}, stderr=subprocess.DEVNULL)


def made(server: LabelStudio, studio: Studio, title: str) -> int:
    studio("init", "--project", title, "--labels", "hi,en,other")
    return number_of(server, title)


def check(server: LabelStudio, number: int) -> None:
    page = server.call("GET", f"/api/tasks?project={number}&page_size=10000&include=id,data")
    counts = Counter(task["data"]["id"] for task in page["tasks"])
    assert counts == Counter(f"{number}.0" for number in range(MANY))


def test_a_push_that_is_killed_and_run_again(label_studio: LabelStudio, studio: Studio, source: Path) -> None:
    number = made(label_studio, studio, "Killed")
    run = begun(label_studio, source, number)
    until(lambda: tasks_of(label_studio, number), "the first tasks have come", 120)
    run.send_signal(signal.SIGKILL)
    run.wait()
    # The server may be at work on what the killed run sent last.
    studio("push", source, "--project", number)
    check(label_studio, number)


def test_two_pushes_at_once(label_studio: LabelStudio, studio: Studio, source: Path) -> None:
    number = made(label_studio, studio, "At once")
    runs = [begun(label_studio, source, number) for _ in range(2)]
    assert [run.wait(timeout=300) for run in runs] == [0, 0]
    check(label_studio, number)


def test_a_server_is_started_for_a_newcomer(label_studio_program: str, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    command = [*COMMAND, "up", "--folder", str(folder), "--server-command", label_studio_program]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        told = "".join(run.stdout.readline() for _ in range(3))
        key = (folder / "key").read_text().strip()
        assert key not in told
        url = told.split()[4].rstrip(";")
        environment = {**os.environ, "LABEL_STUDIO_URL": url, "LABEL_STUDIO_API_KEY": key}
        init = [*COMMAND, "init", "--project", "First", "--pair", "hi-en"]
        assert subprocess.run(init, env=environment, capture_output=True).returncode == 0
    finally:
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    assert (run.returncode, err.splitlines()[-1]) == (0, "cswitch: stopping the server")
