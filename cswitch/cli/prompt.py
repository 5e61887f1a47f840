"""``cswitch prompt``: code-mixed text by a language model, measured and repaired."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

import typer

from cswitch.cli import prompt_options as asked
from cswitch.cli.keeping import TYPED, Origin, keep_job
from cswitch.cli.options import note as say
from cswitch.cli.options import print_json
from cswitch.cli.streams import remove_empty
from cswitch.cli.synth import input_files, parse_cmi, refuse_overwriting
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.prompt_access import Access
    from cswitch.pipeline.prompt_source import PromptSource
    from cswitch.pipeline.prompt_tally import Summary
    from cswitch.schemas.prompting import PromptSettings

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


class Files(NamedTuple):
    """What a run writes."""

    output: str
    rejects: str | None
    attempts: str | None
    force: bool


@app.command("prompt", cls=asked.PanelCommand)
def prompt(
    context: typer.Context,
    source: asked.Source = "",
    pair: asked.Languages = "",
    cmi: asked.Cmi = "25",
    like: asked.Like = "",
    tolerance: asked.Tolerance = 5.0,
    matrix: asked.Matrix = "",
    script: asked.ScriptOption = "native",
    register: asked.Register = "",
    turns: asked.Turns = 1,
    per_pair: asked.PerPair = 1,
    seed: asked.Seed = 0,
    model: asked.Model = "",
    base_url: asked.BaseUrl = "",
    key_env: asked.KeyEnv = "OPENAI_API_KEY",
    temperature: asked.Temperature = 0.8,
    top_p: asked.TopP = 1.0,
    max_output_tokens: asked.MaxOutputTokens = 0,
    judge_model: asked.JudgeModel = "",
    judge_base_url: asked.JudgeBaseUrl = "",
    judge_key_env: asked.JudgeKeyEnv = "",
    recipe: asked.Recipe = "",
    few_shot: asked.FewShot = None,
    shots: asked.Shots = None,
    shots_by: asked.ShotsByOption = "cmi",
    judges: asked.Judges = "",
    min_score: asked.MinScore = 7.0,
    refinements: asked.Refinements = 1,
    edits: asked.Edits = 2,
    reprompts: asked.Reprompts = 2,
    back_translation: asked.BackTranslation = 0.0,
    back_translator: asked.BackTranslatorName = "",
    near_duplicate: asked.NearDuplicate = 0.9,
    length_ratio: asked.LengthRatio = "0.5-1.8",
    tagger: asked.TaggerName = "compact",
    device: asked.DeviceName = None,
    text_lang: asked.TextLang = "",
    field: asked.Field = "",
    translator: asked.TranslatorName = "",
    grid: asked.GridName = "",
    count: asked.Count = None,
    fmt: asked.Format = None,
    aligner: asked.Aligner = "auto",
    links: asked.Links = None,
    lexicons: asked.Lexicons = None,
    min_confidence: asked.MinConfidence = 0.5,
    pretokenized: asked.Pretokenized = False,
    limit: asked.Limit = None,
    max_tokens: asked.MaxTokens = 200,
    concurrency: asked.Concurrency = 16,
    rpm: asked.Rpm = 0.0,
    tpm: asked.Tpm = 0.0,
    timeout: asked.Timeout = 120.0,
    patience: asked.Patience = 600.0,
    budget: asked.Budget = None,
    price: asked.Price = None,
    prices: asked.PriceFile = None,
    cache: asked.Cache = None,
    dry_run: asked.DryRun = False,
    batch: asked.Batch = None,
    output: asked.OutputFile = "-",
    rejects: asked.Rejects = None,
    attempts: asked.Attempts = None,
    force: asked.ForceAgain = False,
    as_json: asked.JsonReport = False,
) -> None:
    """Make code-mixed text by a language model, measured and repaired.

    IN is parallel pairs, text in one language (--text-lang), or nothing but topics (--grid). Each text is tagged,
    measured and checked, edited and asked for again until it is what you asked for. The same command goes on where it
    stopped, and pays for nothing twice.

    Example: cswitch prompt pairs.tsv -o out.jsonl --pair en-hi --cmi 30 --model qwen3 --base-url http://127.0.0.1:8000/v1
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.pipeline.prompt_access import Access
    from cswitch.pipeline.prompt_recipes import method_named, with_method
    from cswitch.pipeline.prompt_setup import SHOTS, settled
    from cswitch.schemas.prompting import PromptSettings

    if as_json and output == "-" and not dry_run and batch is None:
        raise UsageError("--json and samples cannot both go to stdout", hint="name a file: -o OUT")
    given = asked.given(context)
    if like and "cmi" in given:
        raise UsageError("--like and --cmi exclude each other", hint="--like takes the CMI from the real text")
    method = method_named(recipe)
    languages = asked.parse_languages(pair)
    found, kind = asked.parse_source(
        source, languages, text_lang=text_lang, grid=grid, count=count, limit=limit, fmt=fmt, field=field, links=links,
        pretokenized=pretokenized, translator=translator,
    )  # fmt: skip
    settings = PromptSettings(
        languages=languages,
        source=kind.source,
        source_lang=kind.lang,
        matrix=asked.parse_language(matrix, "--matrix"),
        cmi=None if like else parse_cmi(cmi),
        like=like,
        tolerance=tolerance,
        script=script,
        recipe=recipe,
        model=model,
        judge_model=judge_model,
        judges=asked.parse_judges(judges),
        min_score=min_score,
        refinements=refinements,
        temperature=temperature,
        top_p=top_p,
        max_output_tokens=max_output_tokens,
        shots=(SHOTS if few_shot else 0) if shots is None else shots,
        shots_by=shots_by,
        turns=turns,
        register=register,
        edits=edits,
        reprompts=reprompts,
        per_pair=per_pair,
        length_ratio=asked.parse_ratio(length_ratio),
        back_translation=back_translation,
        back_translator=back_translator,
        near_duplicate=near_duplicate,
        tagger=tagger,
        translator=translator,
        aligner=aligner,
        lexicons=tuple(lexicons or ()),
        min_confidence=min_confidence,
        max_tokens=max_tokens,
        seed=seed,
    )
    access = Access(
        base_url=base_url or asked.DEFAULT_URL,
        key_env=key_env,
        judge_base_url=judge_base_url,
        judge_key_env=judge_key_env,
        concurrency=concurrency,
        timeout=timeout,
        patience=patience,
        rpm=rpm,
        tpm=tpm,
        cache=cache,
        budget=budget,
        price=price,
        prices=prices,
        device=device,
    )
    refuse_overwriting(
        [output, rejects, attempts, cache],
        [*input_files(source or grid), links, few_shot, prices, recipe, like, *(lexicons or ())],
    )
    settings = settled(with_method(settings, method, given), few_shot)
    if dry_run:
        _look_ahead(found, settings, access, few_shot, batch=batch is not None, as_json=as_json)
    else:
        files = Files(output, rejects, attempts, force)
        make(found, settings, access, few_shot, files, TYPED, batch=batch, as_json=as_json)


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
