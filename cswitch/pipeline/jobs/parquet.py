"""Records as Parquet in groups of rows, with the same columns in every shard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from cswitch.core.errors import InputError
from cswitch.pipeline.jobs.writing import Sink, pyarrow_for
from cswitch.schemas.decode import decode_record
from cswitch.schemas.job import Stage
from cswitch.schemas.sample import Provenance, Sample, Target
from cswitch.schemas.utterance import Utterance

if TYPE_CHECKING:
    import pyarrow

GROUP = 4096
"""Rows of a group, which is what memory holds."""
OTHERS = "fields"
"""Column of everything that has none of its own, as JSON."""
_AS_JSON = ("labels",)
"""Columns of values that may be anything, as JSON."""


def columns_of(stages: Sequence[Stage]) -> tuple[str, ...]:
    """The columns that records have after these stages.

    >>> from cswitch.schemas.job import TagSettings
    >>> columns_of([Stage(tag=TagSettings())])[:3]
    ('id', 'text', 'tokens')
    """
    made = Sample.__struct_fields__ if stages[0].synth is not None or stages[0].prompt is not None else ()
    tagged = Utterance.__struct_fields__ if any(stage.tag is not None for stage in stages) else ()
    others = () if made else (OTHERS,)
    return tuple(dict.fromkeys((*tagged, *made, *others)))


class ParquetRecords:
    """Writes records as rows.

    Args:
        out: Where to.
        compression: ``none``, ``gzip`` or ``zstd``.
        columns: From :func:`columns_of`.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, out: Sink, compression: str, columns: Sequence[str]) -> None:
        self._pa = pyarrow_for("writing Parquet")
        from pyarrow import parquet

        kinds = _kinds(self._pa)
        self._schema: pyarrow.Schema = self._pa.schema([(name, kinds[name]) for name in columns])
        self._sink = parquet.ParquetWriter(out, self._schema, compression=compression)
        self._held: list[dict[str, Any]] = []

    def write(self, lines: Sequence[bytes]) -> None:
        """Adds records."""
        self._held.extend(self._row(decode_record(line, dict)) for line in lines)
        while len(self._held) >= GROUP:
            self._flush()

    def close(self) -> None:
        """Writes what is held, and ends the file."""
        if self._held:
            self._flush()
        self._sink.close()

    def _row(self, record: dict[str, Any]) -> dict[str, Any]:
        row = {name: value for name, value in record.items() if name in self._schema.names}
        if "origins" in row:
            row["origins"] = [None if one is None else {"lang": one[0], "index": one[1]} for one in row["origins"]]
        if row.get("alternatives"):
            row["alternatives"] = [
                [{"tag": tag, "probability": chance} for tag, chance in best] for best in row["alternatives"]
            ]
        for name in ("reachable", "scores"):
            if row.get(name) is not None:
                row[name] = list(row[name].items())
        for name in _AS_JSON:
            if row.get(name):
                row[name] = json.dumps(row[name], ensure_ascii=False, sort_keys=True)
        rest = {name: value for name, value in record.items() if name not in row}
        if rest and OTHERS in self._schema.names:
            row[OTHERS] = json.dumps(rest, ensure_ascii=False, sort_keys=True)
        return row

    def _flush(self) -> None:
        part, self._held = self._held[:GROUP], self._held[GROUP:]
        try:
            table = self._pa.Table.from_pylist(part, schema=self._schema)
        except (self._pa.ArrowException, TypeError, OverflowError) as error:
            what = str(error).partition("\n")[0][:200]
            hint = "a column has one type throughout; write JSON Lines, which takes any"
            raise InputError(f"a record cannot be written as Parquet: {what}", hint=hint) from error
        self._sink.write_table(table)


def _kinds(pa: Any) -> Mapping[str, Any]:
    """The type of every column there can be."""
    text, number, strings = pa.string(), pa.float64(), pa.list_(pa.string())
    measured = pa.struct({"cmi": number, "switches": pa.int64(), "spf": number})
    return {
        "id": text,
        "source_id": text,
        "text": text,
        "tokens": strings,
        "langs": strings,
        "offsets": pa.list_(pa.list_(pa.int64())),
        "origins": pa.list_(pa.struct({"lang": text, "index": pa.int64()})),
        "probabilities": pa.list_(number),
        "alternatives": pa.list_(pa.list_(pa.struct({"tag": text, "probability": number}))),
        "languages": strings,
        "matrix": text,
        "measures": measured,
        "target": _struct_of(pa, Target),
        "met": pa.bool_(),
        "reachable": pa.map_(text, pa.list_(number)),
        "scores": pa.map_(text, number),
        "labels": text,
        "provenance": _struct_of(pa, Provenance),
        OTHERS: text,
    }


def _struct_of(pa: Any, record: type[msgspec.Struct]) -> Any:
    kinds = {"int": pa.int64(), "float": pa.float64(), "str": pa.string()}
    fields = {
        field.name: str(record.__annotations__[field.name]).split(" ")[0] for field in msgspec.structs.fields(record)
    }
    return pa.struct({name: kinds[kind] for name, kind in fields.items()})
