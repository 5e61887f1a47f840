"""``cswitch filter``: tagged records that pass, and why the others do not."""

from __future__ import annotations

import os
from collections import deque
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from cswitch.cli.filter_options import Against, Making, Mixing, Rejects, Repeats, Running, Source, Tagging
from cswitch.cli.filter_parsing import filter_settings, parse_pairs
from cswitch.cli.keeping import TYPED, Origin, keep_job
from cswitch.cli.options import Output, note, print_json
from cswitch.cli.panels import takes_groups
from cswitch.cli.streams import check_output, open_output, progress
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.filtering import Filtering
    from cswitch.schemas.job import FilterSettings

_SHOWN = 3
"""Reasons that are named when nothing is left."""


@takes_groups
def filter_records(
    *,
    source: Source,
    output: Output = "-",
    rejects: Rejects = None,
    making: Making,
    mixing: Mixing,
    against: Against,
    tagging: Tagging,
    repeats: Repeats,
    running: Running,
) -> None:
    """Keep tagged records that pass every filter.

    Lines of records that pass are written as they are. Counts per reason go to stderr, or with --json to stdout. A
    record counts under its first failing filter, in the order above; of texts that repeat each other the first stays.

    Example: cswitch filter samples.jsonl -o good.jsonl --tokens 5-40 --cmi 20-40 --duplicates near
    """
    groups = (making, mixing, against, tagging, repeats, running)
    settings = filter_settings({name: value for group in groups for name, value in vars(group).items()})
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.schemas.job import FilterSettings

    if running.as_json and output == "-" and not running.dry_run:
        raise UsageError("--json and the records would both go to stdout", hint="add -o OUT")
    if running.resume and output == "-":
        raise UsageError("--resume needs the name of the output", hint="add -o OUT")
    asked = FilterSettings(
        filters=settings,
        all_reasons=running.all_reasons,
        tagger=tagging.tagger,
        pairs=against.pairs,
        pair=parse_pairs(against.pairs, against.pair) or (),
    )
    target = Target(output, rejects, running.force, running.resume, running.dry_run)
    make(source, asked, target, TYPED, as_json=running.as_json)


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
