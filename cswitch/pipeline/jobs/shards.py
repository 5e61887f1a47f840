"""Shards of the input: which rows belong to each, and where they lie."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

SPOOL = "spool"
"""Layout of shards whose rows were read already."""


class Span(msgspec.Struct, frozen=True, array_like=True):
    """Whole lines of a file that is not compressed."""

    path: str
    """The file."""
    offset: int
    """Where the first line starts, in bytes."""
    size: int
    """Length of the lines in bytes."""
    line: int
    """1-based number of the first line."""


class Shard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Rows that are done together, by one process, into files of their own."""

    number: int
    """0-based place among the shards; the files are named by it."""
    rows: int
    """How many rows it has; its last ones may be faulty."""
    before: int
    """Rows of the whole input before its first one."""
    digest: str
    """Hash of what the rows hold and of their place."""
    path: str
    """The input it comes from, for messages."""
    kind: str
    """Layout of the lines; ``spool`` for rows that were read already."""
    header: str = ""
    """The line that names the columns, where there is one."""
    spans: tuple[Span, ...] = ()
    """The lines: of the input, of its second file where there are two, and of its links where they are apart."""
    linked: bool = False
    """Whether the last span holds links."""
    spool: str = ""
    """The file with the rows, where they were read already."""


class Plan(NamedTuple):
    """All of the input, cut into shards."""

    shards: tuple[Shard, ...]
    """In the order of the input."""
    rows: int
    """Rows in all."""


def stem(number: int) -> str:
    """How the files of a shard begin.

    >>> stem(7)
    '00007'
    """
    return f"{number:05d}"
