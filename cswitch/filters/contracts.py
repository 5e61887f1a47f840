"""What filters are, and what comes out of them."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar, NamedTuple, Protocol, runtime_checkable

import msgspec

from cswitch.core.contracts import Tagging
from cswitch.filters.record import Record


class Drop(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a record is left out."""

    reason: str
    """A name from :data:`cswitch.filters.table.REASONS`."""
    detail: str = ""
    """What exactly, with figures."""


class Entry(NamedTuple):
    """A record on its way, with what its reader knows of it."""

    record: Record
    """The record."""
    place: int = 0
    """1-based line or row of the input; 0 when it has none."""
    line: str = ""
    """The record as it stands in the input, as JSON; empty when there is no such line."""


class Kept(NamedTuple):
    """A record that passed."""

    entry: Entry
    """The record, unchanged."""


class Dropped(NamedTuple):
    """A record that did not pass."""

    entry: Entry
    """The record, unchanged."""
    drops: tuple[Drop, ...]
    """Why: the first reason alone, or all of them where they were asked for."""

    @property
    def reason(self) -> str:
        """The first reason, which it is counted under."""
        return self.drops[0].reason


Outcomes = Generator[Kept | Dropped, None, None]


@runtime_checkable
class Filter(Protocol):
    """Says whether a record may stay. Its constructor takes plain data alone, as a file of settings has it."""

    name: ClassVar[str]

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays.

        Raises:
            InputError: The record is broken.
        """
        ...


@runtime_checkable
class TagFilter(Protocol):
    """The same, for one that may need what a tagger says of the record."""

    name: ClassVar[str]

    def wants_tags(self, record: Record) -> bool:
        """Whether :meth:`judge_tagged` is to be given the tagger's tags."""
        ...

    def judge_tagged(self, record: Record, tagging: Tagging | None) -> Drop | None:
        """Why the record is left out; None when it stays.

        Args:
            record: The record.
            tagging: What the tagger said of its tokens; None where it was not asked.
        """
        ...
