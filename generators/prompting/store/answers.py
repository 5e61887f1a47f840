"""Answers that were paid for, in one SQLite file: safe against ``kill -9``, shared between runs."""

from __future__ import annotations

import asyncio
import sqlite3
import zlib
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from cswitch.core.errors import CswitchError
from cswitch.generators.prompting.store.contracts import Key
from cswitch.generators.prompting.store.database import explained, explaining, open_database, transaction
from cswitch.schemas.prompting import Usage

LONG = 2048
"""Answers of more bytes are compressed; for shorter ones it takes more time than it saves."""
DETAIL = 300
"""Characters kept of what is said about a failure."""

_GET = "select packed, body from answers where digest = ? and source = ? and attempt = ?"
_PUT = (
    "insert or ignore into answers(digest, source, attempt, run, prompt, cached, completion, paid, cost, packed, body)"
    " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PUT_REPEAT = "insert into repeats(source, run, prompt, cached, completion, paid, cost) values (?, ?, ?, ?, ?, ?, ?)"
_PUT_FAILURE = "insert into failures(digest, source, attempt, run, kind, status, detail) values (?, ?, ?, ?, ?, ?, ?)"
_SUMS = """
select model, cost is null, sum(prompt), sum(cached), sum(completion), sum(paid), sum(cost), sum(kept)
from (select source, prompt, cached, completion, paid, cost, 1 as kept from answers where run = :run
      union all select source, prompt, cached, completion, paid, cost, 0 from repeats where run = :run)
join sources on sources.id = source group by model, cost is null
"""


class Totals(NamedTuple):
    """What a run took."""

    usage: Usage
    """Of all its answers."""
    cost: float | None
    """Money for them; None when the price of one of them was not known."""
    answers: int
    """Answers it has put into the file; ``usage.answers`` also counts what was paid for twice."""
    failures: dict[str, int]
    """Tries that gave no answer, by kind."""
    priced: float
    """Money for those whose price was known."""
    unpriced: dict[str, Usage]
    """Usage of the others, by model."""
    on_its_way: float
    """Most that batches which are not collected yet can cost."""


class Paid(NamedTuple):
    """An answer to be kept."""

    key: Key
    completion: bytes
    usage: Usage
    cost: float | None


class SqliteAnswers:
    """The store of answers (:class:`~cswitch.generators.prompting.store.contracts.Answers`).

    What was asked is kept as a digest only, as prompts may hold secrets; answers are kept as they came. Everything put
    during one turn of the event loop is committed together at the end of that turn, and nobody sees an answer before
    that. The commit is made in the loop's own thread: it waits for no disk (only carrying the log over does, every few
    hundred answers), and on one core handing it to a thread would cost more than it takes.

    Several processes may use one file, on a disk of the machine, not of the network; of two answers to the same the
    first stays, and both are counted as paid for.

    Args:
        path: The file; made when it is not there.
        run: Name of the run that pays for what is put; a resumed run gives the same.

    Raises:
        UsageError: The file cannot be had, or is no such database, damaged, or of a newer version.
        RunError: The disk is full, or another process holds the file.

    >>> from tempfile import TemporaryDirectory
    >>> key = Key("https://api.example/v1", "small", bytes(16), 0)
    >>> with TemporaryDirectory() as folder, SqliteAnswers(f"{folder}/answers.db", run="ab12") as answers:
    ...     asyncio.run(answers.put(key, b'{"id": "1"}', Usage(prompt=9, completion=2, answers=1), 0.25))
    ...     answers.get(key), answers.totals().cost
    (b'{"id": "1"}', 0.25)
    """

    def __init__(self, path: str | PathLike[str], *, run: str) -> None:
        self.path, self.run = Path(path), run
        self.database = open_database(self.path)
        self._sources: dict[tuple[str, str], int] = {}
        self._answers: list[Paid] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._failures: list[tuple[Key, str, int | None, str]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        """Where a commit is due at the end of the turn."""
        self._error: CswitchError | None = None
        """Of a commit that nobody waited for."""
        self.run_number = self._run_id(run)
        """What the run is called in the tables."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, key: Key) -> bytes | None:
        """The answer as it came, or None."""
        source = self._sources.get((key.endpoint, key.model)) or self._find_source(key)
        if source is None:
            return None
        try:  # not a "with": this is asked once a request
            found = self.database.execute(_GET, (key.digest, source, key.attempt)).fetchone()
        except sqlite3.Error as error:
            raise explained(error, self.path) from error
        if found is None:
            return None
        body: bytes = found[1]
        return zlib.decompress(body) if found[0] else body

    async def put(self, key: Key, completion: bytes, usage: Usage, cost: float | None) -> None:
        """Keeps an answer; returns once it is committed.

        Raises:
            RunError: The disk is full, or failed; nothing of this turn is kept.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()  # each its own: to cancel one must not cancel all
        self._answers.append(Paid(key, completion, usage, cost))
        self._waiting.append(done)
        self._at_end_of_turn(loop)
        await done

    def put_now(self, paid: Iterable[Paid], run: int | None = None) -> None:
        """Keeps answers inside a transaction that the caller has opened on :attr:`database`.

        Args:
            paid: The answers.
            run: Number of the run that pays; None for that of this store.
        """
        execute, payer = self.database.execute, self.run_number if run is None else run
        for key, completion, usage, cost in paid:
            source = self.source(key.endpoint, key.model)
            packed = len(completion) > LONG
            body = zlib.compress(completion, 1) if packed else completion
            took = (payer, usage.prompt, usage.cached, usage.completion, usage.answers, cost)
            if not execute(_PUT, (key.digest, source, key.attempt, *took, packed, body)).rowcount:
                execute(_PUT_REPEAT, (source, *took))

    def failed(self, key: Key, kind: str, status: int | None, detail: str) -> None:
        """Notes a try that gave no answer; committed with the answers of this turn."""
        self._raise_late_error()
        self._failures.append((key, kind, status, detail[:DETAIL]))
        try:
            self._at_end_of_turn(asyncio.get_running_loop())
        except RuntimeError:  # no loop runs
            self._flush()
            self._raise_late_error()

    def failed_now(self, failures: Iterable[tuple[Key, str, int | None, str]], run: int | None = None) -> None:
        """Notes failures inside a transaction that the caller has opened on :attr:`database`."""
        payer = self.run_number if run is None else run
        for key, kind, status, detail in failures:
            source = self.source(key.endpoint, key.model)
            row = (key.digest, source, key.attempt, payer, kind, status, detail[:DETAIL])
            self.database.execute(_PUT_FAILURE, row)

    def capabilities(self, endpoint: str, model: str) -> bytes | None:
        """What a probe of the endpoint found, as it was kept."""
        with explaining(self.path):
            found = self.database.execute(
                "select found from capabilities where endpoint = ? and model = ?", (endpoint, model)
            ).fetchone()
        return found and bytes(found[0])

    def keep_capabilities(self, endpoint: str, model: str, found: bytes) -> None:
        """Keeps what a probe found, in place of what was kept before."""
        with explaining(self.path):
            self.database.execute("insert or replace into capabilities values (?, ?, ?)", (endpoint, model, found))

    def totals(self, run: str | None = None) -> Totals:
        """What a run took so far, whichever processes it ran in.

        Args:
            run: Its name; None for the run of this store.
        """
        with explaining(self.path):
            number = self.run_number if run is None else self._known_run(run)
            sums = self.database.execute(_SUMS, {"run": number}).fetchall()
            failures = self.database.execute(
                "select kind, count(*) from failures where run = ? group by kind order by kind", (number,)
            ).fetchall()
            (reserved,) = self.database.execute(
                "select total(reserved) from batches where run = ? and not collected", (number,)
            ).fetchone()
        usage, priced, unpriced = Usage(), 0.0, dict[str, Usage]()
        for model, unknown, prompt, cached, completion, paid, cost, _ in sums:
            took = Usage(prompt=prompt, cached=cached, completion=completion, answers=paid)
            usage += took
            if unknown:
                unpriced[model] = took
            else:
                priced += cost
        answers = sum(row[-1] for row in sums)
        return Totals(usage, None if unpriced else priced, answers, dict(failures), priced, unpriced, reserved)

    def spent(self) -> Totals:
        """What counts against the budget of the run of this store."""
        return self.totals()

    def source(self, endpoint: str, model: str) -> int:
        """Number of an endpoint's model, given when it is new."""
        known = self._sources.get((endpoint, model))
        if known is None:
            pair = (endpoint, model)
            self.database.execute("insert or ignore into sources(endpoint, model) values (?, ?)", pair)
            known = self._sources[pair] = int(
                self.database.execute("select id from sources where endpoint = ? and model = ?", pair).fetchone()[0]
            )
        return known

    def close(self) -> None:
        """Commits what is due, carries the log over into the file, and lets go of it.

        Raises:
            RunError: The disk is full, or failed.
        """
        try:
            self._flush()
            self._raise_late_error()
            with explaining(self.path):
                self.database.execute("pragma wal_checkpoint(passive)")
        finally:
            self.database.close()

    def _at_end_of_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is not loop:
            self._loop = loop
            loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._loop = None
        answers, self._answers = self._answers, []
        waiting, self._waiting = self._waiting, []
        failures, self._failures = self._failures, []
        if not answers and not failures:
            return
        try:
            self._commit(answers, failures)
        except CswitchError as error:
            for done in waiting:
                if not done.done():
                    done.set_exception(type(error)(error.message, hint=error.hint))
            self._error = None if waiting else error
        else:
            for done in waiting:
                if not done.done():
                    done.set_result(None)

    def _commit(self, answers: list[Paid], failures: list[tuple[Key, str, int | None, str]]) -> None:
        with explaining(self.path):
            for key in (*(paid.key for paid in answers), *(failure[0] for failure in failures)):
                self.source(
                    key.endpoint, key.model
                )  # outside: a number from a transaction that fails is not to be used
            with transaction(self.database):
                self.put_now(answers)
                self.failed_now(failures)

    def _raise_late_error(self) -> None:
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _find_source(self, key: Key) -> int | None:
        with explaining(self.path):
            found = self.database.execute(
                "select id from sources where endpoint = ? and model = ?", (key.endpoint, key.model)
            ).fetchone()
        if found is None:
            return None
        number = self._sources[key.endpoint, key.model] = int(found[0])
        return number

    def _run_id(self, name: str) -> int:
        with explaining(self.path):
            self.database.execute("insert or ignore into runs(name) values (?)", (name,))
        return self._known_run(name)

    def _known_run(self, name: str) -> int:
        found = self.database.execute("select id from runs where name = ?", (name,)).fetchone()
        return int(found[0]) if found else 0
