"""Tables of text that are perturbed: JSON Lines, CSV and TSV."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec

from cswitch.core.errors import InputError
from cswitch.perturb.records import Line
from cswitch.pipeline.lines import at, open_bytes, read_lines
from cswitch.pipeline.perturb_tables import TableRow
from cswitch.schemas.decode import RecordError, decode_record

_LOOKED_AT = 100
"""Rows that are looked at for the columns of a file."""
_NO_NAMES: Mapping[str, Sequence[str]] = {}

_encode = msgspec.json.Encoder().encode
_as_raw = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class JsonTable:
    """A file of JSON Lines; values that do not change keep their bytes.

    Args:
        path: The file, gzip or not.

    Raises:
        InputError: It cannot be read.
    """

    names = _NO_NAMES

    def __init__(self, path: str) -> None:
        self.path = path
        found: dict[str, None] = {}
        for row in islice(self.rows(()), _LOOKED_AT):
            found |= dict.fromkeys(row.values)
        self.columns = list(found)

    def rows(self, columns: Sequence[str]) -> Iterator[TableRow]:
        """The rows, whole; empty lines are passed over."""
        for number, line in read_lines(self.path):
            if line and not line.isspace():
                try:
                    yield TableRow("", number, decode_record(line, dict))
                except RecordError as error:
                    raise at(self.path, number, error) from error

    def write(self, part: Path, lines: Iterator[Line], column: str) -> None:
        """Writes the file again with what has changed."""
        with part.open("wb") as out:
            for number, text in read_lines(self.path):
                if not text or text.isspace():
                    continue
                line = _next(lines, self.path, number)
                row: dict[str, Any] = {**_as_raw(text), **line.changes, column: msgspec.to_builtins(line.record)}
                out.write(_encode(row) + b"\n")


class CsvTable:
    """A file of cells parted by commas or tabs; the first line names the columns.

    Cells of CSV may be quoted. Those of TSV may be too, as spreadsheets and pandas write them; a TSV file that is not
    well-formed in that way, say for a cell that begins with words in quotation marks, has no quoting, and is written
    without. A cell that holds a JSON list or object is read as one, and written as one.

    Args:
        path: The file, gzip or not.
        delimiter: What parts cells.

    Raises:
        InputError: It cannot be read, or has no columns.
    """

    names = _NO_NAMES

    def __init__(self, path: str, delimiter: str) -> None:
        self.path, self._delimiter = path, delimiter
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
        self._quoted = delimiter != "\t" or self._reads_with_quoting()
        with self._open() as text:
            header = next(self._reader(text), None)
        if not header:
            raise InputError("no columns", path=path, line=1, hint="the first line names them")
        twice = next((name for at, name in enumerate(header) if name in header[:at]), None)
        if twice is not None:
            raise InputError(f"two columns are named {twice!r}", path=path, line=1, hint="rename one of them")
        self.columns = header

    def rows(self, columns: Sequence[str]) -> Iterator[TableRow]:
        """The rows."""
        for number, cells in self._cells():
            yield TableRow("", number, {name: _value(cells[name]) for name in columns if name in cells})

    def write(self, part: Path, lines: Iterator[Line], column: str) -> None:
        """Writes the file again with what has changed."""
        columns = self.columns if column in self.columns else [*self.columns, column]
        with part.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(
                out,
                delimiter=self._delimiter,
                lineterminator="\n",
                quoting=csv.QUOTE_MINIMAL if self._quoted else csv.QUOTE_NONE,
                quotechar='"' if self._quoted else None,
            )
            writer.writerow(columns)
            for number, cells in self._cells():
                line = _next(lines, self.path, number)
                changed = {name: _cell(value) for name, value in line.changes.items()}
                row = {**cells, **changed, column: _encode(line.record).decode()}
                writer.writerow([row[name] for name in columns])

    def _cells(self) -> Iterator[tuple[int, dict[str, str]]]:
        with self._open() as text:
            reader = self._reader(text)
            try:
                next(reader)
                for cells in reader:
                    if not cells:
                        continue
                    if len(cells) != len(self.columns):
                        what = f"{len(cells)} cells where the header names {len(self.columns)} columns"
                        hint = "look for a missing quotation mark, or a delimiter inside a text"
                        raise InputError(what, path=self.path, line=reader.line_num, hint=hint)
                    yield reader.line_num, dict(zip(self.columns, cells, strict=True))
            except UnicodeDecodeError as error:
                hint = "convert it with iconv"
                raise InputError("not UTF-8", path=self.path, line=reader.line_num, hint=hint) from error

    def _reader(self, text: IO[str]) -> _Reader:
        return _Reader(text, self.path, self._delimiter, quoted=self._quoted)

    def _reads_with_quoting(self) -> bool:
        """Whether all rows are well-formed with quoting, and as wide as the first."""
        with self._open() as text:
            try:
                return len({len(cells) for cells in csv.reader(text, delimiter="\t", strict=True) if cells}) == 1
            except (csv.Error, UnicodeDecodeError):
                return False

    @contextmanager
    def _open(self) -> Iterator[IO[str]]:
        with open_bytes(self.path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            yield text


class _Reader:
    """Cells of lines; quotation marks that are not doubled or not closed are told, for they would get lost.

    Args:
        text: The lines.
        path: Their file, for messages.
        delimiter: What parts cells.
        quoted: Whether cells may be quoted.
    """

    def __init__(self, text: IO[str], path: str, delimiter: str, *, quoted: bool) -> None:
        self._path = path
        self._cells = csv.reader(
            text, delimiter=delimiter, strict=True, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
        )

    @property
    def line_num(self) -> int:
        """Lines read so far."""
        return self._cells.line_num

    def __iter__(self) -> _Reader:
        return self

    def __next__(self) -> list[str]:
        try:
            return next(self._cells)
        except csv.Error as error:
            hint = "put a cell that begins with a quotation mark in quotation marks, those inside doubled"
            raise InputError(f"quoting: {error}", path=self._path, line=self.line_num, hint=hint) from error


def _value(cell: str) -> Any:
    """What a cell holds."""
    if cell[:1] in ("[", "{"):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(cell)
    return cell


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else _encode(value).decode()


def _next(lines: Iterator[Line], path: str, number: int) -> Line:
    line = next(lines, None)
    if line is None:
        hint = "it was changed during the run: run again with --force"
        raise InputError("there are more rows than were perturbed", path=path, line=number, hint=hint)
    return line
