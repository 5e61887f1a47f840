"""Samples as a table for spreadsheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, number_of, source_of
from cswitch.export.survey import Survey


class CsvFormat:
    """Ids, text, tokens and tags as JSON lists, languages, CMI, and source texts where they are known."""

    writers = ("csv",)
    task = "token-classification"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self._texts, self._sides = texts, survey.sides
        names = ["id", "source_id", "text", "tokens", "langs", "matrix", *(f"source_{side}" for side in survey.sides)]
        self.columns: dict[str, Any] = dict.fromkeys(names, "string") | {"cmi": "float64"}

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The row of each record."""
        for record in records:
            row: Row = {"id": str(record["id"]), "source_id": source_of(record), "text": record["text"]}
            row |= {name: msgspec.json.encode(record[name]).decode() for name in ("tokens", "langs")}
            matrix = record.get("matrix")
            row["matrix"] = matrix if isinstance(matrix, str) else ""
            if self._sides:
                found = self._texts.of(record)
                row |= {f"source_{side}": found.get(side, "") for side in self._sides}
            yield Made(record, row | {"cmi": number_of(record, "measures", "cmi")})
