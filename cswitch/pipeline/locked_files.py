"""Files that one run at a time may write, and that get their name only when they are whole."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO, RawIOBase
from pathlib import Path
from typing import IO

from cswitch.core.errors import UsageError

_held: set[tuple[int, int]] = set()
"""Files locked by this process: the lock of the system keeps out other processes only."""
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class ReaderGone(Exception):
    """Whoever read the stream has gone, as ``head`` does."""


class LockedFile:
    """A file open for appending that no other run can open at the same time.

    The lock goes with the process, however it is killed; worker processes do not inherit it. System errors carry
    the path in ``filename``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        """Bytes in the file."""
        self.created = False
        """Whether opening it made it."""
        self._file: FileIO | None = None

    @property
    def is_open(self) -> bool:
        """Whether the file is open, and so locked."""
        return self._file is not None

    def open(self) -> None:
        """Open the file, made when absent, and lock it.

        Raises:
            UsageError: Another run holds it.
            OSError: It cannot be opened.
        """
        self.created = not self.path.exists()
        if not self.created and _identity(self.path.stat()) in _held:
            raise _busy(self.path)
        with _named(self.path):
            file = open(self.path, "a+b", buffering=0)  # noqa: SIM115
        status = os.fstat(file.fileno())
        # Between opening and locking, the run that held the file may have finished and given it its final name.
        if not _lock(file.fileno()) or not self.path.exists() or _identity(self.path.stat()) != _identity(status):
            file.close()
            raise _busy(self.path)
        _held.add(_identity(status))
        self._file, self.size = file, status.st_size

    def write(self, data: bytes) -> None:
        """Append bytes, all of them."""
        with _named(self.path):
            write_all(self._opened, data)
        self.size += len(data)

    def read_lines(self) -> Iterator[bytes]:
        """The lines from the start, with their ends."""
        with open(self._opened.fileno(), "rb", closefd=False) as stream:
            stream.seek(0)
            yield from stream

    def ends_line_at(self, size: int) -> bool:
        """Whether the file is at least so long and a line ends there.

        A power cut may leave a file that has its length but not its bytes.
        """
        if not 0 < size <= self.size:
            return size == 0
        self._opened.seek(size - 1)
        return self._opened.read(1) == b"\n"

    def cut(self, size: int) -> None:
        """Drop what lies after so many bytes."""
        with _named(self.path):
            self._opened.truncate(size)
        self.size = size

    def sync(self) -> None:
        """Wait until the disk has the bytes."""
        with _named(self.path):
            os.fsync(self._opened.fileno())

    def close(self) -> None:
        """Close the file and give the lock back; nothing happens when it is closed."""
        if self._file is not None:
            _held.discard(_identity(os.fstat(self._file.fileno())))
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Delete the file and give the lock back."""
        if sys.platform != "win32":  # where an open file cannot be deleted
            self.path.unlink(missing_ok=True)
        self.close()
        self.path.unlink(missing_ok=True)

    @property
    def _opened(self) -> FileIO:
        assert self._file is not None, f"{self.path} is not open"
        return self._file


class PartFile(LockedFile):
    """A file written as ``NAME.part`` until it is whole.

    Args:
        final: Its name once it is whole.
    """

    def __init__(self, final: Path) -> None:
        super().__init__(final.with_name(f"{final.name}.part"))
        self.final = final

    def publish(self) -> None:
        """Give the file its final name, in one step and for good."""
        with _named(self.final):
            self.close()
            self.path.replace(self.final)
            _sync_folder(self.final.parent)


class Stream:
    """Standard output, a pipe or a device: written as it comes, with no way back.

    Args:
        name: A path, or ``-`` for standard output.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._stream: IO[bytes] | RawIOBase | None = None

    def open(self) -> None:
        """Open the stream; standard output is taken below its buffer, which would fail once more at exit."""
        if self.name == "-":
            sys.stdout.flush()
            self._stream = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)
        else:
            self._stream = open(self.name, "wb", buffering=0)  # noqa: SIM115

    def write(self, data: bytes) -> None:
        """Write bytes, all of them.

        Raises:
            ReaderGone: Nobody reads them any more.
        """
        assert self._stream is not None, f"{self.name} is not open"
        try:
            with _named(Path("standard output" if self.name == "-" else self.name)):
                write_all(self._stream, data)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def close(self) -> None:
        """Close the stream, standard output excepted."""
        if self._stream is not None and self.name != "-":
            self._stream.close()
        self._stream = None


def write_all(stream: IO[bytes] | RawIOBase, data: bytes) -> None:
    """Write all the bytes to a stream without a buffer, which may take them in several helpings."""
    rest = memoryview(data)
    while rest:
        taken = stream.write(rest)
        if taken is None:
            raise BlockingIOError(errno.EAGAIN, "it takes no more at the moment")
        rest = rest[taken:]


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def _busy(path: Path) -> UsageError:
    return UsageError(f"another run is writing {path}", hint="wait for it, or give this one another output")


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _lock(descriptor: int) -> bool:
    """Locks an open file; False when another process holds it. File systems without locks go unlocked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # a byte that is never written: locked bytes cannot be read
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _NO_LOCKS
    return True


def _sync_folder(folder: Path) -> None:
    """Waits until the disk has the new name of a file in a folder."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
