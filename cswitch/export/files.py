"""Folders and files of an export: written aside, synced to the disk, and named only when they are whole."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, NamedTuple

from cswitch.core.digests import contents_digest, pieces
from cswitch.core.errors import RunError, UsageError

MANIFEST = "cswitch-export.json"
"""The file that tells a folder was written by an export; only such a folder is ever replaced."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Digest(NamedTuple):
    """What tells whether a file is what was written."""

    bytes: int
    """Its size."""
    blake2b: str
    """Its BLAKE2b of 256 bits, in hexadecimal digits."""


def digest_of(path: Path) -> Digest:
    """The digest of a file as it lies on the disk."""
    with path.open("rb") as stream:
        return Digest(path.stat().st_size, contents_digest(pieces(stream), size=32))


class _Noted(io.FileIO):
    """A new file that sums up what is written to it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "wb")
        self._sum, self._size = _sum(), 0

    def write(self, data: Any) -> int:
        count = super().write(data)
        self._sum.update(memoryview(data)[:count])
        self._size += count
        return count

    @property
    def digest(self) -> Digest:
        """The digest of all that was written."""
        return Digest(self._size, self._sum.hexdigest())


class Files:
    """Opens files to write in a folder, and sees that all are closed and on the disk.

    Args:
        folder: Where they go.
        only: The one name that every file gets, for an output that is a file.
        stream: What is written to instead, such as standard output.
    """

    def __init__(self, folder: Path, only: str = "", stream: IO[bytes] | None = None) -> None:
        self.folder, self.only, self._stream = folder, only, stream
        self._opened: list[tuple[str, _Noted, IO[bytes]]] = []
        self.digests: dict[str, Digest] = {}
        """Name of each file that is closed to the digest of what was written, which is not read back for it."""

    def open(self, name: str) -> IO[bytes]:
        """A new file."""
        if self._stream is not None:
            return self._stream
        raw = _Noted(self.folder / (self.only or name))
        stream = io.BufferedWriter(raw)
        self._opened.append((self.only or name, raw, stream))
        return stream

    def note_others(self) -> None:
        """Takes in what others wrote into the folder, and forgets files that are not there any more."""
        there = {str(path.relative_to(self.folder)): path for path in self.folder.rglob("*") if path.is_file()}
        self.digests = {name: self.digests.get(name) or digest_of(path) for name, path in sorted(there.items())}

    def close(self) -> None:
        """Closes every file that was opened.

        Raises:
            OSError: What was held could not be written; every file is closed all the same.
        """
        with ExitStack() as stack:
            opened, self._opened = self._opened, []
            for _, _, stream in opened:
                stack.callback(stream.close)
        self.digests |= {name: raw.digest for name, raw, _ in opened}

    def drop(self) -> None:
        """Closes every file of an export that failed; a full disk takes no more, and need not."""
        with suppress(OSError):
            self.close()


@contextmanager
def new_folder(final: Path, *, force: bool) -> Iterator[Files]:
    """Files of a folder that takes its name once all are whole; nothing is left of it when something fails.

    Args:
        final: The folder.
        force: Replace a folder that an export wrote.

    Raises:
        UsageError: The folder exists and may not be replaced, or cannot be made.
        RunError: The disk is full.
    """
    check_folder(final, force=force)
    final = final.resolve()
    part = final.with_name(f".{final.name}.{os.getpid()}")
    with _told(final, part):
        shutil.rmtree(part, ignore_errors=True)  # left by a process of this number that was killed
        part.mkdir()
        files = Files(part)
        try:
            yield files
            files.close()
            for path in sorted(part.rglob("*")):
                _sync(path)
            _sync(part)
            _publish_folder(part, final, force=force)
        finally:
            files.drop()
            shutil.rmtree(part, ignore_errors=True)


@contextmanager
def new_file(final: Path, *, force: bool) -> Iterator[Files]:
    """A file that takes its name once it is whole; nothing is left of it when something fails.

    Raises:
        UsageError: The file exists and ``force`` is false, or cannot be made.
        RunError: The disk is full.
    """
    check_file(final, force=force)
    final = final.resolve()  # a link stays a link
    part = final.with_name(f".{final.name}.{os.getpid()}")
    with _told(final, part):
        files = Files(part.parent, part.name)
        try:
            yield files
            files.close()
            _sync(part)
            part.replace(final)
            _sync(final.parent)
        finally:
            files.drop()
            part.unlink(missing_ok=True)


def check_file(path: Path, *, force: bool) -> None:
    """Refuses a file that cannot be meant, before any work is done.

    Raises:
        UsageError: It is a folder or lies in none, or exists and ``force`` is false.
    """
    if path.is_dir():
        raise UsageError(f"{path}: is a folder", hint="give the output the name of a file")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: is no file that can be replaced", hint="name a file, or - for standard output")
    if path.exists() and not force:
        raise UsageError(f"{path}: exists already", hint="choose another name, or add --force to replace it")
    _check_parent(path)


def check_folder(path: Path, *, force: bool) -> None:
    """Refuses a folder that cannot be meant, before any work is done.

    An empty folder is fine. With ``force`` a folder is replaced if an export wrote it, and no other.

    Raises:
        UsageError: It is a file or lies in no folder, or holds something that may not be replaced.
    """
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: is a file", hint="give the output the name of a folder")
    if path.is_dir() and any(path.iterdir()):
        if not force:
            raise UsageError(f"{path}: exists already", hint="choose another name, or add --force to replace it")
        if not (path / MANIFEST).is_file():
            raise UsageError(f"{path}: was not written by cswitch export", hint="choose another name, or remove it")
    _check_parent(path)


def _check_parent(path: Path) -> None:
    parent = path.resolve().parent
    if not parent.is_dir():
        raise UsageError(f"{path}: its folder does not exist", hint=f"make it first: mkdir -p {path.parent}")


def _publish_folder(part: Path, final: Path, *, force: bool) -> None:
    check_folder(final, force=force)
    old = part.with_name(f"{part.name}.old")
    if final.exists():
        final.rename(old)
    try:
        part.rename(final)
    except OSError:
        if old.exists():
            old.rename(final)
        raise
    _sync(final.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    """Waits until the disk has a file, or the names in a folder."""
    if sys.platform == "win32" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sum() -> blake2b:
    return blake2b(digest_size=32)


@contextmanager
def _told(path: Path, part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            if isinstance(error.filename, str | os.PathLike) and Path(error.filename) in (part, path):
                what = f"{path}: cannot be written: {error.strerror}"
                raise UsageError(what, hint=f"check the folder: ls -ld {path.parent}") from error
            raise
        raise RunError(f"{path}: {error.strerror}", hint="free some space and run the same command again") from error
