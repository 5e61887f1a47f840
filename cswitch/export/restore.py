"""Mixed sentences and the sentences they were made of, for training a model to restore the original."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, source_of
from cswitch.export.survey import Survey
from cswitch.export.translation import check_sides


class RestoreFormat:
    """``input`` is mixed, ``target`` the sentence as it was, ``lang`` its language.

    The pretext task of CSR4mBART (Zan et al., 2022, "Bridging Cross-Lingual Gaps During Leveraging the Multilingual
    Sequence-to-Sequence Pretraining for Text Generation and Understanding"): a first stage restores code-switched
    sentences, a second one trains the task itself. There a dictionary replaced words; here the sentence in the matrix
    language is restored, or the sides that are asked for, each in a row of its own.

    Raises:
        UsageError: No source text is known, or not in a language asked for.
    """

    writers = ("jsonl", "datasets", "parquet", "parallel")
    task = "text2text-generation"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self._texts, self._first = texts, survey.languages[:1]
        check_sides(settings.sides, survey.sides)
        self._sides = settings.sides
        self.columns: dict[str, Any] = {
            "id": "string", "source_id": "string", "input": "string", "target": "string", "lang": "string",
        }  # fmt: skip

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """A row a side; records that lack the text, or whose text is the original itself, are counted."""
        for record in records:
            found = self._texts.of(record)
            matrix = record.get("matrix")
            for side in self._sides or ((matrix,) if isinstance(matrix, str) else self._first):
                original = found.get(side, "")
                if not original.strip():
                    self.counts["without a source text"] += 1
                elif original == record["text"]:
                    self.counts["the same as the source"] += 1
                else:
                    row: Row = {"id": str(record["id"]), "source_id": source_of(record), "input": record["text"]}
                    yield Made(record, row | {"target": original, "lang": side})
