"""Batches that were submitted, in the file of answers: which requests are on their way, and in which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import uuid4

from cswitch.core.errors import RunError
from cswitch.generators.prompting.store.answers import SqliteAnswers
from cswitch.generators.prompting.store.batch_files import BatchFile, Waiting
from cswitch.generators.prompting.store.contracts import Key
from cswitch.generators.prompting.store.database import explaining, transaction

ENDED = ("completed", "expired", "cancelled", "failed")
"""Statuses after which nothing more comes."""
LOST = "lost"
"""Status of what was never created at the server, as the run was killed before."""
_COLUMNS = (
    "batches.id, sources.endpoint, sources.model, run, tag, batch, status, requests, completed, failed, collected"
)
_LIVE = (
    "select 1 from batch_requests join batches on batches.id = job where digest = ? and attempt = ? and source = ?"
    " and not collected and not settled limit 1"
)


class BatchRow(NamedTuple):
    """A batch as it was last seen."""

    id: int
    endpoint: str
    """Base URL."""
    model: str
    run: int
    """Number of the run that pays."""
    tag: str
    """What it is known by at the server until its id is known."""
    batch: str
    """Its id at the server; empty where it is not known whether the server has it."""
    status: str
    requests: int
    completed: int
    failed: int
    collected: bool
    """Whether all that came of it is in the file."""


class BatchTable:
    """The batches of a file of answers.

    Args:
        store: The file.
    """

    def __init__(self, store: SqliteAnswers) -> None:
        self.store, self._database = store, store.database

    def on_its_way(self, key: Key) -> bool:
        """Whether a request is in a batch that has not been collected."""
        with explaining(self.store.path):
            source = self.store.source(key.endpoint, key.model)
            return self._database.execute(_LIVE, (key.digest, key.attempt, source)).fetchone() is not None

    def refusals(self, key: Key) -> list[tuple[str, str]]:
        """Kind and detail of the batches that would not answer a request, the last first; at most a few."""
        with explaining(self.store.path):
            source = self.store.source(key.endpoint, key.model)
            wanted = "digest = ? and attempt = ? and job in (select id from batches where source = ?)"
            query = f"select kind, detail from batch_requests where {wanted} and kind != '' order by job desc limit 5"
            return self._database.execute(query, (key.digest, key.attempt, source)).fetchall()

    def intend(self, file: BatchFile, requests: Iterable[Waiting]) -> BatchRow:
        """Notes that a file is about to be submitted, before it is: from here on nothing of it is sent twice.

        Raises:
            RunError: Another process has submitted one of its requests meanwhile.
        """
        with explaining(self.store.path):
            source, tag = self.store.source(file.endpoint, file.model), uuid4().hex
            with transaction(self._database):
                new = (source, self.store.run_number, tag, file.requests, file.reserved)
                number = self._database.execute(
                    "insert into batches(source, run, tag, file, batch, status, requests, completed, failed, reserved,"
                    " collected) values (?, ?, ?, '', '', 'submitting', ?, 0, 0, ?, 0)",
                    new,
                ).lastrowid
                for digest, attempt, size in requests:
                    if self._database.execute(_LIVE, (digest, attempt, source)).fetchone():
                        hint = "give the same command again when it is done"
                        raise RunError("another process has submitted some of these requests meanwhile", hint=hint)
                    row = (digest, attempt, number, size)
                    self._database.execute(
                        "insert into batch_requests(digest, attempt, job, size, settled, kind, detail)"
                        " values (?, ?, ?, ?, 0, '', '')",
                        row,
                    )
        assert number is not None
        return self.row(number)

    def row(self, number: int) -> BatchRow:
        """A batch by its number."""
        (found,) = self._rows("batches.id = ?", (number,))
        return found

    def rows(self, endpoint: str, *, live: bool = False) -> list[BatchRow]:
        """Batches of an endpoint, the oldest first.

        Args:
            endpoint: Base URL.
            live: Only those that have not been collected.
        """
        return self._rows("endpoint = ?" + (" and not collected" if live else ""), (endpoint,))

    def uploaded(self, number: int, file: str) -> None:
        """Notes the id of the input file."""
        self._update(number, file=file)

    def seen(self, number: int, batch: str, status: str, completed: int, failed: int) -> None:
        """Notes what the server says of a batch."""
        self._update(number, batch=batch, status=status, completed=completed, failed=failed)

    def drop(self, number: int) -> None:
        """Notes that the server never got a batch: its requests may be sent again."""
        self._update(number, status=LOST, collected=1)

    def finish(self, number: int) -> int:
        """Notes that a batch is collected; what it did not bring may be sent again.

        Returns:
            Requests that neither came back nor failed.
        """
        self._update(number, collected=1)
        with explaining(self.store.path):
            query = "select count(*) from batch_requests where job = ? and not settled"
            return int(self._database.execute(query, (number,)).fetchone()[0])

    def size(self, number: int, digest: bytes, attempt: int) -> tuple[int, bool] | None:
        """Bytes of a request's body, and whether it came back before; None where the batch does not hold it."""
        found = self._database.execute(
            "select size, settled from batch_requests where digest = ? and attempt = ? and job = ?",
            (digest, attempt, number),
        ).fetchone()
        return None if found is None else (int(found[0]), bool(found[1]))

    def settle(self, number: int, digest: bytes, attempt: int, kind: str = "", detail: str = "") -> None:
        """Notes that a request came back, inside a transaction that the caller has opened.

        Args:
            number: Number of the batch.
            digest: Digest of the request's body.
            attempt: Which answer was wanted.
            kind: Why it will never be answered; empty where it was, or may be the next time.
            detail: What exactly.
        """
        self._database.execute(
            "update batch_requests set settled = 1, kind = ?, detail = ? where digest = ? and attempt = ? and job = ?",
            (kind, detail, digest, attempt, number),
        )

    def _rows(self, where: str, values: tuple[object, ...]) -> list[BatchRow]:
        query = f"select {_COLUMNS} from batches join sources on sources.id = source where {where} order by batches.id"
        with explaining(self.store.path):
            found = self._database.execute(query, values).fetchall()
        return [BatchRow._make((*row[:-1], bool(row[-1]))) for row in found]

    def _update(self, number: int, **values: str | int) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        with explaining(self.store.path):
            self._database.execute(f"update batches set {names} where id = ?", (*values.values(), number))
