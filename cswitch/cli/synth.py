"""``cswitch synth``: code-mixed text from parallel text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from cswitch.cli.options import Output, Sides, counted, parse_languages, percent
from cswitch.cli.panels import takes_groups
from cswitch.cli.recipe_options import with_recipe
from cswitch.cli.streams import input_files, refuse_overwriting
from cswitch.cli.synth_options import (
    DEFAULT_CMI,
    Asked,
    Mixing,
    Reading,
    Running,
    Source,
    parse_cmi,
    parse_glue,
    parse_matrix,
    parse_share,
    refuse_both,
)
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.synth import Summary
    from cswitch.schemas.settings import SynthSettings


@takes_groups
def synth(
    context: typer.Context,
    *,
    source: Source,
    pair: Sides,
    output: Output = "-",
    asked: Asked,
    mixing: Mixing,
    reading: Reading,
    running: Running,
) -> None:
    """Make code-mixed text from parallel text, at the CMI you ask for, with a language tag on every token.

    Example: cswitch synth data/samples/en-hi.tsv -o hinglish.jsonl --pair en-hi --cmi 30
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.cli.keeping import TYPED
    from cswitch.cli.synth_making import Target, make
    from cswitch.pipeline import synth as job
    from cswitch.schemas.settings import SynthSettings

    if running.as_json and output == "-":
        raise UsageError("--json and samples cannot both go to stdout", hint="name a file: -o OUT")
    refuse_both(cmi=asked.cmi, switches=asked.switches, share=asked.share, like=asked.like)
    cmi = DEFAULT_CMI if asked.cmi is None else asked.cmi
    settings = SynthSettings(
        pair=parse_languages(pair),
        matrix=parse_matrix(mixing.matrix),
        method=mixing.method,
        units=mixing.units,
        constraint=mixing.constraint.value if mixing.constraint else "",
        weights=mixing.weights,
        glue=parse_glue(mixing.glue),
        cmi=None if asked.like or asked.share is not None else parse_cmi(cmi),
        share=None if asked.share is None else parse_share(asked.share),
        tolerance=asked.tolerance,
        switches=asked.switches,
        like=asked.like,
        per_pair=asked.per_pair,
        on_miss=asked.on_miss,
        script=mixing.script,
        roman_variety=mixing.roman_variety,
        noise=mixing.noise,
        aligner=reading.aligner,
        lexicons=tuple(reading.lexicons or ()),
        min_confidence=reading.min_confidence,
        max_tokens=reading.max_tokens,
        seed=running.seed,
    )
    settings = with_recipe(context, settings, asked.recipe)
    job.check(settings)
    refuse_overwriting([output, running.rejects], [*input_files(source), reading.links, asked.like])
    given = job.Source(source, reading.links, reading.fmt, reading.pretokenized, reading.limit)
    target = Target(output, running.rejects, running.force, running.resume)
    make(given, settings, target, TYPED, workers=running.workers, as_json=running.as_json)


def report(summary: Summary, settings: SynthSettings, output: str) -> str:
    """The end of a run in a few lines: what came, how near, and why the rest did not."""
    from cswitch.schemas.reject import REASONS

    if summary.already_complete:
        return f"{output} is complete already; nothing was done"
    share = f" ({percent(summary.answered, summary.pairs)})" if summary.answered < summary.pairs else ""
    place = "" if output == "-" or not summary.samples else f" in {output}"
    lines = [
        f"{counted(summary.pairs, 'pair')} read, {summary.answered:,} answered{share}:"
        f" {counted(summary.samples, 'sample')}{place}"
    ]
    if summary.samples and (asked := _asked(settings)):
        rest = "" if summary.met == summary.samples else ", the others come as near as their pairs allow"
        mean = ""
        if summary.mean_cmi_error is not None:
            mean = f"; mean |CMI asked - CMI got| {summary.mean_cmi_error:.2f}"
        if summary.mean_share_error is not None:
            missed = summary.mean_share_error / 100
            mean = f"; mean |share asked - share got| {missed:.4f}"
            if settings.share == (1.0, 1.0):
                mean = f"; mean share got {1 - missed:.4f}"
        lines.append(f"  {asked} met by {summary.met:,} ({percent(summary.met, summary.samples)}){rest}{mean}")
    if summary.lacking:
        found = counted(summary.lacking, "sample")
        lines.append(f"  {found} without all languages of --pair: no word of one may come in")
    if summary.fewer:
        lines.append(f"  {counted(summary.fewer, 'pair')} gave all there are, fewer than --per-pair asks for")
    for reason, count in summary.rejects.items():
        example = summary.examples.get(reason)
        first = f" (first: {example})" if example else ""
        lines.append(f"  {counted(count, 'pair')} rejected, {reason}: {REASONS[reason]}{first}")
    return "\n".join(lines)


def _asked(settings: SynthSettings) -> str:
    """What samples should meet, in words; nothing when everything meets it."""
    if settings.like:
        return f"switch points and CMI ± {settings.tolerance:g} taken from {settings.like}"
    asked = []
    if settings.cmi is not None:
        low, high = settings.cmi
        asked.append(f"CMI {low:g} ± {settings.tolerance:g}")
        if low != high:
            asked[-1] = f"a CMI each from {low:g} to {high:g}, ± {settings.tolerance:g},"
    if settings.share is not None:
        low, high = settings.share
        near = f"± {settings.tolerance / 100:g}"
        asked.append(f"share {low:g} {near}" if low == high else f"a share each from {low:g} to {high:g}, {near},")
        if low == 1 and settings.tolerance >= 100:
            asked = ["replacing all that can be"]
    if settings.switches is not None:
        asked.append(counted(settings.switches, "switch point"))
    return " and ".join(asked)
