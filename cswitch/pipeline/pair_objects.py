"""Parallel text as rows of Parquet and of ``datasets``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cswitch.core.errors import CswitchError, InputError
from cswitch.pipeline.pair_json import checked_pair, pair_of
from cswitch.pipeline.pair_rows import Checks, Languages, LinkReader, Row
from cswitch.schemas.decode import RecordError

TRANSLATION = "translation"
"""Column in which data sets for translation hold the texts by language."""


def object_rows(objects: Iterator[dict[str, Any]], pair: Languages, checks: Checks) -> Iterator[Row]:
    """Rows with a column for each language, or with all in a column ``translation``; or Pair records.

    Raises:
        InputError: A row is no pair, or there is none.

    >>> objects = iter([{"translation": {"en": "House", "hi": "घर"}, "id": 7, "links": None}])
    >>> [(row.pair.id, row.pair.texts["hi"]) for row in object_rows(objects, ("en", "hi"), Checks("a.parquet"))]
    [('7', 'घर')]
    """
    reader, row, named = LinkReader(), checks.before, False
    for place, given in enumerate(objects, start=1):
        row += 1
        try:
            found = pair_of(_plain(given, pair), pair, reader)
        except RecordError as error:
            what = f"row {place}: {error}"
            raise InputError(what, path=checks.path, hint=error.hint) from error
        except CswitchError as error:
            raise InputError(
                f"row {place}: {error.message}", path=checks.path, field="links", hint=error.hint
            ) from error
        named = bool(found.id) if place == 1 else named
        yield Row(place, checked_pair(found, pair, checks, place, row, named=named))
    if row == checks.before:
        raise InputError("no row in it", path=checks.path, hint="check the command that made it")


def _plain(given: dict[str, Any], pair: Languages) -> dict[str, Any]:
    """A row without the columns that are empty in it, and with its texts where they are looked for."""
    row = {name: value for name, value in given.items() if value is not None or name in pair}
    texts = row.get(TRANSLATION)
    if isinstance(texts, dict) and all(lang in texts for lang in pair):
        del row[TRANSLATION]
        row.update({lang: text for lang, text in texts.items() if lang in pair})
    if isinstance(row.get("texts"), dict):
        row["texts"] = {lang: text for lang, text in row["texts"].items() if text is not None}
    return row
