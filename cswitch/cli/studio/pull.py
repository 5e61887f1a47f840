"""``cswitch studio pull``: what annotators said, a line a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from cswitch.cli.options import AsJson, Force, counted, note, print_json
from cswitch.cli.streams import check_output, progress
from cswitch.cli.studio.options import KEY, KeyEnv, Project, Url, connected
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.studio_pull import Report


def pull(
    project: Project,
    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="File to write; - for stdout.")],
    everything: Annotated[bool, typer.Option("--all", help="Write samples that nobody has judged too.")] = False,
    force: Force = False,
    url: Url = "",
    key_env: KeyEnv = KEY,
    as_json: AsJson = False,
) -> None:
    """Fetch what annotators said.

    Writes an object a line: the sample, and a judgement for each annotator with a tag for each token. Whatever is odd
    is counted and told. The key comes from the environment: export LABEL_STUDIO_API_KEY=...

    Example: cswitch studio pull --project Hinglish -o annotated.jsonl
    """
    from cswitch.pipeline.studio_pull import pull

    if as_json and output == "-":
        raise UsageError("--json and the records would both go to stdout", hint="give -o a file")
    check_output(output, force=force)
    with connected(url, key_env) as server:
        report = pull(
            server, project, output, everything=everything, force=force,
            watched=lambda records: progress(records, "pulled"),
        )  # fmt: skip
    for line in report.notes:
        note(line)
    if as_json:
        print_json(as_object(report))
    else:
        typer.echo(summary(report, output), err=True)


def as_object(report: Report) -> dict[str, Any]:
    """The report as one JSON object."""
    found = msgspec.to_builtins(report)
    return {**{key: value for key, value in found.items() if key != "pulled"}, **found["pulled"]}


def summary(report: Report, output: str) -> str:
    """What was pulled, in a few lines."""
    pulled = report.pulled
    place = "" if output == "-" else f" in {output}"
    people = ", ".join(f"{name} {count:,}" for name, count in sorted(pulled.annotators.items())) or "nobody yet"
    lines = [f"{counted(pulled.records, 'sample')}{place}, {counted(pulled.judgements, 'judgement')}: {people}"]
    odd = {
        "skipped": sum(pulled.skipped.values()),
        "unsubmitted drafts": pulled.drafts,
        "replaced by a later one": pulled.replaced,
        "corrected texts that change nothing": pulled.untouched,
    }
    if any(odd.values()):
        lines.append("left out: " + ", ".join(f"{count:,} {what}" for what, count in odd.items() if count))
    if pulled.spans:
        lines.append("spans: " + ", ".join(f"{count:,} {kind}" for kind, count in pulled.spans.items()))
    return "\n".join(lines)
