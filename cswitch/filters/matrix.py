"""The matrix language."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.filters.contracts import Drop
from cswitch.filters.languages import check_tags
from cswitch.filters.record import Record


class Matrix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records with one of these matrix languages: that of the record, else that of most language tokens.

    >>> Matrix(languages=("hi",)).judge(Record(tokens=["so", "happy", "hoon"], langs=["en", "en", "hi"]))
    Drop(reason='wrong_matrix', detail='en, hi asked for')
    """

    name: ClassVar[str] = "matrix"

    languages: tuple[str, ...]
    """The matrix languages that may stay."""

    def __post_init__(self) -> None:
        if not self.languages:
            raise UsageError("the filter matrix names no language", hint="such as languages: [hi]")
        check_tags(self.languages)

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        counts = record.profile.counts
        found = record.matrix or (max(counts, key=counts.__getitem__) if counts else None)
        if found in self.languages:
            return None
        return Drop("wrong_matrix", f"{found or 'none'}, {' or '.join(self.languages)} asked for")
