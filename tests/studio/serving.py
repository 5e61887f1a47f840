"""``cswitch studio serve`` as a process of its own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-W", "error", "-c", "from cswitch.cli.main import run; run()", "studio", "serve"]
PATIENCE = 60


class Serving:
    """A backend that runs."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self.log = process, log
        self.url = self._said(r"(http://\S+) answers with")

    def stop(self, by: signal.Signals = signal.SIGTERM) -> str:
        """The last line that it writes."""
        self.process.send_signal(by)
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()
        return self.log.read_text().splitlines()[-1]

    def _said(self, pattern: str) -> str:
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.log.read_text())):
            assert self.process.poll() is None, f"it ended:\n{self.log.read_text()}"
            assert time.monotonic() < end, f"it is not up:\n{self.log.read_text()}"
            time.sleep(0.05)
        return found[1]


@contextmanager
def serving(log: Path, *arguments: str) -> Iterator[Serving]:
    """A backend while inside, on a free port; what it writes goes to a file."""
    with log.open("wb") as written:
        process = subprocess.Popen([*COMMAND, "--port", "0", *arguments], stdout=written, stderr=subprocess.STDOUT)
        with process:
            try:
                yield Serving(process, log)
            finally:
                process.kill()
