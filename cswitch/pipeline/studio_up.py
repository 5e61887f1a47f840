"""A Label Studio server of one's own, from nothing to ready."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from cswitch.annotators.labelstudio.launching import Home, Launched, free_port, install
from cswitch.core.errors import RunError, UsageError
from cswitch.pipeline.locked_files import LockedFile

READY = 600.0
"""Seconds that a server may take to start; a first start makes its database."""


@contextmanager
def running_server(
    home: Home,
    *,
    program: str = "",
    port: int | None = None,
    seconds: float = READY,
    told: Callable[[str], None] = lambda line: None,
) -> Iterator[Launched]:
    """A server that is ready, and stops at the end of the block.

    Args:
        home: Its folder; what is missing in it is made.
        program: Program of an installed server; else one is installed into the folder.
        port: Where it listens; else a free port is found.
        seconds: How long its start may take.
        told: Gets a line on what takes long.

    Raises:
        UsageError: The port is taken, or the program cannot be run.
        RunError: A server runs from this folder, installing failed, or the server does not get ready.
    """
    home.make()
    lock = LockedFile(home.folder / "lock")
    try:
        lock.open()
    except UsageError as error:
        raise _busy(home) from error
    try:
        if home.found() is not None:  # left by a run that was killed
            raise _busy(home)
        place = free_port(port)
        if not program:
            if not home.program.exists():
                told("installing Label Studio, which takes a few minutes and 1 GB")
            install(home)
        told("starting Label Studio; a first start takes half a minute")
        with _terminable(), Launched(home, program or str(home.program), place) as server:
            server.wait_until_ready(seconds)
            yield server
    finally:
        lock.close()


def _busy(home: Home) -> RunError:
    there = home.found()
    if there is None:
        return RunError(f"another run is starting a server in {home.folder}", hint="wait for it")
    told = f"a server of {home.folder} runs already at {there.url}"
    return RunError(told, hint=f"use it, or end its process {there.pid} first")


@contextmanager
def _terminable() -> Iterator[None]:
    """Being terminated ends the block as Ctrl-C does, so that the server is stopped."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
