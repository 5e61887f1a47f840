"""How far a run is: a line on stderr while someone is looking, and what is safe when it stops half way."""

from __future__ import annotations

import os
import sys
import time
from typing import Self

import typer

from cswitch.cli.errors import InterruptedRunError
from cswitch.cli.options import counted
from cswitch.cli.options import note as say
from cswitch.core.errors import InputError

EVERY = 0.5
"""Seconds between two looks of the line."""


class LiveLine:
    """A line on stderr that is written over and over, when that is a terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = False
        self._when = 0.0

    def due(self) -> bool:
        """Whether anybody looks, and the line has stood for a while."""
        return self._live and time.monotonic() - self._when > EVERY

    def show(self, line: str) -> None:
        """Writes the line over the one before."""
        if self._live:
            typer.echo(f"\r{line}\x1b[K", nl=False, err=True)
            self._shown, self._when = True, time.monotonic()

    def note(self, line: str) -> None:
        """Tells the user something, above the line."""
        self.clear()
        say(line)

    def clear(self) -> None:
        """Removes the line."""
        if self._shown:
            typer.echo("\r\x1b[K", nl=False, err=True)
            self._shown = False


class Rate:
    """How many a second, counted from the first that is told: what an earlier run did is no work of this one."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._start = 0.0

    def __call__(self, count: float) -> float:
        """How many a second, now that there are so many."""
        now = time.monotonic()
        if self._first is None:
            self._first, self._start = count, now
        return (count - self._first) / max(now - self._start, 1e-9)


class Progress:
    """The line of a run over pairs or items, and what it says when it stops half way.

    Args:
        output: Where samples go.
        by_itself: The command resumes without being told.
    """

    def __init__(self, output: str, *, by_itself: bool = False) -> None:
        self._again = "run the same command again" if by_itself else "go on with --resume"
        self._part = f"{os.path.realpath(output) if os.path.islink(output) else output}.part"
        self._pairs = self._samples = 0
        self._line, self._rate = LiveLine(), Rate()

    def update(self, pairs: int, samples: int) -> None:
        """Takes in what is safe, and shows it twice a second at most."""
        rate = self._rate(pairs)
        self._pairs, self._samples = pairs, samples
        if rate and self._line.due():
            self._line.show(f"{pairs:,} pairs, {samples:,} samples, {rate:,.0f} pairs/s")

    def note(self, line: str) -> None:
        """Tells the user something, above the line."""
        self._line.note(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Removes the line, and adds to an error what is safe."""
        from cswitch.pipeline.workers import WorkerLostError

        self._line.clear()
        safe = self._safe()
        if isinstance(error, KeyboardInterrupt):
            raise InterruptedRunError("interrupted", hint=safe and f"{safe}: {self._again}") from error
        if isinstance(error, InputError | WorkerLostError) and safe:
            error.hint += f"; {safe}: once that is mended, {self._again}"

    def _safe(self) -> str:
        """What a resumed run would start from, nothing when it would start anew."""
        if not self._pairs or not os.path.exists(self._part):
            return ""
        verb = "is" if self._samples == 1 else "are"
        return f"{counted(self._samples, 'sample')} of {counted(self._pairs, 'pair')} {verb} safe in {self._part}"
