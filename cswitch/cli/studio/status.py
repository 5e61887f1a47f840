"""``cswitch studio status``: how far annotators are, how fast, and what they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import typer

from cswitch.cli.options import AsJson, print_json
from cswitch.cli.streams import table
from cswitch.cli.studio.options import KEY, KeyEnv, Project, Url, connected

if TYPE_CHECKING:
    from cswitch.annotators.labelstudio.progress import Annotator, Kept, Progress


def status(project: Project, url: Url = "", key_env: KeyEnv = KEY, as_json: AsJson = False) -> None:
    """Tell how far annotators are, how fast, and what they change.

    For each annotator: samples judged and skipped, the median of seconds for one, samples an hour of work, and how
    many of the pre-annotations were changed. Then how often tags are the suggested ones, where they were shown and
    where not.

    Example: cswitch studio status --project Hinglish
    """
    from cswitch.pipeline.studio_status import progress

    with connected(url, key_env) as server:
        found = progress(server, project)
    if as_json:
        print_json(as_object(found))
    else:
        typer.echo(summary(found))


def as_object(found: Progress) -> dict[str, Any]:
    """The figures as one JSON object, with the shares that follow from them."""
    made: dict[str, Any] = msgspec.to_builtins(found)
    for name in ("shown", "blind"):
        made[name]["share"] = getattr(found, name).share
    return made


def summary(found: Progress) -> str:
    """The figures as a table."""
    lines = [
        f"project {found.project}, {found.title}: {found.done:,} of {found.tasks:,} tasks done,"
        f" {found.overlap} annotator{'s' * (found.overlap != 1)} each"
    ]
    if found.annotators:
        head = ("annotator", "judged", "skipped", "median s", "an hour", "changed", "last")
        lines.append(table([head, *map(_row, found.annotators)]))
    lines += [_kept(name, kept) for name, kept in (("shown", found.shown), ("blind", found.blind)) if kept.judgements]
    if found.drafts:
        lines.append(f"{found.drafts:,} drafts are not submitted")
    return "\n".join(lines)


def _row(person: Annotator) -> tuple[str, ...]:
    changed = f"{person.changed / person.started:.0%} of {person.started:,}" if person.started else "-"
    return (
        person.name, f"{person.annotations:,}", f"{person.skipped:,}", _figure(person.seconds),
        _figure(person.per_hour), changed, person.last[:16].replace("T", " "),
    )  # fmt: skip


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _kept(name: str, kept: Kept) -> str:
    share = "" if kept.share is None else f", {kept.share:.1%} of {kept.tokens:,} tags are the suggested ones"
    return f"{name}: {kept.judgements:,} judgements{share}"
