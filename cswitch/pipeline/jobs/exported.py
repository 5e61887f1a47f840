"""The end of a job whose last stage is an export: what it is made of, and whether it is there already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import msgspec

from cswitch.core.errors import UsageError
from cswitch.export.contracts import ExportSettings
from cswitch.pipeline.export_table import ATTEMPTS, STUDIO
from cswitch.pipeline.jobs.export_spec import settings_of, tasks_of
from cswitch.pipeline.jobs.kinds import in_shards, output_of
from cswitch.pipeline.jobs.run import config_of
from cswitch.pipeline.jobs.writing import ShardSummary, attempts_name, data_name, summary_name
from cswitch.pipeline.locked_files import LockedFile
from cswitch.pipeline.studio_export import TaskOptions
from cswitch.pipeline.studio_files import numbered
from cswitch.schemas.commands import ExportStage
from cswitch.schemas.decode import decode_record
from cswitch.schemas.job import Job

_LOCK, _STATE = ".exporting", ".export"
_BEGUN, _DONE = "begun", "done"


class Export:
    """What a job exports.

    Args:
        job: The job; its last stage is an export.
    """

    def __init__(self, job: Job) -> None:
        stage = job.stages[-1].export
        assert stage is not None, "the last stage is no export"
        self.stage, self.output, self.shards = stage, output_of(job), in_shards(job)
        self.folder = Path(self.shards.output.folder)
        """Where the shards are."""
        self.config = _config(stage, config_of(self.shards))

    def check(self, *, force: bool) -> None:
        """Refuses to begin where something else lies in the place of the export.

        Raises:
            UsageError: It does.
        """
        if not force and self._exists() and self._state()[1:2] != [self.config]:
            hint = "remove it, name another output, or start again with --force"
            raise UsageError(f"{self.output} is there, and was not made by this job as it is now", hint=hint)

    def is_done(self) -> bool:
        """Whether the export is there, made of the shards as they are."""
        return self._exists() and self._state() == [_DONE, self.config, self._digest()]

    def files(self) -> tuple[str, ...]:
        """The files of the shards that it is made of; those that hold nothing are left out."""
        names = (
            attempts_name(number) if self.stage.by == ATTEMPTS else data_name(self.shards.output, number)
            for number in range(len(list(self._summaries())))
        )
        return tuple(str(path) for name in names if (path := self.folder / name).stat().st_size)

    @contextmanager
    def written(self) -> Iterator[bool]:
        """Around the writing of the export: whether this machine is to do so, and no other is at it."""
        lock = LockedFile(self.folder / _LOCK)
        try:
            lock.open()
        except UsageError:
            yield False
            return
        try:
            self._note(_BEGUN)
            yield True
            self._note(_DONE)
        finally:
            lock.remove()

    def _exists(self) -> bool:
        chunked = self.stage.to == STUDIO and self.stage.chunk
        return os.path.exists(numbered(self.output, 1) if chunked else self.output)

    def _summaries(self) -> Iterator[ShardSummary]:
        number = 0
        while (path := self.folder / summary_name(number)).exists():
            yield decode_record(path.read_bytes(), ShardSummary)
            number += 1

    def _digest(self) -> str:
        """Hash of what the shards are made of."""
        found = blake2b(digest_size=8)
        for summary in self._summaries():
            found.update(f"{summary.digest} {summary.records} {summary.bytes}\n".encode())
        return found.hexdigest()

    def _state(self) -> list[str]:
        try:
            return (self.folder / _STATE).read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return []

    def _note(self, how: str) -> None:
        part = self.folder / f"{_STATE}.part"
        part.write_text(f"{how} {self.config} {self._digest()}\n", encoding="utf-8")
        part.replace(self.folder / _STATE)


def _config(stage: ExportStage, shards: str) -> str:
    """Hash of what decides an export beside its records; the folders of files that it names do not."""
    options: ExportSettings | TaskOptions = tasks_of(stage) if stage.to == STUDIO else settings_of(stage)
    found = blake2b(f"{shards} {stage.pos} {stage.chunk} {Path(stage.pairs).name}".encode(), digest_size=8)
    if isinstance(options, ExportSettings) and options.template:
        options = msgspec.structs.replace(options, template=Path(options.template).name)
    found.update(msgspec.json.encode(options))
    return found.hexdigest()
