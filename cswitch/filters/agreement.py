"""Whether the tags are those that a tagger gives."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.contracts import Tagging
from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import tag_reader
from cswitch.filters.bands import check_band
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record


class Agreement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records whose tags agree with a tagger's, over the tokens that both give a language.

    >>> record = Record(tokens=["main", "happy"], langs=["hi", "en"])
    >>> Agreement(share=0.9).judge_tagged(record, Tagging(["hi", "hi"], [0.9, 0.9]))
    Drop(reason='tags_disagree', detail='1 of 2 tokens as the tagger has them, a share of 0.9 asked for; happy is hi')
    """

    name: ClassVar[str] = "agreement"

    share: float
    """The lowest share of tokens that agree, above 0 and up to 1."""

    def __post_init__(self) -> None:
        check_band("a share of tokens", self.share, None, 0, 1)
        if not self.share:
            raise UsageError("the filter agreement has no bound", hint="such as share: 0.9")

    def wants_tags(self, record: Record) -> bool:
        """Always."""
        return True

    def judge_tagged(self, record: Record, tagging: Tagging | None) -> Drop | None:
        """Why the record is left out; None when it stays."""
        read = tag_reader()
        tags = tagging.tags if tagging is not None else record.langs
        both = [
            (token, own, other)
            for token, own, other in zip(record.tokens, map(read.__getitem__, record.langs), tags, strict=True)
            if own is not None and read[other] is not None
        ]
        apart = [(token, other) for token, own, other in both if own != other]
        agree = len(both) - len(apart)
        if not apart or agree >= self.share * len(both) - 1e-9:
            return None
        what = f"{agree} of {len(both)} tokens as the tagger has them, a share of {self.share:g} asked for"
        return Drop("tags_disagree", f"{what}; {apart[0][0]} is {apart[0][1]}")
