"""``cswitch studio init``: a project from settings, or an older one brought in line with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cswitch.annotators.labelstudio.projects import Sampling
from cswitch.cli.options import AsJson, note, print_json
from cswitch.cli.studio.options import KEY, KeyEnv, Project, Url, connected, listed
from cswitch.core.errors import InputError, UsageError


def init(
    project: Project,
    pair: Annotated[str, typer.Option("--pair", metavar="A-B", help="The two languages in play, such as en-hi.")] = "",
    labels: Annotated[
        str, typer.Option("--labels", metavar="LIST", help="Tags to choose from, such as hi,en,other,ne.")
    ] = "",
    layers: Annotated[str, typer.Option("--layers", metavar="LIST", help="Ask for more: pos, entity.")] = "",
    naturalness: Annotated[bool, typer.Option(help="Ask for a rating from 1 to 5.")] = True,
    decision: Annotated[bool, typer.Option(help="Ask to accept, edit or reject the text.")] = True,
    correction: Annotated[bool, typer.Option(help="Let people correct the text.")] = True,
    overlap: Annotated[
        int, typer.Option("--overlap", metavar="N", min=1, help="How many annotators each sample is given to.")
    ] = 1,
    guidelines: Annotated[
        str, typer.Option("--guidelines", metavar="FILE", help="What annotators read first: Markdown or HTML.")
    ] = "",
    skip: Annotated[bool, typer.Option(help="Let annotators skip a sample.")] = True,
    order: Annotated[Sampling, typer.Option("--order", help="In which order annotators get samples.")] = "input",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a labelling configuration that was edited by hand.")
    ] = False,
    url: Url = "",
    key_env: KeyEnv = KEY,
    as_json: AsJson = False,
) -> None:
    """Create a project, or bring one in line with settings.

    Its tasks and annotations stay. Run twice, it changes nothing the second time. The key comes from the environment:
    export LABEL_STUDIO_API_KEY=...

    Example: cswitch studio init --project Hinglish --pair en-hi --layers pos --overlap 3 --guidelines guide.md
    """
    from cswitch.annotators.labelstudio.config import Labelling
    from cswitch.annotators.labelstudio.projects import ProjectSettings, init_project

    tags = _tags(pair, labels)
    labelling = Labelling.of(
        tags, layers=listed(layers), naturalness=naturalness, decision=decision, correction=correction
    )
    text = _guidelines(guidelines) if guidelines else None
    settings = ProjectSettings(labelling=labelling, overlap=overlap, guidelines=text, skip=skip, order=order)
    with connected(url, key_env) as server:
        made = init_project(server, project, settings, force=force)
        place = f"{server.url}/projects/{made.project}"
    for line in made.notes:
        note(line)
    if as_json:
        print_json({**made._asdict(), "url": place})
        return
    what = "made" if made.created else f"changed: {', '.join(made.changed)}" if made.changed else "unchanged"
    typer.echo(f"project {made.project}, {made.title}: {what}\n{place}", err=True)


def _tags(pair: str, labels: str) -> tuple[str, ...]:
    from cswitch.cli.tag_options import parse_languages

    if pair and labels:
        raise UsageError("--pair and --labels exclude each other", hint="--labels names all tags, languages first")
    tags = listed(labels) or parse_languages(pair, "")
    if not tags:
        raise UsageError("no labels are named", hint="add --pair A-B, or --labels hi,en,other,ne")
    return tags


def _guidelines(name: str) -> str:
    from cswitch.annotators.labelstudio.projects import html_of

    try:
        return html_of(Path(name).read_text(encoding="utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", path=name, hint="convert it: iconv -f WINDOWS-1252 -t UTF-8") from error
