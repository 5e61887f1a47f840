"""Real servers of OpenAI's kind as processes on loopback, which are always stopped."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

PATIENCE = 120
"""Seconds that a server may take to come up on a busy machine."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as got:
            return bool(got.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def running(command: Sequence[str], probe: str, log: Path, env: Mapping[str, str]) -> Iterator[None]:
    """A server while inside.

    Args:
        command: The program with its arguments.
        probe: URL that answers with 200 once the server is up.
        log: File that its output goes to.
        env: Environment variables beside those there are.
    """
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **env}, start_new_session=True
        ) as process,
    ):
        try:
            end = time.monotonic() + PATIENCE
            while not _up(probe):
                assert process.poll() is None, f"the server ended:\n{log.read_text()[-2000:]}"
                assert time.monotonic() < end, f"the server did not come up:\n{log.read_text()[-2000:]}"
                time.sleep(0.1)
            yield
        finally:
            process.kill()


@contextmanager
def transformers_serve(program: str, model: Path, folder: Path) -> Iterator[str]:
    """The base URL of ``transformers serve`` with one model, which writes below a folder only."""
    port = free_port()
    command = [program, "serve", str(model), "--host", "127.0.0.1", "--port", str(port)]
    home = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hub"), "TMPDIR": str(folder), "OMP_NUM_THREADS": "1"}
    probe, log = f"http://127.0.0.1:{port}/health", folder / "serve.log"
    with running([*command, "--device", "cpu", "--dtype", "float32"], probe, log, home):
        yield f"http://127.0.0.1:{port}/v1"


class Served(NamedTuple):
    """A server that is up, and the name of its model."""

    base_url: str
    model: str


def asked(served: Served, prompt: str, **more: Any) -> tuple[int, Any]:
    """Status and JSON of an answer to a prompt."""
    body = {"model": served.model, "messages": [{"role": "user", "content": prompt}], **more}
    request = urllib.request.Request(f"{served.base_url}/chat/completions", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as got:
            return got.status, json.load(got)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
