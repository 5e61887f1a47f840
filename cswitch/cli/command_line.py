"""The command line of this process, for files that tell what they were made by."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

_given: list[str] = []


def remember(arguments: Sequence[str]) -> None:
    """Notes what follows ``cswitch``."""
    _given[:] = arguments


def command_line() -> str:
    """The command as one would type it again.

    >>> remember(["synth", "my pairs.tsv", "--pair", "en-hi"])
    >>> command_line()
    "cswitch synth 'my pairs.tsv' --pair en-hi"
    """
    return shlex.join(["cswitch", *_given])
