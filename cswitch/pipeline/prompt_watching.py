"""A run of ``prompt`` as it is looked at from outside: how far it is, and Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from cswitch.generators.prompting.contracts import StopRun
from cswitch.pipeline.prompt_access import Wire
from cswitch.pipeline.prompt_source import Note

GRACE = 10.0
"""Seconds that requests under way may still take after Ctrl-C; a second one does not wait."""
TICK = 0.5
"""Seconds between two looks at the progress."""

T = TypeVar("T")


class Progress(NamedTuple):
    """How far a run is."""

    rows: int
    """Rows that are settled."""
    samples: int
    """Accepted texts."""
    answers: int
    """Answers that came over the wire."""
    in_flight: int
    """Requests under way."""
    limit: int
    """Requests that may be."""
    spent: float | None
    """Money that the run has spent; None where that is not known."""


@asynccontextmanager
async def ticking(look: Callable[[], None]) -> AsyncIterator[None]:
    """Looks now and then as long as it lasts, and once at the end.

    Args:
        look: Tells how far the run is.
    """

    async def go_on() -> None:
        while True:
            look()
            await asyncio.sleep(TICK)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        look()


def interruptible(work: Coroutine[Any, Any, T], wire: Wire, note: Note) -> T:
    """Runs a coroutine to its end; Ctrl-C lets nothing more go out, and a second one leaves at once.

    Args:
        work: The coroutine.
        wire: What it sends through.
        note: Takes a line for the user.

    Raises:
        KeyboardInterrupt: It was interrupted; what was under way came back, or was given up.
    """
    interrupted: list[float] = []

    async def main() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def interrupt() -> None:
            interrupted.append(loop.time())
            if len(interrupted) > 1:
                task.cancel()
                return
            waited = wire.in_flight
            wire.stop(StopRun("interrupted"))
            if waited:
                note(f"{waited:,} answers on their way are waited for; Ctrl-C again leaves at once")
            loop.call_later(GRACE, task.cancel)

        if threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGALRM"):  # not on Windows
            loop.add_signal_handler(signal.SIGINT, interrupt)
        return await work

    try:
        result = asyncio.run(main())
    except (StopRun, asyncio.CancelledError):
        if interrupted:
            raise KeyboardInterrupt from None
        raise
    if interrupted:
        raise KeyboardInterrupt
    return result
