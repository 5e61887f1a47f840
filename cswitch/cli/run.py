"""``cswitch run``: a whole run as a file describes it."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cswitch.cli.errors import INTERRUPTED
from cswitch.cli.errors import say as complain
from cswitch.cli.live import LiveLine
from cswitch.cli.options import AsJson, counted, print_json
from cswitch.cli.options import note as say
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.jobs.forecast import Forecast
    from cswitch.pipeline.jobs.run import Engine, JobResult, Progress
    from cswitch.schemas.job import Job, PromptStage

_MINUTE, _HOUR = 60, 3600
_SIZES = ("bytes", "kB", "MB", "GB", "TB")


class InterruptedJobError(RunError):
    """Ctrl-C, with what is safe."""

    exit_status = INTERRUPTED


def run(
    job: Annotated[
        str, typer.Argument(metavar="JOB", help="YAML file with input, stages and output; see docs/runs.md.")
    ],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="OUT", help="File or folder to write, instead of the job's."),
    ] = None,
    workers: Annotated[int, typer.Option(metavar="N", help="Processes; any number gives the same output.")] = 1,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Stop after so many rows.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, count the rows, forecast time and size; write nothing.")
    ] = False,
    rank: Annotated[
        int | None,
        typer.Option("--rank", metavar="R", help="Which of several machines this is, from 0. Default: Slurm's."),
    ] = None,
    world_size: Annotated[
        int | None, typer.Option("--world-size", metavar="W", help="How many machines there are. Default: Slurm's.")
    ] = None,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="What does the shards: processes of this machine, or Ray.")
    ] = "local",
    force: Annotated[bool, typer.Option("--force", help="Start again, and drop what is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Do a whole run that a file describes, in shards that survive any kill.

    Reads, mixes, prompts, tags, filters and exports as the file says, in a folder of shards. Run it again after
    whatever stopped it, and it goes on; the files are the same in the end. OUT.job.yaml, which other commands leave
    beside OUT, does the same command again.

    Example: cswitch run job.yaml --workers 8
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.cli.keeping import Origin
    from cswitch.pipeline.jobs.kinds import is_command, is_exported
    from cswitch.pipeline.jobs.ranks import check_place

    described = _read(job, output, limit)
    this, world = _place(rank, world_size)
    check_place(workers, this, world)
    if dry_run:
        _look_ahead(described, workers=workers, world=world, as_json=as_json)
        return
    if is_command(described):
        from cswitch.cli.run_file import do_file

        shared = world > 1 or engine != "local"
        do_file(described, Origin(job), workers=workers, force=force, shared=shared, as_json=as_json)
        return
    run_shards = partial(_run_shards, workers=workers, rank=this, world=world, force=force, engine=engine)
    if is_exported(described):
        from cswitch.cli.run_export import do_exported

        do_exported(described, Origin(job), partial(run_shards, tell=not as_json), force=force, as_json=as_json)
        return
    found = run_shards(described, tell=not as_json)
    if as_json:
        print_json(found)


def _run_shards(
    job: Job, *, workers: int, rank: int, world: int, force: bool, engine: str, tell: bool
) -> dict[str, Any]:
    """Does the shards of a job, tells what came, and gives it.

    Raises:
        RunError: Shards were not done, or no row gave a record.
    """
    import msgspec

    from cswitch.pipeline.jobs.run import run_job

    with _Watch() as watch:
        result = run_job(
            job, workers=workers, rank=rank, world=world, force=force, engine=_engine(engine, job),
            note=watch.note, progress=watch.update,
        )  # fmt: skip
    found = {**msgspec.to_builtins(result.summary), "complete": result.complete, "failed": list(result.failed)}
    if tell:
        typer.echo(report(result, job.output.folder, job.stages[0].prompt), err=True)
    elif result.failed:
        print_json(found)
    for line in result.failed:
        complain(f"error: {line}")
    if result.failed:
        count = len(result.failed)
        what = "1 shard was" if count == 1 else f"{count} shards were"
        raise RunError(f"{what} not done", hint="mend that and run the same command again: the rest is safe")
    if result.complete and not result.summary.records:
        if not tell:
            print_json(found)
        raise RunError("no row gave a record", hint=f"the reasons are in {job.output.folder}/*.rejects.jsonl")
    return found


def _look_ahead(job: Job, *, workers: int, world: int, as_json: bool) -> None:
    """Checks what can be checked, and tells what a job would take; nothing is written."""
    import msgspec

    from cswitch.cli.run_file import try_command, try_filter
    from cswitch.pipeline.jobs.forecast import forecast
    from cswitch.pipeline.jobs.kinds import ALONE, in_shards, is_exported, name_of

    first = name_of(job.stages[0])
    if first == "prompt":
        _ask_ahead(job, as_json=as_json)
    elif first == "filter":
        try_filter(job, as_json=as_json)
    elif first in ("export", *ALONE):
        try_command(job, as_json=as_json)
    else:
        found = forecast(in_shards(job) if is_exported(job) else job, workers=workers, world=world)
        if as_json:
            print_json(msgspec.to_builtins(found))
        else:
            typer.echo(told(found, workers * world))


def report(result: JobResult, folder: str, asked: PromptStage | None = None) -> str:
    """The end of a run in a few lines.

    Args:
        result: How it ended.
        folder: Where the shards are.
        asked: The stage that asked a language model, when one did.
    """
    from cswitch.filters.table import REASONS as FILTERED
    from cswitch.schemas.reject import REASONS

    meanings = {**FILTERED, **REASONS}
    summary = result.summary
    whose = "" if result.complete else " by this run and those before"
    shards = f"{summary.shards:,} of {result.shards:,} shards in {folder}"
    lines = [f"{summary.rows:,} rows done{whose}, {summary.records:,} records in {shards}"]
    if not result.done_now and result.complete:
        lines[0] = (
            f"{folder} is complete already: {summary.records:,} records of {summary.rows:,} rows; nothing was done"
        )
    counts = summary.counts
    if counts.get("aimed"):
        from cswitch.pipeline.synthesiser import ERROR_UNIT

        error = counts.get("cmi_error", 0) / ERROR_UNIT / counts["aimed"]
        lines.append(f"  target met by {counts.get('met', 0):,}; mean |CMI asked - CMI got| {error:.2f}")
    if counts.get("shared"):
        from cswitch.pipeline.synthesiser import ERROR_UNIT

        error = counts.get("share_error", 0) / ERROR_UNIT / 100 / counts["shared"]
        lines.append(f"  target met by {counts.get('met', 0):,}; mean |share asked - share got| {error:.4f}")
    if counts.get("lacking"):
        lines.append(f"  {counted(counts['lacking'], 'sample')} without all languages of the pair")
    if asked is not None and counts.get("briefs"):
        from cswitch.cli.prompt_report import quality

        lines += quality(counts, asked)
    for name, count in counts.items():
        if name.startswith("reject."):
            reason = name.removeprefix("reject.")
            example = summary.examples.get(reason)
            first = f" (first: {example})" if example else ""
            lines.append(f"  {count:,} rejected, {reason}: {meanings[reason]}{first}")
    return "\n".join(lines)


def told(found: Forecast, processes: int) -> str:
    """A forecast in words."""
    lines = [f"{counted(found.rows, 'row')} in {counted(found.shards, 'shard')}"]
    if found.seconds is None:
        lines.append("  the aligner learns from all pairs before it begins; its time and what follows are not forecast")
        return "\n".join(lines)
    where = "1 process" if processes == 1 else f"{processes} processes"
    lines.append(
        f"  about {found.records:,} records, {size(found.bytes or 0)}, in {lasting(found.seconds)} on {where}"
        f" ({found.rows_per_second:,.0f} rows/s each, from {found.tried:,} rows tried)"
    )
    return "\n".join(lines)


def lasting(seconds: float) -> str:
    """A time as people say it.

    >>> lasting(42), lasting(125), lasting(7300)
    ('42 s', '2 min 05 s', '2 h 01 min')
    """
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"


def size(count: int) -> str:
    """A number of bytes as people say it.

    >>> size(512), size(20_000_000)
    ('512 bytes', '20.0 MB')
    """
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_SIZES) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_SIZES[unit]}" if unit else f"{count} bytes"


def _read(path: str, output: str | None, limit: int | None) -> Job:
    """The job of a file, with what the options change; every mistake in it is told."""
    import msgspec

    from cswitch.pipeline.checks import check_number
    from cswitch.pipeline.jobs.spec import WrongJobError, read_job

    try:
        found = read_job(path)
    except WrongJobError as error:
        for mistake in error.found[:-1]:
            complain(f"error: {mistake}")
        raise error.found[-1] from error
    if output is not None:
        if not output:
            raise UsageError("the output has no name", hint="name a folder: -o DIR")
        from cswitch.cli.run_file import renamed

        found = renamed(found, output)
    if limit is not None:
        check_number("--limit", limit)
        found = msgspec.structs.replace(found, input=msgspec.structs.replace(found.input, limit=limit))
    return found


def _ask_ahead(job: Job, *, as_json: bool) -> None:
    """Shows what a job that asks a language model would take, and its first request; nothing is sent."""
    from cswitch.cli.prompt_report import forecast_object, forecast_report
    from cswitch.pipeline.jobs.forecast import asked_ahead

    found = asked_ahead(job)
    if as_json:
        print_json({path: forecast_object(seen) for path, (seen, _) in zip(job.input.paths, found, strict=False)})
        return
    for path, (seen, settings) in zip(job.input.paths, found, strict=False):
        if len(found) > 1:
            typer.echo(f"{path}:")
        typer.echo(forecast_report(seen, settings))


def _engine(name: str, job: Job) -> Engine | None:
    """The engine of a name; None for the usual one."""
    if name == "local":
        return None
    if job.stages[0].prompt is not None:
        hint = "leave out --engine: one process has as many requests under way as concurrency says"
        raise UsageError("the engine ray does not ask language models", hint=hint)
    from cswitch.pipeline.jobs.ray_engine import by_ray, loaded_ray

    loaded_ray()  # told before anything else is done
    return by_ray


def _place(rank: int | None, world: int | None) -> tuple[int, int]:
    """Rank and number of machines: the options', else Slurm's."""
    from cswitch.pipeline.jobs.ranks import rank_of

    if (rank is None) != (world is None):
        raise UsageError("--rank and --world-size belong together", hint="give both, or neither")
    if rank is not None and world is not None:
        return rank, world
    found = rank_of(os.environ)
    if found[1] > 1:
        say(f"this is rank {found[0]} of {found[1]}, as Slurm says; --rank 0 --world-size 1 does everything here")
    return found


class _Watch:
    """How far a run is, in a line on stderr while someone is looking."""

    def __init__(self) -> None:
        self._last: Progress | None = None
        self._line = LiveLine()
        self._start = 0.0

    def update(self, now: Progress) -> None:
        """Takes in how far the run is."""
        self._start = self._start or time.monotonic()
        self._last = now
        if now.rows:
            rate = now.rows / max(time.monotonic() - self._start, 1e-9)
            left = lasting((now.of_rows - now.rows) / rate)
            counts = f"{now.rows:,} of {now.of_rows:,} rows, {now.records:,} records"
            self._line.show(f"{counts}, {rate:,.0f} rows/s, {left} left")

    def note(self, line: str) -> None:
        """Tells the user something, above the line."""
        self._line.note(line)

    def __enter__(self) -> _Watch:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Removes the line; an interruption says what is safe."""
        self._line.clear()
        if isinstance(error, KeyboardInterrupt):
            done = self._last.shards if self._last else 0
            hint = f"{done:,} shards of this run are safe: run the same command again to go on" if done else ""
            raise InterruptedJobError("interrupted", hint=hint) from error
