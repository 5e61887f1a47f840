"""A whole job: checked, cut into shards, done by processes of this machine, summed up."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from cswitch import __version__
from cswitch.core.errors import CswitchError, InputError, RunError, UsageError
from cswitch.pipeline.aligners import AUTO, learns_from_corpus
from cswitch.pipeline.jobs.folder import JobFolder, RunSummary, summed
from cswitch.pipeline.jobs.kinds import is_command, is_exported
from cswitch.pipeline.jobs.paths import WORD_LISTS
from cswitch.pipeline.jobs.plan import make_plan
from cswitch.pipeline.jobs.pool import Outcome, each_done
from cswitch.pipeline.jobs.ranks import check_place
from cswitch.pipeline.jobs.repeats import duplicates_of, run_without_repeats
from cswitch.pipeline.jobs.shards import Plan, Shard, stem
from cswitch.pipeline.jobs.spec import check_job
from cswitch.pipeline.jobs.work import Setup, Trial, Worker
from cswitch.pipeline.jobs.writing import ShardSummary, check_writer
from cswitch.pipeline.prelink import prelinked
from cswitch.pipeline.source import Source
from cswitch.pipeline.synth import observe
from cswitch.pipeline.synthesiser import Observed, run_hash
from cswitch.pipeline.user_lexicons import checked
from cswitch.schemas.job import FilterSettings, Job, PromptStage
from cswitch.schemas.settings import SynthSettings

_FULL = {errno.ENOSPC, errno.EDQUOT}
_MACHINE = ("device", "batch_tokens", "compile")
"""Settings of taggers that say how they run, and not what they find."""

Note = Callable[[str], None]
Ended = Outcome[Shard, ShardSummary]
Engine = Callable[[Setup, list[Shard], int], Generator[Ended, None, None]]
"""Does shards by so many processes, and tells of each as it ends."""


class Progress(NamedTuple):
    """How far a run is; of the shards that are this machine's."""

    rows: int
    """Rows done by this run."""
    of_rows: int
    """Rows there were to do."""
    records: int
    """Records they gave."""
    shards: int
    """Shards done by this run."""
    of_shards: int
    """Shards there were to do."""


class JobResult(NamedTuple):
    """How a run of a job ended."""

    summary: RunSummary
    """What the shards that are done gave: all of the job when it is complete, else those of this machine."""
    complete: bool
    """Whether the whole job is done."""
    shards: int
    """Shards of the whole job."""
    done_now: int
    """Shards that this run did."""
    failed: tuple[str, ...]
    """Shards that could not be done, a line each."""
    seconds: float
    """Wall time of this run."""


