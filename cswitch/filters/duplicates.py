"""Texts that repeat earlier ones: settings, and what counts as the same text."""

from __future__ import annotations

import re
import unicodedata
from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.minhash import plain_text
from cswitch.filters.contracts import Drop
from cswitch.filters.repeats import Repeat

_DIGITS = re.compile(r"\d+")
_LEAST = 0.5
"""Below it texts have little in common, and bands of their signatures seldom meet."""


class Duplicates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Leaves out texts that repeat one that stays; of texts that repeat each other the first of the input stays.

    Whether a text repeats another is known when all were seen, so this filter comes after all others:
    :class:`cswitch.filters.running.Filters` notes what they keep on the disk, then looks for repeats.

    >>> Duplicates(likeness=0.9).drop(Repeat(kept=16, percent=94))
    Drop(reason='near_duplicate', detail='0.94 as record 17')
    >>> Duplicates().exact("Main  HAPPY hoon"), Duplicates(digits=True).exact("Room 101")
    ('main happy hoon', 'room 0')
    """

    name: ClassVar[str] = "duplicates"

    likeness: float | None = None
    """Likeness of the words, 0.5 to 1, from which on a text is a near-duplicate; None looks for the same text alone."""
    digits: bool = False
    """Take all numbers in digits for the same."""

    def __post_init__(self) -> None:
        if self.likeness is not None and not _LEAST <= self.likeness <= 1:
            hint = f"it lies between {_LEAST:g} and 1, such as 0.9"
            raise UsageError(f"a likeness of {self.likeness:g} cannot be meant", hint=hint)

    @property
    def rows(self) -> int:
        """Rows of a band of signatures: fewer where texts less alike are looked for."""
        likeness = 1.0 if self.likeness is None else self.likeness
        return 4 if likeness >= 0.85 else 3 if likeness >= 0.75 else 2

    def exact(self, text: str) -> str:
        """The text as texts are compared that must be the same: NFKC, small letters, single spaces."""
        found = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
        return _DIGITS.sub("0", found) if self.digits else found

    def plain(self, exact: str) -> str:
        """The words of what :meth:`exact` gave, as near-duplicates are compared; the whole where there is no word."""
        return plain_text(exact) or exact

    def drop(self, repeat: Repeat) -> Drop:
        """Why a repeat is left out."""
        if repeat.percent is None:
            return Drop("duplicate", f"the same as record {repeat.kept + 1}")
        return Drop("near_duplicate", f"{repeat.percent / 100:.2f} as record {repeat.kept + 1}")
