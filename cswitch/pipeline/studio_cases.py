"""Reading what annotators said: files of ``cswitch studio pull``, a sample at a time with everything said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from cswitch.annotators.labelstudio.cases import Case, case_of, check_offsets
from cswitch.core.errors import InputError
from cswitch.pipeline.lines import at, read_lines, started
from cswitch.pipeline.output import is_stream
from cswitch.pipeline.studio_agreement import check_annotated
from cswitch.schemas.annotation import Annotated
from cswitch.schemas.decode import RecordError, decode_record

Record = TypeVar("Record")
Placed = tuple[str, int, Annotated]
"""File, line and record."""


class _Id(msgspec.Struct, frozen=True):
    id: str


def read_annotated(path: str) -> Iterator[tuple[int, Annotated]]:
    """Reads records of annotation from JSON Lines, with the line each stands on.

    Args:
        path: A file, gzip or not, or ``-`` for standard input.

    Returns:
        Records in the order of the file; the first is read at once.

    Raises:
        InputError: A line is no such record, its lists differ in length, an offset does not cut its token out of the
            text, or there is no record at all.
    """
    return started(_annotated(path))


class Cases:
    """The samples of several files, each with everything that was said of it.

    Files are read twice: to find which samples stand in more than one record, and to give them. Only those records
    are held; everything else streams. Standard input and pipes are held whole.

    Args:
        paths: What was pulled of the project, of its adjudication, of later rounds; in any order.

    Raises:
        InputError: A record does not fit, or records of one sample do not fit each other; file and line are named.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = list(dict.fromkeys(paths))
        self._held = {path: list(read_annotated(path)) for path in self._paths if is_stream(path)}
        self.ids: set[str] = set()
        """Every id."""
        self._repeated: set[str] = set()
        for name in self._ids():
            (self._repeated if name in self.ids else self.ids).add(name)
        self._together = self._gathered()

    def __iter__(self) -> Iterator[Case]:
        """Each sample once, where it stands first."""
        given: set[str] = set()
        for _, _, record in self._records():
            name = record.id
            if name not in self._repeated:
                yield case_of([record])
            elif name not in given:
                given.add(name)
                yield self._joined(name)

    def _joined(self, name: str) -> Case:
        placed = self._together[name]
        try:
            return case_of([record for _, _, record in placed])
        except RecordError as error:
            path, line, _ = placed[-1]
            raise at(path, line, error) from error

    def _ids(self) -> Iterator[str]:
        for path in self._paths:
            if path in self._held:
                yield from (record.id for _, record in self._held[path])
            else:
                yield from (_decoded(line, _Id, path, number).id for number, line in _lines(path))

    def _gathered(self) -> dict[str, list[Placed]]:
        found: dict[str, list[Placed]] = {}
        if self._repeated:
            for placed in self._records():
                if placed[2].id in self._repeated:
                    found.setdefault(placed[2].id, []).append(placed)
        return found

    def _records(self) -> Iterator[Placed]:
        for path in self._paths:
            for number, record in self._held.get(path) or read_annotated(path):
                yield path, number, record


def _annotated(path: str) -> Iterator[tuple[int, Annotated]]:
    empty = True
    for number, line in _lines(path):
        empty = False
        record = _decoded(line, Annotated, path, number)
        try:
            check_annotated(record)
            check_offsets(record)
        except RecordError as error:
            raise at(path, number, error) from error
        yield number, record
    if empty:
        raise InputError("no record in the file", path=path, hint="check the command that made it")


def _lines(path: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in read_lines(path) if line and not line.isspace())


def _decoded(line: str, record: type[Record], path: str, number: int) -> Record:
    try:
        return decode_record(line, record)
    except RecordError as error:
        hint = error.hint or "give what cswitch studio pull wrote"
        raise at(path, number, RecordError(error.message, field=error.field, hint=hint)) from error
