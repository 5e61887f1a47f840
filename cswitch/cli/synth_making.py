"""A run of ``cswitch synth``, however its settings were given: done, told, and described so that it can be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import typer

from cswitch.cli.keeping import Origin, keep_job
from cswitch.cli.options import note as say
from cswitch.cli.options import print_json
from cswitch.cli.streams import remove_empty
from cswitch.core.errors import RunError

if TYPE_CHECKING:
    from cswitch.pipeline.source import Source
    from cswitch.schemas.settings import SynthSettings


class Target(NamedTuple):
    """What a run writes, and what it does with what is there."""

    output: str
    rejects: str | None
    force: bool
    resume: bool


def make(
    source: Source, settings: SynthSettings, target: Target, origin: Origin, *, workers: int, as_json: bool
) -> None:
    """Makes samples of pairs, tells what came, and writes the job file that would make them again.

    Args:
        source: The input.
        settings: What to make.
        target: Where it goes.
        origin: The job file that is done, if it is one.
        workers: Processes.
        as_json: Tell it as one JSON object on stdout.

    Raises:
        CswitchError: The run cannot be done; what is safe is told.
    """
    from cswitch.cli.live import Progress
    from cswitch.cli.synth import report
    from cswitch.pipeline import output as writing
    from cswitch.pipeline import synth as job
    from cswitch.pipeline.jobs.repeating import synth_job
    from cswitch.pipeline.prelink import prelinked
    from cswitch.pipeline.user_lexicons import checked

    path, rejects, force, resume = target
    job.check(settings)
    observed = job.observe(settings.like) if settings.like else ()
    checked(settings.lexicons, say)
    with prelinked(source, settings, path, say) as (given, settings):
        config = job.run_hash(settings, observed)
        origin.told(config)
        itself = bool(origin.path)
        out = writing.Output(path, rejects=rejects, config=config, force=force, resume=resume, by_itself=itself)
        with Progress(path, by_itself=itself) as progress:
            summary = job.run(
                given, out, settings, observed=observed, workers=workers, note=progress.note, progress=progress.update
            )
        if out.complete:
            job.check_finished(path, given, settings, observed)
            summary.already_complete = True
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(summary))
    else:
        typer.echo(report(summary, settings, path), err=True)
    if not summary.samples and not out.reader_gone and not out.complete:
        remove_empty(path)
        where = f"each pair's reason is in {rejects}" if rejects else "--rejects FILE keeps each pair's reason"
        raise RunError("no pair gave a sample", hint=where)
    keep_job(synth_job(source, settings, path, rejects), config, origin, replace=not out.complete)
