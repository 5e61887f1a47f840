"""``cswitch prompt``: code-mixed text by a language model, measured and repaired."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

import typer

from cswitch.cli import prompt_parsing as parsing
from cswitch.cli.keeping import TYPED, Origin, keep_job
from cswitch.cli.options import note as say
from cswitch.cli.options import print_json
from cswitch.cli.panels import PanelCommand, takes_groups
from cswitch.cli.prompt_options import Acceptance, Asked, Files, JsonReport, Models, Money, Pace, Rows, Source, Wording
from cswitch.cli.streams import input_files, refuse_overwriting, remove_empty
from cswitch.cli.synth_options import parse_cmi
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.cli.prompt_parsing import Kind
    from cswitch.pipeline.prompt_access import Access
    from cswitch.pipeline.prompt_source import PromptSource
    from cswitch.pipeline.prompt_tally import Summary
    from cswitch.schemas.prompting import PromptSettings

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command("prompt", cls=PanelCommand)
@takes_groups
def prompt(
    context: typer.Context,
    *,
    source: Source = "",
    asked: Asked,
    models: Models,
    wording: Wording,
    acceptance: Acceptance,
    rows: Rows,
    pace: Pace,
    money: Money,
    files: Files,
    as_json: JsonReport = False,
) -> None:
    """Make code-mixed text by a language model, measured and repaired.

    IN is parallel pairs, text in one language (--text-lang), or nothing but topics (--grid). Each text is tagged,
    measured and checked, edited and asked for again until it is what you asked for. The same command goes on where it
    stopped, and pays for nothing twice.

    Example: cswitch prompt pairs.tsv -o out.jsonl --pair en-hi --cmi 30 --model qwen3 --base-url http://127.0.0.1:8000/v1
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.pipeline.prompt_recipes import method_named, with_method
    from cswitch.pipeline.prompt_setup import settled

    if as_json and files.output == "-" and not money.dry_run and money.batch is None:
        raise UsageError("--json and samples cannot both go to stdout", hint="name a file: -o OUT")
    given = parsing.given(context)
    if asked.like and "cmi" in given:
        raise UsageError("--like and --cmi exclude each other", hint="--like takes the CMI from the real text")
    method = method_named(wording.recipe)
    languages = parsing.parse_languages(asked.pair)
    found, kind = parsing.parse_source(source, rows)
    settings = _settings(languages, kind, asked, models, wording, acceptance, rows)
    access = _access(models, pace, money, acceptance.device)
    refuse_overwriting(
        [files.output, files.rejects, files.attempts, money.cache],
        [
            *input_files(source or rows.grid), rows.links, wording.few_shot, money.prices, wording.recipe, asked.like,
            *(rows.lexicons or ()),
        ],
    )  # fmt: skip
    settings = settled(with_method(settings, method, given), wording.few_shot)
    if money.dry_run:
        _look_ahead(found, settings, access, wording.few_shot, batch=money.batch is not None, as_json=as_json)
    else:
        make(found, settings, access, wording.few_shot, files, TYPED, batch=money.batch, as_json=as_json)


def _settings(
    languages: tuple[str, ...],
    kind: Kind,
    asked: Asked,
    models: Models,
    wording: Wording,
    acceptance: Acceptance,
    rows: Rows,
) -> PromptSettings:
    """What decides what is written."""
    from cswitch.pipeline.prompt_setup import SHOTS
    from cswitch.schemas.prompting import PromptSettings

    shots = SHOTS if wording.few_shot else 0
    return PromptSettings(
        languages=languages,
        source=kind.source,
        source_lang=kind.lang,
        matrix=parsing.parse_language(asked.matrix, "--matrix"),
        cmi=None if asked.like else parse_cmi(asked.cmi),
        like=asked.like,
        tolerance=asked.tolerance,
        script=asked.script,
        recipe=wording.recipe,
        model=models.model,
        judge_model=models.judge_model,
        judges=parsing.parse_judges(wording.judges),
        min_score=wording.min_score,
        refinements=wording.refinements,
        temperature=models.temperature,
        top_p=models.top_p,
        max_output_tokens=models.max_output_tokens,
        shots=shots if wording.shots is None else wording.shots,
        shots_by=wording.shots_by,
        turns=asked.turns,
        register=asked.register,
        edits=acceptance.edits,
        reprompts=acceptance.reprompts,
        per_pair=asked.per_pair,
        length_ratio=parsing.parse_ratio(acceptance.length_ratio),
        back_translation=acceptance.back_translation,
        back_translator=acceptance.back_translator,
        near_duplicate=acceptance.near_duplicate,
        tagger=acceptance.tagger,
        translator=rows.translator,
        aligner=rows.aligner,
        lexicons=tuple(rows.lexicons or ()),
        min_confidence=rows.min_confidence,
        max_tokens=rows.max_tokens,
        seed=asked.seed,
    )


