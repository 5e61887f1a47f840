"""CoNLL: a token a line with its tag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cswitch.core.pos import upos
from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, source_of
from cswitch.export.survey import Survey
from cswitch.schemas.decode import RecordError


class ConllFormat:
    """Token, tab, tag, and a part of speech after another tab where they are known."""

    writers = ("conll",)
    task = "token-classification"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self.columns: dict[str, Any] = {"id": "string", "source_id": "string", "text": "string"}
        self.columns |= {"tokens": ["string"], "langs": ["string"]}
        if "pos" in survey.fields:
            self.columns["pos"] = ["string"]

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The tokens of each record; one without parts of speech is left out where others have them.

        Raises:
            RecordError: A token cannot stand in a line.
        """
        for record in records:
            row: Row = {"id": str(record["id"]), "source_id": source_of(record), "text": record["text"]}
            row |= {"tokens": record["tokens"], "langs": record["langs"]}
            if "pos" in self.columns:
                if record.get("pos") is None:
                    self.counts["without parts of speech"] += 1
                    continue
                row["pos"] = [upos(tag) for tag in record["pos"]]
            check_cells(row["tokens"])
            yield Made(record, row)


def check_cells(tokens: Iterable[str]) -> None:
    """Refuses tokens that a line a token cannot hold.

    Raises:
        RecordError: A token is empty or holds white space.
    """
    for place, token in enumerate(tokens):
        if not token or token != "".join(token.split()):
            hint = "lines of tokens cannot hold it; choose jsonl or parquet"
            raise RecordError(f"{token[:30]!r} is empty or holds white space", field=f"tokens[{place}]", hint=hint)
