"""Rows in groups with a checksum of all before, so that a run can go on where an earlier one stopped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.output import Output
from cswitch.pipeline.synthesiser import START

Row = TypeVar("Row")
Checksum = Callable[[Sequence[Row], int], int]
"""Checksum of some rows and of all before them, of which the checksum is given."""

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


def grouped(
    rows: Iterator[Row], size: int, before: int, checksum: Checksum[Row]
) -> Iterator[tuple[Sequence[Row], int, int]]:
    """Rows in groups, with the checksums before and after each.

    An input error is raised after the rows before it were handed on.
    """
    while True:
        part: list[Row] = []
        failure: InputError | None = None
        try:
            for row in islice(rows, size):
                part.append(row)  # one by one, so that what was read before a fault is kept
        except InputError as error:
            failure = error
        if part:
            after = checksum(part, before)
            yield part, before, after
            before = after
        if failure is not None:
            raise failure
        if len(part) < size:
            return


def skip_done(
    rows: Iterator[Row],
    source: Begun,
    output: Output,
    checksum: Checksum[Row],
    noun: str = "pairs",
    *,
    same: str = "the same input and links",
    passing: Callable[[Row], object] | None = None,
) -> int:
    """Passes over the rows that an earlier run has done, and gives their checksum.

    Args:
        rows: The rows from the first on.
        source: Where they come from.
        output: What the earlier run left, entered.
        checksum: That of rows.
        noun: What rows are called.
        same: What has to be the same for a run to go on.
        passing: Called with each row that is passed over.

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
        if passing is not None:
            deque(map(passing, part), maxlen=0)
    if wanted and (count < wanted or found != output.counts.get(CHECKSUM)):
        raise UsageError(
            f"{source.path} does not begin with the {wanted:,} {noun} that are done (or another version did them)",
            hint=f"resume with {same}, or start again with --force",
        )
    return found
