"""What one process does for ``perturb``: rows in, encoded lines and rejects out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

import msgspec

from cswitch.core.seeds import settings_hash
from cswitch.perturb.making import mixers
from cswitch.perturb.records import VERSION, FieldRecord, Line
from cswitch.perturb.rows import Made, NumberedRow, RowPerturber
from cswitch.perturb.settings import PerturbSettings
from cswitch.pipeline.synthesiser import START, little_collecting
from cswitch.pipeline.user_lexicons import lexicon_digest
from cswitch.schemas.reject import Reject

ERROR_UNIT = 10_000
"""CMI errors are added up in units of 1/10,000 point, so that sums do not depend on the number of workers."""

_encode_into = msgspec.json.Encoder().encode_into


class Chunk(NamedTuple):
    """Rows that are worked on together."""

    rows: Sequence[NumberedRow]
    after: int
    """Checksum of these rows and all before."""


class Done(NamedTuple):
    """What became of a chunk, ready to be written."""

    rows: int
    lines: bytes
    rejects: bytes
    counts: dict[str, int]
    first: dict[str, str]
    """For each reason, the first case with its place."""
    checksum: int


class Perturber:
    """Everything a worker needs; calling it does a chunk.

    Args:
        settings: What to make.
        names: Column of labels to what its numbers mean.
        config: From :func:`run_hash`.
    """

    def __init__(self, settings: PerturbSettings, names: Mapping[str, tuple[str, ...]], config: str) -> None:
        self._perturb = RowPerturber(settings, mixers(settings, names), config)
        self._config = {"config": config}

    def __call__(self, chunk: Chunk) -> Done:
        """What became of the rows of a chunk."""
        with little_collecting():
            made = self._perturb(chunk.rows)
        lines, rejects, line = bytearray(), bytearray(), bytearray()
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        for row, one in zip(chunk.rows, made, strict=True):
            _encode_into(Line(id=row.id, changes=one.changes, record=one.record, provenance=self._config), line)
            lines += line
            lines += b"\n"
            count(one, counts)
            for reject in _rejects(row, one):
                first.setdefault(reject.reason, f"row {row.number} (id {row.id}): {reject.detail}")
                _encode_into(reject, line)
                rejects += line
                rejects += b"\n"
        return Done(len(made), bytes(lines), bytes(rejects), dict(counts), first, chunk.after)


def count(made: Made, counts: Counter[str]) -> None:
    """Counts what became of a row."""
    record = made.record
    counts["changed"] += record.changed
    if record.reason:
        counts[f"row.{record.reason}"] += 1
    for field in record.fields:
        counts[f"texts.{field.field}"] += 1
        if field.reason:
            counts[f"left.{field.field}.{field.reason}"] += 1
        elif field.asked:
            counts[f"mixed.{field.field}"] += 1
            counts[f"met.{field.field}"] += field.met
            counts[f"error.{field.field}"] += round(abs((field.cmi or 0.0) - field.asked) * ERROR_UNIT)
            counts[f"cmi.{field.field}"] += round((field.cmi or 0.0) * ERROR_UNIT)


def _rejects(row: NumberedRow, made: Made) -> list[Reject]:
    """Why a row, or each of its fields, was left as it was."""
    record = made.record
    if record.reason:
        return [Reject(source_id=row.id, reason=record.reason, detail=record.detail, line=row.number)]
    return [
        Reject(source_id=row.id, reason=field.reason, detail=f"{_name(field)}: {field.detail}", line=row.number)
        for field in record.fields
        if field.reason
    ]


def _name(field: FieldRecord) -> str:
    return field.field if field.item is None else f"{field.field}[{field.item}]"


def checksum(rows: Sequence[NumberedRow], before: int = START) -> int:
    """Checksum of what is read of rows.

    >>> one, two = (NumberedRow(1, name, {"question": "Why?"}) for name in "12")
    >>> checksum([two], checksum([one])) == checksum([one, two]) != checksum([two, one])
    True
    """
    line = bytearray()
    for row in rows:
        _encode_into((row.id, row.values), line)
        before = crc32(line, before)
    return before


def run_hash(settings: PerturbSettings, *more: str) -> str:
    """Hash of everything but the input that decides the output of a run.

    Args:
        settings: What to make.
        more: Whatever else decides it, such as digests of what a model goes by.

    >>> from cswitch.perturb.settings import FieldSettings
    >>> one, two = (PerturbSettings(pair=("en", "hi"), fields={"q": FieldSettings()}, cmi=cmi) for cmi in (20, 30))
    >>> run_hash(one) == run_hash(one) != run_hash(two)
    True
    """
    neutral = msgspec.structs.replace(settings, lexicons=())
    return settings_hash(neutral, VERSION, *filter(None, [lexicon_digest(settings.lexicons)]), *more)
