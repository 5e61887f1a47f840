"""``cswitch perturb``: a benchmark or a labelled set with its text mixed, and nothing else changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from cswitch.cli import perturb_options as asked
from cswitch.cli.errors import InterruptedRunError
from cswitch.cli.keeping import TYPED, Origin, keep_job
from cswitch.cli.live import LiveLine, Rate
from cswitch.cli.options import counted, parse_pair, print_json
from cswitch.cli.panels import PanelCommand
from cswitch.cli.prompt_parsing import parse_language
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.perturb.settings import PerturbSettings
    from cswitch.pipeline.perturb_extra import Services
    from cswitch.pipeline.perturb_tally import Summary

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command("perturb", cls=PanelCommand)
def perturb(
    source: asked.Source = "",
    output: asked.OutputFile = "",
    preset: asked.PresetName = "",
    pair: asked.Pair = "",
    cmi: asked.Cmi = 25.0,
    tolerance: asked.Tolerance = 5.0,
    on_miss: asked.OnMiss = "nearest",
    by: asked.By = "lexicon",
    matrix: asked.Matrix = "",
    words: asked.WordsOption = "natural",
    script: asked.ScriptOption = "native",
    seed: asked.Seed = 0,
    fields: asked.Fields = "",
    field: asked.FieldOption = None,
    parallel: asked.Parallel = None,
    links: asked.LinksOption = None,
    lexicons: asked.Lexicons = None,
    id_columns: asked.IdOption = "",
    column: asked.Column = "cswitch",
    show_preset: asked.Show = "",
    protect: asked.Protect = None,
    patterns: asked.Patterns = None,
    translator: asked.Translator = "",
    model: asked.Model = "",
    base_url: asked.BaseUrl = "",
    key_env: asked.KeyEnv = "OPENAI_API_KEY",
    concurrency: asked.Concurrency = 16,
    budget: asked.Budget = None,
    price: asked.Price = None,
    device: asked.Device = None,
    rejects: asked.Rejects = None,
    report: asked.Report = None,
    workers: asked.Workers = 1,
    resume: asked.Resume = False,
    force: asked.ForceAgain = False,
    as_json: asked.JsonReport = False,
) -> None:
    """Mix the text of a benchmark, its labels, code and numbers kept.

    Code, formulas, numbers, URLs, placeholders and letters of options stay byte for byte; labels, answers and spans
    go with the text. Rows keep their ids and their order, so that runs at several CMI pair row by row; a column says
    what was done, or why a row was left as it was.

    Example: cswitch perturb gsm8k.parquet -o gsm8k-hi30.parquet --preset gsm8k --pair en-hi --cmi 30
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if show_preset:
        from cswitch.perturb.presets import preset_text

        typer.echo(preset_text(show_preset), nl=False)
        return
    from cswitch.pipeline.perturb_extra import Services

    _check(source, output, pair, rejects, report)
    settings = _settings(
        preset, fields, field, parallel, links, id_columns, protect, patterns,
        pair=parse_pair(pair), matrix=parse_language(matrix, "--matrix"), cmi=cmi, tolerance=tolerance,
        on_miss=on_miss, by=by, words=words, script=script, lexicons=tuple(lexicons or ()), column=column, seed=seed,
        translator=translator,
    )  # fmt: skip
    services = Services(
        model=model, base_url=base_url, key_env=key_env, concurrency=concurrency, budget=budget, price=price,
        device=device,
    )  # fmt: skip
    target = Target(output, rejects, report, force, resume)
    make(source, settings, services, target, TYPED, workers=workers, as_json=as_json)


class Target(NamedTuple):
    """What a run writes, and what it does with what is there."""

    output: str
    rejects: str | None
    report: str | None
    force: bool
    resume: bool


