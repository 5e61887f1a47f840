"""Whole samples: tokens, tags, offsets, text, source texts, measures, ids and provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cswitch.core.pos import upos
from cswitch.export.columns import Names
from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, number_of, source_of
from cswitch.export.survey import Survey

WHOLE = frozenset(("switches",))
"""Measures that are whole numbers."""


class FullFormat:
    """A row a record; columns that no record can fill are not there.

    ``langs`` and ``pos`` are lists of ``ClassLabel``; ``source`` holds the source texts by language; task labels and
    provenance are JSON, for their fields differ from record to record.
    """

    writers = ("datasets", "parquet", "jsonl")
    task = "token-classification"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self._texts, self._survey = texts, survey
        self.columns: dict[str, Any] = {
            "id": "string", "source_id": "string", "text": "string", "tokens": ["string"],
            "langs": [Names(survey.labels)], "offsets": [["int64"]],
        }  # fmt: skip
        self._optional()

    def _optional(self) -> None:
        survey, fields = self._survey, self._survey.fields
        if survey.pos:
            self.columns["pos"] = [Names(tuple(sorted({upos(label) for label in survey.pos})))]
        if survey.sides:
            self.columns["source"] = dict.fromkeys(survey.sides, "string")
        self.columns |= {"languages": ["string"], "matrix": "string"}
        if survey.measures:
            self.columns["measures"] = {name: "int64" if name in WHOLE else "float64" for name in survey.measures}
        if "target" in fields:
            self.columns |= {"target_cmi": "float64", "met": "bool"}
        if survey.scores:
            self.columns["scores"] = dict.fromkeys(survey.scores, "float64")
        self.columns |= {name: "string" for name in ("labels", "provenance") if name in fields}

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The row of each record."""
        for record in records:
            yield Made(record, self._row(record))

    def _row(self, record: Record) -> Row:
        row: Row = {
            "id": str(record["id"]), "source_id": source_of(record), "text": record["text"],
            "tokens": record["tokens"], "langs": record["langs"], "offsets": record["offsets"],
            "languages": record.get("languages") or list(self._survey.languages), "matrix": record.get("matrix"),
        }  # fmt: skip
        for name in self.columns.keys() - row.keys():
            row[name] = self._value(record, name)
        return {name: row[name] for name in self.columns}

    def _value(self, record: Record, name: str) -> Any:
        if name == "pos":
            tags = record.get("pos")
            return None if tags is None else [upos(tag) for tag in tags]
        if name == "source":
            found = self._texts.of(record)
            return {side: found.get(side) for side in self.columns[name]}
        if name in ("measures", "scores"):
            return {key: _numeric(number_of(record, name, key), kind) for key, kind in self.columns[name].items()}
        if name == "target_cmi":
            return number_of(record, "target", "cmi")
        if name == "met":
            return record.get("met") if isinstance(record.get("met"), bool) else None
        return msgspec.json.encode(record[name], order="deterministic").decode() if record.get(name) else None


def _numeric(value: float | None, kind: str) -> float | int | None:
    return int(value) if kind == "int64" and value is not None else value
