"""Lines of text from a file, gzip or standard input, in flat memory, with errors that name file and line."""

from __future__ import annotations

import gzip
import io
import shlex
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import PurePath
from typing import IO, Any, NamedTuple, TypeVar, cast

from cswitch.core.errors import InputError, MissingExtraError
from cswitch.schemas.decode import RecordError

CHUNK = 1 << 18
"""Bytes read at a time."""
MAX_LINE_BYTES = 1 << 24
"""A longer line is an error, for it would have to be held whole."""

Item = TypeVar("Item")

_BY_EXTENSION = {".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BINARY = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ\x00": "compressed with xz",
}


class Chunk(NamedTuple):
    """Whole lines as they lie in the file."""

    first: int
    """1-based number of the first line."""
    offset: int
    """Where the first line starts in the (decompressed) file, in bytes."""
    data: bytes
    """The lines with their ends; the last line of a file may lack its own."""


def read_lines(path: str) -> Iterator[tuple[int, str]]:
    r"""The lines of a UTF-8 file, numbered from 1, without their ends.

    A byte order mark, CRLF and gzip (known by its first bytes) are accepted silently. Every line before a fault
    is given before the fault is raised. Memory holds one chunk, whatever the length of the file.

    Args:
        path: A file, or ``-`` for standard input.

    Raises:
        InputError: The file cannot be read or is empty, or a line is not UTF-8, holds a NUL character or is
            longer than :data:`MAX_LINE_BYTES`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "two.txt")
    ...     _ = path.write_bytes("\ufeffone\r\nदो".encode())
    ...     list(read_lines(str(path)))
    [(1, 'one'), (2, 'दो')]
    """
    with open_bytes(path) as stream:
        yield from lines_of(stream, path)


def lines_of(stream: IO[bytes], path: str) -> Iterator[tuple[int, str]]:
    r"""The same of a stream that is open and has ``read1``.

    >>> list(lines_of(io.BytesIO(b"one\ntwo"), "two.txt"))
    [(1, 'one'), (2, 'two')]
    """
    for chunk in _chunks(stream, path):
        text, fault = _decode(chunk.data)
        if "\r" in text:
            text = text.replace("\r\n", "\n").removesuffix("\r")
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        yield from enumerate(lines, chunk.first)
        if fault is not None:
            raise _fault(chunk, fault, path)


def at(path: str, line: int, error: RecordError) -> InputError:
    """The error of a record, with its place.

    >>> print(at("pairs.jsonl", 3, RecordError("missing", field="en", hint="add it")))
    pairs.jsonl:3: field 'en': missing; add it
    """
    return InputError(error.message, path=path, line=line, field=error.field, hint=error.hint)


