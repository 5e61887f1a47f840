"""``cswitch studio push``: samples to a project, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from cswitch.cli.options import AsJson, counted, note, print_json
from cswitch.cli.streams import progress
from cswitch.cli.studio.options import KEY, KeyEnv, Project, Url, connected
from cswitch.pipeline.studio_push import Order

if TYPE_CHECKING:
    from cswitch.pipeline.studio_push import Report

_TOLD = 1.0
"""Seconds from which on the speed is told."""


def push(
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN", help="Samples, what cswitch tag writes, other tagged JSON Lines or tables; - for stdin."
        ),
    ],
    project: Project,
    batch: Annotated[str, typer.Option("--batch", metavar="NAME", help="Name that the tasks carry.")] = "",
    blind: Annotated[
        float, typer.Option("--blind", metavar="SHARE", min=0, max=1, help="Share of tasks without tags to start from.")
    ] = 0.1,
    order: Annotated[Order, typer.Option("--order", help="Which samples come first.")] = "input",
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", metavar="N", min=1, help="Push the first N of that order, those that are there included."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Chooses the blind tasks, and the random order.")] = 0,
    made_by: Annotated[
        str, typer.Option("--tagger", metavar="NAME", help="What tagged IN, for records that do not say it.")
    ] = "",
    fixed: Annotated[
        bool, typer.Option("--all-tokens", help="Give marks and numbers tagged other a region too.")
    ] = False,
    url: Url = "",
    key_env: KeyEnv = KEY,
    as_json: AsJson = False,
) -> None:
    """Send samples to a project, with their tags as pre-annotations.

    A sample that is there already, by its id, is not sent again: after a failure run the same command once more. The
    key comes from the environment: export LABEL_STUDIO_API_KEY=...

    Example: cswitch studio push tagged.jsonl --project Hinglish --batch first --blind 0.1
    """
    from cswitch.pipeline.studio_push import PushOptions, push

    options = PushOptions(
        batch=batch, blind=blind, seed=seed, order=order, limit=limit, made_by=made_by, fixed=fixed
    )  # fmt: skip
    with connected(url, key_env) as server:
        report = push(server, project, source, options, watched=lambda tasks: progress(tasks, "pushed"))
    for line in report.notes:
        note(line)
    if as_json:
        print_json(as_object(report))
    else:
        typer.echo(summary(report), err=True)


def as_object(report: Report) -> dict[str, Any]:
    """The report as one JSON object."""
    found = msgspec.to_builtins(report)
    return {**{key: value for key, value in found.items() if key != "pushed"}, **found["pushed"]}


def summary(report: Report) -> str:
    """What was pushed, in a line or two."""
    pushed = report.pushed
    speed = (
        f" in {pushed.seconds:.0f} s, {pushed.sent / pushed.seconds:,.0f} a second" if pushed.seconds > _TOLD else ""
    )
    lines = [
        f"{counted(pushed.sent, 'task')} to project {report.project}, {report.title}{speed}; {pushed.blind:,} blind"
    ]
    left = {"there already": pushed.there, "given twice": pushed.repeated, "without a token": report.empty}
    if any(left.values()):
        lines.append(", ".join(f"{count:,} {what}" for what, count in left.items() if count))
    return "\n".join(lines)
