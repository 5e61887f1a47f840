"""A mixed sentence and the sentence in each of its languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cswitch.core.errors import UsageError
from cswitch.export.columns import Translations
from cswitch.export.contracts import ExportSettings, Made, Record, Row, Texts, source_of
from cswitch.export.survey import Survey


class TranslationFormat:
    """``{"translation": {"hi-en": ..., "en": ..., "hi": ...}}``, as translation scripts of transformers read it.

    The mixed text is named by its languages, the matrix language of the first record first, for one name must serve
    all rows. As plain text it is a file a language, line by line.

    Raises:
        UsageError: No source text is known, or not in a language asked for.
    """

    writers = ("jsonl", "datasets", "parquet", "parallel")
    task = "translation"

    def __init__(self, settings: ExportSettings, survey: Survey, texts: Texts) -> None:
        self.counts: Counter[str] = Counter()
        self._texts = texts
        self._sides = check_sides(settings.sides or survey.sides, survey.sides)
        self.mixed = "-".join(lang for lang in survey.languages if lang in survey.sides) or "mixed"
        codes = (self.mixed, *self._sides)
        if len(set(codes)) < len(codes):
            self.mixed, codes = "mixed", ("mixed", *self._sides)
        self.columns: dict[str, Any] = {"id": "string", "source_id": "string", "translation": Translations(codes)}

    def rows(self, records: Iterable[Record]) -> Iterator[Made]:
        """The row of each record whose source texts are known; the others are counted."""
        for record in records:
            found = self._texts.of(record)
            if not all(found.get(side, "").strip() for side in self._sides):
                self.counts["without a source text"] += 1
                continue
            texts = {self.mixed: record["text"], **{side: found[side] for side in self._sides}}
            row: Row = {"id": str(record["id"]), "source_id": source_of(record), "translation": texts}
            yield Made(record, row)


def check_sides(asked: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """The sides asked for, when there are texts in them.

    Raises:
        UsageError: There are none, or none in one of them.

    >>> check_sides(("en",), ("en", "hi"))
    ('en',)
    """
    if not known:
        raise UsageError("no source texts are known", hint="name the pairs that the samples were made of: --pairs FILE")
    for side in asked:
        if side not in known:
            raise UsageError(f"no source text is in {side!r}", hint=f"the sides are {', '.join(known)}")
    return asked
