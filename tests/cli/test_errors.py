from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cswitch.cli.errors import describe, report, say
from cswitch.core.errors import InputError, MissingExtraError, RunError, UsageError

if TYPE_CHECKING:
    from tests.cli.conftest import Cswitch

RUN = "from cswitch.cli.main import run; run()"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("a"), 2),
        (InputError("a", path="b.tsv", line=3), 2),
        (MissingExtraError("a", extra="cjk"), 2),
        (RunError("a"), 1),
        (FileNotFoundError(2, "No such file or directory", "a"), 2),
        (PermissionError(13, "Permission denied", "a"), 2),
        (OSError(28, "No space left on device"), 1),
        (ValueError("a"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_is_one_line_and_a_status(
    error: BaseException, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert report(error) == status
    err = capfd.readouterr().err
    assert err.startswith("cswitch: ")
    assert err.count("\n") == 1


def test_a_line_cannot_steer_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    say("error: \x1b]0;title\x07 of\nलाइन \u202e \udc80")
    assert capfd.readouterr().err == "cswitch: error: \\x1b]0;title\\x07 of लाइन \\u202e \\udc80\n"


def test_a_fault_of_ours_tells_how_to_report_it() -> None:
    line, status = describe(KeyError("slot"))
    assert status == 1
    assert "unexpected KeyError: 'slot'; this is a fault in cswitch" in line
    assert "CSWITCH_DEBUG=1" in line


def test_the_traceback_comes_when_asked_for(cswitch: Cswitch, tmp_path: Path) -> None:
    quiet = cswitch("romanise", tmp_path / "none.txt")
    loud = cswitch("romanise", tmp_path / "none.txt", env={"CSWITCH_DEBUG": "1"})
    assert "Traceback" not in quiet.err
    assert "Traceback (most recent call last)" in loud.err
    assert loud.err.endswith(quiet.err)


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("घर है\n" * 50_000, encoding="utf-8")
    command = [sys.executable, "-c", RUN, "romanise", str(lines)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"ghar hai\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_ctrl_c_is_one_line_and_status_130_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, "romanise", "-", "-o", str(tmp_path / "out.txt")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        while not list(tmp_path.iterdir()):  # the output is begun: the command waits for its input
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b"cswitch: interrupted\n"
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []
