"""A band of the Code-Mixing Index."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.measures.formulas import cmi_of
from cswitch.filters.bands import asked, check_band, outside
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record


class Cmi(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records whose CMI, counted from their tags (Das and Gambäck, 2014), lies in a band; 0 to 100.

    >>> Cmi(low=20, high=40).judge(Record(tokens=["ok", "thanks"], langs=["en", "en"]))
    Drop(reason='cmi_outside', detail='CMI 0.0, 20 to 40 asked for')
    """

    name: ClassVar[str] = "cmi"

    low: float | None = None
    """The lowest CMI that may stay."""
    high: float | None = None
    """The highest CMI that may stay."""

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise UsageError("the filter cmi has no bound", hint="give low, high or both")
        check_band("CMI", self.low, self.high, 0, 100)

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        counts, lengths = record.profile
        found = cmi_of(sum(lengths), max(counts.values(), default=0))
        if outside(found, self.low, self.high):
            return Drop("cmi_outside", f"CMI {found:.1f}, {asked(self.low, self.high)}")
        return None
