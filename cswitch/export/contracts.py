"""What formats and writers of an export meet at: records, rows, settings and the Protocols."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, NamedTuple, Protocol

import msgspec

Record = dict[str, Any]
"""A tagged record: ``id``, ``text``, ``tokens``, ``langs``, ``offsets``, and whatever else it came with."""
Row = dict[str, Any]
"""Values by the name of their column."""


class Made(NamedTuple):
    """A row and the record it was made of."""

    record: Record
    """The record; of several, the first."""
    row: Row
    """What is written of it."""


class ExportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that decides what an export writes."""

    to: str
    """Name of the format."""
    writer: str = ""
    """Name of the writer; empty for the first that the format names."""
    splits: tuple[tuple[str, float], ...] = ()
    """Name and share of each split, the shares adding up to 1; empty for one file or one split ``train``."""
    seed: int = 0
    """Seed of the splits and of templates that have several wordings."""
    labels: tuple[str, ...] = ()
    """Tags that tokens may have, in the order of their numbers; empty for those of the records."""
    languages: tuple[str, ...] = ()
    """The languages in their order (``lang1``, ``lang2``); empty for that of the records."""
    sides: tuple[str, ...] = ()
    """Languages that are translated to, or restored; empty for the format's own choice."""
    template: str = ""
    """Name of a template that is shipped, or path of one; empty for the format's own."""
    layout: str = "openai"
    """Layout of a chat: ``openai``, ``sharegpt`` or ``instruction``."""
    by: str = "cmi"
    """What makes one mixing better than another: ``cmi``, ``met``, ``scores``, ``scores:NAME`` or ``attempts``."""
    margin: float = 0.0
    """How much better it has to be."""
    separator: str = ""
    """Line between texts; empty for none."""
    ids: bool = False
    """Write ids where a format has none of itself."""
    license: str = ""
    """Licence of the data, as the hub names it."""
    title: str = ""
    """Name of the data set on its card."""


class Texts(Protocol):
    """Source texts by the id of their pair."""

    def of(self, record: Record) -> Mapping[str, str]:
        """Language to text, empty when they are not known."""
        ...


class Format(Protocol):
    """Makes rows of records.

    A format is one class in one file with one method over an iterable of records, and one line in
    :data:`cswitch.export.table.FORMATS`.
    """

    writers: tuple[str, ...]
    """Names of the writers that can write its rows, the usual one first."""
    task: str
    """The task that the hub files it under."""
    columns: dict[str, Any]
    """Kind of each column, as :mod:`cswitch.export.columns` has them."""
    counts: Counter[str]
    """Records that gave no row, by reason."""

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The rows of records; one record is held at a time, unless the format says otherwise.

        Raises:
            RecordError: The record that was taken last does not fit.
        """
        ...


class Target(Protocol):
    """Where files of an export go."""

    def open(self, name: str) -> IO[bytes]:
        """A new file to write; the target closes it if the writer does not."""
        ...


class Sink(Protocol):
    """Writes the rows of one split."""

    def add(self, row: Row) -> None:
        """Takes in a row.

        Raises:
            RecordError: The row cannot be written.
        """
        ...

    def close(self) -> None:
        """Writes what is held and ends the files."""
        ...


def source_of(record: Record) -> str:
    """The id of the sentence that a record was made of, which may be a number; its own id when it names none.

    >>> source_of({"id": "7.1", "source_id": "7"}), source_of({"id": "7.2", "source_id": 7}), source_of({"id": "u1"})
    ('7', '7', 'u1')
    """
    found = record.get("source_id")
    return str(found) if isinstance(found, str | int) else str(record["id"])


def number_of(record: Record, group: str, name: str) -> float | None:
    """A number of a record, such as ``measures`` ``cmi``; None when it has none.

    >>> number_of({"measures": {"cmi": 25}}, "measures", "cmi"), number_of({"measures": None}, "measures", "cmi")
    (25.0, None)
    """
    values = record.get(group)
    value = values.get(name) if isinstance(values, dict) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) <= sys.float_info.max else None
