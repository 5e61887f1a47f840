"""``cswitch studio``: people check samples in Label Studio; their answers become gold."""

from __future__ import annotations

import typer

from cswitch.cli.groups import lazy_group

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("cswitch.cli.studio.up:up", "Start a Label Studio server on this machine."),
    "init": ("cswitch.cli.studio.init:init", "Create or update a project."),
    "push": ("cswitch.cli.studio.push:push", "Send samples to a project, with their tags as pre-annotations."),
    "status": ("cswitch.cli.studio.status:status", "Tell how far annotators are, how fast, and what they change."),
    "pull": ("cswitch.cli.studio.pull:pull", "Fetch what annotators said."),
    "agreement": ("cswitch.cli.studio.agreement:agreement", "Tell how far annotators agree."),
    "adjudicate": ("cswitch.cli.studio.adjudicate:adjudicate", "Send what annotators disagree on to a second project."),
    "gold": ("cswitch.cli.studio.gold:gold", "Merge all answers into gold."),
    "serve": ("cswitch.cli.studio.serve:serve", "Answer Label Studio with tags while people annotate."),
}
"""Every command of the group: where its function is, and its line in the help."""

app = typer.Typer(
    cls=lazy_group(COMMANDS),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    help="Have people check tags in Label Studio; agreement, adjudication, gold.",
)


@app.callback()
def studio() -> None:
    """Have people check tags in Label Studio; agreement, adjudication, gold."""
