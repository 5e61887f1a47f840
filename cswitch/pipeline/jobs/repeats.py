"""Jobs that leave out repeats: shards are made first, then each is written anew without what an earlier one says."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from cswitch.core.errors import UsageError
from cswitch.filters.duplicates import Duplicates
from cswitch.filters.record import Record, decoded
from cswitch.filters.repeats import Repeats
from cswitch.filters.search import find_repeats
from cswitch.filters.sketches import Sketches
from cswitch.filters.table import make_filter
from cswitch.pipeline.jobs.folder import JobFolder
from cswitch.pipeline.jobs.shards import Plan
from cswitch.pipeline.jobs.stages import together
from cswitch.pipeline.jobs.writing import ShardFiles, ShardSummary, attempts_name, data_name, rejects_name, summary_name
from cswitch.pipeline.locked_files import LockedFile
from cswitch.schemas.decode import decode_record
from cswitch.schemas.job import Job, JobOutput
from cswitch.schemas.reject import Reject

if TYPE_CHECKING:
    from cswitch.pipeline.jobs.run import Engine, JobResult, Note, Progress

NAME = "duplicates"
"""The filter, as jobs name it."""
RECORDS = ".records"
"""Folder, in that of the job, of the shards before repeats are left out."""
_LOCK = ".repeats"
_BLOCK = 512
"""Records written at a time."""


def duplicates_of(job: Job) -> Duplicates | None:
    """What counts as a repeat in a job; None when it looks for none."""
    last = job.stages[-1].filter
    if last is None or NAME not in last.filters:
        return None
    found = make_filter(NAME, last.filters[NAME])
    assert isinstance(found, Duplicates)
    return found


def without_search(job: Job) -> Job:
    """The job with the same stages but for the search for repeats."""
    last = job.stages[-1].filter
    if last is None or NAME not in last.filters:
        return job
    filters = {name: given for name, given in last.filters.items() if name != NAME}
    rest = job.stages[:-1]
    if filters:
        rest = (*rest, msgspec.structs.replace(job.stages[-1], filter=msgspec.structs.replace(last, filters=filters)))
    return msgspec.structs.replace(job, stages=rest)


def run_without_repeats(
    job: Job,
    *,
    workers: int,
    rank: int,
    world: int,
    force: bool,
    engine: Engine | None,
    note: Note | None,
    progress: Callable[[Progress], None],
) -> JobResult:
    """Does a job whose last filter leaves out repeats; arguments and errors are those of ``run_job``.

    The shards before the search wait in a folder of their own, as safe as any. Of several machines that which
    finishes last searches. A kill meanwhile costs the search and the shard that was being written.
    """
    from cswitch.pipeline.jobs.run import JobResult, planned, run_shards

    started = time.monotonic()
    duplicates = duplicates_of(job)
    assert duplicates is not None, "the job looks for no repeats"
    outer = JobFolder(job.output.folder, rank, world)
    with planned(job, outer, note, force=force, spooling=False) as (folder, setup, plan):
        folder.begin(job, setup.config, force=force)
        records, result = folder.path / RECORDS, None
        if len(folder.done(plan, job, setup.config)) < len(plan.shards):
            output = JobOutput(folder=str(records), rows_per_shard=job.output.rows_per_shard)
            before = msgspec.structs.replace(without_search(job), output=output)
            inner = JobFolder(str(records), rank, world, keeps=folder.path)
            result = run_shards(
                before, inner, workers=workers, force=force, engine=engine, note=note, progress=progress
            )
            if not result.complete:
                return result
            lock = LockedFile(folder.path / _LOCK)
            try:
                lock.open()
            except UsageError:  # another machine is at it
                return result._replace(complete=False)
            try:
                _Rewriting(job, duplicates, records, folder, setup.config).write(plan, note)
            finally:
                lock.remove()
        whole = folder.finish(plan, job, setup.config)
        assert whole is not None, "every shard was written"
        shutil.rmtree(records, ignore_errors=True)
        done_now, seconds = (result.done_now or len(plan.shards)) if result else 0, time.monotonic() - started
        return JobResult(whole, True, len(plan.shards), done_now, (), round(seconds, 3))


class _Rewriting:
    """Writes shards anew.

    Args:
        job: The job.
        duplicates: What counts as a repeat.
        records: Folder of the shards as they are.
        folder: Folder of the job.
        config: Hash of what decides the records.
    """

    def __init__(self, job: Job, duplicates: Duplicates, records: Path, folder: JobFolder, config: str) -> None:
        self.job, self.duplicates, self.records, self.folder, self.config = job, duplicates, records, folder, config
        self._output = JobOutput(folder=str(records))

    def write(self, plan: Plan, note: Note | None) -> None:
        """Writes all shards that are not there yet."""
        numbers = [shard.number for shard in plan.shards]
        repeats = self._found(numbers)
        if note is not None:
            note(f"{len(repeats):,} records repeat another one and are left out")
        start = 0
        for shard in plan.shards:
            made = decode_record((self.records / summary_name(shard.number)).read_bytes(), ShardSummary)
            if not self.folder.holds(shard.number, shard.digest, self.config):
                self._shard(made, repeats, start)
            start += made.records

    def _found(self, numbers: list[int]) -> Repeats:
        """What repeats what among the records of all shards."""
        with TemporaryDirectory(prefix=".duplicates-", dir=self.records) as name:
            texts, scratch = Path(name, "texts"), Path(name, "pairs")
            texts.mkdir()
            scratch.mkdir()
            with Sketches(texts, self.duplicates) as sketches:
                count = 0
                for number in numbers:
                    for _, record in self._records(number):
                        sketches.add(count, record.words)
                        count += 1
            return find_repeats([texts], self.duplicates, scratch)

    def _shard(self, made: ShardSummary, repeats: Repeats, start: int) -> None:
        """Writes a shard.

        Args:
            made: What it was before.
            repeats: What repeats what.
            start: Number of its first record among those of all shards.
        """
        number = made.number
        counts, examples = Counter(made.counts), dict(made.examples)
        with ShardFiles(self.job, number) as files:
            for line in _lines(self.records / rejects_name(number)):
                files.add((), (decode_record(line, Reject),))
            for line in _lines(self.records / attempts_name(number)):
                files.add((), (), (line,))
            kept: list[bytes] = []
            dropped = Counter[str]()
            for place, (line, record) in enumerate(self._records(number), start):
                repeat = repeats.of(place)
                if repeat is None:
                    kept.append(line)
                    if len(kept) == _BLOCK:
                        files.add(kept, ())
                        kept = []
                    continue
                drop = self.duplicates.drop(repeat)
                name = record.name if record.source_id is None else str(record.source_id)
                files.add((), (Reject(source_id=name, reason=drop.reason, detail=drop.detail),))
                dropped[f"reject.{drop.reason}"] += 1
                examples.setdefault(drop.reason, f"record {name}: {drop.detail}")
            files.add(kept, ())
            gone = dropped.total()
            counts = together(counts, dropped)
            counts["kept"] = made.records - gone
            files.publish(
                msgspec.structs.replace(
                    made,
                    records=made.records - gone,
                    rejected=made.rejected + gone,
                    counts=dict(sorted(counts.items())),
                    examples=examples,
                    config=self.config,
                )
            )

    def _records(self, number: int) -> Iterator[tuple[bytes, Record]]:
        for line in _lines(self.records / data_name(self._output, number)):
            yield line, decoded(line)


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, without their ends; none when it is not there."""
    try:
        with path.open("rb") as stream:
            for line in stream:
                yield line.rstrip(b"\n")
    except FileNotFoundError:
        return
