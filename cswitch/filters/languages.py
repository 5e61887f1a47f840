"""Which languages are spoken."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.tag_names import language_tag
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record


class Languages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records whose language tokens are of these languages alone, or of each of them.

    >>> record = Record(tokens=["main", "happy", "très"], langs=["hi", "en", "fr"])
    >>> Languages(only=("en", "hi")).judge(record)
    Drop(reason='wrong_language', detail='tokens of fr: 1')
    >>> Languages(each=("en", "es")).judge(record)
    Drop(reason='missing_language', detail='tokens of es: 0, at least 1 asked for')
    """

    name: ClassVar[str] = "languages"

    only: tuple[str, ...] = ()
    """No other language may be spoken; empty allows any."""
    each: tuple[str, ...] = ()
    """Each of these must be spoken."""
    least: int = 1
    """Tokens that each of ``each`` has at least."""

    def __post_init__(self) -> None:
        if not (self.only or self.each):
            raise UsageError("the filter languages names none", hint="give only, each or both")
        if self.least < 1:
            raise UsageError(f"{self.least} tokens of a language cannot be meant", hint="give 1 or more")
        check_tags((*self.only, *self.each))

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        counts = record.profile.counts
        if self.only and not all(map(self.only.__contains__, counts)):
            strange = {lang: count for lang, count in counts.items() if lang not in self.only}
            return Drop("wrong_language", f"tokens of {', '.join(strange)}: {sum(strange.values())}")
        for lang in self.each:
            if (count := counts.get(lang, 0)) < self.least:
                return Drop("missing_language", f"tokens of {lang}: {count}, at least {self.least} asked for")
        return None


def check_tags(languages: tuple[str, ...]) -> None:
    """Refuses what is no tag of a language.

    Raises:
        UsageError: A language is unknown, or its tag is another.

    >>> check_tags(("en", "hin"))
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: 'hin' is no tag; it is written 'hi'
    """
    for language in languages:
        tag = language_tag(language) if language != "npi" else language
        if tag != language:
            raise UsageError(f"{language!r} is no tag", hint=f"it is written {tag!r}")
