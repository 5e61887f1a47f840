"""``cswitch export``: samples in the form that other tools read."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from cswitch.cli import export_options as asked
from cswitch.cli.options import note, print_json
from cswitch.cli.prompt_options import PanelCommand, parse_language
from cswitch.cli.streams import check_output, open_output, progress
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.studio_export import TaskOptions

_NOTHING = "no record has a token"
_UNTOLD = frozenset({"output", "force", "as_json", "verify", "push_to_hub", "private"})
_PATHS = frozenset({"source", "pairs", "template"})


class Job(NamedTuple):
    """What is to be written, and where."""

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


app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command("export", cls=PanelCommand)
def export(
    context: typer.Context,
    source: asked.Source,
    output: asked.Output,
    to: asked.To,
    writer: asked.As = "",
    split: asked.Split = "",
    seed: asked.Seed = 0,
    labels: asked.Labels = "",
    languages: asked.Languages = "",
    pairs: asked.Pairs = "",
    verify: asked.Verify = False,
    pos: asked.Pos = False,
    sides: asked.Sides = "",
    separator: asked.Separator = "",
    ids: asked.Ids = False,
    template: asked.TemplateName = "",
    layout: asked.Layout = "",
    by: asked.By = "cmi",
    margin: asked.Margin = 0.0,
    license_name: asked.License = "",
    title: asked.Title = "",
    push_to_hub: asked.PushToHub = "",
    private: asked.Private = False,
    layers: asked.Layers = "",
    naturalness: asked.Naturalness = True,
    decision: asked.Decision = True,
    correction: asked.Correction = True,
    blind: asked.Blind = 0.0,
    batch: asked.Batch = "",
    made_by: asked.MadeBy = "",
    fixed: asked.Fixed = False,
    chunk: asked.Chunk = 0,
    config_out: asked.ConfigOut = "",
    force: asked.ForceAgain = False,
    as_json: asked.JsonReport = False,
) -> None:
    """Write samples for other tools, ready to train on.

    OUT is a file when its name has an extension and one file will do; else a folder, with a card (README.md).
    Formats, splits, what each option means: docs/export.md. From samples to a trained model: docs/fine-tuning.md.
    Tasks for Label Studio need no server: docs/label-studio.md.

    Example: cswitch export samples.jsonl -o data --to datasets --split train=0.9,dev=0.05,test=0.05 --verify
    """
    if to not in FORMATS:
        from cswitch.core.registry import suggest

        raise UsageError(f"--to {to!r} is no format", hint=suggest(to, list(FORMATS)))
    asked.check_options(to, ((name, option) for name, option, _ in _given(context)))
    if as_json and output == "-":
        raise UsageError("--json and the output would both go to stdout", hint="add -o OUT")
    if to == asked.STUDIO:
        from cswitch.pipeline.studio_export import TaskOptions

        options = TaskOptions(
            labels=_listed(labels), layers=_listed(layers), naturalness=naturalness, decision=decision,
            correction=correction, blind=blind, seed=seed, batch=batch, made_by=made_by, fixed=fixed,
        )  # fmt: skip
        _tell(label_studio(Job(source, output, config_out, chunk, force, options)), summary, as_json)
        return
    from cswitch.cli.export_formats import RowsJob, write_rows
    from cswitch.cli.export_formats import summary as summary_of_rows
    from cswitch.export.contracts import ExportSettings
    from cswitch.export.splits import parse_splits
    from cswitch.export.table import writer_of

    settings = ExportSettings(
        to=to, writer=writer_of(to, writer), splits=parse_splits(split), seed=seed, labels=_listed(labels),
        languages=_codes(languages, "--languages"), sides=_codes(sides, "--sides"), template=template,
        layout=layout or ("plain" if to == "preferences" else "openai"), by=by, margin=margin,
        separator=_separator(separator), ids=ids, license=license_name, title=title,
    )  # fmt: skip
    job = RowsJob(source, output, pairs, pos, verify, push_to_hub, private, force, _command(context))
    _tell(write_rows(job, settings), summary_of_rows, as_json)


def label_studio(job: Job) -> dict[str, Any]:
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
    for path in filter(None, (*first, config)):
        check_output(path, force=job.force)
    writer = TaskWriter(job.tasks)
    tasks = started(progress(writer.tasks(read_records(job.source), job.source), "exported"))
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


FORMATS = asked.FORMATS
"""What can be written: the names that ``--to`` takes. Formats of rows are in :data:`cswitch.export.table.FORMATS`."""


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


def _listed(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _codes(text: str, option: str) -> tuple[str, ...]:
    """Languages with commas between, by any of their codes; what is none stays as it is.

    >>> _codes("hin, en", "--languages")
    ('hi', 'en')
    """
    return tuple(parse_language(code, option) for code in _listed(text))


def _separator(text: str) -> str:
    """The separator, which has to be a line."""
    if "\n" in text or "\r" in text:
        raise UsageError("--separator is more than a line", hint="give one line, such as --separator '<|endoftext|>'")
    return text


def _tell(found: dict[str, Any], told: Callable[[dict[str, Any]], str], as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        typer.echo(told(found), err=True)


def _given(context: typer.Context) -> Iterator[tuple[str, str, Any]]:
    """Name, option and value of each parameter that stands on the command line."""
    for parameter in context.command.params:
        name = str(parameter.name)
        origin = context.get_parameter_source(name)
        if origin is not None and origin.name == "COMMANDLINE":
            value = context.params.get(name)
            turned_off = value is False and parameter.secondary_opts
            yield name, (parameter.secondary_opts if turned_off else parameter.opts)[0], value


def _command(context: typer.Context) -> str:
    """The command as a card may show it: without the folders of the machine it ran on, and what changes no row."""
    words = ["cswitch", "export"]
    for name, option, value in _given(context):
        if name in _UNTOLD:
            continue
        shown = Path(value).name if name in _PATHS else str(value)
        words += [shown] if name == "source" else [option] if value is True else [option, shown]
    return shlex.join(words)
