"""Tagged utterances as a Parquet file, written a few thousand rows at a time."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Self

from cswitch.core.errors import InputError, MissingExtraError
from cswitch.pipeline.tag_columns import EXTRA, ROWS

if TYPE_CHECKING:
    import pyarrow


class ParquetRows:
    """Writes objects as rows; the first few thousand decide which other columns there are, and of what type.

    Args:
        out: Where to; it stays open.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, out: IO[bytes]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise MissingExtraError("writing Parquet", extra=EXTRA) from error
        self._pa, self._out = pyarrow, out
        self._held: list[dict[str, Any]] = []
        self._schema: pyarrow.Schema | None = None
        self._sink: pyarrow.parquet.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Writes what is held, unless something went wrong, and ends the file."""
        try:
            if kind is None and self._held:
                self._flush()
        finally:
            if self._sink is not None:
                self._sink.close()

    def add(self, row: dict[str, Any]) -> None:
        """Takes in a row.

        Raises:
            InputError: A field has another type than in the rows before.
        """
        self._held.append(row)
        if len(self._held) == ROWS:
            self._flush()

    def _flush(self) -> None:
        pa = self._pa
        try:
            if self._schema is None:
                self._schema = self._decide()
                self._sink = pa.parquet.ParquetWriter(self._out, self._schema)
            table = pa.Table.from_pylist(self._held, schema=self._schema)
        except (pa.ArrowException, TypeError, OverflowError) as error:
            what = str(error).partition("\n")[0][:200]
            hint = "a column has one type throughout; JSON Lines takes any: --to jsonl"
            raise InputError(f"cannot be written as Parquet: {what}", hint=hint) from error
        unknown = {name for row in self._held for name in row} - set(self._schema.names)
        if unknown:
            hint = "give every record the same fields, or write JSON Lines: --to jsonl"
            raise InputError(f"fields that the first {ROWS} records lack: {', '.join(sorted(unknown))}", hint=hint)
        assert self._sink is not None
        self._sink.write_table(table)
        self._held = []

    def _decide(self) -> pyarrow.Schema:
        """The types of our own columns, and of the others as they are found."""
        pa = self._pa
        own = {
            "id": pa.string(),
            "text": pa.string(),
            "tokens": pa.list_(pa.string()),
            "langs": pa.list_(pa.string()),
            "offsets": pa.list_(pa.list_(pa.int64())),
            "probabilities": pa.list_(pa.float64()),
            "alternatives": pa.list_(pa.list_(pa.struct({"tag": pa.string(), "probability": pa.float64()}))),
            "languages": pa.list_(pa.string()),
            "matrix": pa.string(),
            "measures": pa.struct({"cmi": pa.float64(), "switches": pa.int64(), "spf": pa.float64()}),
        }
        names = dict.fromkeys(name for row in self._held for name in row)
        fields = []
        for name in names:
            kind = own.get(name) or pa.infer_type([row.get(name) for row in self._held])
            fields.append(pa.field(name, pa.string() if pa.types.is_null(kind) else kind))
        return pa.schema(fields)
