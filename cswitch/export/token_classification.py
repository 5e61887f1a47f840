"""Tokens and the number of each one's tag, as token classifiers are trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cswitch.core.pos import upos
from cswitch.export.columns import Names
from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, source_of
from cswitch.export.survey import Survey
from cswitch.schemas.decode import RecordError


class TokenClassificationFormat:
    """``tokens`` and ``lid_tags``, numbers of the labels; and ``pos_tags`` where parts of speech are known.

    The columns are named as the training script of transformers expects them (``--task_name lid``). The names of the
    numbers lie in ``labels.json`` as well, ready for a model's ``id2label``.
    """

    writers = ("jsonl", "datasets", "parquet")
    task = "token-classification"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self._layers = {"lid_tags": survey.labels}
        if survey.pos:
            self._layers["pos_tags"] = tuple(sorted({upos(label) for label in survey.pos}))
        self._numbers = {layer: {name: at for at, name in enumerate(names)} for layer, names in self._layers.items()}
        self.columns: dict[str, Any] = {"id": "string", "source_id": "string", "tokens": ["string"]}
        self.columns |= {layer: [Names(names)] for layer, names in self._layers.items()}

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The row of each record; one without parts of speech is left out where others have them.

        Raises:
            RecordError: A tag is none of the labels that were asked for.
        """
        for record in records:
            row: Row = {"id": str(record["id"]), "source_id": source_of(record), "tokens": record["tokens"]}
            row["lid_tags"] = [self._number("lid_tags", tag) for tag in record["langs"]]
            if "pos_tags" in self._layers:
                if record.get("pos") is None:
                    self.counts["without parts of speech"] += 1
                    continue
                row["pos_tags"] = [self._number("pos_tags", upos(tag)) for tag in record["pos"]]
            yield Made(record, row)

    def label_files(self) -> dict[str, Any]:
        """Names of the numbers, by layer, as a model's configuration has them."""
        return {
            layer: {"id2label": dict(enumerate(names)), "label2id": {name: at for at, name in enumerate(names)}}
            for layer, names in self._layers.items()
        }

    def _number(self, layer: str, tag: str) -> int:
        number = self._numbers[layer].get(tag)
        if number is None:
            known = ", ".join(self._layers[layer])
            raise RecordError(f"{tag!r} is none of the labels {known}", field="langs", hint="add it to --labels")
        return number
