"""An export, however it was asked for: written, told, and described so that it can be repeated."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import typer

from cswitch.cli.keeping import Origin, keep_job
from cswitch.cli.options import note, print_json
from cswitch.cli.streams import check_output, input_files, open_output, progress, refuse_overwriting
from cswitch.core.errors import RunError, UsageError
from cswitch.pipeline.export_table import STUDIO

if TYPE_CHECKING:
    from cswitch.pipeline.studio_export import TaskOptions
    from cswitch.schemas.commands import ExportStage
    from cswitch.schemas.job import Job

_NOTHING = "no record has a token"


class Target(NamedTuple):
    """What is written, and what it does with what is there."""

    output: str
    """File or folder; ``-`` for stdout."""
    force: bool
    """Replace what exists."""
    folder: bool | None = None
    """Whether it is a folder; None goes by format and name."""
    hub: str = ""
    """Name of the data set on the hub; empty for none."""
    private: bool = False
    """Whether only those who may see it find it there."""


class Read(NamedTuple):
    """What is exported, when it is not one file that was named."""

    files: tuple[str, ...]
    """Files with the records, in order."""
    command: str
    """The command that makes the export again, for the card."""
    job: Job
    """The job that makes it again."""
    config: str
    """Hash of what decides it."""
    shards: dict[str, Any]
    """What else is to be told."""


class TasksJob(NamedTuple):
    """Tasks that are to be written, and where."""

    source: str
    """The input."""
    output: str
    """File to write; ``-`` for stdout."""
    config: str
    """File of the labelling configuration; empty for the name that follows from the output."""
    chunk: int
    """Tasks a file at most; 0 for one file."""
    force: bool
    """Replace what exists."""
    tasks: TaskOptions
    """How records become tasks."""
    files: tuple[str, ...]
    """The files that the input consists of."""


def make(
    source: str, stage: ExportStage, target: Target, origin: Origin, *, as_json: bool, read: Read | None = None
) -> None:
    """Writes records for another tool, tells what was written, and writes the job file that would do it again.

    Args:
        source: The input.
        stage: What to write.
        target: Where to.
        origin: The job file that is done, if it is one.
        as_json: Tell it as one JSON object on stdout.
        read: What the input consists of, when it is the output of other stages.

    Raises:
        CswitchError: It cannot be written; nothing is left of it.
    """
    from cswitch.pipeline.jobs.repeating import export_job

    if read is None:
        origin.told("")
    output, files = target.output, read.files if read else (source,)
    if stage.to == STUDIO:
        from cswitch.pipeline.jobs.export_spec import tasks_of

        tasks = TasksJob(source, output, stage.config, stage.chunk, target.force, tasks_of(stage), files)
        folder = False
        found, told = label_studio(tasks), summary
    else:
        from cswitch.cli.export_formats import RowsJob, write_rows
        from cswitch.cli.export_formats import summary as summary_of_rows
        from cswitch.export.run import is_folder
        from cswitch.pipeline.jobs.export_spec import settings_of

        settings = settings_of(stage)
        stage = msgspec.structs.replace(stage, writer=settings.writer, layout=settings.layout)
        folder = is_folder(settings, output) if target.folder is None else target.folder
        rows = RowsJob(
            source, output, stage.pairs, stage.pos, stage.verify, target.hub, target.private, target.force,
            read.command if read else command_of(source, stage), folder, files,
        )  # fmt: skip
        found, told = write_rows(rows, settings), summary_of_rows
    if as_json:
        print_json({**read.shards, "export": found} if read else found)
    else:
        typer.echo(told(found), err=True)
    if read is not None:
        stages = (*read.job.stages[:-1], msgspec.structs.replace(read.job.stages[-1], export=stage))
        keep_job(msgspec.structs.replace(read.job, stages=stages), read.config, origin)
    elif output != "-":
        keep_job(export_job(source, stage, output, folder=folder), "", origin)


def label_studio(job: TasksJob) -> dict[str, Any]:
    """Writes tasks and the labelling configuration, and tells what was written.

    Raises:
        InputError: A record cannot be read, or does not fit.
        RunError: No record has a token; nothing is written.
        UsageError: An output cannot be meant, or a label or a layer.
    """
    from cswitch.pipeline.lines import started
    from cswitch.pipeline.studio_export import TaskWriter
    from cswitch.pipeline.studio_files import numbered, numbered_files, write_tasks
    from cswitch.pipeline.tagged_records import read_records

    config = job.config or config_name(job.output)
    if job.chunk and job.output == "-":
        raise UsageError("--chunk writes several files", hint="add -o OUT")
    if config and config in (job.output, "-"):
        raise UsageError("tasks and configuration would go to one place", hint="choose another --config-out")
    first = [numbered(job.output, 1), *numbered_files(job.output)] if job.chunk else [job.output]
    refuse_overwriting([*first, config], [path for file in job.files for path in input_files(file)])
    for path in filter(None, (*first, config)):
        check_output(path, force=job.force)
    writer = TaskWriter(job.tasks)
    tasks = started(progress(writer.tasks(chain.from_iterable(map(read_records, job.files)), job.source), "exported"))
    files = write_tasks(tasks, job.output, job.chunk, lambda path: open_output(path, force=job.force))
    if not files:
        raise RunError(f"{job.source}: {_NOTHING}", hint="tag it by cswitch tag")
    if config:
        with open_output(config, force=job.force) as stream:
            stream.write(writer.labelling.xml().encode() + b"\n")
    else:
        note("the labelling configuration is not written; add --config-out FILE.xml")
    return {
        "format": "label-studio",
        **writer.counts,
        "labels": list(writer.labelling.labels),
        "layers": list(writer.labelling.layers),
        "files": files,
        "config": config or None,
    }


def config_name(output: str) -> str:
    """The name of the configuration beside tasks; empty when they go to stdout.

    >>> config_name("tasks.json"), config_name("out/tasks"), config_name("-")
    ('tasks.config.xml', 'out/tasks.config.xml', '')
    """
    return "" if output == "-" else f"{output.removesuffix('.json')}.config.xml"


def summary(found: dict[str, Any]) -> str:
    """What was written, in a few lines."""
    files = found["files"]
    place = "" if files == ["-"] else f" in {files[0]}" + (f" to {Path(files[-1]).name}" if len(files) > 1 else "")
    plural = "s" * (found["tasks"] != 1)
    lines = [
        f"{found['tasks']:,} task{plural}{place}, {found['blind']:,} blind",
        f"{found['tokens']:,} tokens, {found['fixed']:,} marks and numbers; {found['regions']:,} pre-annotated",
        f"labels {', '.join(found['labels'])}" + "".join(f"; layer {name}" for name in found["layers"]),
    ]
    if found["empty"]:
        lines.append(f"{found['empty']:,} without a token left out")
    if found["config"]:
        lines.append(f"paste {found['config']} under Settings > Labeling Interface > Code, then import the tasks")
    return "\n".join(lines)


def command_of(source: str, stage: ExportStage) -> str:
    """The command as a card may show it: without the folders of the machine it ran on, and what changes no row.

    >>> from cswitch.schemas.commands import ExportStage
    >>> command_of("/home/me/samples.jsonl", ExportStage(to="chat", splits={"train": 0.9, "test": 0.1}, ids=True))
    'cswitch export samples.jsonl --to chat --split train=0.9,test=0.1 --ids'
    """
    return shlex.join(["cswitch", "export", Path(source).name or source, *_words(stage)])


def _words(stage: ExportStage) -> Iterator[str]:
    """The options of a format that say something else than what is usual."""
    from cswitch.export.table import writer_of
    from cswitch.pipeline.jobs.export_spec import LAYOUTS

    yield from ("--to", stage.to)
    if stage.writer and stage.writer != writer_of(stage.to, ""):
        yield from ("--as", stage.writer)
    if stage.splits:
        yield from ("--split", ",".join(f"{name}={share:g}" for name, share in stage.splits.items()))
    layout = "" if stage.layout == LAYOUTS.get(stage.to, ("openai",))[0] else stage.layout
    for name, value, usual in (
        ("--seed", stage.seed, 0), ("--labels", ",".join(stage.labels), ""),
        ("--languages", ",".join(stage.languages), ""), ("--pairs", _name(stage.pairs), ""),
        ("--pos", stage.pos, False), ("--sides", ",".join(stage.sides), ""), ("--separator", stage.separator, ""),
        ("--ids", stage.ids, False), ("--template", _name(stage.template), ""), ("--layout", layout, ""),
        ("--by", stage.by, "cmi"), ("--margin", stage.margin, 0.0), ("--license", stage.license, ""),
        ("--title", stage.title, ""),
    ):  # fmt: skip
        if value != usual:
            yield from (name,) if value is True else (name, f"{value:g}" if isinstance(value, float) else str(value))


def _name(path: str) -> str:
    return Path(path).name if path else ""
