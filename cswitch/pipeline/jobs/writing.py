"""The files of one shard: written beside, synced, renamed; the summary goes last and says that the shard is done."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Protocol, Self, cast

import msgspec

from cswitch.core.errors import MissingExtraError, UsageError
from cswitch.pipeline.jobs.shards import stem
from cswitch.pipeline.locked_files import PartFile
from cswitch.schemas.job import Job, JobOutput
from cswitch.schemas.reject import Reject

if TYPE_CHECKING:
    from typing_extensions import Buffer

_encode = msgspec.json.Encoder().encode

BUFFER = 1 << 18
"""Bytes gathered before they are written."""
PATIENCE = 20.0
"""Seconds that a process of a killed run may take to let go of a file."""
_SUFFIX = {"none": "", "gzip": ".gz", "zstd": ".zst"}
_LEVEL = 6


class ShardSummary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a shard gave; it holds no time and no name of a machine, so that it is the same whoever did it."""

    number: int
    """Which shard."""
    rows: int
    """Rows of the input that it was made from."""
    records: int
    """Records written."""
    rejected: int
    """Rejects written."""
    bytes: int
    """Length of the file of records."""
    counts: dict[str, int]
    """What was counted, by name; ``reject.REASON`` among them."""
    examples: dict[str, str]
    """For each reason, the first reject with its place."""
    digest: str
    """Hash of the rows."""
    config: str
    """Hash of everything else that decides the records."""


class Writer(Protocol):
    """Takes records as JSON."""

    def write(self, lines: Sequence[bytes]) -> None:
        """Adds records."""
        ...

    def close(self) -> None:
        """Writes what is held."""
        ...


class ShardFiles:
    """The files of a shard: ``NNNNN.jsonl``, ``NNNNN.rejects.jsonl`` where there are any, ``NNNNN.summary.json``; for
    prompts also ``NNNNN.attempts.jsonl``.

    Leaving the ``with`` block without :meth:`publish` leaves none of them.

    Args:
        job: Says where they go, and how they are written.
        number: Which shard.
    """

    def __init__(self, job: Job, number: int) -> None:
        output = job.output
        folder = Path(output.folder)
        self.job = job
        self._records = PartFile(folder / data_name(output, number))
        self._rejects = PartFile(folder / rejects_name(number))
        self._summary = PartFile(folder / summary_name(number))
        self._attempts = None
        if job.stages[0].prompt is not None:
            self._attempts = PartFile(folder / attempts_name(number))
        self._parts = [part for part in (self._records, self._rejects, self._attempts, self._summary) if part]
        self._held = bytearray()

    def __enter__(self) -> Self:
        try:
            for part in self._parts:
                _open_patiently(part)
            self._writer = writer_for(self.job, Sink(self._records))
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def add(self, lines: Sequence[bytes], rejects: Sequence[Reject], attempts: Sequence[bytes] = ()) -> None:
        """Writes records, rejects and attempts."""
        self._writer.write(lines)
        if self._attempts is not None and attempts:
            self._attempts.write(b"".join(line + b"\n" for line in attempts))
        for reject in rejects:
            self._held += _encode(reject) + b"\n"
        if len(self._held) > BUFFER:
            self._flush()

    def publish(self, summary: ShardSummary) -> ShardSummary:
        """Gives the files their names, the summary last: what is not whole has no summary.

        Returns:
            The summary, with the length of the file.
        """
        self._writer.close()
        self._flush()
        summary = msgspec.structs.replace(summary, bytes=self._records.size)
        self._summary.write(_encode(summary) + b"\n")
        for part in self._parts:
            part.sync()
        self._records.publish()
        if self._attempts is not None:
            self._attempts.publish()
        if self._rejects.size:
            self._rejects.publish()
        else:
            self._rejects.remove()
            self._rejects.final.unlink(missing_ok=True)
        self._summary.publish()
        return summary

    def _flush(self) -> None:
        self._rejects.write(bytes(self._held))
        self._held.clear()

    def _remove(self) -> None:
        for part in self._parts:
            if part.is_open:
                part.remove()


class Sink(io.RawIOBase):
    """A part file as a stream that other writers take.

    Args:
        part: The file, open.
    """

    def __init__(self, part: PartFile) -> None:
        self._part = part

    def writable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Bytes written."""
        return self._part.size

    def write(self, data: Buffer) -> int:
        """Writes all of the bytes."""
        view = memoryview(data)
        self._part.write(bytes(view))
        return view.nbytes


class JsonWriter:
    """Records as lines, compressed or not.

    Args:
        out: Where to.
        compression: ``none``, ``gzip`` or ``zstd``.

    Raises:
        MissingExtraError: ``zstd`` needs pyarrow.
    """

    def __init__(self, out: Sink, compression: str) -> None:
        self._held = bytearray()
        self._stream: Any = out
        if compression == "gzip":
            self._stream = gzip.GzipFile("", "wb", _LEVEL, cast(IO[bytes], out), mtime=0)  # a name or time would differ
        elif compression == "zstd":
            self._stream = pyarrow_for("writing Zstandard").CompressedOutputStream(out, "zstd")
        self._compressed = compression != "none"

    def write(self, lines: Sequence[bytes]) -> None:
        """Adds records."""
        for line in lines:
            self._held += line
            self._held += b"\n"
        if len(self._held) > BUFFER:
            self._flush()

    def close(self) -> None:
        """Writes what is held."""
        self._flush()
        if self._compressed:
            self._stream.close()

    def _flush(self) -> None:
        self._stream.write(bytes(self._held))
        self._held.clear()


def writer_for(job: Job, out: Sink) -> Writer:
    """What writes records in the layout asked for.

    Raises:
        MissingExtraError: It needs an extra.
    """
    if job.output.format == "parquet":
        from cswitch.pipeline.jobs.parquet import ParquetRecords, columns_of

        return ParquetRecords(out, job.output.compression, columns_of(job.stages))
    return JsonWriter(out, job.output.compression)


def check_writer(job: Job) -> None:
    """Makes sure that the records of a job can be written as it wants them.

    Raises:
        MissingExtraError: That needs an extra.
    """
    if job.output.format == "parquet":
        pyarrow_for("writing Parquet")
    elif job.output.compression == "zstd":
        pyarrow_for("writing Zstandard")


def pyarrow_for(what: str) -> Any:
    """The package pyarrow.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise MissingExtraError(what, extra="datasets") from error
    return pyarrow


def data_name(output: JobOutput, number: int) -> str:
    """The name of a shard's records.

    >>> data_name(JobOutput(folder="out", compression="gzip"), 7)
    '00007.jsonl.gz'
    """
    if output.format == "parquet":
        return f"{stem(number)}.parquet"
    return f"{stem(number)}.jsonl{_SUFFIX[output.compression]}"


def rejects_name(number: int) -> str:
    """The name of a shard's rejects."""
    return f"{stem(number)}.rejects.jsonl"


def attempts_name(number: int) -> str:
    """The name of a shard's attempts."""
    return f"{stem(number)}.attempts.jsonl"


def summary_name(number: int) -> str:
    """The name of a shard's summary."""
    return f"{stem(number)}.summary.json"


def _open_patiently(part: PartFile) -> None:
    """Opens a file and empties it; a process of a killed run may hold it for another moment."""
    until = monotonic() + PATIENCE
    while True:
        try:
            part.open()
        except UsageError:
            if monotonic() > until:
                raise
            sleep(0.1)
        else:
            part.cut(0)
            return
