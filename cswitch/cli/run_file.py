"""``cswitch run`` over a job that is one command: what that command does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cswitch.cli.keeping import Origin
from cswitch.core.errors import UsageError
from cswitch.pipeline.jobs.kinds import ALONE, name_of, output_of

if TYPE_CHECKING:
    from cswitch.schemas.job import Job


def do_file(job: Job, origin: Origin, *, workers: int, force: bool, shared: bool, as_json: bool) -> None:
    """Does a job that is one command; an unfinished output is gone on with.

    Args:
        job: The job.
        origin: Its file.
        workers: Processes, where the stage takes some.
        force: Start again, and replace what is there.
        shared: Several machines or Ray are asked for.
        as_json: Tell what came as one JSON object on stdout.

    Raises:
        CswitchError: It cannot be done, as the command of its stage would tell.
    """
    if shared:
        hint = "name a folder as output for several machines or Ray"
        if name_of(job.stages[0]) in (*ALONE, "export"):
            hint = "leave out --rank, --world-size and --engine"
        raise UsageError("a file is made by one machine", hint=hint)
    _check_files(job)
    if job.stages[0].synth is not None:
        _synth(job, origin, workers=workers, force=force, as_json=as_json)
    elif job.stages[0].prompt is not None:
        _prompt(job, origin, force=force, as_json=as_json)
    elif job.stages[0].filter is not None:
        _filter(job, origin, force=force, dry_run=False, as_json=as_json)
    elif job.stages[0].tag is not None:
        _tag(job, origin, force=force, as_json=as_json)
    elif job.stages[0].perturb is not None:
        _perturb(job, origin, workers=workers, force=force, as_json=as_json)
    elif job.stages[0].recipe is not None:
        _recipe(job, origin, workers=workers, force=force, as_json=as_json)
    elif job.stages[0].export is not None:
        _export(job, origin, force=force, as_json=as_json)
    else:
        _romanise(job, origin, force=force, as_json=as_json)


def _check_files(job: Job) -> None:
    """Refuses to write over what is read."""
    from cswitch.cli.streams import input_files, refuse_overwriting

    given, output, first = job.input, job.output, job.stages[0]
    read = [*input_files(given.paths[0]), given.links]
    if first.synth is not None:
        read.append(first.synth.like)
    if first.prompt is not None:
        read += [first.prompt.few_shot, first.prompt.prices, first.prompt.like]
    if first.filter is not None:
        read += input_files(first.filter.pairs) if first.filter.pairs else []
    if first.perturb is not None:
        read += [*first.perturb.lexicons, first.perturb.preset_file]
    if first.recipe is not None:
        read += [*first.recipe.lexicons, first.recipe.file]
    if first.export is not None:
        read += [*input_files(first.export.pairs), first.export.template]
    if first.perturb is not None and os.path.exists(given.paths[0]):
        kind, other = ("folder", "file") if os.path.isdir(given.paths[0]) else ("file", "folder")
        if getattr(output, other):
            what = f"{given.paths[0]} is a {kind}, and so is what comes of it"
            raise UsageError(what, hint=f"name it by output.{kind}")
    refuse_overwriting([output_of(job), output.rejects, output.attempts], read)


def _synth(job: Job, origin: Origin, *, workers: int, force: bool, as_json: bool) -> None:
    from cswitch.cli.synth_making import Target, make
    from cswitch.pipeline.output import is_stream
    from cswitch.pipeline.source import Source

    given, output, settings = job.input, job.output, job.stages[0].synth
    assert settings is not None, "it is no stage of synth"
    source = Source(given.paths[0], given.links, given.format, given.pretokenised, given.limit)
    target = Target(output.file, output.rejects, force, resume=not force and not is_stream(output.file))
    make(source, settings, target, origin, workers=workers, as_json=as_json)


def _prompt(job: Job, origin: Origin, *, force: bool, as_json: bool) -> None:
    from cswitch.cli.prompt import make
    from cswitch.cli.prompt_options import Files
    from cswitch.pipeline.jobs.prompt_spec import access_of, settings_of
    from cswitch.pipeline.prompt_source import PromptSource

    given, output, stage = job.input, job.output, job.stages[0].prompt
    assert stage is not None, "it is no stage of prompt"
    source = PromptSource(given.paths[0], given.links, given.format, given.field or "", given.pretokenised, given.limit)
    files = Files(output.file, output.rejects, output.attempts, force)
    make(source, settings_of(stage), access_of(stage), stage.few_shot, files, origin, batch=None, as_json=as_json)


def _tag(job: Job, origin: Origin, *, force: bool, as_json: bool) -> None:
    from cswitch.cli.tag import Target, make
    from cswitch.pipeline.tag_input import Reading

    given, output, settings = job.input, job.output, job.stages[0].tag
    assert settings is not None, "it is no stage of tag"
    if given.limit is not None:
        raise UsageError("text that goes into a file is tagged to its end", hint="leave out limit, or name a folder")
    reading = Reading(given.format, given.field, given.pretokenised)
    make(given.paths[0], reading, settings, Target(output.file, output.format, force), origin, as_json=as_json)


def try_filter(job: Job, *, as_json: bool) -> None:
    """Counts what a filter would leave; nothing is written."""
    _filter(job, Origin(""), force=True, dry_run=True, as_json=as_json)


def _filter(job: Job, origin: Origin, *, force: bool, dry_run: bool, as_json: bool) -> None:
    from cswitch.cli.filter import Target, make

    output, settings = job.output, job.stages[0].filter
    assert settings is not None, "it is no stage of filter"
    target = Target(output.file, output.rejects, force, resume=False, dry_run=dry_run)
    make(job.input.paths[0], settings, target, origin, as_json=as_json)


def _perturb(job: Job, origin: Origin, *, workers: int, force: bool, as_json: bool) -> None:
    from cswitch.cli.perturb import Target, make
    from cswitch.pipeline.jobs.perturb_spec import services_of, settings_of

    stage = job.stages[0].perturb
    assert stage is not None, "it is no stage of perturb"
    target = Target(output_of(job), job.output.rejects, None, force, resume=not force)
    settings, services = settings_of(stage), services_of(stage)
    make(job.input.paths[0], settings, services, target, origin, workers=workers, as_json=as_json)


def _recipe(job: Job, origin: Origin, *, workers: int, force: bool, as_json: bool) -> None:
    from cswitch.cli.recipe_making import make
    from cswitch.cli.synth_making import Target
    from cswitch.pipeline.jobs.recipe_spec import recipe_of, settings_of, source_of

    stage, output = job.stages[0].recipe, job.output
    assert stage is not None, "it is no stage of a recipe"
    settings = settings_of(stage)
    source = source_of(job.input, settings, recipe_of(stage).takes)
    target = Target(output.file, output.rejects, force, resume=not force)
    make(source, settings, target, origin, workers=workers, as_json=as_json)


def _export(job: Job, origin: Origin, *, force: bool, as_json: bool) -> None:
    from cswitch.cli.export_making import Target, make

    stage = job.stages[0].export
    assert stage is not None, "it is no stage of export"
    target = Target(output_of(job), force, folder=bool(job.output.folder))
    make(job.input.paths[0], stage, target, origin, as_json=as_json)


def _romanise(job: Job, origin: Origin, *, force: bool, as_json: bool) -> None:
    from cswitch.cli.romanise import Format, Target, make

    stage, layout = job.stages[0].romanise, job.input.format or "auto"
    assert stage is not None, "it is no stage of romanise"
    if as_json:
        raise UsageError("romanise has no counts to tell", hint="leave out --json")
    forms: dict[str, Format] = {"text": "text", "jsonl": "jsonl"}
    make(job.input.paths[0], forms.get(layout, "auto"), stage, Target(job.output.file, force), origin)


def try_command(job: Job, *, as_json: bool) -> None:
    """Reads the beginning of what a command of its own would read; nothing is written.

    Raises:
        CswitchError: It cannot be read, or the job cannot be done.
    """
    import typer

    from cswitch.cli.options import print_json
    from cswitch.pipeline.jobs.trying import first_read

    _check_files(job)
    name, count = name_of(job.stages[0]), first_read(job)
    if as_json:
        print_json({"stage": name, "tried": count})
    else:
        typer.echo(f"{name}: nothing is wrong with the job, and its input can be read; what it takes is not forecast")


def renamed(job: Job, output: str) -> Job:
    """A job whose output has another name; what lies beside it goes beside the other.

    Args:
        job: The job.
        output: The other name.

    >>> from cswitch.schemas.job import Job, JobInput, JobOutput
    >>> job = Job(input=JobInput(path="in.tsv"), stages=(), output=JobOutput(file="/a/b.jsonl", rejects="/a/c"))
    >>> renamed(job, "/d.jsonl").output
    JobOutput(folder='', file='/d.jsonl', rejects='/d.jsonl.rejects.jsonl', attempts=None, format='jsonl', \
compression='none', rows_per_shard=10000)
    """
    import msgspec

    path, given = os.path.abspath(output), job.output
    place = {"file": path} if given.file else {"folder": path}
    rejects = given.rejects and f"{path}.rejects.jsonl"
    stages = tuple(
        msgspec.structs.replace(stage, export=msgspec.structs.replace(stage.export, config=""))
        if stage.export
        else stage
        for stage in job.stages
    )
    there = msgspec.structs.replace(given, **place, rejects=rejects, attempts=None)
    return msgspec.structs.replace(job, stages=stages, output=there)
