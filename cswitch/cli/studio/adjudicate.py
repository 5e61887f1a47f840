"""``cswitch studio adjudicate``: what annotators disagree on, put to somebody who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cswitch.cli.options import AsJson, Force, counted, print_json
from cswitch.cli.streams import check_output, open_output
from cswitch.cli.studio.options import KEY, KeyEnv, Url, connected, listed
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.studio_adjudication import Adjudication


def adjudicate(
    annotated: Annotated[
        list[str], typer.Argument(metavar="ANNOTATED", help="What cswitch studio pull wrote; - for stdin.")
    ],
    project: Annotated[
        str,
        typer.Option("--project", "-p", metavar="TITLE", help="The adjudication project; it is made if there is none."),
    ] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Write the tasks to a file; no server is needed.")
    ] = "",
    config_out: Annotated[
        str, typer.Option("--config-out", metavar="FILE", help="Labelling configuration. Default: FILE.config.xml.")
    ] = "",
    labels: Annotated[
        str,
        typer.Option("--labels", metavar="LIST", help="Tags to choose from, in order. Default: those in ANNOTATED."),
    ] = "",
    names: Annotated[
        bool, typer.Option("--names", help="Show who said what. Default: annotator 1, annotator 2, in each task anew.")
    ] = False,
    url: Url = "",
    key_env: KeyEnv = KEY,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Send what annotators disagree on to a second project.

    It holds only the samples that are open: annotators are split on a token, on the text or on how to correct it. Each
    annotator's answer is a prediction, and what is to be decided stands above the text. Pull the project, and name what
    comes back of it beside ANNOTATED to cswitch studio gold. The rules: docs/gold.md.

    Example: cswitch studio adjudicate answers.jsonl --project "Hinglish (adjudication)"
    """
    from cswitch.pipeline.studio_adjudication import Adjudication

    if bool(project) == bool(output):
        raise UsageError("name either a project or a file", hint="add --project TITLE, or -o FILE")
    if as_json and output == "-":
        raise UsageError("--json and the output would both go to stdout", hint="name a file: -o FILE")
    config = config_out or ("" if output in ("", "-") else f"{output.removesuffix('.json')}.config.xml")
    for path in filter(None, (output, config)):
        check_output(path, force=force)
    found = Adjudication(annotated, labels=listed(labels), names=names)
    about = _written(found, output, config, force=force) if output else _pushed(found, project, url, key_env)
    if as_json:
        print_json({**about, **found.counts})
    else:
        typer.echo("\n".join(summary(found, about)), err=True)


def summary(found: Adjudication, about: dict[str, Any]) -> list[str]:
    """What is to be decided, and where, in a few lines."""
    counts = found.counts
    asked = [counted(counts["tokens"], "token")]
    asked += [counted(counts[name], name.removesuffix("s")) for name in ("decisions", "corrections") if counts[name]]
    place = f"project {about['project']} ({about['title']})" if "project" in about else about["file"]
    lines = [f"{counts['tasks']:,} of {counted(counts['samples'], 'sample')} open, in {place}: {', '.join(asked)}"]
    if about.get("there"):
        lines.append(f"{about['there']:,} of them there already")
    lines += about.get("notes", ())
    if about.get("config"):
        lines.append(f"in Label Studio: paste {about['config']} under Labelling Setup > Code, then import the tasks")
    return lines


def _written(found: Adjudication, output: str, config: str, *, force: bool) -> dict[str, Any]:
    """Writes tasks and configuration.

    Raises:
        RunError: Nothing is open; nothing is written.
    """
    from cswitch.pipeline.studio_files import write_tasks

    if not write_tasks(found.tasks(), output, 0, lambda path: open_output(path, force=force)):
        raise RunError(_nothing(found), hint="cswitch studio gold merges them")
    if config:
        with open_output(config, force=force) as stream:
            stream.write(found.xml.encode() + b"\n")
    return {"file": output, "config": config or None}


def _pushed(found: Adjudication, project: str, url: str, key_env: str) -> dict[str, Any]:
    """Sends the tasks to a server.

    Raises:
        RunError: Nothing is open; no project is made.
    """
    from cswitch.pipeline.studio_adjudication import push_adjudication

    if next(found.tasks(), None) is None:
        raise RunError(_nothing(found), hint="cswitch studio gold merges them")
    with connected(url, key_env) as server:
        made, pushed = push_adjudication(server, project, found)
    about = {"project": made.project, "title": made.title, "created": made.created, "notes": list(made.notes)}
    return {**about, "sent": pushed.sent, "there": pushed.there}


def _nothing(found: Adjudication) -> str:
    return f"nothing is open in {counted(found.counts['samples'], 'sample')}"
