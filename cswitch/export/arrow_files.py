"""Writers of tables: Parquet files and folders of ``datasets``, a few thousand rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from cswitch.core.errors import InputError
from cswitch.export.columns import arrow, encoder_of, schema_of
from cswitch.export.contracts import ExportSettings, Row, Target

if TYPE_CHECKING:
    import pyarrow

BATCH = 1000
"""Rows that are turned into Arrow together."""
GROUP = 10_000
"""Rows of a row group: what a reader that streams holds."""
FILE = 1_000_000
"""Rows of a Parquet file; then the next one begins."""


class _Batches:
    """Collects rows into record batches."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._pa = arrow()
        self.schema: pyarrow.Schema = schema_of(columns)
        self._encoders = {name: made for name, kind in columns.items() if (made := encoder_of(kind)) is not None}
        self._held: list[Row] = []
        self._wrong = (self._pa.ArrowException, TypeError, OverflowError)

    def add(self, row: Row) -> pyarrow.RecordBatch | None:
        """Takes in a row, and gives a batch when there is a whole one."""
        for name, encode in self._encoders.items():
            row = {**row, name: encode(row[name])}
        self._held.append(row)
        return self.rest() if len(self._held) == BATCH else None

    def rest(self) -> pyarrow.RecordBatch:
        """The rows that are held.

        Raises:
            InputError: A value is not of the type of its column.
        """
        pa = self._pa
        try:
            made = pa.RecordBatch.from_pylist(self._held, schema=self.schema)
        except self._wrong as error:
            what = f"{self._place()}{str(error).partition(chr(10))[0][:200]}"
            raise InputError(f"cannot be written as a table: {what}", hint="JSON Lines takes any value") from error
        self._held = []
        return made

    def _place(self) -> str:
        """The column of the first value that has another type than it, and the id of its row."""
        for row in self._held:
            for field in self.schema:
                try:
                    self._pa.array([row.get(field.name)], field.type)
                except self._wrong:
                    return f"{field.name} of {str(row.get('id', 'a row'))[:60]!r}: "
        return ""


class ParquetSink:
    """Files ``train-00000.parquet`` and so on, with row groups of :data:`GROUP` rows."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        self._pa, self._target, self._split = arrow(), target, split
        self._batches = _Batches(columns)
        self._group: list[pyarrow.RecordBatch] = []
        self._rows, self._files = 0, 0
        self._sink: Any = None

    def add(self, row: Row) -> None:
        """Takes in a row.

        Raises:
            InputError: A value is not of the type of its column.
        """
        batch = self._batches.add(row)
        if batch is not None:
            self._take(batch)

    def _take(self, batch: pyarrow.RecordBatch) -> None:
        self._group.append(batch)
        self._rows += batch.num_rows
        if sum(held.num_rows for held in self._group) >= GROUP:
            self._flush()
        if self._rows >= FILE:
            self._flush()
            self._end()

    def _flush(self) -> None:
        if self._sink is not None and not self._group:
            return
        if self._sink is None:
            out = self._target.open(f"{self._split}-{self._files:05}.parquet")
            self._sink = self._pa.parquet.ParquetWriter(out, self._batches.schema, compression="zstd")
            self._out: IO[bytes] = out
        table = self._pa.Table.from_batches(self._group, schema=self._batches.schema)
        self._sink.write_table(table, row_group_size=max(GROUP, table.num_rows))
        self._group = []

    def _end(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._out.flush()
            self._sink = None
            self._files += 1
            self._rows = 0

    def close(self) -> None:
        """Writes what is held and ends the file; a split without rows is a file without rows."""
        rest = self._batches.rest()
        if rest.num_rows:
            self._group.append(rest)
        if self._group or not (self._files or self._sink):
            self._flush()
        self._end()


class ArrowSink:
    """A stream of Arrow, from which ``datasets`` makes its folder (:func:`save_folder`)."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        self._batches = _Batches(columns)
        self._out = target.open(stream_name(split))
        self._sink = arrow().ipc.new_stream(self._out, self._batches.schema)

    def add(self, row: Row) -> None:
        """Takes in a row.

        Raises:
            InputError: A value is not of the type of its column.
        """
        batch = self._batches.add(row)
        if batch is not None:
            self._sink.write_batch(batch)

    def close(self) -> None:
        """Writes what is held and ends the stream."""
        self._sink.write_batch(self._batches.rest())
        self._sink.close()
        self._out.flush()


def stream_name(split: str) -> str:
    """The name of a split's stream before ``datasets`` has made its folder of it.

    >>> stream_name("train")
    'train.stream'
    """
    return f"{split}.stream"
