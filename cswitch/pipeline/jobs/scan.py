"""One quick look through files of lines: where shards begin, whether ids repeat, and a hash of what is in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import islice, zip_longest
from tempfile import TemporaryFile
from typing import IO
from weakref import finalize

import msgspec
import numpy as np

from cswitch.core.errors import InputError
from cswitch.pipeline.jobs.shards import Shard, Span
from cswitch.pipeline.lines import MAX_LINE_BYTES, open_bytes, read_lines
from cswitch.schemas.decode import RecordError, decode_record

BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_PART = 1 << 16
"""Hashes of ids that are held in memory."""
_BUCKETS = 64
_EDGES = np.arange(1 - _BUCKETS // 2, _BUCKETS // 2, dtype=np.int64) * (1 << 58)
"""Where all buckets but the first begin: 64 of them share the 64-bit numbers evenly."""

Named = Callable[[bytes], "str | None"]
"""The id in a line; None when it has none."""


class _File:
    """A file that is being cut into shards.

    Args:
        path: Its name.
        skip_first: Its first line is no row.
    """

    def __init__(self, path: str, *, skip_first: bool) -> None:
        self.path, self.skip_first = path, skip_first
        self.line = 1 + skip_first
        """Line of the row that comes next."""
        self.at = self._start = -1
        self._first = self.line
        self._hash = blake2b(digest_size=8)

    def __iter__(self) -> Iterator[bytes]:
        """Every row with its line end."""
        with open_bytes(self.path) as stream:
            if stream.read(len(BOM)) != BOM:
                stream.seek(0)
            if self.skip_first:
                stream.readline()
            self.at = self._start = stream.tell()
            while line := stream.readline(MAX_LINE_BYTES + 1):
                if len(line) > MAX_LINE_BYTES:
                    what = f"the line is longer than {MAX_LINE_BYTES >> 20} MiB"
                    hint = "check that the file has line ends, or cut the line"
                    raise InputError(what, path=self.path, line=self.line, hint=hint)
                yield line

    def add(self, data: bytes) -> None:
        """Counts a line to the shard that is being made."""
        self.at += len(data)
        self.line += 1
        self._hash.update(data)

    def cut(self) -> tuple[Span, bytes]:
        """The lines since the last cut, and their hash."""
        found = Span(self.path, self._start, self.at - self._start, self._first), self._hash.digest()
        self._start, self._first, self._hash = self.at, self.line, blake2b(digest_size=8)
        return found


class Ids:
    """Finds ids that repeat, in memory that hardly grows: their hashes lie in a temporary file, eight bytes a row.

    >>> ids = Ids()
    >>> for name in ("a", "b", "a"):
    ...     ids.add(name, "x.tsv", 1)
    >>> ids.repeated() == {hash("a")}
    True
    """

    def __init__(self) -> None:
        self._part: list[int] = []
        self._with: bool | None = None
        self._spilt: IO[bytes] | None = None
        self._bounds: list[list[int]] = []
        """For each part that was spilt, where its buckets begin in the file, in numbers."""

    def add(self, name: str | None, path: str, number: int) -> None:
        """Takes in the id of a row: empty when it has none, None when the row is broken.

        Raises:
            InputError: It has an id and others have none, or the other way round.
        """
        if name is None:
            return
        if self._with not in (None, bool(name)):
            hint = "give every row an id or none"
            raise InputError("some rows have an id, some none", path=path, line=number, field="id", hint=hint)
        self._with = bool(name)
        if name:
            self._part.append(hash(name))
            if len(self._part) == _PART:
                self._spill()

    def repeated(self) -> set[int]:
        """Hashes that occur more than once."""
        if self._part:
            self._spill()
        found: set[int] = set()
        for bucket in range(_BUCKETS if self._bounds else 0):
            hashes = np.sort(np.concatenate([self._read(bounds, bucket) for bounds in self._bounds]))
            found.update(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
        return found

    def _spill(self) -> None:
        """Writes a part, in order, behind those before it."""
        if self._spilt is None:
            self._spilt = TemporaryFile()  # noqa: SIM115 it is closed with this object
            finalize(self, self._spilt.close)
        hashes = np.sort(np.array(self._part, np.int64))
        edges = np.searchsorted(hashes, _EDGES)
        begins = self._bounds[-1][-1] if self._bounds else 0
        self._bounds.append([begins, *(begins + int(edge) for edge in edges), begins + len(hashes)])
        self._spilt.write(hashes.tobytes())
        self._part = []

    def _read(self, bounds: list[int], bucket: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        assert self._spilt is not None
        self._spilt.seek(8 * bounds[bucket])
        return np.frombuffer(self._spilt.read(8 * (bounds[bucket + 1] - bounds[bucket])), np.int64)


class _Named(msgspec.Struct):
    id: str | int | None = None


def id_in_json(line: bytes) -> str | None:
    """The id of a line of JSON, empty without one; None when the line is broken.

    >>> id_in_json(b'{"id": 7}'), id_in_json(b'{"en": ""}'), id_in_json(b'{')
    ('7', '', None)
    """
    try:
        found = decode_record(line, _Named).id
    except RecordError:
        return None
    return "" if found is None else str(found)


def id_in_column(place: int) -> Named:
    r"""Finds the id in a column.

    >>> id_in_column(1)("मैं\t7\n".encode())
    '7'
    """

    def named(line: bytes) -> str | None:
        cells = line.rstrip(b"\r\n").split(b"\t", place + 1)
        return cells[place].decode("utf-8", "replace") if len(cells) > place else None

    return named


def is_plain(path: str) -> bool:
    """Whether a file is not compressed, so that its lines can be found by their bytes.

    Raises:
        InputError: It cannot be opened, is empty, or is no text.
    """
    next(read_lines(path))
    with open(path, "rb") as stream:
        return not stream.read(4).startswith((_GZIP, _ZSTD))


def scan(
    kind: str,
    paths: tuple[str, ...],
    *,
    header: str = "",
    links: str | None = None,
    rows: int,
    limit: int | None = None,
    ids: Ids,
    named: Named | None = None,
    number: int = 0,
    before: int = 0,
) -> Iterator[Shard]:
    """The shards of one input of plain lines.

    Args:
        kind: ``tsv``, ``jsonl``, ``parallel`` or ``text``.
        paths: Its file, or two.
        header: The first line, where it names the columns.
        links: A file of links, a line a row.
        rows: Rows a shard.
        limit: Most rows in all.
        ids: Watches ids.
        named: Finds the id in a line.
        number: Number of the first shard.
        before: Rows of earlier inputs.

    Raises:
        InputError: A file cannot be read, or files that belong together differ in length.
    """
    names = [*paths, *([] if links is None else [links])]
    files = [_File(path, skip_first=bool(header) and place == 0) for place, path in enumerate(names)]
    made = _Maker(kind, paths, header, files, linked=links is not None, number=number, before=before)
    found = 0
    for lines in islice(_together(files, kind), limit):
        if made.rows == rows:
            yield made.shard()
        if named is not None:
            ids.add(named(lines[0]), files[0].path, files[0].line)
        for file, line in zip(files, lines, strict=True):
            file.add(line)
        found += 1
        made.rows += 1
    if not found:
        what = "no rows after the header" if header else "no record in the file"
        raise InputError(what, path=paths[0], hint="check the command that made it")
    yield made.shard()


class _Maker:
    """Puts shards together."""

    def __init__(
        self,
        kind: str,
        paths: tuple[str, ...],
        header: str,
        files: list[_File],
        *,
        linked: bool,
        number: int,
        before: int,
    ) -> None:
        self.kind, self.paths, self.header, self.files, self.linked = kind, paths, header, files, linked
        self.number, self.before, self.rows = number, before, 0

    def shard(self) -> Shard:
        """The shard of the rows since the last one."""
        cuts = [file.cut() for file in self.files]
        place = f"{self.kind}\x1f{self.header}\x1f{self.before}\x1f{cuts[0][0].line}\x1f".encode()
        made = Shard(
            number=self.number,
            rows=self.rows,
            before=self.before,
            digest=blake2b(place + b"".join(found for _, found in cuts), digest_size=8).hexdigest(),
            path=",".join(self.paths),
            kind=self.kind,
            header=self.header,
            spans=tuple(span for span, _ in cuts),
            linked=self.linked,
        )
        self.number, self.before, self.rows = self.number + 1, self.before + self.rows, 0
        return made


def _together(files: list[_File], kind: str) -> Iterator[tuple[bytes, ...]]:
    """The lines of each row, from all files.

    Raises:
        InputError: One of them goes on where another ends.
    """
    rows = _rows(files[0], kind)
    if len(files) == 1:
        for line in rows:
            yield (line,)
        return
    for lines in zip_longest(rows, *files[1:]):
        if None in lines:
            short, long = (
                next(f for f, line in zip(files, lines, strict=True) if (line is None) is lacks)
                for lacks in (True, False)
            )
            hint = "line i of one must belong to line i of the other"
            raise InputError(
                f"the file ends here, and {long.path} goes on", path=short.path, line=short.line, hint=hint
            )
        yield lines


def _rows(file: _File, kind: str) -> Iterator[bytes]:
    """The lines that are rows: empty ones are none in JSON Lines, and only end a table."""
    if kind not in ("tsv", "jsonl"):
        yield from file
        return
    empty = 0
    for line in file:
        blank = not line.strip(b"\r\n") if kind == "tsv" else line.isspace()
        if not blank:
            if empty:
                raise InputError("an empty line inside the table", path=file.path, line=empty, hint="remove it")
            yield line
            continue
        if kind == "tsv":
            empty = empty or file.line
        file.add(line)