def _access(models: Models, pace: Pace, money: Money, device: str | None) -> Access:
    """Where the models are, and what they may take."""
    from cswitch.generators.prompting.client.connection import OPENAI
    from cswitch.pipeline.prompt_access import Access

    return Access(
        base_url=models.base_url or OPENAI,
        key_env=models.key_env,
        judge_base_url=models.judge_base_url,
        judge_key_env=models.judge_key_env,
        concurrency=pace.concurrency,
        timeout=pace.timeout,
        patience=pace.patience,
        rpm=pace.rpm,
        tpm=pace.tpm,
        cache=money.cache,
        budget=money.budget,
        price=money.price,
        prices=money.prices,
        device=device,
    )


def make(
    source: PromptSource,
    settings: PromptSettings,
    access: Access,
    few_shot: str | None,
    files: Files,
    origin: Origin,
    *,
    batch: Literal["submit", "status", "collect"] | None,
    as_json: bool,
) -> None:
    """Runs it, or a step of it by batches; once it is done, writes the job file that would do it again.

    Args:
        source: The input.
        settings: From :func:`cswitch.pipeline.prompt_setup.settled`.
        access: Where the models are, and what they may take.
        few_shot: Path of a tagged file that examples are drawn from.
        files: What is written.
        origin: The job file that is done, if it is one.
        batch: A step by the server's Batch API; None for a run.
        as_json: Tell it as one JSON object on stdout.

    Raises:
        CswitchError: The run cannot be done; what is safe is told.
    """
    from cswitch.cli.prompt_report import Watch, batch_report, report, status_report
    from cswitch.pipeline import prompt_run
    from cswitch.pipeline.jobs.repeating import prompt_job
    from cswitch.pipeline.output import Output, is_stream
    from cswitch.pipeline.prompt_access import check_access
    from cswitch.pipeline.prompt_batch import BatchRun, Round
    from cswitch.pipeline.prompt_setup import linked
    from cswitch.pipeline.user_lexicons import checked

    check_access(access, settings)
    checked(settings.lexicons, say)
    streams = is_stream(files.output)
    attempts = files.attempts or (None if streams else f"{files.output}.attempts.jsonl")
    with linked(source, settings, files.output, say) as (given, settings):
        config = prompt_run.run_hash(settings)
        origin.told(config)
        output = Output(
            files.output,
            rejects=files.rejects,
            config=config,
            force=files.force,
            resume=not files.force and not streams,
            sides={} if attempts is None else {prompt_run.ATTEMPTS: attempts},
            by_itself=True,
        )
        if batch == "status":
            rows = BatchRun(source=given, output=output, settings=settings, access=access).status()
            _tell({"batches": [row._asdict() for row in rows]}, status_report(rows), as_json)
            return
        with Watch(files.output, access.budget) as watch:
            made: Summary | Round
            if batch is None:
                made = prompt_run.run(
                    given, output, settings, access, few_shot=few_shot, note=watch.note, progress=watch.update
                )
            else:
                batches = BatchRun(
                    source=given, output=output, settings=settings, access=access, few_shot=few_shot,
                    note=watch.note, progress=watch.update,
                )  # fmt: skip
                made = batches.submit() if batch == "submit" else batches.collect()
    if isinstance(made, Round):
        _tell(made, batch_report(made, settings, files.output), as_json)
        summary = made.summary
    else:
        _tell(made, report(made, settings, files.output), as_json)
        summary = made
    if not summary.samples and not summary.waiting and not output.reader_gone and not output.complete:
        remove_empty(files.output)
        where = (
            f"each row's reason is in {files.rejects}" if files.rejects else "--rejects FILE keeps each row's reason"
        )
        raise RunError("no row gave a text", hint=where)
    if not summary.waiting:
        job = prompt_job(source, settings, access, few_shot, files.output, files.rejects, files.attempts)
        keep_job(job, config, origin, replace=not output.complete)


def _look_ahead(
    source: PromptSource,
    settings: PromptSettings,
    access: Access,
    few_shot: str | None,
    *,
    batch: bool,
    as_json: bool,
) -> None:
    """Shows what a run would take."""
    from cswitch.cli.prompt_report import forecast_object, forecast_report
    from cswitch.pipeline.prompt_forecast import look_ahead

    seen = look_ahead(source, settings, access, few_shot=few_shot, note=say, batch=batch)
    if as_json:
        print_json(forecast_object(seen))
    else:
        typer.echo(forecast_report(seen, settings))


def _tell(value: object, text: str, as_json: bool) -> None:
    """Prints a report for a program, or for a person."""
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(value))
    else:
        typer.echo(text, err=True)
