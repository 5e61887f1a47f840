"""The job file that repeats a single command: written beside its output, with all that decides it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cswitch import __version__
from cswitch.generators.prompting.client.secrets import Redactor
from cswitch.pipeline.jobs.kinds import output_of
from cswitch.pipeline.jobs.paths import relative, resolved
from cswitch.pipeline.jobs.written import job_text
from cswitch.pipeline.locked_files import PartFile
from cswitch.pipeline.output import is_stream
from cswitch.pipeline.source import Source
from cswitch.pipeline.tag_input import Reading
from cswitch.schemas.commands import ExportStage, RomaniseStage
from cswitch.schemas.job import FilterSettings, Job, JobInput, JobOutput, OutputFormat, PromptStage, Stage, TagSettings
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.settings import SynthSettings

if TYPE_CHECKING:
    from cswitch.perturb.settings import PerturbSettings
    from cswitch.pipeline.perturb_extra import Services
    from cswitch.pipeline.prompt_access import Access
    from cswitch.pipeline.prompt_source import PromptSource
    from cswitch.pipeline.recipes.items import RecipeSource
    from cswitch.pipeline.recipes.settings import RecipeSettings

SUFFIX = ".job.yaml"
"""What follows the name of the output in that of its job file."""
_OURS = "# cswitch "
"""How job files begin that this module wrote."""
_DEVICES = ("/dev/", "/proc/")
"""Where names stand for streams, even for those that lead to a file."""
_CONFIG = re.compile(rf"{_OURS}(\S+?)(?:, config (\w+))?\n")


def synth_job(source: Source, settings: SynthSettings, output: str, rejects: str | None) -> Job:
    """The job of a run of ``cswitch synth``."""
    return _command(_input(source), Stage(synth=settings), output, rejects)


def tag_job(source: str, how: Reading, settings: TagSettings, output: str, layout: OutputFormat) -> Job:
    """The job of a run of ``cswitch tag``."""
    given = JobInput(path=source, format=how.fmt, field=how.field, pretokenised=how.pretokenised)
    return Job(input=given, stages=(Stage(tag=settings),), output=JobOutput(file=output, format=layout))


def filter_job(source: str, settings: FilterSettings, output: str, rejects: str | None) -> Job:
    """The job of a run of ``cswitch filter``."""
    return _command(JobInput(path=source), Stage(filter=settings), output, rejects)


def export_job(source: str, stage: ExportStage, output: str, *, folder: bool) -> Job:
    """The job of a run of ``cswitch export``."""
    return _command(JobInput(path=source), Stage(export=stage), output, folder=folder)


def perturb_job(
    source: str, settings: PerturbSettings, services: Services, output: str, rejects: str | None, *, folder: bool
) -> Job:
    """The job of a run of ``cswitch perturb``; it names the answers, so that a repetition costs nothing."""
    from cswitch.pipeline.jobs.perturb_spec import asks_model, stage_of
    from cswitch.pipeline.perturb_extra import cache_of

    stage = stage_of(settings, services)
    if asks_model(stage):
        cache = stage.cache or cache_of(settings, os.path.abspath(output))
        stage = msgspec.structs.replace(stage, cache=cache, base_url=services.access().base_url)
    return _command(JobInput(path=source), Stage(perturb=stage), output, rejects, folder=folder)


def recipe_job(source: RecipeSource, settings: RecipeSettings, output: str, rejects: str | None) -> Job:
    """The job of a run of ``cswitch recipes run``."""
    from cswitch.pipeline.jobs.recipe_spec import stage_of

    return _command(_input(source, source.field), Stage(recipe=stage_of(settings)), output, rejects)


def romanise_job(source: str, layout: str, stage: RomaniseStage, output: str) -> Job:
    """The job of a run of ``cswitch romanise``."""
    return _command(JobInput(path=source, format=layout), Stage(romanise=stage), output)


def _input(source: Source | RecipeSource | PromptSource, field: str = "") -> JobInput:
    return JobInput(
        path=source.path,
        format=source.fmt,
        links=source.links,
        pretokenised=source.pretokenised,
        field=field or None,
        limit=source.limit,
    )


def _command(given: JobInput, stage: Stage, output: str, rejects: str | None = None, *, folder: bool = False) -> Job:
    place = JobOutput(folder=output, rejects=rejects) if folder else JobOutput(file=output, rejects=rejects)
    return Job(input=given, stages=(stage,), output=place)


def prompt_job(
    source: PromptSource,
    settings: PromptSettings,
    access: Access,
    few_shot: str | None,
    output: str,
    rejects: str | None,
    attempts: str | None,
) -> Job:
    """The job of a run of ``cswitch prompt``; it names the answers, so that a repetition costs nothing."""
    from cswitch.pipeline.prompt_access import default_cache

    asked = {name: getattr(settings, name) for name in PromptSettings.__struct_fields__}
    reached = {name: getattr(access, name) for name in access.__struct_fields__ if name != "cache"}
    stage = PromptStage(**asked, **reached, few_shot=few_shot, cache=access.cache or default_cache(output))
    return Job(
        input=_input(source, source.field),
        stages=(Stage(prompt=stage),),
        output=JobOutput(file=output, rejects=rejects, attempts=attempts),
    )


def job_file(output: str) -> Path | None:
    """The job file of an output, a file or a folder; None for standard output, pipes and devices.

    >>> job_file("out.jsonl"), job_file("data/"), job_file("-")
    (PosixPath('out.jsonl.job.yaml'), PosixPath('data.job.yaml'), None)
    """
    if (is_stream(output) and not os.path.isdir(output)) or os.path.abspath(output).startswith(_DEVICES):
        return None
    return Path(f"{output.rstrip('/') or output}{SUFFIX}")


def keep(job: Job, config: str, command: str, *, replace: bool = True) -> Path | None:
    """Writes the job file that would repeat a run, beside its output and in one step.

    Nothing is written where the run cannot be repeated, since it read standard input or wrote to a stream, nor over a
    file that somebody else wrote.

    Args:
        job: The job, its paths relative to the working folder.
        config: Hash of what decides the output; empty for none.
        command: The command line, for people who look into the file.
        replace: Whether one that is there is written anew.

    Returns:
        The file, when it was written.

    Raises:
        OSError: It cannot be written.
    """
    path = job_file(output_of(job))
    if path is None or "-" in _read_from(job) or not _is_free(path, replace=replace):
        return None
    folder = path.resolve().parent
    body = job_text(relative(resolved(job, Path.cwd()), folder))
    head = f"{_OURS}{__version__}, config {config}\n" if config else f"{_OURS}{__version__}\n"
    _write(path, f"{head}# {_safe(command)}\n{body}")
    return path


def kept_config(path: str) -> tuple[str, str] | None:
    """Version and hash that a job file was written with, the hash empty for none; None for a file of somebody else."""
    with open(path, encoding="utf-8-sig") as stream:
        found = _CONFIG.match(stream.readline())
    return None if found is None else (found[1], found[2] or "")


def _read_from(job: Job) -> list[str]:
    paths = [one for path in job.input.paths for one in path.split(",")]
    return [*paths, job.input.links or ""]


def _is_free(path: Path, *, replace: bool) -> bool:
    """Whether the name may be taken: nothing is there, or what this module wrote."""
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return replace and stream.read(len(_OURS)) == _OURS
    except FileNotFoundError:
        return True


def _safe(command: str) -> str:
    """A command line as one line, without what looks like a secret."""
    return Redactor().clean("".join(one if one.isprintable() else repr(one)[1:-1] for one in command))


def _write(path: Path, text: str) -> None:
    part = PartFile(Path(os.path.realpath(path)))
    try:
        part.open()
        part.cut(0)
        part.write(text.encode())
        part.sync()
        part.publish()
    finally:
        if part.is_open:
            part.remove()
