"""The files of one run: opened afresh or where an earlier run stopped, made safe, finished or left."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic

import msgspec

from cswitch.core.errors import UsageError
from cswitch.pipeline.journal import Journal, State
from cswitch.pipeline.lines import read_lines
from cswitch.pipeline.locked_files import PartFile, Stream
from cswitch.schemas.decode import RecordError, decode_record

SYNC_SECONDS = 10.0
"""How often the disk is waited for: the work that a power cut can cost."""
_NO_SIDES: Mapping[str, Path] = {}


class RunFiles:
    """Samples, rejects and journal of a run that can be resumed.

    Args:
        path: Where samples go.
        rejects: Where rejects go; None keeps none.
        config: Hash of the settings.
        sides: Further files of the run, by the name of the option that asks for them.
    """

    def __init__(self, path: Path, rejects: Path | None, config: str, sides: Mapping[str, Path] = _NO_SIDES) -> None:
        self.out = PartFile(_target(path))
        self.rejects = None if rejects is None else PartFile(_target(rejects))
        self.sides = {name: PartFile(_target(side)) for name, side in sides.items()}
        self.journal = Journal(self.out.final.with_name(f"{self.out.final.name}.state"))
        self.config = config
        self.safe = self._state(0, 0, {})
        """What a resumed run would start from."""
        self._parts = [part for part in (self.rejects, *self.sides.values(), self.out) if part is not None]
        self._synced = monotonic()

    def open(self, *, force: bool, resume: bool) -> State:
        """Open the files.

        Returns:
            Where to go on; ``done`` when there is nothing to do.

        Raises:
            UsageError: The output exists or is being written, and neither option says what to do with it, or it
                cannot be resumed with these settings.
        """
        if not force and not resume:
            self._refuse_what_exists()
        if resume and self._was_finished():
            return self._state(0, 0, {}, done=True)
        begun = self.journal.path.exists()
        self.journal.open()
        if not force and not resume:
            refuse_existing(self._parts)  # another run may have finished just before the lock was ours
        if resume and self._finish_renaming():
            return self.safe
        for part in self._parts:
            part.open()
        if not resume or not self._go_on():
            self._start(from_nothing=resume and not begun)
        return self.safe

    def append(self, samples: bytes, rejects: bytes, sides: Mapping[str, bytes]) -> None:
        """Write whole lines."""
        self.out.write(samples)
        if self.rejects is not None:
            self.rejects.write(rejects)
        for name, lines in sides.items():
            self.sides[name].write(lines)

    def record(self, pairs: int, samples: int, counts: dict[str, int]) -> None:
        """Declare safe what was written."""
        if monotonic() - self._synced > SYNC_SECONDS:
            self._sync()
        state = self._state(pairs, samples, counts)
        self.journal.append(state)
        self.safe = state

    def finish(self, pairs: int, samples: int, counts: dict[str, int]) -> None:
        """Give the files their names; the journal goes last, so that a crash in between can be mended."""
        self._sync()
        state = self._state(pairs, samples, counts, done=True)
        self.journal.append(state)
        self.journal.sync()
        self.safe = state
        for part in self._parts:
            part.publish()
        self.journal.remove()

    def abandon(self) -> None:
        """Leave what is safe, in whole lines; leave nothing where nothing is."""
        if self.safe.pairs == self.safe.out_bytes == 0 and not self.safe.done:
            self.close(remove=True)
            return
        for part, size in zip(self._parts, self._sizes(self.safe), strict=True):
            if part.is_open:
                with suppress(OSError):  # a resumed run cuts it anyway, and an error is on its way already
                    part.cut(size)
        self.close(remove=False)

    def close(self, *, remove: bool | None = None) -> None:
        """Close the files that are open.

        Args:
            remove: Whether to delete them; None deletes those that were made by opening them.
        """
        for file in (*self._parts, self.journal):
            if file.is_open and (file.created if remove is None else remove):
                file.remove()
            else:
                file.close()

    def _refuse_what_exists(self) -> None:
        refuse_existing(self._parts, "add --force to replace it, or --resume to go on with it")
        for file in (*self._parts, self.journal):
            if file.path.exists():
                file.open()  # refuses when another run is at work
                file.close()
                hint = "go on with --resume, or start again with --force"
                raise UsageError(f"an unfinished run left {file.path}", hint=hint)

    def _was_finished(self) -> bool:
        """Whether the output has its name, and no run is under way to replace it."""
        if self.journal.path.exists() or self.out.path.exists():
            return False
        if not self.out.final.exists():
            refuse_existing(self._parts)
            return False
        kept = {"rejects": self.rejects, **self.sides}
        for name, part in kept.items():
            if part is not None and not part.final.exists():
                raise UsageError(
                    f"{self.out.final} is complete, and was made without {part.final}",
                    hint=f"leave out --{name}, or make both again with --force",
                )
        self._check_config(_config_of(self.out.final))
        return True

    def _finish_renaming(self) -> bool:
        """Gives the names that a run did not come to give before it was killed."""
        states = deque(self._states(), maxlen=1)
        if not states or not states[0][0].done:
            return False
        last, _ = states[0]
        for part, size in zip(self._parts, self._sizes(last), strict=True):
            place = part.path if part.path.exists() else part.final
            if not place.exists() or place.stat().st_size != size:
                return False
        for part in self._parts:
            if part.path.exists():
                part.publish()
        self.journal.remove()
        self.safe = last
        return True

    def _go_on(self) -> bool:
        """Takes up the last state whose bytes are all on the disk; False when there is none."""
        found = None
        for state, end in self._states():
            sizes = zip(self._parts, self._sizes(state), strict=True)
            if not state.done and all(part.ends_line_at(size) for part, size in sizes):
                found = state, end
        if found is None:
            return False
        self.safe, end = found
        for part, size in zip(self._parts, self._sizes(self.safe), strict=True):
            part.cut(size)
        self.journal.cut(end)
        return True

    def _start(self, *, from_nothing: bool) -> None:
        if from_nothing and any(part.size for part in self._parts):
            raise UsageError(
                f"{self.out.path} cannot be resumed: its journal {self.journal.path} is missing",
                hint="start again with --force",
            )
        for file in (*self._parts, self.journal):
            file.cut(0)
        self.safe = self._state(0, 0, {})
        self.journal.append(self.safe)

    def _states(self) -> Iterator[tuple[State, int]]:
        """The states of the journal, all of this run's settings."""
        for state, end in self.journal.states():
            self._check_config(state.config)
            self._check_kept("rejects", begun=state.reject_bytes is not None, now=self.rejects is not None)
            for name in sorted({*state.side_bytes, *self.sides}):
                self._check_kept(name, begun=name in state.side_bytes, now=name in self.sides)
            yield state, end

    def _check_kept(self, name: str, *, begun: bool, now: bool) -> None:
        """Refuses to go on with another set of files than the run was begun with."""
        if begun != now:
            had, has = ("with", "without") if begun else ("without", "with")
            raise UsageError(
                f"the unfinished {self.out.path} was begun {had} --{name} and cannot go on {has}",
                hint="resume with the options it was begun with, or start again with --force",
            )

    def _check_config(self, config: str) -> None:
        if config != self.config:
            raise UsageError(
                f"{self.out.final} was begun with other settings (config {config}, now {self.config})",
                hint="resume with the settings it was begun with, or start again with --force",
            )

    def _state(self, pairs: int, samples: int, counts: dict[str, int], *, done: bool = False) -> State:
        return State(
            pairs=pairs,
            samples=samples,
            out_bytes=self.out.size,
            reject_bytes=None if self.rejects is None else self.rejects.size,
            side_bytes={name: part.size for name, part in self.sides.items()},
            counts=counts,
            config=self.config,
            done=done,
        )

    def _sizes(self, state: State) -> list[int]:
        """The lengths that a state gives to the parts."""
        rejects = [] if self.rejects is None else [state.reject_bytes or 0]
        return [*rejects, *(state.side_bytes[name] for name in self.sides), state.out_bytes]

    def _sync(self) -> None:
        for part in self._parts:
            part.sync()
        self._synced = monotonic()


