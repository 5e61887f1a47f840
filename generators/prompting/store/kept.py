"""Files of answers that nobody writes any more, to be looked into."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from cswitch.generators.prompting.store.answers import Paid, SqliteAnswers
from cswitch.generators.prompting.store.contracts import Key
from cswitch.generators.prompting.store.database import explaining, open_database

_LOG = "-wal"
"""What follows the name of a file in that of the log that a kill leaves beside it."""


class KeptAnswers(SqliteAnswers):
    """Answers in a file that is only read, by however many processes and machines at once; nothing is put into it.

    Args:
        path: The file; what a killed process left in its log was carried over (:func:`carry_over`).
        run: Name of the run that paid for answers, whose :meth:`totals` are asked for.

    Raises:
        UsageError: It cannot be read, or is no such database.
    """

    def __init__(self, path: Path, *, run: str) -> None:
        self.path, self.run = path, run
        self._sources: dict[tuple[str, str], int] = {}
        self._answers: list[Paid] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._failures: list[tuple[Key, str, int | None, str]] = []
        self._loop, self._error = None, None
        with explaining(path):
            self.database = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
        try:
            self.run_number = self._known_run(run)
        except BaseException:
            self.database.close()
            raise

    def close(self) -> None:
        """Lets go of the file."""
        self.database.close()


def carry_over(path: Path) -> None:
    """Brings into a file what a killed process left in the log beside it; one process at a time may do so.

    Raises:
        UsageError: It is no such database, or cannot be written.
        RunError: The disk is full, or another process holds the file.
    """
    log = path.with_name(f"{path.name}{_LOG}")
    if not log.exists():
        return
    with closing(open_database(path)) as database, explaining(path):
        database.execute("pragma wal_checkpoint(truncate)")
