"""``cswitch synth``: code-mixed text from parallel text."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cswitch.cli.options import AsJson, Force, Output, Pair, parse_pair, print_json
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.synth import Summary

Method = Literal["insertion", "alternation", "nested"]


class Constraint(StrEnum):
    """Names of the constraints."""

    equivalence = "equivalence"
    matrix_frame = "matrix-frame"
    none = "none"


def synth(
    source: Annotated[str, typer.Argument(metavar="IN", help="TSV, JSON Lines, or two files A,B; - for stdin.")],
    pair: Pair,
    output: Output = "-",
    matrix: Annotated[str, typer.Option(help="Language that gives the frame, or both. Default: not English.")] = "",
    cmi: Annotated[str, typer.Option(help="CMI asked for: 25, a range 20-40, or any.")] = "25",
    tolerance: Annotated[float, typer.Option(help="Points of CMI within which a sample counts as met.")] = 3.0,
    switches: Annotated[int | None, typer.Option(help="Number of switch points asked for.")] = None,
    like: Annotated[str | None, typer.Option(metavar="REAL", help="Tagged file whose mixing is followed.")] = None,
    per_pair: Annotated[int, typer.Option(help="Different samples a pair.")] = 1,
    method: Annotated[Method, typer.Option(help="How to mix.")] = "insertion",
    units: Annotated[
        Literal["word", "phrase", "noun", "content", "entity", "random"], typer.Option(help="What may be inserted.")
    ] = "phrase",
    constraint: Annotated[Constraint | None, typer.Option(help="Which switches are legal.")] = None,
    weights: Annotated[Literal["uniform", "pos", "frequency"], typer.Option(help="What is likelier.")] = "pos",
    glue: Annotated[str, typer.Option(help="Repairs around an inserted word: names with commas, all or none.")] = "all",
    aligner: Annotated[str, typer.Option(help="auto, given or lexical.")] = "auto",
    links: Annotated[str | None, typer.Option(metavar="FILE", help="Pharaoh links, a line a pair.")] = None,
    min_confidence: Annotated[float, typer.Option(help="Links below are not used.")] = 0.5,
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Split at spaces only.")] = False,
    script: Annotated[Literal["native", "roman"], typer.Option(help="Script of the output.")] = "native",
    on_miss: Annotated[Literal["nearest", "reject"], typer.Option(help="When the target is out of reach.")] = "nearest",
    seed: Annotated[int, typer.Option(help="Seed of all random choices.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the output is the same for any number.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many pairs.")] = None,
    max_tokens: Annotated[int, typer.Option(help="Reject pairs with a longer side.")] = 200,
    rejects: Annotated[str | None, typer.Option(metavar="FILE", help="Where rejected pairs go, with reasons.")] = None,
    fmt: Annotated[
        str | None, typer.Option("--format", help="tsv, jsonl or parallel, when the name does not tell.")
    ] = None,
    force: Force = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an unfinished run stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make code-mixed text from parallel text, at the CMI you ask for, with a language tag on every token.

    Example: cswitch synth data/samples/en-hi.tsv -o hinglish.jsonl --pair en-hi --cmi 30
    """
    import os

    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.pipeline import output as writing
    from cswitch.pipeline import synth as job
    from cswitch.schemas.settings import SynthSettings

    if as_json and output == "-":
        raise UsageError("--json and samples cannot both go to stdout", hint="name a file: -o OUT")
    settings = SynthSettings(
        pair=parse_pair(pair),
        matrix=matrix,
        method=method,
        units=units,
        constraint=constraint.value if constraint else "",
        weights=weights,
        glue=parse_glue(glue),
        cmi=parse_cmi(cmi),
        tolerance=tolerance,
        switches=switches,
        like=like,
        per_pair=per_pair,
        on_miss=on_miss,
        script=script,
        aligner=aligner,
        min_confidence=min_confidence,
        max_tokens=max_tokens,
        seed=seed,
    )
    job.check(settings)
    observed = job.observe(like) if like else ()
    target = writing.Output(
        output, rejects=rejects, config=job.run_hash(settings, observed), force=force, resume=resume
    )
    with _Progress() as progress:
        summary = job.run(
            source,
            target,
            settings,
            observed=observed,
            links=links,
            fmt=fmt,
            pretokenised=pretokenized,
            workers=workers,
            limit=limit,
            note=lambda line: typer.echo(f"cswitch: note: {line}", err=True),
            progress=progress.update,
        )
    if target.complete:
        typer.echo(f"{output} is complete already; nothing was done", err=True)
        return
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(summary))
    else:
        typer.echo(report(summary, output), err=True)
    if not summary.samples and not target.reader_gone:
        raise typer.Exit(1)


def parse_cmi(text: str) -> tuple[float, float] | None:
    """``25``, ``20-40`` or ``any``.

    Raises:
        UsageError: It is none of these.

    >>> parse_cmi("25"), parse_cmi("20-40"), parse_cmi("any")
    ((25.0, 25.0), (20.0, 40.0), None)
    """
    if text == "any":
        return None
    low, dash, high = text.partition("-")
    try:
        return (float(low), float(high)) if dash else (float(low), float(low))
    except ValueError as error:
        raise UsageError(f"--cmi {text!r} is no number", hint="give 25, a range such as 20-40, or any") from error


def parse_glue(text: str) -> tuple[str, ...]:
    """Names of glue rules.

    Raises:
        UsageError: A name is unknown.

    >>> parse_glue("none"), parse_glue("light-verb")
    ((), ('light-verb',))
    """
    from cswitch.core.registry import suggest
    from cswitch.generators.switching.glue import RULES

    if text in ("all", "none"):
        return RULES if text == "all" else ()
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in RULES:
            raise UsageError(f"--glue: unknown rule {name!r}", hint=suggest(name, [*RULES, "all", "none"]))
    return names


def report(summary: Summary, output: str) -> str:
    """The end of a run in a few lines: what came, how near, and why the rest did not."""
    pairs = max(summary.pairs, 1)
    lines = [
        f"{summary.pairs} pairs: {summary.samples} samples from {summary.answered} pairs"
        f" ({100 * summary.answered / pairs:.1f} %), {summary.met} within tolerance"
        + ("" if summary.mean_cmi_error is None else f", mean |CMI asked - got| {summary.mean_cmi_error:.2f}")
        + (f" -> {output}" if output != "-" else "")
    ]
    for reason, count in summary.rejects.items():
        example = summary.examples.get(reason)
        lines.append(f"  {count} rejected: {reason}" + (f" (first: {example})" if example else ""))
    if not summary.samples:
        lines.append("cswitch: error: no pair gave a sample; the reasons are above, --rejects FILE keeps them all")
    return "\n".join(lines)


class _Progress:
    """A line on stderr while a long run goes on, when someone is looking."""

    def __enter__(self) -> _Progress:
        import sys
        import time

        self._live, self._clock = sys.stderr.isatty(), time.monotonic
        self._start = self._last = self._clock()
        self._first: int | None = None
        return self

    def update(self, pairs: int, samples: int) -> None:
        """Shows how far the run is, twice a second at most."""
        now = self._clock()
        if self._first is None:
            self._first = pairs
        if self._live and now - self._last > 0.5:
            rate = (pairs - self._first) / max(now - self._start, 1e-9)
            typer.echo(f"\r{pairs:,} pairs, {samples:,} samples, {rate:,.0f} pairs/s \x1b[K", nl=False, err=True)
            self._last = now

    def __exit__(self, *_: object) -> None:
        if self._live:
            typer.echo("\r\x1b[K", nl=False, err=True)
