"""What a job would take and give, judged by a sample of its rows; nothing is written where it would be."""

from __future__ import annotations

import os
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from cswitch.pipeline.aligners import AUTO, learns_from_corpus
from cswitch.pipeline.jobs.plan import make_plan
from cswitch.pipeline.jobs.repeats import without_search
from cswitch.pipeline.jobs.run import config_of
from cswitch.pipeline.jobs.spec import check_job
from cswitch.pipeline.jobs.work import Setup, Worker
from cswitch.pipeline.jobs.writing import ShardFiles, ShardSummary, check_writer
from cswitch.pipeline.synth import observe
from cswitch.pipeline.synthesiser import Observed
from cswitch.schemas.job import Job, JobOutput, OutputFormat

if TYPE_CHECKING:
    from cswitch.pipeline.prompt_forecast import Seen
    from cswitch.schemas.prompting import PromptSettings

SAMPLE = 512
"""Rows tried; half from the beginning, half from the middle, where that can be reached."""
WARM = 32
"""Rows done before the clock runs: the first ones load what all need."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What a job would take and give."""

    rows: int
    """Rows of the input."""
    shards: int
    """Shards they would be cut into."""
    tried: int
    """Rows of the sample; 0 where the aligner has to learn from all pairs first."""
    records: int | None
    """Records that would come, about."""
    bytes: int | None
    """Length of the files of records, about."""
    seconds: float | None
    """Wall time of the whole, about, were nothing done yet."""
    rows_per_second: float | None
    """Rows a second of one process."""


def forecast(job: Job, *, workers: int = 1, world: int = 1) -> Forecast:
    """What a job would take and give.

    Args:
        job: From :func:`cswitch.pipeline.jobs.spec.read_job`.
        workers: Processes of each machine.
        world: How many machines there are.

    Raises:
        CswitchError: The job cannot be done, as :func:`cswitch.pipeline.jobs.run.run_job` would tell.
    """
    check_job(job)
    job = _in_shards(job)
    check_writer(job)
    settings = job.stages[0].synth
    observed: Observed = observe(settings.like) if settings is not None and settings.like else ()
    with TemporaryDirectory(prefix="cswitch-") as folder:
        output = msgspec.structs.replace(job.output, folder=folder)
        here = without_search(msgspec.structs.replace(job, output=output))
        plan = make_plan(here, spool=Path(folder) / "rows", wanted=lambda number, _: number == 0)
        if settings is not None and settings.aligner != AUTO and learns_from_corpus(settings.aligner):
            return Forecast(
                rows=plan.rows, shards=len(plan.shards), tried=0, records=None, bytes=None, seconds=None,
                rows_per_second=None,
            )  # fmt: skip
        worker = Worker(Setup(job=here, config=config_of(here, observed), observed=observed))
        worker.check(plan.shards[0])
        middle = plan.shards[len(plan.shards) // 2]
        first = worker.rows(plan.shards[0])
        apart = len(plan.shards) > 1 and bool(middle.spans or middle.spool)
        rows = list(islice(first, SAMPLE // 2 if apart else SAMPLE))
        if apart:
            rows += islice(worker.rows(middle), SAMPLE // 2)
        return _judged(worker, rows, plan.rows, len(plan.shards), workers * world)


def asked_ahead(job: Job) -> list[tuple[Seen, PromptSettings]]:
    """What a job whose first stage asks a language model would take, for each of its inputs.

    Args:
        job: From :func:`cswitch.pipeline.jobs.spec.read_job`.

    Raises:
        CswitchError: The job cannot be done.
    """
    from cswitch.pipeline.jobs.prompt_spec import access_of, settings_of
    from cswitch.pipeline.prompt_forecast import look_ahead
    from cswitch.pipeline.prompt_source import PromptSource

    check_job(job)
    stage, given = job.stages[0].prompt, job.input
    assert stage is not None, "the first stage asks no model"
    settings, access = settings_of(stage), access_of(stage)
    found, left = [], given.limit
    for path in given.paths:
        if left == 0:
            break
        source = PromptSource(path, given.links, given.format, given.field or "", given.pretokenised, left)
        seen = look_ahead(source, settings, access, few_shot=stage.few_shot)
        found.append((seen, settings))
        left = None if left is None else left - seen.rows
    return found


def _in_shards(job: Job) -> Job:
    """The job as one that gives shards, where it gives a file."""
    if not job.output.file:
        return job
    layout: OutputFormat = "parquet" if job.output.format == "parquet" else "jsonl"
    return msgspec.structs.replace(job, output=JobOutput(folder=os.path.dirname(job.output.file), format=layout))


def _judged(worker: Worker, rows: list[Any], total: int, shards: int, processes: int) -> Forecast:
    worker.through(rows[:WARM])
    records, started = 0, time.perf_counter()
    with ShardFiles(worker.setup.job, 0) as files:
        for start in range(0, len(rows), worker.first.size):
            block = worker.through(rows[start : start + worker.first.size])
            files.add(block.lines, block.rejects)
            records += len(block.lines)
        made = files.publish(
            ShardSummary(
                number=0,
                rows=len(rows),
                records=records,
                rejected=0,
                bytes=0,
                counts={},
                examples={},
                digest="",
                config="",
            )
        )
    rate = len(rows) / max(time.perf_counter() - started, 1e-9)
    share = total / len(rows)
    return Forecast(
        rows=total,
        shards=shards,
        tried=len(rows),
        records=round(records * share),
        bytes=round(made.bytes * share),
        seconds=round(total / rate / min(processes, shards), 3),
        rows_per_second=round(rate, 1),
    )
