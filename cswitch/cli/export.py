"""``cswitch export``: samples in the form that other tools read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from cswitch.cli import export_options as asked
from cswitch.cli.panels import PanelCommand
from cswitch.cli.prompt_parsing import parse_language
from cswitch.core.errors import UsageError
from cswitch.pipeline.export_table import FORMATS

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
    from cswitch.cli.export_making import Target, make
    from cswitch.cli.keeping import TYPED
    from cswitch.export.splits import parse_splits
    from cswitch.schemas.commands import ExportStage

    stage = ExportStage(
        to=to, writer=writer, splits=dict(parse_splits(split)), seed=seed, labels=_listed(labels),
        languages=_codes(languages, "--languages"), pairs=pairs, pos=pos, sides=_codes(sides, "--sides"),
        separator=_separator(separator), ids=ids, template=template, layout=layout, by=by, margin=margin,
        license=license_name, title=title, verify=verify, layers=_listed(layers), naturalness=naturalness,
        decision=decision, correction=correction, blind=blind, batch=batch, made_by=made_by, fixed=fixed, chunk=chunk,
        config=config_out,
    )  # fmt: skip
    target = Target(output, force, hub=push_to_hub, private=private)
    make(source, stage, target, TYPED, as_json=as_json)


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


def _given(context: typer.Context) -> Iterator[tuple[str, str, Any]]:
    """Name, option and value of each parameter that stands on the command line."""
    for parameter in context.command.params:
        name = str(parameter.name)
        origin = context.get_parameter_source(name)
        if origin is not None and origin.name == "COMMANDLINE":
            value = context.params.get(name)
            turned_off = value is False and parameter.secondary_opts
            yield name, (parameter.secondary_opts if turned_off else parameter.opts)[0], value
