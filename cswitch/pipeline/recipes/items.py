"""What a recipe reads, item by item: pairs, texts in one language, tagged samples, or rows as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from cswitch import __version__
from cswitch.core.errors import InputError, UsageError
from cswitch.core.measures import cmi, spf, switch_points
from cswitch.generators.recipes.contracts import Item, RowItem, Text
from cswitch.pipeline.readers import read_pairs
from cswitch.pipeline.rows import read_rows
from cswitch.pipeline.tag_records import listed
from cswitch.pipeline.tagged_records import read_records
from cswitch.schemas.decode import RecordError, convert_record
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Provenance, Sample, Target

TEXT = "text"
_LABELS = "labels"


class RecipeSource(NamedTuple):
    """Where items come from."""

    path: str
    """A file, a folder, or ``-``."""
    takes: str
    """``pairs``, ``texts``, ``samples`` or ``rows``."""
    languages: tuple[str, ...]
    """The languages in play, the matrix language first."""
    pair: tuple[str, ...]
    """The same in the order of the input's sides."""
    fmt: str | None = None
    """Layout, when neither the name nor the first line tells it."""
    links: str | None = None
    """Path of Pharaoh links, for pairs."""
    field: str = ""
    """Column of the text, for texts; empty for that of the matrix language, else ``text``."""
    pretokenised: bool = False
    """Tokens of texts and pairs stand between spaces."""
    limit: int | None = None
    """Stop after so many items."""


class Placed(NamedTuple):
    """An item and where it stands."""

    line: int
    """1-based line or row."""
    item: Item | Reject
    """The item, or why it cannot be read."""


def read_items(source: RecipeSource, note: Callable[[str], None] | None = None) -> Iterator[Placed]:
    """The items of an input, in flat memory.

    Raises:
        InputError: The input cannot be read, or lacks what is asked of it; file, line and remedy are named.
        MissingExtraError: Reading it needs an extra.
        UsageError: Options do not go together.
    """
    if source.links is not None and source.takes != "pairs":
        raise UsageError(f"--links are of no use to a recipe that takes {source.takes}", hint="leave them out")
    readers = {"pairs": _pairs, "texts": _texts, "samples": _samples, "rows": _rows}
    return islice(readers[source.takes](source, note), source.limit)


def _pairs(source: RecipeSource, note: Callable[[str], None] | None) -> Iterator[Placed]:
    found = read_pairs(
        source.path, source.pair, links=source.links, fmt=source.fmt, pretokenised=source.pretokenised, note=note
    )
    return (Placed(row.line, row.pair) for row in found)


def _texts(source: RecipeSource, note: Callable[[str], None] | None) -> Iterator[Placed]:
    lang, name = source.languages[0], ""
    for count, (place, row) in enumerate(read_rows(source.path, source.fmt), start=1):
        name = name or _text_column(row, source, place)
        text = row.get(name)
        if not isinstance(text, str):
            what = f"no text in column {name!r}" if text is None else f"expected str, got {type(text).__name__}"
            raise InputError(what, path=source.path, line=place, field=name, hint="write the text as a string")
        tokens = tuple(text.split()) if source.pretokenised else None
        id_ = str(row.get("id") if row.get("id") is not None else count)
        yield Placed(place, Text(id=id_, text=text, lang=lang, tokens=tokens, labels=_labels(row, name)))


def _text_column(row: dict[str, Any], source: RecipeSource, place: int) -> str:
    lang = source.languages[0]  # a column `id` is that of ids, not of Indonesian, where there is a text beside it
    wanted = (source.field,) if source.field else (TEXT, lang) if lang == "id" else (lang, TEXT)
    for name in wanted:
        if name in row:
            return name
    hint = f"name it by --field; found {listed(row)}"
    raise InputError(f"no column {' or '.join(map(repr, wanted))}", path=source.path, line=place, hint=hint)


def _labels(row: dict[str, Any], text: str) -> dict[str, Any]:
    """Task labels: what stands under ``labels``, else every column but the text and the id."""
    given = row.get(_LABELS)
    if isinstance(given, dict):
        return given
    return {name: value for name, value in row.items() if name not in (text, "id") and value is not None}


def _rows(source: RecipeSource, note: Callable[[str], None] | None) -> Iterator[Placed]:
    if source.fmt == "m2" or source.path.removesuffix(".gz").endswith(".m2"):
        from cswitch.pipeline.recipes.m2_rows import read_m2_rows

        yield from (Placed(line, item) for line, item in read_m2_rows(source.path))
        return
    for count, (place, row) in enumerate(read_rows(source.path, source.fmt), start=1):
        name = row.get("id")
        yield Placed(place, RowItem(id=str(count if name is None else name), fields=row, line=place))


def _samples(source: RecipeSource, note: Callable[[str], None] | None) -> Iterator[Placed]:
    for place, record in read_records(source.path):
        try:
            yield Placed(place, sample_of(record, source.languages))
        except RecordError as error:
            raise InputError(str(error), path=source.path, line=place, hint=error.hint) from error


def sample_of(record: dict[str, Any], languages: tuple[str, ...]) -> Sample:
    """A tagged record as a Sample; what other tools did not write is counted or left empty.

    Args:
        record: With ``id``, ``text``, ``tokens``, ``langs`` and ``offsets``.
        languages: The languages in play, where the record does not say them.

    Raises:
        RecordError: The record is a Sample with a field that does not fit.
    """
    if "provenance" in record and "target" in record:
        return convert_record(record, Sample)
    langs, tokens, labels = record["langs"], record["tokens"], record.get(_LABELS)
    spoken = [lang for lang in languages if lang in langs] or list(languages)
    found = cmi(langs)
    return Sample(
        id=record["id"],
        source_id=record["id"],
        text=record["text"],
        tokens=tokens,
        langs=langs,
        offsets=[(start, end) for start, end in record["offsets"]],
        origins=[None] * len(tokens),
        languages=spoken,
        matrix=str(record.get("matrix") or spoken[0]),
        measures={
            "cmi": None if found is None else round(found, 4),
            "switches": switch_points(langs),
            "spf": spf(langs),
        },
        target=Target(),
        met=True,
        reachable={},
        labels=labels if isinstance(labels, dict) else {},
        provenance=Provenance(generator="given", version=__version__, config="", seed=0, draw=0),
    )