def make(
    source: str,
    settings: PerturbSettings,
    services: Services,
    target: Target,
    origin: Origin,
    *,
    workers: int,
    as_json: bool,
) -> None:
    """Mixes the rows of a data set, tells what came, and writes the job file that would do it again.

    Args:
        source: The data.
        settings: What to make.
        services: What may be asked.
        target: Where it goes.
        origin: The job file that is done, if it is one.
        workers: Processes.
        as_json: Tell it as one JSON object on stdout.

    Raises:
        CswitchError: The run cannot be done; what is safe is told.
    """
    import msgspec

    from cswitch.pipeline.jobs.repeating import perturb_job

    told = origin.told("")
    output, rejects, report, force, resume = target
    found = _run(source, output, settings, services, rejects=rejects, workers=workers, resume=resume, force=force)
    if not told:
        origin.told(found.config)
    if report:
        Path(report).write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    if as_json:
        print_json(msgspec.to_builtins(found))
    else:
        from cswitch.cli.perturb_report import summary_lines

        typer.echo(summary_lines(found, settings, output), err=True)
    if not found.changed and not found.already_complete:
        hint = f"each reason is in {rejects}" if rejects else "--rejects FILE keeps each reason"
        raise RunError(f"nothing was mixed in {counted(found.rows, 'row')}", hint=hint)
    job = perturb_job(source, settings, services, output, rejects, folder=Path(output).is_dir())
    keep_job(job, found.config, origin, replace=not found.already_complete)


def _check(source: str, output: str, pair: str, rejects: str | None, report: str | None) -> None:
    """Refuses a command line that lacks something, or would write over what it reads.

    Raises:
        UsageError: It does.
    """
    if not source:
        raise UsageError("no input is named", hint="cswitch perturb IN -o OUT --preset gsm8k --pair en-hi --cmi 30")
    if not output:
        raise UsageError("no output is named", hint="add -o OUT")
    if not pair:
        raise UsageError("no languages are named", hint="add --pair en-hi: the language of the fields first")
    places = [os.path.realpath(place) for place in (source, output, rejects, report) if place]
    if len(set(places)) < len(places):
        raise UsageError("two of IN, OUT, --rejects and --report are the same file", hint="name another one")


def _settings(
    preset: str,
    fields: str,
    field: list[str] | None,
    parallel: list[str] | None,
    links: list[str] | None,
    id_columns: str,
    protect: str | None,
    patterns: list[str] | None,
    **more: Any,
) -> PerturbSettings:
    """The settings of a run.

    Raises:
        UsageError: They cannot be meant.
        InputError: The file of a preset cannot be read.
    """
    import msgspec

    from cswitch.core.text.protected import USUAL
    from cswitch.perturb.presets import load_preset
    from cswitch.perturb.settings import FieldSettings, PerturbSettings

    shape = load_preset(preset) if preset else None
    usual = shape.protect if shape else USUAL
    kinds = usual if protect is None else () if protect == "none" else asked.listed(protect)
    known = {name: msgspec.to_builtins(one) for name, one in shape.fields.items()} if shape else {}
    if protect is not None:
        for one in known.values():
            one.pop("protect", None)
    chosen = asked.chosen_fields(
        known, fields, field, asked.assigned(parallel, "--parallel"), asked.assigned(links, "--links")
    )
    try:
        made = {name: msgspec.convert(one, FieldSettings) for name, one in chosen.items()}
    except msgspec.ValidationError as error:
        raise UsageError(
            f"settings of a field: {error}", hint="see docs/perturb.md for what a field may have"
        ) from error
    return PerturbSettings(
        fields=made,
        id=asked.listed(id_columns) or (shape.id if shape else ()),
        protect=kinds,
        patterns=(*(shape.patterns if shape else ()), *(patterns or ())),
        preset=preset,
        **more,
    )


def _run(source: str, output: str, settings: PerturbSettings, services: Services, **more: Any) -> Summary:
    """Runs it; Ctrl-C is told with what is safe."""
    from cswitch.pipeline.perturb_extra import run_with_services

    safe = 0

    def progress(rows: int) -> None:
        nonlocal safe
        safe, speed = rows, rate(rows)
        if shown.due():
            shown.show(f"{rows:,} rows, {speed:,.0f} rows/s")

    shown, rate = LiveLine(), Rate()
    try:
        return run_with_services(source, output, settings, services, note=shown.note, progress=progress, **more)
    except KeyboardInterrupt as error:
        hint = "run the same command with --resume to go on"
        raise InterruptedRunError(f"interrupted: {counted(safe, 'row')} of {output} are safe", hint=hint) from error
    finally:
        shown.clear()
