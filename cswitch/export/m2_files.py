"""M2: sentences with the edits that would correct them, for grammatical error correction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from cswitch.core.m2 import Edit, EditError, check_edits, m2_block
from cswitch.export.contracts import ExportSettings, Made, Record, Row, Target, Texts, source_of
from cswitch.export.survey import Survey
from cswitch.schemas.decode import RecordError

EDITS = "edits"
_FIELD = f"labels.{EDITS}"


class M2Format:
    """The tokens of each record and its ``labels.edits``, as recipes of grammatical error correction leave them."""

    writers = ("m2",)
    task = "text2text-generation"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self.columns: dict[str, Any] = {"tokens": ["string"], EDITS: ["string"]}

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """A sentence a record; one without edits is left out, one that nobody would change has a noop.

        Raises:
            RecordError: Edits are none, do not lie in the sentence, or overlap.
        """
        for record in records:
            labels = record.get("labels")
            given = labels.get(EDITS) if isinstance(labels, dict) else None
            if given is None:
                self.counts["without edits"] += 1
                continue
            row: Row = {"tokens": record["tokens"], EDITS: _edits(record["tokens"], given)}
            try:
                m2_block(**row)
            except ValueError as error:
                hint = "leave the record out; lines of M2 cannot hold it"
                raise RecordError(str(error), field="tokens", hint=hint) from error
            yield Made(record, {"source_id": source_of(record), **row})


def _edits(tokens: list[str], given: object) -> tuple[Edit, ...]:
    try:
        edits = msgspec.convert(given, tuple[Edit, ...])
        check_edits(tokens, edits)
    except (msgspec.ValidationError, EditError) as error:
        hint = "write each as [start, end, type, correction, required, comment, annotator]"
        raise RecordError(str(error), field=_FIELD, hint=hint) from error
    return edits


class M2Sink:
    """A line ``S`` a sentence, a line ``A`` an edit, an empty line after each sentence."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        self._out = target.open(f"{split}.m2")

    def add(self, row: Row) -> None:
        """Writes a sentence."""
        self._out.write(f"{m2_block(row['tokens'], row[EDITS])}\n".encode())

    def close(self) -> None:
        """Nothing is held."""
        self._out.flush()
