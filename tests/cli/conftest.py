"""A command line run as a user runs it: in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest


class Done(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of stderr, without the name of the program."""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("cswitch: error: ")
        return self.err.removeprefix("cswitch: error: ").rstrip("\n")


Cswitch = Callable[..., Done]


@pytest.fixture
def cswitch() -> Cswitch:
    """Runs ``cswitch ARGUMENTS``, with a text on its standard input."""

    def run(*arguments: object, stdin: str = "", env: dict[str, str] | None = None) -> Done:
        command = [sys.executable, "-c", "from cswitch.cli.main import run; run()", *map(str, arguments)]
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, check=False, env=env)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
