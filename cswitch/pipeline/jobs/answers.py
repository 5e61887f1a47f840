"""Answers of a job in its folder: one file a machine, and those that runs of other numbers of machines have left."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.store.answers import SqliteAnswers, Totals
from cswitch.generators.prompting.store.contracts import Key
from cswitch.generators.prompting.store.kept import KeptAnswers, carry_over
from cswitch.pipeline.locked_files import LockedFile
from cswitch.schemas.prompting import Usage

_LOCK = ".answers"
_NAME = re.compile(r"answers(?:-\d+-of-(\d+))?\.db")
PATIENCE = 60.0
"""Seconds that another machine may take to carry over what a kill has left."""


class JobAnswers(SqliteAnswers):
    """The answers that a machine keeps, behind which stand those of earlier runs: nothing is paid for twice.

    Args:
        path: The file of this machine.
        run: Name of the run.
        others: Files of runs of other numbers of machines, which are only read.
        world: Machines that share what those have spent.

    Raises:
        UsageError: A file cannot be had, or is no file of answers.
        RunError: The disk is full.
    """

    def __init__(self, path: str, *, run: str, others: Sequence[Path] = (), world: int = 1) -> None:
        with ExitStack() as stack:
            self.others = [stack.enter_context(KeptAnswers(other, run=run)) for other in others]
            """The files that are only read."""
            super().__init__(path, run=run)
            self._open = stack.pop_all()
        self._world = world

    def get(self, key: Key) -> bytes | None:
        """The answer as it came, whoever asked for it; or None."""
        found = super().get(key)
        for other in self.others if found is None else ():
            found = other.get(key)
            if found is not None:
                break
        return found

    def capabilities(self, endpoint: str, model: str) -> bytes | None:
        """What a probe of the endpoint found, as it was kept."""
        before = (one.capabilities(endpoint, model) for one in self.others)
        return super().capabilities(endpoint, model) or next(filter(None, before), None)

    def spent(self) -> Totals:
        """What this machine took so far, and its part of what earlier runs took."""
        own, world = self.totals(), self._world
        before = [other.totals() for other in self.others]
        unpriced = dict(own.unpriced)
        for model, usage in (item for totals in before for item in totals.unpriced.items()):
            unpriced[model] = unpriced.get(model, Usage()) + _part(usage, world)
        return own._replace(priced=own.priced + sum(totals.priced for totals in before) / world, unpriced=unpriced)

    def close(self) -> None:
        """Commits what is due, and lets go of all files."""
        with self._open:
            super().close()


def answers_elsewhere(folder: Path, cache: str, world: int) -> list[Path]:
    """Files of answers that runs of other numbers of machines have left in the folder of a job, ready to be read.

    Args:
        folder: The folder.
        cache: The file of this machine.
        world: How many machines there are; the files of the others are at work.

    Raises:
        UsageError: One is no file of answers.
        RunError: Another machine takes too long over them.
    """
    found = [
        path
        for path in sorted(folder.glob("answers*.db"))
        if (name := _NAME.fullmatch(path.name)) and int(name[1] or 1) != (0 if world == 1 else world)
    ]
    found = [path for path in found if not (os.path.exists(cache) and path.samefile(cache))]
    if found:
        _carried_over(found, folder / _LOCK)
    return found


def _carried_over(paths: Sequence[Path], lock: Path) -> None:
    """Carries over the logs of files, one machine at a time."""
    held, until = LockedFile(lock), time.monotonic() + PATIENCE
    while True:
        try:
            held.open()
            break
        except UsageError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    try:
        for path in paths:
            carry_over(path)
    finally:
        held.remove()


def _part(usage: Usage, world: int) -> Usage:
    """What one of several machines answers for; what is left over counts for each."""
    return Usage(
        prompt=-(-usage.prompt // world),
        cached=usage.cached // world,
        completion=-(-usage.completion // world),
        answers=usage.answers // world,
    )
