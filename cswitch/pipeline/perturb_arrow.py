"""Tables of columns that are perturbed: Parquet files, and folders saved by ``datasets``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from cswitch.core.errors import InputError, MissingExtraError
from cswitch.export.dataset_folder import load_folder, mapped, module
from cswitch.perturb.records import Line
from cswitch.pipeline.perturb_tables import BATCH, TableRow
from cswitch.pipeline.tag_columns import EXTRA

if TYPE_CHECKING:
    import pyarrow

_METADATA = b"huggingface"


class ParquetTable:
    """A Parquet file; its schema is kept.

    Args:
        path: The file.

    Raises:
        InputError: It cannot be read.
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, path: str) -> None:
        self.path, self._pa = path, _arrow()
        with self._file() as file:
            self._schema = file.schema_arrow
        self.columns = list(self._schema.names)
        self.names = _class_names(json.loads((self._schema.metadata or {}).get(_METADATA, b"{}")))

    def rows(self, columns: Sequence[str]) -> Iterator[TableRow]:
        """The rows."""
        number = 0
        with self._file() as file:
            for batch in file.iter_batches(batch_size=BATCH, columns=list(columns)):
                for values in batch.to_pylist():
                    number += 1
                    yield TableRow("", number, values)

    def write(self, part: Path, lines: Iterator[Line], column: str) -> None:
        """Writes the file again with what has changed, in row groups of the same size."""
        schema = with_column(self._schema, column)
        with self._file() as file, self._pa.parquet.ParquetWriter(str(part), schema) as out:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group)
                batches = [
                    changed(batch, lines, column, schema, self.path) for batch in table.to_batches(max_chunksize=BATCH)
                ]
                out.write_table(self._pa.Table.from_batches(batches, schema=schema))

    def _file(self) -> Any:
        try:
            return self._pa.parquet.ParquetFile(self.path)
        except (self._pa.ArrowException, OSError) as error:
            what = str(error).partition("\n")[0][:200]
            hint = "check the command that made it"
            raise InputError(f"cannot be read as Parquet: {what}", path=self.path, hint=hint) from error


class DatasetTable:
    """A folder saved by ``datasets``: one data set, or several splits; features are kept.

    Args:
        path: The folder.

    Raises:
        InputError: It cannot be loaded.
        MissingExtraError: The extra ``datasets`` is not installed.
    """

    def __init__(self, path: str) -> None:
        self.path, self._pa = path, _arrow()
        found = load_folder(Path(path))
        self._splits: dict[str, Any] = (
            dict(found) if hasattr(found, "num_rows") and isinstance(found, dict) else {"": found}
        )
        first = next(iter(self._splits.values()))
        self.columns = list(first.column_names)
        self.names = _class_names({"info": {"features": first.features.to_dict()}})

    def rows(self, columns: Sequence[str]) -> Iterator[TableRow]:
        """The rows of one split after the other."""
        for split, data in self._splits.items():
            number = 0
            wanted = [name for name in columns if name in data.column_names]
            for table in data.select_columns(wanted).with_format("arrow").iter(batch_size=BATCH):
                for values in table.to_pylist():
                    number += 1
                    yield TableRow(split, number, values)

    def write(self, part: Path, lines: Iterator[Line], column: str) -> None:
        """Writes the folder again with what has changed."""
        datasets = module()
        bars = datasets.utils.are_progress_bars_disabled()
        datasets.disable_progress_bars()
        try:
            with TemporaryDirectory(prefix=f"{part.name}-", dir=part.parent) as streams:
                made = {}
                for split, data in self._splits.items():
                    stream = Path(streams, f"{split}.stream")
                    self._stream(stream, data, lines, column)
                    made[split] = mapped(stream)
                (made[""] if "" in made else datasets.DatasetDict(made)).save_to_disk(str(part))
                del made
        finally:
            if not bars:
                datasets.enable_progress_bars()

    def _stream(self, path: Path, data: Any, lines: Iterator[Line], column: str) -> None:
        """One split as a stream of Arrow that ``datasets`` can read, features and all."""
        schema = with_column(data.features.arrow_schema, column)
        features = {**data.features.to_dict(), column: _features_of(schema.field(column).type)}
        metadata = json.dumps({"info": {"features": features}}).encode()
        schema = schema.with_metadata({_METADATA: metadata})
        with path.open("wb") as out, self._pa.ipc.new_stream(out, schema) as writer:
            for table in data.with_format("arrow").iter(batch_size=BATCH):
                for batch in table.combine_chunks().to_batches():
                    writer.write_batch(changed(batch, lines, column, schema, self.path))


