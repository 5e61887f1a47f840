"""Samples that met the target they were made for."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record


class Met(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps samples within the tolerance of their target; a record that does not say so is left out.

    >>> Met().judge(Record(tokens=["ok"], langs=["en"], met=False, measures={"cmi": 0.0}, target={"cmi": 25}))
    Drop(reason='not_met', detail='CMI 0.0, 25 asked for')
    """

    name: ClassVar[str] = "met"

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        if record.met:
            return None
        got, wanted = record.under("measures", "cmi"), record.under("target", "cmi")
        if record.met is None:
            return Drop("not_met", "the record does not say")
        known = isinstance(got, int | float) and isinstance(wanted, int | float)
        return Drop("not_met", f"CMI {got:.1f}, {wanted:g} asked for" if known else "")
