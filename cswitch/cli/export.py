"""``cswitch export``: samples in the form that other tools read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cswitch.cli.options import AsJson, Force, note, print_json
from cswitch.cli.streams import check_output, open_output, progress
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.studio_export import TaskOptions

_NOTHING = "no record has a token"


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


def export(
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN", help="Samples, what cswitch tag writes, other tagged JSON Lines or tables; - for stdin."
        ),
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="File to write; - for stdout.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="What to write: label-studio.")],
    labels: Annotated[
        str,
        typer.Option("--labels", metavar="LIST", help="Tags to choose from, such as hi,en,other,ne. Default: IN's."),
    ] = "",
    layers: Annotated[str, typer.Option("--layers", metavar="LIST", help="Ask for more: pos, entity.")] = "",
    naturalness: Annotated[bool, typer.Option(help="Ask for a rating from 1 to 5.")] = True,
    decision: Annotated[bool, typer.Option(help="Ask to accept, edit or reject the text.")] = True,
    correction: Annotated[bool, typer.Option(help="Let people correct the text.")] = True,
    blind: Annotated[
        float, typer.Option("--blind", metavar="SHARE", min=0, max=1, help="Share of tasks without tags to start from.")
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="Chooses the blind tasks.")] = 0,
    batch: Annotated[str, typer.Option("--batch", metavar="NAME", help="Name that the tasks carry.")] = "",
    made_by: Annotated[
        str, typer.Option("--tagger", metavar="NAME", help="What tagged IN, for records that do not say it.")
    ] = "",
    fixed: Annotated[
        bool, typer.Option("--all-tokens", help="Give marks and numbers tagged other a region too.")
    ] = False,
    chunk: Annotated[
        int, typer.Option("--chunk", metavar="N", min=0, help="Write OUT-001 and so on, of N tasks at most.")
    ] = 0,
    config_out: Annotated[
        str, typer.Option("--config-out", metavar="FILE", help="Labelling configuration. Default: OUT.config.xml.")
    ] = "",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write samples for other tools.

    label-studio: tasks as a JSON array, each token's tag as a pre-annotation, and the labelling configuration beside
    it, checked against each other. No server is needed: docs/label-studio.md.

    Example: cswitch export samples.jsonl -o tasks.json --to label-studio --blind 0.1
    """
    from cswitch.pipeline.studio_export import TaskOptions

    if to not in FORMATS:
        from cswitch.core.registry import suggest

        raise UsageError(f"--to {to!r} is no format", hint=suggest(to, list(FORMATS)))
    if as_json and output == "-":
        raise UsageError("--json and the output would both go to stdout", hint="add -o OUT")
    options = TaskOptions(
        labels=_listed(labels), layers=_listed(layers), naturalness=naturalness, decision=decision,
        correction=correction, blind=blind, seed=seed, batch=batch, made_by=made_by, fixed=fixed,
    )  # fmt: skip
    found = FORMATS[to](Job(source, output, config_out, chunk, force, options))
    if as_json:
        print_json(found)
    else:
        typer.echo(summary(found), err=True)


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


FORMATS: dict[str, Callable[[Job], dict[str, Any]]] = {"label-studio": label_studio}
"""What can be written: a function by the name that ``--to`` takes."""


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
