"""The user's own lexicons, looked through before a run starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from cswitch.core.digests import contents_digest
from cswitch.core.errors import UsageError
from cswitch.core.lexicon import read_lexicon

SHOWN = 3
"""Broken lines named in a note."""


def checked(paths: Iterable[str], note: Callable[[str], None] | None = None) -> tuple[Path, ...]:
    """The paths of lexicons that can be read, broken lines told.

    Args:
        paths: As the user gave them.
        note: Called with one line for each file that has broken lines.

    Raises:
        InputError: A file cannot be read, or too many of its lines are broken.
    """
    found = tuple(map(Path, paths))
    for path in found:
        skipped = read_lexicon(path).skipped
        if skipped and note:
            places = "; ".join(f"line {line}: {why}" for line, why in skipped[:SHOWN])
            more = f" and {len(skipped) - SHOWN:,} more" if len(skipped) > SHOWN else ""
            note(f"{path}: {len(skipped):,} broken lines are passed over ({places}{more})")
    return found


def lexicon_digest(paths: tuple[str, ...]) -> str:
    """A hash of what the user's lexicons hold; empty for none.

    Raises:
        UsageError: A file cannot be read.

    >>> lexicon_digest(())
    ''
    """
    return contents_digest(map(_held, paths)) if paths else ""


def _held(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"--lexicon {path}: {error.strerror}", hint="name a file of words") from error
