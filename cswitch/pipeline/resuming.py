"""Going on where an earlier run stopped: its rows are passed over, and looked at whether they are the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from cswitch.core.errors import UsageError
from cswitch.pipeline.output import Output
from cswitch.pipeline.readers import Row
from cswitch.pipeline.synthesiser import START, checksum

CHECKSUM = "checksum"
"""Where the journal keeps the checksum of the rows that are done."""
_BLOCK = 128


class Begun(Protocol):
    """Where rows come from."""

    @property
    def path(self) -> str:
        """The input."""
        ...

    @property
    def limit(self) -> int | None:
        """Most rows that are wanted."""
        ...


def skip_done(rows: Iterator[Row], source: Begun, output: Output, noun: str = "pairs") -> int:
    """Passes over the rows that an earlier run has done, and gives their checksum.

    Args:
        rows: The rows from the first on.
        source: Where they come from.
        output: What the earlier run left, entered.
        noun: What rows are called.

    Raises:
        UsageError: They are other rows than it was given.
    """
    wanted, count, found = output.pairs_done, 0, START
    if source.limit is not None and source.limit < wanted:
        raise UsageError(
            f"--limit {source.limit} is less than the {wanted:,} {noun} that are done",
            hint="raise it, or start again with --force",
        )
    while count < wanted:
        part = list(islice(rows, min(_BLOCK, wanted - count)))
        if not part:
            break
        found, count = checksum(part, found), count + len(part)
    if wanted and (count < wanted or found != output.counts.get(CHECKSUM)):
        raise UsageError(
            f"{source.path} does not begin with the {wanted:,} {noun} that are done (or another version did them)",
            hint="resume with the same input and links, or start again with --force",
        )
    return found
