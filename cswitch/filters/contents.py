"""Whether names, numbers and links of the source are still there."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.text.tokens import tokenise
from cswitch.filters.bands import check_band
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record
from cswitch.generators.alignment.similarity import romanised, sounds_alike
from cswitch.generators.prompting.contents import contents, likely_names

_SAME_NAME = 0.8
"""Likeness of sounds, 0 to 1, from which on two spellings are one name."""
_SHOWN = 3


class Contents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records that kept a share of the names, numbers, links and placeholders of their source.

    Names are words with a capital where no sentence begins; one is kept in any spelling and script that sounds
    like it. Of a source in several languages, what counts is what all its texts have. Without a source, and with
    nothing to keep, a record stays.

    >>> texts = {"en": "Meet Neha and Ravi at 5"}
    >>> made = Record(tokens=["Neha", "5", "baje"], langs=["ne", "other", "hi"], texts=texts)
    >>> Contents(share=0.9).judge(made)
    Drop(reason='lost_content', detail='2 of 3 kept, a share of 0.9 asked for; missing Ravi')
    """

    name: ClassVar[str] = "contents"

    share: float
    """The lowest share that may stay, above 0 and up to 1."""

    def __post_init__(self) -> None:
        check_band("a share of names and numbers", self.share, None, 0, 1)
        if not self.share:
            raise UsageError("the filter contents has no bound", hint="such as share: 0.8")

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        if not record.sources:
            return None
        names = _names(record.sources)
        sides = [contents(text) for text in record.sources.values()]
        numbers, fixed = sides[0]
        for side in sides[1:]:
            numbers, fixed = numbers & side.numbers, fixed & side.fixed
        total = len(names) + numbers.total() + fixed.total()
        if not total:
            return None
        missing = _missing(record, names, numbers, fixed)
        if total - len(missing) >= self.share * total - 1e-9:
            return None
        what = f"{total - len(missing)} of {total} kept, a share of {self.share:g} asked for"
        return Drop("lost_content", f"{what}; missing {', '.join(missing[:_SHOWN])}")


def _names(sources: dict[str, str]) -> list[str]:
    """The names of all sides, each once; of several sides only those that sound alike in all."""
    sides = {lang: tokenise(text, lang).tokens for lang, text in sources.items()}
    heard = {lang: [romanised(token) for token in tokens] for lang, tokens in sides.items()} if len(sides) > 1 else {}
    found: dict[str, None] = {}
    for lang, tokens in sides.items():
        for place in sorted(likely_names(tokens, None, lang)):
            if all(_heard(tokens[place], heard[other]) for other in heard if other != lang):
                found[tokens[place]] = None
    return list(found)


def _missing(record: Record, names: list[str], numbers: Counter[str], fixed: Counter[str]) -> list[str]:
    found = contents(record.words)
    lost = [*(numbers - found.numbers).elements(), *(fixed - found.fixed).elements()]
    if not names:
        return lost
    words = {token.casefold() for token in record.tokens}
    heard = [romanised(token) for token in record.tokens]
    return [*(name for name in names if name.casefold() not in words and not _heard(name, heard)), *lost]


def _heard(name: str, heard: list[tuple[str, str]]) -> bool:
    sound = romanised(name)
    return any(sounds_alike(sound, other) >= _SAME_NAME for other in heard)
