"""``cswitch studio gold``: everything annotators said, merged into one tag a token."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cswitch.cli.options import AsJson, Force, Output, counted, note, print_json
from cswitch.cli.streams import check_output, open_output
from cswitch.cli.tag_options import LanguagesOption, PairOption, TaggerName, parse_languages
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.studio_gold import GoldTally

_SHOWN = 5
"""Ids and changes that are told at most."""


def gold(
    annotated: Annotated[
        list[str],
        typer.Argument(
            metavar="ANNOTATED", help="What cswitch studio pull wrote: of the project, of its adjudication, of more."
        ),
    ],
    output: Output,
    requeue: Annotated[
        str,
        typer.Option("--requeue", metavar="FILE", help="Write texts that were corrected, tagged again, to push again."),
    ] = "",
    rejected: Annotated[
        str, typer.Option("--rejected", metavar="FILE", help="Keep the samples that most annotators rejected.")
    ] = "",
    tie: Annotated[
        Literal["adjudicate", "prediction", "first"],
        typer.Option(
            "--tie",
            help="Of disagreements: wait for an adjudicator; keep the pre-annotation; take the first answer.",
        ),
    ] = "adjudicate",
    tagger: TaggerName = "compact",
    pair: PairOption = "",
    languages: LanguagesOption = "",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Merge all answers into gold.

    A tag is gold when all annotators agree, when most of three or more do, or when an adjudicator decided; gold_source
    tells which for each token, and votes keeps every answer. Measures are computed again. Samples that annotators
    disagree on are left out: cswitch studio adjudicate puts them to an adjudicator, and what comes back of it is named
    beside the first file. --tagger, --pair and --languages are for --requeue. Counts go to stderr, or with --json to
    stdout. The rules: docs/gold.md.

    Example: cswitch studio gold answers.jsonl adjudicated.jsonl -o gold.jsonl --requeue corrected.jsonl
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.pipeline.studio_gold import Outputs, make_gold
    from cswitch.pipeline.taggers import opened_tagger

    check_outputs([output, *filter(None, (requeue, rejected))], force=force, as_json=as_json)
    spoken = parse_languages(pair, languages)
    with ExitStack() as stack:
        # The file named first takes its name last: when it is there, the others are.
        files = [stack.enter_context(open_output(path, force=force)) for path in (output, requeue, rejected) if path]
        beside = iter(files[1:])
        to = Outputs(files[0], next(beside) if requeue else None, next(beside) if rejected else None)
        tally = make_gold(
            annotated, to, tie=tie, tagger=lambda: stack.enter_context(opened_tagger(tagger)), languages=spoken
        )
    if as_json:
        print_json({"tie": tie, **tally.counts()})
    else:
        typer.echo("\n".join(summary(tally, output)), err=True)
    told(tally, requeue=bool(requeue), inputs=annotated)


def check_outputs(paths: list[str], *, force: bool, as_json: bool) -> None:
    """Refuses outputs that cannot be meant, before any work is done.

    Raises:
        UsageError: One exists, two are the same, or two things would go to stdout.

    >>> check_outputs(["-", "-"], force=False, as_json=False)
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: two outputs would go to -; give each a file of its own
    """
    taken = list(paths)
    for path in paths:
        taken.remove(path)
        if path == "-" in taken or os.path.realpath(path) in map(os.path.realpath, taken):
            raise UsageError(f"two outputs would go to {path}", hint="give each a file of its own")
        check_output(path, force=force)
    if as_json and "-" in paths:
        raise UsageError("--json and an output would both go to stdout", hint="name a file for the output")


def summary(tally: GoldTally, output: str) -> list[str]:
    """What became of samples and tokens, in a few lines."""
    place = "" if output == "-" else f" in {output}"
    rest = {
        "open": "wait for an adjudicator",
        "edited": "corrected",
        "rejected": "rejected",
        "unjudged": "not judged yet",
    }
    fates = [f"{tally.fates[fate]:,} {what}" for fate, what in rest.items() if tally.fates[fate]]
    lines = [", ".join([f"{counted(tally.fates['gold'], 'gold sample')}{place}", *fates])]
    counts = tally.counts()
    if tally.tokens:
        sources = ", ".join(f"{source} {count:,}" for source, count in counts["sources"].items())
        lines.append(f"{counted(tally.tokens, 'token')}: {sources}")
    if tally.suggested:
        most = [f"{change} {count:,}" for change, count in [*counts["changes"].items()][:_SHOWN]]
        share = f"{tally.changed:,} of {tally.suggested:,} ({tally.changed / tally.suggested:.1%})"
        lines.append(f"changed against the pre-annotation: {share}{': ' if most else ''}{', '.join(most)}")
    return lines


def told(tally: GoldTally, *, requeue: bool, inputs: list[str]) -> None:
    """Tells what to do next.

    Raises:
        RunError: Nothing became gold.
    """
    files = " ".join(inputs)
    if tally.fates["open"]:
        few = ", ".join(tally.open[:_SHOWN]) + (", ..." if tally.fates["open"] > _SHOWN else "")
        note(f"open: {few}; cswitch studio adjudicate {files} puts them to an adjudicator")
    waiting = tally.fates["edited"] - tally.returned - tally.requeued
    if waiting and not requeue:
        note(f"{counted(waiting, 'corrected text')} left out: --requeue FILE writes them to push again")
    if not tally.fates["gold"]:
        raise RunError("no sample became gold", hint="adjudicate what is open, or see --tie")
