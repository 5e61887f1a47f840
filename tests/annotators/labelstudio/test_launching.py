"""A server of one's own: installed, started, found, stopped, and its secrets kept."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cswitch.annotators.labelstudio import launching
from cswitch.annotators.labelstudio.launching import HOST, Home, answers, default_home, free_port, install
from cswitch.cli.main import main
from cswitch.core.errors import RunError, UsageError
from cswitch.pipeline.studio_up import running_server

FAKE = '''\
#!{python}
"""A server that knows as much of Label Studio's as starting it needs."""
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

assert sys.argv[1] == "start" and sys.argv[sys.argv.index("--internal-host") + 1] == "127.0.0.1"
how = {how!r}
open("seen.json", "w").write(json.dumps({{"arguments": sys.argv[1:], "environment": dict(os.environ)}}))
if how == "broken":
    sys.exit("warning: first\\nValueError: the database is broken\\n")
if how == "silent":
    time.sleep(60)

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        said, key = self.headers.get("Authorization"), os.environ["LABEL_STUDIO_USER_TOKEN"]
        good = self.path == "/health" or (said == "Token " + key and how != "stranger")
        self.send_response(200 if good else 401)
        self.end_headers()
        if how == "stops" and self.path != "/health":
            os._exit(3)

    def log_message(self, *_):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Handler).serve_forever()
'''

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its stand-in is a script of Unix")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "studio")


def program(folder: Path, how: str = "") -> str:
    path = folder / f"label-studio-{how}"
    path.write_text(FAKE.format(python=sys.executable, how=how), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        yield int(holder.getsockname()[1])


def test_a_server_is_started_and_stopped(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "of another server")
    monkeypatch.setenv("PYTHONPATH", "/ours")
    with running_server(home, program=program(tmp_path)) as server:
        assert answers(server.url, home.key.read_text().strip())
        assert not answers(server.url, "another")
        found = home.found()
        assert found is not None
        assert found.url == server.url
    assert not answers(server.url)
    assert not home.running.exists()
    seen = (home.folder / "seen.json").read_text()
    arguments = seen.partition('"environment"')[0]
    for secret in (home.key.read_text().strip(), home.password.read_text().strip()):
        assert secret not in arguments  # a command line is there for all to see
        assert secret in seen
    assert "of another server" not in seen
    assert "/ours" not in seen
    assert '"COLLECT_ANALYTICS": "false"' in seen
    assert '"SENTRY_DSN": ""' in seen
    assert '"USE_DEFAULT_BANNED_SUBNETS": "false"' in seen  # a backend on this machine can be connected


def test_key_and_password_stay_and_only_their_owner_reads_them(home: Home) -> None:
    home.make()
    kept = home.key.read_text(), home.password.read_text()
    home.make()
    assert (home.key.read_text(), home.password.read_text()) == kept
    assert len(home.key.read_text().strip()) == 40
    for path, mode in ((home.key, 0o600), (home.password, 0o600), (home.folder, 0o700), (home.data, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_database_whose_key_is_gone_is_told(home: Home) -> None:
    home.make()
    (home.data / "label_studio.sqlite3").touch()
    home.key.unlink()
    with pytest.raises(UsageError, match="key is gone, and with it the way into"):
        home.make()


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ("broken", "stopped at its start: ValueError: the database is broken; see"),
        ("silent", r"did not answer at http://127\.0\.0\.1:\d+ within 0 s"),
        ("stranger", "does not know the key in"),
    ],
)
def test_servers_that_do_not_get_ready(home: Home, tmp_path: Path, how: str, fault: str) -> None:
    with (
        pytest.raises(RunError, match=fault),
        running_server(home, program=program(tmp_path, how), seconds=0.3 if how == "silent" else 60),
    ):
        pass
    assert not home.running.exists()


def test_a_program_that_is_none(home: Home, tmp_path: Path) -> None:
    for name, fault in ((str(tmp_path / "nothing"), "no such file"), (str(tmp_path), "permission denied")):
        with pytest.raises(UsageError, match=fault), running_server(home, program=name):
            pass


def test_one_server_a_folder(home: Home, tmp_path: Path) -> None:
    name = program(tmp_path)
    with running_server(home, program=name) as server:
        with (
            pytest.raises(RunError, match=f"runs already at {server.url}; use it, or end"),
            running_server(home, program=name),
        ):
            pass
        assert answers(server.url)


def test_a_server_that_a_killed_run_left_is_found(home: Home, tmp_path: Path) -> None:
    home.make()
    left = launching.Launched(home, program(tmp_path), free_port())
    try:
        left.wait_until_ready(60)
        with pytest.raises(RunError, match="runs already at"), running_server(home, program=program(tmp_path)):
            pass
    finally:
        left.stop()


def test_ports(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=f"port {taken} of 127.0.0.1 is taken"):
        free_port(taken)
    monkeypatch.setattr(launching, "PORT", taken)
    assert taken < free_port() < taken + 50
    monkeypatch.setattr(launching, "_PORTS", 1)
    with pytest.raises(RunError, match="is free; add --port"):
        free_port()


def test_an_installation_that_fails_is_one_line_and_is_made_again(home: Home, tmp_path: Path) -> None:
    home.make()
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'WARNING: retrying'\necho 'ERROR: No matching distribution' >&2\nexit 1\n")
    python.chmod(0o755)
    for _ in range(2):
        with pytest.raises(RunError, match=r"could not be installed: No matching distribution; see .*install\.log"):
            install(home, python=str(python))
    with pytest.raises(RunError, match="cannot be run"):
        install(home, python=str(tmp_path / "nothing"))


def test_an_installation_is_made_once(home: Home, tmp_path: Path) -> None:
    home.make()
    python = tmp_path / "python"
    script = (
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n'
        'if [ "$2" = venv ]; then mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; touch "$4/bin/label-studio"; fi\n'
    )
    python.write_text(script)
    python.chmod(0o755)
    for _ in range(2):
        install(home, python=str(python))
    calls = (tmp_path / "calls").read_text().splitlines()
    assert len(calls) == 2
    assert calls[1].endswith(launching.REQUIREMENT)


def test_an_installation_without_room(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.make()
    monkeypatch.setattr(launching, "ROOM", 1 << 60)
    with pytest.raises(RunError, match="Label Studio takes 1 GB"):
        install(home)


def test_the_folder_among_a_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_home().folder == Path("/data/cswitch/label-studio")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert default_home().folder == Path("/home/me/.local/share/cswitch/label-studio")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_runs_until_it_is_interrupted(home: Home, tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-m", "tests.annotators.labelstudio.test_launching", str(home.folder), program(tmp_path)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout is not None
    lines = [run.stdout.readline() for _ in range(3)]
    assert lines[0].startswith("Label Studio runs at http://127.0.0.1:")
    assert str(home.password) in lines[1]
    url = lines[0].split()[4].rstrip(";")
    assert answers(url, home.key.read_text().strip())
    os.kill(run.pid, number)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (0, "")
    assert err.splitlines()[-1] == "cswitch: stopping the server"
    assert home.key.read_text().strip() not in "".join([*lines, err])
    assert not answers(url)


def test_a_server_that_stops_by_itself_is_told(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = program(tmp_path, "stops")
    status = main(["studio", "up", "--folder", str(home.folder), "--server-command", name, "--show-key"])
    out, err = capsys.readouterr()
    assert (status, "Label Studio stopped by itself (status 3); see" in err) == (1, True)
    assert home.key.read_text().strip() in out


if __name__ == "__main__":
    sys.exit(main(["studio", "up", "--folder", sys.argv[1], "--server-command", sys.argv[2]]))
