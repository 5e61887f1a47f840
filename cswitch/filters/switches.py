"""A band of the number of switch points."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.filters.bands import asked, check_band, outside
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record


class Switches(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records with so many switch points, counted from their tags.

    >>> Switches(low=2).judge(Record(tokens=["ok", "yaar"], langs=["en", "hi"]))
    Drop(reason='switches_outside', detail='switch points: 1, at least 2 asked for')
    """

    name: ClassVar[str] = "switches"

    low: int | None = None
    """The lowest number that may stay."""
    high: int | None = None
    """The highest number that may stay."""

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise UsageError("the filter switches has no bound", hint="give low, high or both")
        check_band("a number of switch points", self.low, self.high, 0)

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        found = max(len(record.profile.lengths) - 1, 0)
        if outside(found, self.low, self.high):
            return Drop("switches_outside", f"switch points: {found}, {asked(self.low, self.high)}")
        return None
