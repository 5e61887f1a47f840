"""Where the pairs of a run come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from cswitch.core.errors import InputError, UsageError
from cswitch.pipeline.aligners import AUTO, GIVEN
from cswitch.pipeline.annotate import RowError
from cswitch.pipeline.readers import Row, read_pairs
from cswitch.schemas.settings import SynthSettings


class Source(NamedTuple):
    """Where the pairs of a run come from."""

    path: str
    """As :func:`read_pairs` takes it."""
    links: str | None = None
    """Path of a Pharaoh file."""
    fmt: str | None = None
    """Format of the input, when its name does not tell."""
    pretokenised: bool = False
    """What stands between spaces is the tokens."""
    limit: int | None = None
    """Stop after so many pairs."""
    linked_by: str = ""
    """The aligner that ``links`` come from, when this run made them."""

    @property
    def reads_stdin(self) -> bool:
        """Whether the input can be read only once."""
        return "-" in (self.path, self.links, *self.path.split(","))

    def rows(self, settings: SynthSettings, note: Callable[[str], None] | None = None) -> Iterator[Row]:
        """The rows, up to the limit.

        Raises:
            UsageError: The links would not be used.
        """
        if self.links is not None and settings.aligner not in (AUTO, GIVEN, self.linked_by):
            raise UsageError(f"--links is of no use with --aligner {settings.aligner}", hint="leave out one of the two")
        rows = read_pairs(
            self.path, settings.pair, links=self.links, fmt=self.fmt, pretokenised=self.pretokenised, note=note
        )
        return rows if self.limit is None else islice(rows, self.limit)

    def error(self, fault: RowError, number: int) -> InputError:
        """What is wrong with the row of a number, from 1, with its place."""
        if self.links is not None:
            return InputError(fault.message, path=self.links, line=number, hint=fault.hint)
        return InputError(fault.message, path=self.path, line=fault.line, hint=fault.hint)
