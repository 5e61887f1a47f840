"""How long a text is beside the texts it was made from."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.text.tokens import tokenise
from cswitch.filters.bands import asked, check_band, outside
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record


class Ratio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records with tokens in proportion to one of the texts they were made from; without such, all stay.

    >>> made = Record(tokens=["main", "ghar"], langs=["hi", "hi"], texts={"en": "I will go home early today"})
    >>> Ratio(low=0.5, high=2).judge(made)
    Drop(reason='wrong_length', detail='0.33 times the tokens of its source, 0.5 to 2 asked for')
    """

    name: ClassVar[str] = "ratio"

    low: float | None = None
    """The lowest ratio of tokens to those of the source."""
    high: float | None = None
    """The highest ratio."""

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise UsageError("the filter ratio has no bound", hint="give low, high or both")
        check_band("a ratio of lengths", self.low, self.high, 0)

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        size = len(record.tokens)
        ratios = [size / count for lang, text in record.sources.items() if (count := len(tokenise(text, lang).tokens))]
        if not ratios or not all(outside(ratio, self.low, self.high) for ratio in ratios):
            return None
        nearest = min(ratios, key=lambda ratio: abs(ratio - 1))
        return Drop("wrong_length", f"{nearest:.2g} times the tokens of its source, {asked(self.low, self.high)}")
