"""Writing samples and rejects so that nothing is half written, whatever happens."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from cswitch.core.errors import RunError, UsageError
from cswitch.pipeline.locked_files import ReaderGone
from cswitch.pipeline.run_files import RunFiles, StreamFiles
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

BUFFER = 1 << 18
"""Bytes gathered before they are written."""

_CURES = {
    errno.ENOSPC: "free space",
    errno.EDQUOT: "free space",
    errno.EFBIG: "raise the limit on file sizes (ulimit -f)",
}
_NO_SIDES: Mapping[str, str] = {}
_MISUSE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP}
"""Errors of opening that another path would cure."""


class Output:
    r"""Samples and rejects as JSON Lines, safe against crashes, full disks and second runs.

    A file is written as ``PATH.part``, and ``REJECTS.part`` beside it, with a journal in ``PATH.state``: each
    :meth:`commit` adds to it what is safe. Leaving the ``with`` block without an error gives the files their names
    and removes the journal, so that a file with its final name is always whole. Leaving it with an error keeps
    what was committed, in whole lines, and so does ``kill -9``. Run again with ``resume``, the same input and the
    same settings, it gives the same bytes as a run that was never stopped.

    Standard output (``-``), pipes and devices are written as samples come, and cannot be resumed. When their
    reader goes away, the ``with`` block ends quietly and :attr:`reader_gone` is true.

    Args:
        path: Where samples go, ``-`` for standard output.
        rejects: Where rejects go; None keeps none.
        config: Hash of everything that decides the output, as it stands in the provenance of the samples.
        force: Replace what exists, and drop what an unfinished run left.
        resume: Go on where an unfinished run stopped; start when there is none.
        sides: Further files beside the output, as safe as the rejects, by the name of the option that asks for them.
        by_itself: The command resumes without being told, so that no message speaks of ``--resume``.

    Raises:
        UsageError: On entry: the output exists, is unfinished, is being written by another run, was begun with
            other settings, or cannot be there at all.
        RunError: The disk is full, or writing failed otherwise; the message says what is safe.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with Output(f"{folder}/out.jsonl", rejects=f"{folder}/rejects.jsonl", config="ab12") as output:
    ...         output.reject(Reject(source_id="1", reason="no_links"))
    ...         output.commit(1, {"no_links": 1})
    ...     sorted(os.listdir(folder)), Path(folder, "rejects.jsonl").read_text()
    (['out.jsonl', 'rejects.jsonl'], '{"source_id":"1","reason":"no_links"}\n')
    """

    def __init__(
        self,
        path: str,
        *,
        rejects: str | None = None,
        config: str,
        force: bool = False,
        resume: bool = False,
        sides: Mapping[str, str] = _NO_SIDES,
        by_itself: bool = False,
    ) -> None:
        _check_options(path, rejects, sides, force=force, resume=resume)
        self.path = path
        """Where samples go."""
        self.complete = False
        """True after entry when ``resume`` found the finished output of these settings: there is nothing to do."""
        self.reader_gone = False
        """True after the ``with`` block when the reader of a stream went away before the end."""
        self.pairs_done = 0
        """Input pairs that are done; a resumed run skips so many."""
        self.samples = 0
        """Samples written, with those of the run that is resumed."""
        self.counts: dict[str, int] = {}
        """What the caller counts, as last committed; a resumed run goes on counting from it."""
        self._force, self._resume = force, resume
        self._again = "run the same command" if by_itself else "run the same command with --resume"
        second, beside = None if rejects is None else Path(rejects), {name: Path(side) for name, side in sides.items()}
        self._files: StreamFiles | RunFiles
        if is_stream(path):
            self._files = StreamFiles(path, second, config, beside)
        else:
            self._files = RunFiles(Path(path), second, config, beside)
        self._encode_into = msgspec.json.Encoder().encode_into
        self._lines, self._rejects = bytearray(), bytearray()
        self._sides = {name: bytearray() for name in sides}
        self._keeps_rejects = rejects is not None

    def __enter__(self) -> Self:
        try:
            with self._failing(opening=True):
                state = self._files.open(force=self._force, resume=self._resume)
        except BaseException:
            self._files.close()
            raise
        self.complete = state.done
        self.pairs_done, self.samples, self.counts = state.pairs, state.samples, dict(state.counts)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self.complete:
            return False
        if error is None:
            try:
                self._finish()
            except ReaderGone as gone:
                error = gone
            except BaseException:
                self._files.abandon()
                raise
        if error is not None:
            self._files.abandon()
        self.reader_gone = isinstance(error, ReaderGone)
        return self.reader_gone

    def write(self, sample: Sample) -> None:
        """Add a sample."""
        self._encode_into(sample, self._lines, -1)
        self._lines += b"\n"
        self.samples += 1
        if len(self._lines) > BUFFER:
            self._flush()

    def reject(self, reject: Reject) -> None:
        """Add a reject; it is dropped when the run keeps none."""
        if self._keeps_rejects:
            self._encode_into(reject, self._rejects, -1)
            self._rejects += b"\n"
            if len(self._rejects) > BUFFER:
                self._flush()

    def add_beside(self, name: str, record: msgspec.Struct) -> None:
        """Add a record to a side file; it is dropped when the run keeps none of that name."""
        lines = self._sides.get(name)
        if lines is not None:
            self._encode_into(record, lines, -1)
            lines += b"\n"
            if len(lines) > BUFFER:
                self._flush()

    def safe_samples(self) -> Iterator[bytes]:
        """The samples that an earlier run made safe, a line each; to be read right after entry."""
        if isinstance(self._files, RunFiles) and not self.complete:
            yield from self._files.out.read_lines()

    def write_encoded(self, lines: bytes, samples: int, rejects: bytes = b"") -> None:
        """Add what a worker process has encoded.

        Args:
            lines: Samples as JSON, each with a line end behind it.
            samples: How many they are.
            rejects: Rejects as JSON, each with a line end behind it.
        """
        self._lines += lines
        self.samples += samples
        if self._keeps_rejects:
            self._rejects += rejects
        if len(self._lines) + len(self._rejects) > BUFFER:
            self._flush()

    def commit(self, pairs_done: int, counts: Mapping[str, int]) -> None:
        """Make safe what was added: a resumed run goes on from here.

        It costs two or three system calls, so commit once for a batch of pairs.

        Args:
            pairs_done: Input pairs, from the start of the input, whose samples and rejects were all added.
            counts: What the caller counts.
        """
        self.pairs_done, self.counts = pairs_done, dict(counts)
        self._flush()
        with self._failing():
            self._files.record(self.pairs_done, self.samples, self.counts)

    def _flush(self) -> None:
        lines, rejects = bytes(self._lines), bytes(self._rejects)
        sides = {name: bytes(beside) for name, beside in self._sides.items()}
        for buffer in (self._lines, self._rejects, *self._sides.values()):
            buffer.clear()
        with self._failing():
            self._files.append(lines, rejects, sides)

    def _finish(self) -> None:
        self._flush()
        with self._failing():
            self._files.finish(self.pairs_done, self.samples, self.counts)

    @contextmanager
    def _failing(self, *, opening: bool = False) -> Iterator[None]:
        """System errors inside become errors that say what is safe and what to do."""
        try:
            yield
        except OSError as error:
            wrong_path = _wrong_path(error) if opening else None
            raise wrong_path or self._failure(error) from error

    def _failure(self, error: OSError) -> RunError:
        safe = self._files.safe
        cure = _CURES.get(error.errno or 0, "mend that")
        hint = f"{cure} and run the same command again"
        if safe.pairs and isinstance(self._files, RunFiles):
            samples = f"{safe.samples:,} samples of {safe.pairs:,} pairs are safe in {self._files.out.path}"
            hint = f"{samples}: {cure} and {self._again}"
        what = (error.strerror or type(error).__name__).lower()
        return RunError(f"writing {os.fsdecode(error.filename or 'the output')} failed: {what}", hint=hint)


def is_stream(path: str) -> bool:
    """Whether a path is standard output, a pipe or a device, which take bytes and never give them back.

    >>> is_stream("-"), is_stream("out.jsonl")
    (True, False)
    """
    return path == "-" or (os.path.exists(path) and not os.path.isfile(path))


def _check_options(path: str, rejects: str | None, sides: Mapping[str, str], *, force: bool, resume: bool) -> None:
    if force and resume:
        raise UsageError("--force and --resume exclude each other", hint="--resume goes on, --force starts again")
    if rejects == "-" or (rejects is not None and os.path.realpath(rejects) == os.path.realpath(path)):
        raise UsageError("rejects need a file of their own", hint="give --rejects the name of another file")
    taken = {os.path.realpath(name) for name in (path, rejects) if name is not None}
    for option, name in sides.items():
        if name == "-" or os.path.realpath(name) in taken:
            raise UsageError(f"--{option} needs a file of its own", hint="give it the name of another file")
        taken.add(os.path.realpath(name))
    for name in (path, *([] if rejects is None else [rejects]), *sides.values()):
        if not name:
            raise UsageError("an output has no name", hint="name a file, or - for standard output")
        if os.path.isdir(name):
            raise UsageError(f"{name} is a folder", hint="give the name of a file in it")
        if name.endswith(".gz"):
            raise UsageError(f"{name}: output is not compressed", hint="leave out .gz, and run gzip on the file after")


def _wrong_path(error: OSError) -> UsageError | None:
    """The error of a path that cannot be written; None when the path is not to blame."""
    name = os.fsdecode(error.filename or "the output").removesuffix(".state").removesuffix(".part")
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        folder = os.path.dirname(name) or "."
        return UsageError(f"{name}: its folder does not exist", hint=f"make it first: mkdir -p {folder}")
    if error.errno in _MISUSE:
        what = (error.strerror or "cannot be written").lower()
        return UsageError(f"{name} cannot be written: {what}", hint="write to another place")
    return None
