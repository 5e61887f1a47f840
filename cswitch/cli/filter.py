"""``cswitch filter``: tagged records that pass, and why the others do not."""

from __future__ import annotations

import os
from collections import deque
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from cswitch.cli.filter_options import filter_settings, parse_pairs
from cswitch.cli.keeping import TYPED, Origin, keep_job
from cswitch.cli.options import AsJson, Force, Output, note, print_json
from cswitch.cli.streams import check_output, open_output, progress
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.filtering import Filtering
    from cswitch.schemas.job import FilterSettings

_SHOWN = 3
"""Reasons that are named when nothing is left."""


def filter_records(
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN", help="Samples, what cswitch tag writes, other tagged JSON Lines or tables; - for stdin."
        ),
    ],
    output: Output = "-",
    rejects: Annotated[
        str | None, typer.Option(metavar="FILE", help="Keep each record that is left out, with its reason.")
    ] = None,
    met: Annotated[bool, typer.Option("--met", help="Only samples that met their target.")] = False,
    generator: Annotated[
        str, typer.Option("--generator", metavar="LIST", help="Only samples of these: insertion, nested, prompt ...")
    ] = "",
    recipe: Annotated[str, typer.Option("--recipe", metavar="LIST", help="Only samples of these recipes.")] = "",
    model: Annotated[str, typer.Option("--model", metavar="LIST", help="Only samples of these models.")] = "",
    score: Annotated[
        list[str] | None,
        typer.Option(
            "--score", metavar="BOUND", help="Such as 'scores.naturalness>=7' or 'measures.spf<0.5'; may be repeated."
        ),
    ] = None,
    tokens: Annotated[str, typer.Option(metavar="RANGE", help="Tokens: 3-60, 3- or -60.")] = "",
    characters: Annotated[str, typer.Option(metavar="RANGE", help="Characters of the text.")] = "",
    only_languages: Annotated[
        str, typer.Option("--only-languages", metavar="LIST", help="No language but these, such as en,hi.")
    ] = "",
    each_language: Annotated[
        str, typer.Option("--each-language", metavar="LIST", help="Each of these languages.")
    ] = "",
    language_tokens: Annotated[
        int | None, typer.Option("--language-tokens", metavar="N", help="So many tokens of each of them. Default: 1.")
    ] = None,
    matrix: Annotated[str, typer.Option(metavar="LIST", help="One of these matrix languages.")] = "",
    cmi: Annotated[str, typer.Option(metavar="RANGE", help="CMI: 20-40, 20- or -40.")] = "",
    switches: Annotated[str, typer.Option(metavar="RANGE", help="Number of switch points.")] = "",
    script: Annotated[
        Literal["roman", "native", "known"] | None,
        typer.Option(help="roman: Latin letters; native: each language's own; known: those of the languages in play."),
    ] = None,
    script_share: Annotated[
        float | None,
        typer.Option("--script-share", metavar="0..1", help="Share of words that may be written otherwise."),
    ] = None,
    no_repetition: Annotated[
        bool, typer.Option("--no-repetition", help="Leave out texts that loop or say a sentence twice.")
    ] = False,
    source_ratio: Annotated[
        str, typer.Option("--source-ratio", metavar="RANGE", help="Tokens to those of the source, such as 0.5-2.")
    ] = "",
    kept_content: Annotated[
        float | None,
        typer.Option("--kept-content", metavar="0..1", help="Share of the source's names, numbers and links kept."),
    ] = None,
    pairs: Annotated[
        str, typer.Option("--pairs", metavar="FILE", help="The pairs that IN was made from, found by source_id.")
    ] = "",
    pair: Annotated[str, typer.Option("--pair", metavar="A-B[-C]", help="The languages of --pairs.")] = "",
    block: Annotated[
        list[str] | None,
        typer.Option("--block", metavar="FILE", help="None of its words and phrases, one a line; may be repeated."),
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option("--require", metavar="FILE", help="One of its words and phrases at least; may be repeated."),
    ] = None,
    confidence: Annotated[
        float | None, typer.Option("--confidence", metavar="0..1", help="Mean probability of the tags of words.")
    ] = None,
    word_confidence: Annotated[
        float | None, typer.Option("--word-confidence", metavar="0..1", help="Probability of every word's tag.")
    ] = None,
    retag: Annotated[bool, typer.Option("--retag", help="Probabilities of --tagger even where IN has some.")] = False,
    agreement: Annotated[
        float | None, typer.Option("--agreement", metavar="0..1", help="Share of tags that --tagger gives too.")
    ] = None,
    tagger: Annotated[
        str, typer.Option("--tagger", metavar="NAME", help="compact, compact:DIR, hf:MODEL, a folder, a plug-in's.")
    ] = "compact",
    duplicates: Annotated[
        Literal["exact", "near"] | None,
        typer.Option(help="Leave out texts that repeat one that stays; near: also those that nearly do."),
    ] = None,
    likeness: Annotated[
        float | None, typer.Option("--likeness", metavar="0.5..1", help="How alike near-duplicates are. Default: 0.9.")
    ] = None,
    any_digits: Annotated[
        bool, typer.Option("--any-digits", help="Duplicates: texts that differ in numbers alone are the same.")
    ] = False,
    all_reasons: Annotated[
        bool, typer.Option("--all-reasons", help="Tell every reason of a record, not only the first.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and write nothing.")] = False,
    force: Force = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Take OUT.duplicates of a run with the same filters and the same IN.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Keep tagged records that pass every filter.

    Lines of records that pass are written as they are. Counts per reason go to stderr, or with --json to stdout. A
    record counts under its first failing filter, in the order above; of texts that repeat each other the first stays.

    Example: cswitch filter samples.jsonl -o good.jsonl --tokens 5-40 --cmi 20-40 --duplicates near
    """
    settings = filter_settings(dict(locals()))
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.schemas.job import FilterSettings

    if as_json and output == "-" and not dry_run:
        raise UsageError("--json and the records would both go to stdout", hint="add -o OUT")
    if resume and output == "-":
        raise UsageError("--resume needs the name of the output", hint="add -o OUT")
    asked = FilterSettings(
        filters=settings, all_reasons=all_reasons, tagger=tagger, pairs=pairs, pair=parse_pairs(pairs, pair) or ()
    )
    make(source, asked, Target(output, rejects, force, resume, dry_run), TYPED, as_json=as_json)


class Target(NamedTuple):
    """What a run writes, and what it does with what is there."""

    output: str
    rejects: str | None
    force: bool
    resume: bool
    dry_run: bool


def make(source: str, asked: FilterSettings, target: Target, origin: Origin, *, as_json: bool) -> None:
    """Filters records, tells what stayed, and writes the job file that would do it again.

    Args:
        source: The records.
        asked: What decides.
        target: Where they go.
        origin: The job file that is done, if it is one.
        as_json: Tell it as one JSON object on stdout.

    Raises:
        CswitchError: The records cannot be read or judged, or none is left.
    """
    from cswitch.pipeline.filtering import Filtering, FilterSettings, write_outcomes
    from cswitch.pipeline.jobs.repeating import filter_job
    from cswitch.pipeline.lines import started

    output, rejects, force, resume, dry_run = target
    _check_files(source, output, rejects, dry_run=dry_run, force=force)
    origin.told("")
    index = None if dry_run or output == "-" or "duplicates" not in asked.filters else Path(f"{output}.duplicates")
    filtering = Filtering(
        source,
        FilterSettings(
            filters=asked.filters,
            all_reasons=asked.all_reasons,
            tagger=asked.tagger,
            pairs=asked.pairs,
            pair=asked.pair or None,
        ),
        index=index,
        resume=resume,
        folder=None if dry_run or output == "-" else Path(output).resolve().parent,
    )
    with ExitStack() as stack:
        run = stack.enter_context(closing(filtering.outcomes()))
        outcomes = started(run)  # bad input is told before an output is made
        out = None if dry_run else stack.enter_context(open_output(output, force=force))
        kept_rejects = None if dry_run or rejects is None else stack.enter_context(open_output(rejects, force=force))
        deque(progress(write_outcomes(outcomes, out, kept_rejects), "filtered"), maxlen=0)
    if index is not None:
        index.unlink(missing_ok=True)
    _tell(filtering, as_json, output, dry_run)
    if not dry_run:
        keep_job(filter_job(source, asked, output, rejects), "", origin)


def summary(counts: dict[str, Any], place: str = "") -> str:
    """Counts in a few lines.

    >>> print(summary({"records": 3, "kept": 1, "dropped": 2, "reasons": {"too_short": 2}}, " in good.jsonl"))
    1 of 3 records kept in good.jsonl, 2 dropped
      too_short  2
    """
    lines = [f"{counts['kept']:,} of {counts['records']:,} records kept{place}, {counts['dropped']:,} dropped"]
    every = counts.get("all_reasons", {})
    reasons = {**dict.fromkeys(every, 0), **counts["reasons"]}
    width = max(map(len, reasons), default=0)
    for name, count in reasons.items():
        also = f" ({every[name]:,} in all)" if every.get(name, count) != count else ""
        lines.append(f"  {name:{width}}  {count:,}{also}")
    return "\n".join(lines)


def _check_files(source: str, output: str, rejects: str | None, *, dry_run: bool, force: bool) -> None:
    """Refuses outputs that cannot be meant, before any work is done."""
    if dry_run:
        return
    named = [os.path.realpath(path) for path in (source, output, rejects) if path not in (None, "-")]
    if rejects == "-" or len(set(named)) < len(named):
        raise UsageError("input, output and rejects need files of their own", hint="choose another name")
    for path in filter(None, (output, rejects)):
        if path.endswith((".gz", ".parquet", ".pq")):
            raise UsageError(f"{path}: what is written is plain JSON Lines", hint="give it a name such as out.jsonl")
        check_output(path, force=force)


def _tell(filtering: Filtering, as_json: bool, output: str, dry_run: bool) -> None:
    """Counts for the user; status 1 when nothing is left."""
    counts = filtering.tally.counts()
    if filtering.unpaired:
        note(f"{filtering.unpaired:,} records have no pair in {filtering.settings.pairs}; filters on it let them stay")
    if as_json:
        print_json({**counts, "filters": filtering.settings.filters, "config": filtering.settings.config})
    else:
        typer.echo(summary(counts, "" if dry_run or output == "-" else f" in {output}"), err=True)
    if not counts["kept"]:
        most = sorted(counts["reasons"].items(), key=lambda item: -item[1])[:_SHOWN]
        why = ", ".join(f"{name} {count:,}" for name, count in most)
        raise RunError(f"nothing is left of {counts['records']:,} records", hint=f"most common reasons: {why}")