def run_job(
    job: Job,
    *,
    workers: int = 1,
    rank: int = 0,
    world: int = 1,
    force: bool = False,
    engine: Engine | None = None,
    note: Note | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> JobResult:
    """Does what is left of a job, and leaves a folder of shards.

    However often it is stopped or killed, the files are the same in the end: what is done is read off them. A shard
    that cannot be read or done is reported, and the others are done.

    Args:
        job: From :func:`cswitch.pipeline.jobs.spec.read_job`.
        workers: Processes; the output does not depend on their number.
        rank: Which of several machines this is: it does the shards whose number leaves this rest.
        world: How many machines there are.
        force: Start again, and drop what the folder holds of an earlier job.
        engine: What does the shards; by default processes of this machine.
        note: Called with a line about anything the user should know.
        progress: Called at the start and after every shard.

    Raises:
        UsageError: The job cannot be meant, or the folder belongs to another run or another job.
        InputError: The input cannot be read at all.
        RunError: The disk is full, or processes are killed whatever they do.
        MissingExtraError: Something needs an extra.
    """
    check_job(job)
    check_place(workers, rank, world)
    if is_command(job) or is_exported(job):
        what = "an export" if is_exported(job) else "the output of one command"
        raise UsageError(f"{what} is done by cswitch run", hint="name a folder, or call what its stage stands for")
    progress = progress or (lambda _: None)
    asked = job.stages[0].prompt
    if asked is not None and engine is not None:
        raise UsageError("prompts are asked by one process", hint="leave out --engine")
    folder = JobFolder(job.output.folder, rank, world)
    if duplicates_of(job) is None:
        return run_shards(job, folder, workers=workers, force=force, engine=engine, note=note, progress=progress)
    return run_without_repeats(
        job, workers=workers, rank=rank, world=world, force=force, engine=engine, note=note, progress=progress
    )


def run_shards(
    job: Job,
    place: JobFolder,
    *,
    workers: int,
    force: bool,
    engine: Engine | None,
    note: Note | None,
    progress: Callable[[Progress], None],
) -> JobResult:
    """Does what is left of a job that was checked, one that looks for no repeats.

    Args:
        job: The job.
        place: Its folder.
        workers: Processes.
        force: Start again.
        engine: What does the shards; None for the usual one.
        note: Called with a line about anything the user should know.
        progress: Called at the start and after every shard.

    Raises:
        CswitchError: As :func:`run_job` tells.
    """
    asked, rank, world = job.stages[0].prompt, place.rank, place.world
    started = time.monotonic()
    with planned(job, place, note, force=force) as (folder, setup, plan):
        folder.begin(job, setup.config, force=force)
        done = folder.done(plan, job, setup.config)
        own = [shard for shard in plan.shards if shard.number % world == rank]
        left = [shard for shard in own if shard.number not in done]
        failed: list[str] = []
        if asked is not None:
            engine, progress = _asking(note, progress, left)
        made = list(_done(engine or local, setup, left, workers, failed, progress)) if left else []
        whole = folder.finish(plan, job, setup.config)
        mine = [*(done[shard.number] for shard in own if shard.number in done), *made]
        summary = whole or summed(sorted(mine, key=lambda one: one.number), setup.config)
        seconds = round(time.monotonic() - started, 3)
        return JobResult(summary, whole is not None, len(plan.shards), len(made), tuple(failed), seconds)


def config_of(job: Job, observed: Observed = ()) -> str:
    """Hash of everything but the rows that decides the records of a job, and how they lie in files."""
    found = blake2b(f"{__version__}\x1f{job.input.pretokenised}\x1f{job.input.field}".encode(), digest_size=8)
    for stage in job.stages:
        if stage.synth is not None:
            found.update(f"\x1fsynth {run_hash(stage.synth, observed)}".encode())
        elif stage.prompt is not None:
            found.update(f"\x1fprompt {_prompt_hash(stage.prompt)}".encode())
        elif stage.tag is not None:
            settings = {
                name: value for name, value in msgspec.structs.asdict(stage.tag).items() if name not in _MACHINE
            }
            found.update(b"\x1ftag " + msgspec.json.encode(settings))
        elif stage.filter is not None:
            found.update(b"\x1ffilter " + msgspec.json.encode(msgspec.structs.asdict(stage.filter), order="sorted"))
            for path in word_lists(stage.filter):
                found.update(_contents(path))
    found.update(msgspec.json.encode({**msgspec.structs.asdict(job.output), "folder": ""}))
    return found.hexdigest()


def _prompt_hash(stage: PromptStage) -> str:
    from cswitch.pipeline.jobs.prompt_spec import settings_of
    from cswitch.pipeline.prompt_input import run_hash as prompt_hash

    return prompt_hash(settings_of(stage))


def _asking(
    note: Note | None, progress: Callable[[Progress], None], left: list[Shard]
) -> tuple[Engine, Callable[[Progress], None]]:
    """What does shards of prompts, which tells how far it is within them too."""
    from cswitch.pipeline.jobs.prompting import Prompting

    last = Progress(0, sum(shard.rows for shard in left), 0, 0, len(left))

    def done(now: Progress) -> None:
        nonlocal last
        last = now
        progress(now)

    def within(rows: int, records: int) -> None:
        progress(last._replace(rows=last.rows + rows, records=last.records + records))

    return Prompting(note, within), done


def word_lists(settings: FilterSettings) -> list[str]:
    """The files that filters read words from."""
    given = settings.filters.get("words", {})
    return [str(path) for name in WORD_LISTS for path in given.get(name) or ()]


def _contents(path: str) -> bytes:
    try:
        return blake2b(Path(path).read_bytes(), digest_size=8).digest()
    except OSError as error:
        raise InputError((error.strerror or "it cannot be read").lower(), path=path, hint="check the path") from error


def local(setup: Setup, shards: list[Shard], workers: int) -> Generator[Ended, None, None]:
    """Shards done by processes of this machine; by this process alone when there is one."""
    if workers > 1:
        tasks: Iterable[Shard | Trial] = chain([Trial(shards[0])], shards)
        for task, summary, error in each_done(Worker, (setup,), tasks, min(workers, len(shards))):
            if isinstance(task, Shard):
                yield Outcome(task, summary, error)
            elif error is not None:
                raise error
        return
    worker = Worker(setup)
    worker.check(shards[0])
    for shard in shards:
        try:
            yield Outcome(shard, worker.write(shard), None)
        except (CswitchError, OSError) as error:
            yield Outcome(shard, None, error)


def _done(
    engine: Engine, setup: Setup, left: list[Shard], workers: int, failed: list[str],
    tell: Callable[[Progress], None],
) -> Iterator[ShardSummary]:  # fmt: skip
    """The summaries of shards as they are done; those that failed are noted.

    Raises:
        RunError: The disk is full.
    """
    rows = records = shards = 0
    of_rows = sum(shard.rows for shard in left)
    tell(Progress(0, of_rows, 0, 0, len(left)))
    with closing(engine(setup, left, workers)) as outcomes:
        for shard, summary, error in outcomes:
            if isinstance(error, OSError) and error.errno in _FULL:
                hint = f"{shards:,} shards of this run are safe: free space and run the same command again"
                raise RunError(f"writing {error.filename} failed: {(error.strerror or '').lower()}", hint=hint)
            if error is not None:
                failed.append(f"shard {stem(shard.number)}: {_line(error)}")
            if summary is not None:
                records += summary.records
                shards += 1
                yield summary
            rows += shard.rows
            tell(Progress(rows, of_rows, records, shards, len(left)))


def _line(error: CswitchError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {(error.strerror or type(error).__name__).lower()}"
    return str(error)


@contextmanager
def planned(
    job: Job, folder: JobFolder, note: Note | None, *, force: bool, spooling: bool = True
) -> Iterator[tuple[JobFolder, Setup, Plan]]:
    """The folder of a job, locked, with what its processes must know and the shards of its input.

    Args:
        job: The job.
        folder: Its folder.
        note: Called with a line about anything the user should know.
        force: Whether shards that are there count for nothing.
        spooling: Whether rows that cannot be cut by their bytes are put down for the shards.
    """
    settings = job.stages[0].synth
    observed: Observed = ()
    if settings is not None:
        observed = observe(settings.like) if settings.like else ()
        checked(settings.lexicons, note)
    asked = job.stages[0].prompt
    if asked is not None:
        from cswitch.pipeline.jobs.prompting import check_asking

        check_asking(asked, folder.world)
        checked(asked.lexicons, note)
    check_writer(job)
    folder.open()
    try:
        with _linked(job, folder, note) as linked:
            config = config_of(linked, observed)

            def wanted(number: int, digest: str) -> bool:
                return number % folder.world == folder.rank and (force or not folder.holds(number, digest, config))

            plan = make_plan(linked, spool=folder.spool if spooling else None, wanted=wanted, note=note)
            answers, world = str(folder.answers), folder.world
            yield folder, Setup(job=linked, config=config, observed=observed, answers=answers, world=world), plan
    finally:
        folder.close()


@contextmanager
def _linked(job: Job, folder: JobFolder, note: Note | None) -> Iterator[Job]:
    """The job with the links of its corpus, where its aligner learns from it."""
    settings, given, asked = job.stages[0].synth, job.input, job.stages[0].prompt
    if asked is not None:
        settings = _aligning(asked)
    learns = settings is not None and settings.aligner != AUTO and learns_from_corpus(settings.aligner)
    if settings is None or (len(given.paths) > 1 and not learns):
        yield job
        return
    if learns and (len(given.paths) > 1 or folder.world > 1):
        what = "several inputs" if len(given.paths) > 1 else "several machines"
        hint = "align the pairs once (cswitch align) and give the links in a column, with aligner: given"
        raise UsageError(f"the aligner {settings.aligner!r} learns from all pairs, which {what} do not have", hint=hint)
    source = Source(given.paths[0], given.links, given.format, given.pretokenised, given.limit)
    beside = str(folder.keeps / "job") if folder.world == 1 else "-"
    with prelinked(source, settings, beside, note) as (found, chosen):
        first = job.stages[0]
        if asked is None:
            first = msgspec.structs.replace(first, synth=chosen)
        else:
            first = msgspec.structs.replace(first, prompt=msgspec.structs.replace(asked, aligner=chosen.aligner))
        stages = (first, *job.stages[1:])
        yield msgspec.structs.replace(job, stages=stages, input=msgspec.structs.replace(given, links=found.links))


def _aligning(asked: PromptStage) -> SynthSettings | None:
    """What pairs that a language model is to mix are aligned by; None for other rows."""
    from cswitch.pipeline.jobs.prompt_spec import settings_of
    from cswitch.pipeline.prompt_input import synth_settings

    return synth_settings(settings_of(asked)) if asked.source == "pairs" else None
