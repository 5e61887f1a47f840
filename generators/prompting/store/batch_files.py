"""Files of the Batch API: requests a line, within the limits, and the lines that come back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Final, NamedTuple, Self

import msgspec

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.store.contracts import Key

ENDPOINT: Final = "/v1/chat/completions"
MAX_REQUESTS = 50_000
"""Requests a file, by OpenAI's reference."""
MAX_BYTES = 200_000_000
"""Bytes a file, by OpenAI's reference."""
_ID = re.compile(r"([0-9a-f]{32})-(\d{1,9})")


class Waiting(NamedTuple):
    """A request that waits to be sent."""

    digest: bytes
    attempt: int
    size: int
    """UTF-8 bytes of its body."""


class BatchFile(msgspec.Struct):
    """A file of requests to one model."""

    number: int
    endpoint: str
    """Base URL."""
    model: str
    path: Path
    requests: int = 0
    bytes: int = 0
    reserved: float = 0.0
    """Most that its requests may cost."""


class BatchFiles:
    """Gathers requests in files on the disk, each once, one model a file; gone after the ``with`` block.

    Memory does not grow with the requests. The files hold prompts, and lie in a folder that only this user may read.

    Args:
        max_requests: Requests a file at most.
        max_bytes: Bytes a file at most.

    >>> key = Key("https://api.example/v1", "small", bytes(16), 0)
    >>> with BatchFiles(max_requests=1) as files:
    ...     [files.add(each, b"{}") for each in (key, key, key._replace(attempt=1))]
    ...     [file.requests for file in files.files]
    [True, False, True]
    [1, 1]
    """

    def __init__(self, *, max_requests: int = MAX_REQUESTS, max_bytes: int = MAX_BYTES) -> None:
        self.max_requests, self.max_bytes = max_requests, max_bytes
        self.files: list[BatchFile] = []
        """In the order in which they were begun."""
        self._folder = TemporaryDirectory(prefix="cswitch-batch-")
        self._open: dict[tuple[str, str], tuple[BatchFile, IO[bytes]]] = {}
        self._gathered = sqlite3.connect("", isolation_level=None)  # lies on the disk where it grows
        self._gathered.execute("create table gathered(id text primary key, file, digest, attempt, size) without rowid")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def holds(self, key: Key) -> bool:
        """Whether a request was added."""
        return self._gathered.execute("select 1 from gathered where id = ?", (_place(key),)).fetchone() is not None

    def add(self, key: Key, body: bytes, reserved: float = 0.0) -> bool:
        """Adds a request.

        Args:
            key: What its answer will be kept under.
            body: Its body as JSON on one line.
            reserved: Most that it may cost.

        Returns:
            Whether it is new.

        Raises:
            UsageError: It alone is larger than a file may be.
        """
        if self.holds(key):
            return False
        line = b'{"custom_id":"%s","method":"POST","url":"%s","body":%s}\n' % (
            custom_id(key.digest, key.attempt).encode(),
            ENDPOINT.encode(),
            body,
        )
        file, stream = self._room_for(key, len(line))
        stream.write(line)
        row = (_place(key), file.number, key.digest, key.attempt, len(body))
        self._gathered.execute("insert into gathered values (?, ?, ?, ?, ?)", row)
        file.requests += 1
        file.bytes += len(line)
        file.reserved += reserved
        return True

    def requests(self, file: BatchFile) -> Iterator[Waiting]:
        """The requests of a file."""
        found = self._gathered.execute("select digest, attempt, size from gathered where file = ?", (file.number,))
        return map(Waiting._make, found)

    def finish(self) -> list[BatchFile]:
        """Writes out what is gathered; then nothing may be added."""
        for _, stream in self._open.values():
            stream.close()
        self._open.clear()
        return self.files

    def close(self) -> None:
        """Removes the files."""
        self.finish()
        self._gathered.close()
        self._folder.cleanup()

    def _room_for(self, key: Key, size: int) -> tuple[BatchFile, IO[bytes]]:
        if size > self.max_bytes:
            hint = "shorten the prompt"
            raise UsageError(f"a request of {size:,} bytes is too large for a batch of {self.max_bytes:,}", hint=hint)
        place = (key.endpoint, key.model)
        opened = self._open.get(place)
        if opened is not None:
            file, stream = opened
            if file.requests < self.max_requests and file.bytes + size <= self.max_bytes:
                return opened
            stream.close()
        number = len(self.files)
        file = BatchFile(number, *place, Path(self._folder.name, f"{number:05}.jsonl"))
        self.files.append(file)
        self._open[place] = file, file.path.open("wb")
        return self._open[place]


class Response(msgspec.Struct, frozen=True):
    """What a request of a batch got."""

    status_code: int = 0
    body: msgspec.Raw = msgspec.Raw(b"null")


class Problem(msgspec.Struct, frozen=True):
    """Why a request of a batch got nothing."""

    code: str | None = None
    message: str | None = None


class Line(msgspec.Struct, frozen=True):
    """A line of an output or error file."""

    custom_id: str
    response: Response | None = None
    error: Problem | None = None


_decoder = msgspec.json.Decoder(Line)


def read_line(line: bytes) -> Line | None:
    """A line that came back; None where it is cut off or no such line.

    >>> read_line(b'{"custom_id": "a", "response": {"status_code": 200, "body": {"x": 1}}}').response.status_code
    200
    >>> read_line(b'{"custom_id": "a", "resp') is None
    True
    """
    try:
        return _decoder.decode(line)
    except (ValueError, RecursionError):
        return None


def custom_id(digest: bytes, attempt: int) -> str:
    """What a request is called in a batch.

    >>> custom_id(bytes(16), 2)
    '00000000000000000000000000000000-2'
    """
    return f"{digest.hex()}-{attempt}"


def read_id(name: str) -> tuple[bytes, int] | None:
    """Digest and attempt of a request of a batch; None where it is none of ours.

    >>> read_id("00000000000000000000000000000000-2")[1], read_id("request-1")
    (2, None)
    """
    found = _ID.fullmatch(name)
    return (bytes.fromhex(found[1]), int(found[2])) if found else None


def _place(key: Key) -> str:
    return f"{custom_id(key.digest, key.attempt)} {key.model} {key.endpoint}"
