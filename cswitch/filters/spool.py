"""Outcomes that wait on the disk until it is known what repeats what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from cswitch.filters.contracts import Drop, Dropped, Entry, Kept
from cswitch.filters.record import Record


class _Waiting(msgspec.Struct, array_like=True):
    place: int
    line: str
    drops: tuple[Drop, ...]
    id: Any
    source_id: Any
    record: Record | None


class Spool:
    """A file of outcomes, written once and read once.

    Args:
        path: The file.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Spool(Path(folder, "spool")) as spool:
    ...     spool.add(Kept(Entry(Record(tokens=["ok"], langs=["en"], id="1"), 3)))
    ...     [(outcome.entry.place, outcome.entry.record.name) for outcome in spool.read()]
    [(3, '1')]
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(_Waiting).decode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, outcome: Kept | Dropped) -> None:
        """Adds an outcome; a record that came with its line is not written a second time."""
        record, place, line = outcome.entry
        drops = outcome.drops if isinstance(outcome, Dropped) else ()
        data = self._encode(_Waiting(place, line, drops, record.id, record.source_id, None if line else record))
        self._file.write(len(data).to_bytes(4, "little"))
        self._file.write(data)

    def read(self) -> Iterator[Kept | Dropped]:
        """The outcomes, in their order."""
        self._file.seek(0)
        while size := self._file.read(4):
            found = self._decode(self._file.read(int.from_bytes(size, "little")))
            record = found.record or Record(tokens=[], langs=[], id=found.id, source_id=found.source_id)
            entry = Entry(record, found.place, found.line)
            yield Dropped(entry, found.drops) if found.drops else Kept(entry)
