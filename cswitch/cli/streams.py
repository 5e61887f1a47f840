"""What commands read and write: ``-`` for stdin and stdout, outputs that are never half written, progress."""

from __future__ import annotations

import errno
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import IO, TypeVar

from cswitch.core.errors import RunError, UsageError

Item = TypeVar("Item")

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_GZIP = b"\x1f\x8b"
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, line separators, direction overrides and lone surrogates: what can steer or break a terminal."""


def printable(text: str) -> str:
    r"""Text made safe to show: what would steer the terminal is written as an escape.

    >>> printable("a\x1b[31mb\r")
    'a\\x1b[31mb\\r'
    """
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


@contextmanager
def open_output(path: str, *, force: bool) -> Iterator[IO[bytes]]:
    """A stream to write to: stdout for ``-``, else a file that takes its name once it is complete.

    Args:
        path: Where the output goes.
        force: Replace a file that exists.

    Raises:
        UsageError: The file exists and ``force`` is false, or its folder does not exist.
        RunError: The disk is full.
    """
    check_output(path, force=force)
    try:
        if path == "-":
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif Path(path).exists() and not Path(path).is_file():
            with open(path, "wb") as stream:  # a pipe or a device cannot be renamed into place
                yield stream
        else:
            yield from _replacing(Path(path).resolve())  # a link stays a link
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise RunError(f"{path}: {error.strerror}", hint="free some space and run the same command again") from error


def check_output(path: str, *, force: bool) -> None:
    """Refuses an output path that cannot be meant, before any work is done.

    Raises:
        UsageError: The path is a folder, lies in no folder, or is a file that exists and ``force`` is false.
    """
    place = Path(path)
    if path == "-":
        return
    if place.is_dir():
        raise UsageError(f"{path}: is a folder", hint="give the output the name of a file")
    if place.is_file() and not force:
        raise UsageError(f"{path}: exists already", hint="choose another name, or add --force to replace it")
    if not place.parent.is_dir():
        raise UsageError(f"{path}: its folder does not exist", hint=f"make it first: mkdir -p {place.parent}")


def input_files(source: str) -> list[str]:
    """The files that IN names.

    >>> input_files("corpus.en,corpus.hi")
    ['corpus.en', 'corpus.hi']
    """
    return [source] if os.path.exists(source) else source.split(",")


def refuse_overwriting(outputs: Sequence[str | None], inputs: Sequence[str | None]) -> None:
    """Refuses to write over what is read.

    Raises:
        UsageError: A file is both.
    """
    for output in filter(None, outputs):
        for source in filter(None, inputs):
            if os.path.isfile(output) and os.path.isfile(source) and os.path.samefile(output, source):
                raise UsageError(f"{output} is an input of this run", hint="write to another file")


def looks_like(path: str, sign: bytes) -> bool:
    """Whether an input's first record opens as a JSON object and holds a sign; nothing is taken from stdin.

    A file that cannot be opened looks like nothing: its reader tells what is wrong with it.
    """
    head = _head(path).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and sign in head.partition(b"\n")[0]


def holds_samples(path: str) -> bool:
    """Whether an input's first record is a sample; what ``cswitch tag`` made of a sample is none any more."""
    return looks_like(path, b'"source_id"') and not looks_like(path, b'"probabilities"')


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns, the first and the last to the left, those between to the right.

    >>> print(table([("name", "mean", "signature"), ("cmi", "12.5", "cmi|v:1"), ("entropy", "1", "entropy|v:1")]))
    name     mean  signature
    cmi      12.5  cmi|v:1
    entropy     1  entropy|v:1
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *between, last in rows:
        cells = [first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(between, widths[1:-1], strict=True)), last]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def progress(items: Iterable[Item], what: str) -> Iterator[Item]:
    """Hands items on and counts them on stderr, when that is a terminal and the work takes a while."""
    if not sys.stderr.isatty():
        yield from items
        return
    start = shown = monotonic()
    try:
        for count, item in enumerate(items, start=1):
            yield item
            if (now := monotonic()) - shown > 0.2:
                shown = now
                sys.stderr.write(f"\r{what}: {count:,} ({count / (now - start):,.0f} a second)\x1b[K")
                sys.stderr.flush()
    finally:
        if shown > start:
            sys.stderr.write("\r\x1b[K")


def remove_empty(output: str) -> None:
    """Removes an output without a sample, which would stand in the way of the next run."""
    if os.path.isfile(output) and not os.path.getsize(output):
        os.unlink(os.path.realpath(output))


def _head(path: str) -> bytes:
    """The first few thousand bytes, decompressed when they are gzip."""
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as stream:
            head: bytes = stream.peek(1)  # type: ignore[union-attr]
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head) if head.startswith(_GZIP) else head
    except (OSError, zlib.error):
        return b""


def _replacing(path: Path) -> Iterator[IO[bytes]]:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
