"""The first reading of the records: which columns and labels there are, and which source goes to which split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cswitch.core.errors import InputError
from cswitch.core.measures.tags import NEUTRAL, tag_reader
from cswitch.export.contracts import ExportSettings, Record, Texts, number_of, source_of
from cswitch.export.splits import Groups
from cswitch.schemas.decode import RecordError

MOST_NAMES = 200
"""More different labels, measures or fields than this mean that something else is read."""
KEPT = frozenset(
    "id source_id text tokens langs offsets pos languages matrix measures target met scores labels provenance texts "
    "translation reachable origins probabilities alternatives".split()
)
"""Fields that an export knows; it tells of others that it leaves out."""
_NEUTRAL_ORDER = ("other", "ne", "ambiguous", "mixed", "fw", "unk")


class Survey:
    """What is known of all records before the first row is written.

    Args:
        settings: How the export is made.
        texts: Source texts, when there are any.
    """

    def __init__(self, settings: ExportSettings, texts: Texts | None = None) -> None:
        self._settings, self._texts = settings, texts
        self.groups = Groups() if settings.splits else None
        """Sources, when there are splits."""
        self.records = 0
        """Records with a token."""
        self.fields: dict[str, None] = {}
        """Names of all fields."""
        self._langs: dict[str, None] = {}
        self._tags: dict[str, None] = {}
        self._pos: dict[str, None] = {}
        self._measures: dict[str, None] = {}
        self._scores: dict[str, None] = {}
        self._sides: dict[str, None] = {}

    def watch(self, records: Iterable[Record]) -> Iterator[Record]:
        """Hands records on and takes in what they hold.

        Raises:
            RecordError: There are too many different names of a kind.
        """
        for record in records:
            self._add(record)
            yield record

    def _add(self, record: Record) -> None:
        self.records += 1
        _note(self.fields, record, "fields")
        _note(self._langs, _strings(record.get("languages")), "languages")
        _note(self._tags, record["langs"], "tags")
        _note(self._pos, _strings(record.get("pos")), "parts of speech")
        for found, name in ((self._measures, "measures"), (self._scores, "scores")):
            values = record.get(name)
            _note(found, values if isinstance(values, dict) else (), name)
        sources = self._texts.of(record) if self._texts else {}
        _note(self._sides, sources, "languages")
        if self.groups is not None:
            texts = [record["text"], *sources.values()]
            self.groups.add(source_of(record), *texts, cmi=number_of(record, "measures", "cmi"))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in play: what was asked for, else the order of the first record, then tags that are met."""
        tags = (tag for tag in self._tags if tag.partition(":")[0] not in NEUTRAL)
        return self._settings.languages or tuple(dict.fromkeys((*self._langs, *tags)))

    @property
    def labels(self) -> tuple[str, ...]:
        """Every tag: languages first, then those that name none in the order of LinCE, then any other."""
        if self._settings.labels:
            return self._settings.labels
        langs = [lang for lang in self.languages if lang in self._tags]
        rest = [tag for tag in self._tags if tag not in langs]
        usual = [tag for tag in _NEUTRAL_ORDER if tag in rest]
        return (*langs, *usual, *sorted(tag for tag in rest if tag not in usual))

    @property
    def pos(self) -> tuple[str, ...]:
        """Every part of speech, in order of the alphabet; empty without any."""
        return tuple(sorted(self._pos))

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures."""
        return tuple(self._measures)

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the scores."""
        return tuple(self._scores)

    @property
    def sides(self) -> tuple[str, ...]:
        """Languages of the source texts."""
        return tuple(self._sides)

    @property
    def left_out(self) -> list[str]:
        """Fields that no format here writes."""
        return sorted(self.fields.keys() - KEPT)


def check_record(record: Mapping[str, Any]) -> None:
    """Checks what formats rely on: lists are parallel, tags are some, and each offset cuts its token out of the text.

    Raises:
        RecordError: One of them does not hold.

    >>> check_record({"text": "ok jee", "tokens": ["ok"], "langs": ["en"], "offsets": [(3, 6)]})
    Traceback (most recent call last):
    ...
    cswitch.schemas.decode.RecordError: field 'offsets[0]': [3, 6) cuts 'jee' out of the text, not 'ok'
    """
    text, tokens = record["text"], record["tokens"]
    for name in ("langs", "offsets", "pos"):
        values = record.get(name)
        if values is not None and (not isinstance(values, list) or len(values) != len(tokens)):
            count = len(values) if isinstance(values, list) else 0
            raise RecordError(f"{count} for {len(tokens)} tokens", field=name, hint="write one for each token")
    _check_values(record)
    for place, (token, (start, end)) in enumerate(zip(tokens, record["offsets"], strict=True)):
        if start < 0 or text[start:end] != token:
            raise RecordError(
                f"[{start}, {end}) cuts {text[max(start, 0) : end][:30]!r} out of the text, not {token[:30]!r}",
                field=f"offsets[{place}]",
                hint="offsets count Unicode code points, not bytes or UTF-16 units",
            )


def _check_values(record: Mapping[str, Any]) -> None:
    """Refuses tags that are none, and parts of speech that are no strings."""
    read = tag_reader()
    for tag in dict.fromkeys(record["langs"]):
        try:
            read[tag]
        except InputError as error:
            place = record["langs"].index(tag)
            raise RecordError(error.message, field=f"langs[{place}]", hint=error.hint) from error
    for place, label in enumerate(record.get("pos") or ()):
        if not isinstance(label, str):
            what = "null" if label is None else type(label).__name__
            raise RecordError(f"expected str, got {what}", field=f"pos[{place}]", hint="write X where it is not known")


def _strings(values: object) -> Sequence[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else ()


def _note(found: dict[str, None], names: Iterable[str], what: str) -> None:
    for name in names:
        if name not in found:
            if len(found) == MOST_NAMES:
                listed = ", ".join(list(found)[:6])
                raise RecordError(f"more than {MOST_NAMES} different {what}: {listed} ...", hint="check the fields")
            found[name] = None
