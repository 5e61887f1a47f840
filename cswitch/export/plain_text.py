"""Texts alone, for causal language models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, source_of
from cswitch.export.survey import Survey


class PlainTextFormat:
    """``text``, one utterance a row or a line; a line with a separator between them when one is asked for."""

    writers = ("lines", "jsonl", "datasets", "parquet")
    task = "text-generation"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self._ids = settings.ids
        self.columns: dict[str, Any] = {"id": "string", "source_id": "string"} if settings.ids else {}
        self.columns["text"] = "string"

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The text of each record that has more than white space."""
        for record in records:
            if not record["text"].strip():
                self.counts["without a text"] += 1
                continue
            row: Row = {"id": str(record["id"]), "source_id": source_of(record)} if self._ids else {}
            yield Made(record, row | {"text": record["text"]})
