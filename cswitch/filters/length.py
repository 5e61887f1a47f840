"""How long a text is."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.filters.bands import asked, check_band
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record


class Length(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records with so many tokens and so many characters.

    >>> Length(min_tokens=3).judge(Record(tokens=["ok"], langs=["en"]))
    Drop(reason='too_short', detail='tokens: 1, at least 3 asked for')
    """

    name: ClassVar[str] = "length"

    min_tokens: int | None = None
    """Tokens at least, marks included."""
    max_tokens: int | None = None
    """Tokens at most."""
    min_characters: int | None = None
    """Characters (Unicode code points) of the text at least."""
    max_characters: int | None = None
    """Characters at most."""

    def __post_init__(self) -> None:
        bounds = (self.min_tokens, self.max_tokens, self.min_characters, self.max_characters)
        if all(bound is None for bound in bounds):
            raise UsageError("the filter length has no bound", hint="such as min_tokens: 3")
        check_band("a length in tokens", self.min_tokens, self.max_tokens, 0)
        check_band("a length in characters", self.min_characters, self.max_characters, 0)

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        found = _length("tokens", len(record.tokens), self.min_tokens, self.max_tokens)
        if found is None and not self.min_characters is self.max_characters is None:
            found = _length("characters", len(record.words), self.min_characters, self.max_characters)
        return found


def _length(unit: str, size: int, low: int | None, high: int | None) -> Drop | None:
    if low is not None and size < low:
        return Drop("too_short", f"{unit}: {size}, {asked(low, high)}")
    if high is not None and size > high:
        return Drop("too_long", f"{unit}: {size}, {asked(low, high)}")
    return None
