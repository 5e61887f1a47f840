"""Texts that repeat themselves."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

import msgspec

from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record
from cswitch.generators.prompting.repeating import loops, poor, said_again

_IN_A_ROW, _TWICE = 3, 3
"""A loop has a word at least so often; a sentence said again has so many words twice."""


class Repetition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Leaves out texts with a stretch that loops, a sentence said twice, or few new things in many words.

    >>> Repetition().judge(Record(tokens="ja raha ja raha ja raha hoon".split(), langs=["hi"] * 7))
    Drop(reason='repetition', detail='in a row: ja raha')
    """

    name: ClassVar[str] = "repetition"

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        words = [token.casefold() for token in record.tokens if token[:1].isalnum()]
        if len(words) - len(set(words)) < 2:  # nothing comes so often that it could loop
            return None
        counts = Counter(words)
        if max(counts.values()) >= _IN_A_ROW and (looping := loops(words)):
            return Drop("repetition", f"in a row: {', '.join(looping[:3])}")
        if len(words) - len(counts) >= _TWICE and (again := said_again(record.words)):
            return Drop("repetition", f"said twice: {again[0]}")
        return Drop("repetition", f"few new words among {len(words)}") if poor(words) else None
