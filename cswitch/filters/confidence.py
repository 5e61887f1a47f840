"""How sure a tagger is of the tags."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.contracts import Tagging
from cswitch.core.errors import UsageError
from cswitch.core.text.tokens import is_neutral
from cswitch.filters.bands import check_band
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record


class Confidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records with probable tags: on average over their words, for each word, or both.

    Marks, numbers and links are not counted, as a rule decides on them. A record without probabilities is tagged.

    >>> tagged = Record(tokens=["main", "happy"], langs=["hi", "en"], probabilities=[0.9, 0.6])
    >>> Confidence(mean=0.8).judge_tagged(tagged, None)
    Drop(reason='low_confidence', detail='mean probability 0.75, at least 0.8 asked for')
    """

    name: ClassVar[str] = "confidence"

    mean: float = 0.0
    """The lowest mean probability that may stay, 0 to 1."""
    least: float = 0.0
    """The lowest probability that a word may have, 0 to 1."""
    retag: bool = False
    """Take what the tagger says even where the record has probabilities."""

    def __post_init__(self) -> None:
        if not (self.mean or self.least):
            raise UsageError("the filter confidence has no bound", hint="give mean, least or both")
        check_band("a mean probability", self.mean, None, 0, 1)
        check_band("a probability", self.least, None, 0, 1)

    def wants_tags(self, record: Record) -> bool:
        """Whether the tagger is asked."""
        return self.retag or record.probabilities is None

    def judge_tagged(self, record: Record, tagging: Tagging | None) -> Drop | None:
        """Why the record is left out; None when it stays."""
        values = record.probabilities if tagging is None or not self.wants_tags(record) else tagging.probabilities
        pairs = zip(values or (), record.tokens, strict=True)
        found = [(value, token) for value, token in pairs if not is_neutral(token)]
        if not found:
            return None
        mean = sum(value for value, _ in found) / len(found)
        if mean < self.mean - 1e-9:
            return Drop("low_confidence", f"mean probability {mean:.2f}, at least {self.mean:g} asked for")
        value, token = min(found)
        if value < self.least - 1e-9:
            return Drop("low_confidence", f"probability {value:.2f} of {token}, at least {self.least:g} asked for")
        return None