def record_type() -> Any:
    """The Arrow type of the column that is added."""
    pa = _arrow()
    span = pa.struct({"start": pa.int32(), "end": pa.int32(), "lang": pa.string()})
    field = pa.struct(
        {
            "field": pa.string(), "item": pa.int32(), "asked": pa.float64(), "cmi": pa.float64(), "low": pa.float64(),
            "high": pa.float64(), "met": pa.bool_(), "replaced": pa.int32(), "spans": pa.list_(span),
            "reason": pa.string(), "detail": pa.string(),
        }
    )  # fmt: skip
    words = ("recipe", "by", "matrix", "preset", "config", "reason", "detail")
    return pa.struct(
        {
            **dict.fromkeys(words, pa.string()),
            "pair": pa.list_(pa.string()),
            "seed": pa.int64(),
            "fields": pa.list_(field),
        }
    )


def with_column(schema: pyarrow.Schema, column: str) -> pyarrow.Schema:
    """A schema with the column that is added, at the end or in the place of one of the same name."""
    pa = _arrow()
    field = pa.field(column, record_type())
    at = schema.get_field_index(column)
    return schema.append(field) if at < 0 else schema.set(at, field)


def changed(
    batch: pyarrow.RecordBatch, lines: Iterator[Line], column: str, schema: pyarrow.Schema, path: str
) -> pyarrow.RecordBatch:
    """A batch with what has changed in its rows.

    Args:
        batch: Rows as they were.
        lines: A line a row, from the first of the batch on.
        column: The column that is added.
        schema: The schema of what is written.
        path: The table, for messages.

    Raises:
        InputError: There are fewer lines than rows.
    """
    pa = _arrow()
    mine = list(islice(lines, batch.num_rows))
    if len(mine) < batch.num_rows:
        hint = "it was changed during the run: run again with --force"
        raise InputError("there are more rows than were perturbed", path=path, hint=hint)
    arrays = {name: batch.column(at) for at, name in enumerate(batch.schema.names)}
    for name in dict.fromkeys(name for line in mine for name in line.changes):
        old = arrays[name].to_pylist()
        new = [line.changes.get(name, before) for line, before in zip(mine, old, strict=True)]
        arrays[name] = pa.array(new, type=schema.field(name).type)
    arrays[column] = pa.array([_as_row(line) for line in mine], type=schema.field(column).type)
    return pa.RecordBatch.from_arrays([arrays[name] for name in schema.names], schema=schema)


def _as_row(line: Line) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.to_builtins(line.record)
    keys = ("start", "end", "lang")
    fields = [
        {**field, "spans": [dict(zip(keys, span, strict=True)) for span in field["spans"]]}
        for field in record["fields"]
    ]
    return {**record, "pair": list(record["pair"]), "fields": fields}


def _features_of(kind: Any) -> Any:
    """The features of the added column, as ``datasets`` writes them down."""
    datasets = module()
    pa = _arrow()
    found = datasets.Features.from_arrow_schema(pa.schema([pa.field("x", kind)]))
    return found.to_dict()["x"]


def _class_names(metadata: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the numbers of columns mean that are lists of class labels."""
    found: dict[str, list[str]] = {}
    for name, feature in metadata.get("info", {}).get("features", {}).items():
        inner = (
            feature[0] if isinstance(feature, list) else feature.get("feature") if isinstance(feature, dict) else None
        )
        names = inner.get("names") if isinstance(inner, dict) else None
        if isinstance(names, list):
            found[name] = names
    return found


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("tables of Arrow", extra=EXTRA) from error
    return pyarrow