class StreamFiles:
    """Samples of a run that go to a stream, and its rejects; nothing of it can be resumed.

    Args:
        name: A pipe or a device, or ``-`` for standard output.
        rejects: Where rejects go; None keeps none.
        config: Hash of the settings.
        sides: Further files of the run, by name.
    """

    def __init__(self, name: str, rejects: Path | None, config: str, sides: Mapping[str, Path] = _NO_SIDES) -> None:
        self.out = Stream(name)
        self.rejects = None if rejects is None else PartFile(_target(rejects))
        self.sides = {name: PartFile(_target(side)) for name, side in sides.items()}
        self._parts = [part for part in (self.rejects, *self.sides.values()) if part is not None]
        self.safe = State(pairs=0, samples=0, out_bytes=0, reject_bytes=None, counts={}, config=config)
        """Nothing, always."""

    def open(self, *, force: bool, resume: bool) -> State:
        """Open stream and file.

        Raises:
            UsageError: A file beside the stream exists, or a stream is to be resumed.
        """
        if resume:
            raise UsageError("a stream cannot be resumed", hint="leave out --resume, or write to a file")
        if not force:
            refuse_existing(self._parts)
        for part in self._parts:
            part.open()
            part.cut(0)
        self.out.open()
        return self.safe

    def append(self, samples: bytes, rejects: bytes, sides: Mapping[str, bytes]) -> None:
        """Write whole lines."""
        self.out.write(samples)
        if self.rejects is not None:
            self.rejects.write(rejects)
        for name, lines in sides.items():
            self.sides[name].write(lines)

    def record(self, pairs: int, samples: int, counts: dict[str, int]) -> None:
        """Do nothing: what was written is gone."""

    def finish(self, pairs: int, samples: int, counts: dict[str, int]) -> None:
        """Give the files beside the stream their names."""
        self.out.close()
        for part in self._parts:
            part.sync()
            part.publish()

    def abandon(self) -> None:
        """Leave no file."""
        self.close()

    def close(self) -> None:
        """Close stream and files."""
        self.out.close()
        for part in self._parts:
            if part.is_open:
                part.remove()


def refuse_existing(parts: list[PartFile], hint: str = "add --force to replace it") -> None:
    """Refuse to write what has its final name already.

    Raises:
        UsageError: One of the files exists.
    """
    for part in parts:
        if part.final.exists():
            raise UsageError(f"{part.final} exists", hint=hint)


class _MadeBy(msgspec.Struct):
    config: str


class _Made(msgspec.Struct):
    provenance: _MadeBy


def _config_of(path: Path) -> str:
    """The hash of the settings that made a finished output, as its first sample tells it."""
    for _, line in read_lines(str(path)):
        try:
            return decode_record(line, _Made).provenance.config
        except RecordError as error:
            raise UsageError(
                f"{path} exists and holds no samples of this program", hint="add --force to replace it"
            ) from error
    return ""


def _target(path: Path) -> Path:
    """The file that is to be written, where the path is a link to it."""
    return path.resolve() if os.path.islink(path) else path