def started(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, the first read at once: a bad file is told before any output is made.

    >>> list(started(iter("ab")))
    ['a', 'b']
    """
    for first in items:
        return chain((first,), items)
    return iter(())


def guess_format(path: str, first_line: str) -> str | None:
    r"""The layout that a file's extension names, else the one its first line shows; None when neither tells.

    >>> guess_format("a.jsonl.gz", ""), guess_format("-", "en\thi"), guess_format("-", '{"en": ""}')
    ('jsonl', 'tsv', 'jsonl')
    """
    name = PurePath(path.lower().removesuffix(".gz").removesuffix(".zst"))
    if name.suffix in _BY_EXTENSION:
        return _BY_EXTENSION[name.suffix]
    if first_line.lstrip().startswith(("{", "[")):
        return "jsonl"
    return "tsv" if "\t" in first_line else None


@contextmanager
def open_bytes(path: str) -> Iterator[IO[bytes]]:
    """A binary stream with ``read1``, decompressed when it is gzip or Zstandard.

    Raises:
        InputError: The file cannot be opened or read, or its compressed data is damaged.
        MissingExtraError: Zstandard needs pyarrow.
    """
    try:
        with _opened(path) as stream:
            start = stream.peek(4)
            if start.startswith(_ZSTD):
                with _unpacked(stream, path) as unpacked:
                    yield unpacked
            elif start.startswith(_GZIP):
                with gzip.GzipFile(fileobj=stream) as unzipped:
                    yield unzipped  # type: ignore[misc]
            else:
                yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            "the gzip data is damaged or cut short", path=path, hint="copy the file again; gzip -t tests it"
        ) from error
    except FileNotFoundError as error:
        raise InputError("no such file", path=path, hint="check the path") from error
    except IsADirectoryError as error:
        raise InputError("is a folder, not a file", path=path, hint="name a file inside it") from error
    except PermissionError as error:
        raise InputError("may not be read", path=path, hint="check its permissions with ls -l") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path, hint="check the file") from error


@contextmanager
def _unpacked(stream: IO[bytes], path: str) -> Iterator[IO[bytes]]:
    """What a stream of Zstandard holds."""
    try:
        import pyarrow
    except ImportError as error:
        raise MissingExtraError("reading Zstandard", extra="datasets") from error
    try:
        with io.BufferedReader(pyarrow.CompressedInputStream(stream, "zstd")) as unpacked:
            yield unpacked
    except OSError as error:
        if error.errno is not None:
            raise
        hint = "copy the file again; zstd -t tests it"
        raise InputError("the Zstandard data is damaged or cut short", path=path, hint=hint) from error


@contextmanager
def _opened(path: str) -> Iterator[io.BufferedReader[Any]]:
    if path != "-":
        with open(path, "rb") as stream:
            yield stream
        return
    source = sys.stdin.buffer
    if isinstance(source, io.BufferedReader):
        yield source
        return
    wrapped = io.BufferedReader(cast(io.RawIOBase, source))
    try:
        yield wrapped
    finally:
        wrapped.detach()  # closing standard input is not ours to do


def _chunks(stream: IO[bytes], path: str) -> Iterator[Chunk]:
    """Cuts a stream after line ends."""
    first, offset = 1, 0
    pending: list[bytes] = []
    held = 0
    for data in _pieces(stream, path):
        end = data.find(b"\n")
        if held + (end if end >= 0 else len(data)) > MAX_LINE_BYTES:
            raise InputError(
                f"the line is longer than {MAX_LINE_BYTES >> 20} MiB",
                path=path,
                line=first,
                hint="check that the file has line ends, or cut the line",
            )
        if end < 0:
            pending.append(data)
            held += len(data)
            continue
        cut = data.rfind(b"\n") + 1
        whole = b"".join((*pending, data[:cut]))
        yield Chunk(first, offset, whole)
        first += whole.count(b"\n")
        offset += len(whole)
        pending, held = [data[cut:]], len(data) - cut
    if held:
        yield Chunk(first, offset, b"".join(pending))


def _pieces(stream: IO[bytes], path: str) -> Iterator[bytes]:
    """What the stream gives at a time, without a byte order mark; refuses what is not text in UTF-8."""
    data: bytes = stream.read1(CHUNK)  # type: ignore[attr-defined]
    if _is_utf16(data):
        raise InputError("this is UTF-16, not UTF-8", path=path, hint=f"convert it: {_iconv('UTF-16', path)}")
    for magic, what in _BINARY.items():
        if data.startswith(magic):
            raise InputError(f"this is {what}", path=path, hint="turn it into TSV or JSON Lines in UTF-8 first")
    data = data.removeprefix(_BOM)
    if not data:
        raise InputError("the file is empty", path=path, hint="check the command that made it")
    while data:
        yield data
        data = stream.read1(CHUNK)  # type: ignore[attr-defined]


def _is_utf16(data: bytes) -> bool:
    """Whether it starts with the byte order mark of UTF-16, or every other byte is zero as in Latin letters."""
    zeros = data[:64:2].count(0), data[1:64:2].count(0)
    return data.startswith(_UTF16) or (min(zeros) == 0 and max(zeros) >= 8)


def _decode(data: bytes) -> tuple[str, int | None]:
    """The whole lines before the first byte that is NUL or no UTF-8, and the position of that byte."""
    fault = data.find(b"\0")
    try:
        text = (data if fault < 0 else data[:fault]).decode("utf-8")
        if fault < 0:
            return text, None
    except UnicodeDecodeError as error:
        fault = error.start
    return data[: data.rfind(b"\n", 0, fault) + 1].decode("utf-8"), fault


def _fault(chunk: Chunk, at: int, path: str) -> InputError:
    byte = chunk.data[at]
    line = chunk.first + chunk.data.count(b"\n", 0, at)
    column = at - chunk.data.rfind(b"\n", 0, at)
    where = f"at byte {column} of the line (byte {chunk.offset + at + 1} of the file)"
    name = _shell(path)
    if byte == 0:
        return InputError(
            f"NUL character {where}", path=path, line=line, hint=f"remove it: tr -d '\\000' < {name} > clean.txt"
        )
    hint = f"convert the file from the encoding it has, for example: {_iconv('WINDOWS-1252', path)}"
    return InputError(f"0x{byte:02X} {where} is not UTF-8", path=path, line=line, hint=hint)


def _iconv(encoding: str, path: str) -> str:
    return f"iconv -f {encoding} -t UTF-8 {_shell(path)} > utf8.txt"


def _shell(path: str) -> str:
    return "FILE" if path == "-" else shlex.quote(path)
