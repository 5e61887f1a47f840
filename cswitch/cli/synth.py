"""``cswitch synth``: code-mixed text from parallel text."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cswitch.cli.options import AsJson, Force, Lexicons, Output, Sides, counted, parse_languages, percent
from cswitch.cli.recipe_options import RecipeName, with_recipe
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.synth import Summary
    from cswitch.schemas.settings import SynthSettings

Method = Literal["insertion", "alternation", "nested", "tree"]
DEFAULT_CMI = "25"


class Constraint(StrEnum):
    """Names of the constraints."""

    equivalence = "equivalence"
    matrix_frame = "matrix-frame"
    none = "none"


def synth(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN",
            help="TSV, CSV, JSON Lines, Parquet, two line-parallel files A,B, a folder of datasets; - for stdin.",
        ),
    ],
    pair: Sides,
    output: Output = "-",
    cmi: Annotated[
        str | None,
        typer.Option(
            metavar="CMI",
            help=f"CMI asked for: 25, a range 20-40 (each sample its own), or any. Default: {DEFAULT_CMI}.",
        ),
    ] = None,
    share: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Instead of a CMI, the share of words in the embedded language: 0.6, a range 0.4-0.6, or 1 for all"
            " that can be replaced.",
        ),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(metavar="POINTS", help="How far from the CMI (or share, in percent) a sample meets it.")
    ] = 3.0,
    switches: Annotated[int | None, typer.Option(metavar="N", help="Number of switch points asked for.")] = None,
    like: Annotated[
        str | None,
        typer.Option(metavar="REAL", help="Take CMI and switch points from the utterances of a tagged file instead."),
    ] = None,
    recipe: RecipeName = "",
    on_miss: Annotated[
        Literal["nearest", "reject"], typer.Option(help="When a pair cannot meet it: the nearest it can, or none.")
    ] = "nearest",
    per_pair: Annotated[int, typer.Option(metavar="N", help="Different samples a pair.")] = 1,
    method: Annotated[
        Method,
        typer.Option(
            help="Words into a frame, blocks in turn, blocks with words in them, or whatever equivalence allows."
        ),
    ] = "insertion",
    matrix: Annotated[
        str,
        typer.Option(metavar="LANG", help="Language of the frame, both, or all. Default: the one that is not English."),
    ] = "",
    units: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What may be inserted: word, phrase, noun, noun-word, noun-adjective, key-phrase, content, entity,"
            " random.",
        ),
    ] = "phrase",
    constraint: Annotated[
        Constraint | None,
        typer.Option(help="Which switches are legal. Default: matrix-frame for insertion, else equivalence."),
    ] = None,
    weights: Annotated[
        str, typer.Option(metavar="NAME", help="What makes a choice likelier: uniform, pos, frequency.")
    ] = "pos",
    glue: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Repairs around inserted words: light-verb, article, postposition with commas, all or none.",
        ),
    ] = "all",
    script: Annotated[Literal["native", "roman"], typer.Option(help="Script of the output.")] = "native",
    roman_variety: Annotated[
        float,
        typer.Option("--roman-variety", metavar="0..1", help="Share of romanised words that may be spelt otherwise."),
    ] = 0.0,
    noise: Annotated[
        str,
        typer.Option(metavar="NAME=RATE,...", help="Noise as people type: chat, or operations; see docs/noise.md."),
    ] = "",
    aligner: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="given, lexical, hybrid, fast-align, eflomal, embedding:MODEL; auto: IN's own links, else what fits.",
        ),
    ] = "auto",
    lexicons: Lexicons = None,
    links: Annotated[str | None, typer.Option(metavar="FILE", help="Links of IN, Pharaoh i-j, a line a pair.")] = None,
    min_confidence: Annotated[float, typer.Option(metavar="0..1", help="Links below it are not used.")] = 0.5,
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.")] = False,
    fmt: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="tsv, csv, jsonl, parallel, moses, parquet, datasets; when IN does not tell.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Stop after so many pairs.")] = None,
    max_tokens: Annotated[int, typer.Option(metavar="N", help="Reject pairs with a longer side.")] = 200,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of all random choices.")] = 0,
    workers: Annotated[int, typer.Option(metavar="N", help="Processes; any number gives the same output.")] = 1,
    rejects: Annotated[
        str | None, typer.Option(metavar="FILE", help="Keep each rejected pair with its reason.")
    ] = None,
    force: Force = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an unfinished run stopped, from the same first pairs.")
    ] = False,
    as_json: AsJson = False,
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

    if as_json and output == "-":
        raise UsageError("--json and samples cannot both go to stdout", hint="name a file: -o OUT")
    refuse_both(cmi=cmi, switches=switches, share=share, like=like)
    settings = SynthSettings(
        pair=parse_languages(pair),
        matrix=parse_matrix(matrix),
        method=method,
        units=units,
        constraint=constraint.value if constraint else "",
        weights=weights,
        glue=parse_glue(glue),
        cmi=None if like or share is not None else parse_cmi(DEFAULT_CMI if cmi is None else cmi),
        share=None if share is None else parse_share(share),
        tolerance=tolerance,
        switches=switches,
        like=like,
        per_pair=per_pair,
        on_miss=on_miss,
        script=script,
        roman_variety=roman_variety,
        noise=noise,
        aligner=aligner,
        lexicons=tuple(lexicons or ()),
        min_confidence=min_confidence,
        max_tokens=max_tokens,
        seed=seed,
    )
    settings = with_recipe(context, settings, recipe)
    job.check(settings)
    refuse_overwriting([output, rejects], [*input_files(source), links, like])
    given, target = job.Source(source, links, fmt, pretokenized, limit), Target(output, rejects, force, resume)
    make(given, settings, target, TYPED, workers=workers, as_json=as_json)


def parse_cmi(text: str) -> tuple[float, float] | None:
    """``25``, ``20-40`` or ``any``.

    Raises:
        UsageError: It is none of these.

    >>> parse_cmi("25"), parse_cmi("20-40"), parse_cmi("any")
    ((25.0, 25.0), (20.0, 40.0), None)
    """
    if text == "any":
        return None
    found = re.fullmatch(r"(-?[\d.]+)(?:-(-?[\d.]+))?", text)
    try:
        if found is None:
            raise ValueError(text)
        return float(found[1]), float(found[2] or found[1])
    except ValueError as error:
        raise UsageError(f"--cmi {text!r} is no number", hint="give 25, a range such as 20-40, or any") from error


def parse_share(text: str) -> tuple[float, float]:
    """``0.6`` or ``0.4-0.6``.

    Raises:
        UsageError: It is neither.

    >>> parse_share("0.6"), parse_share("0.4-0.6")
    ((0.6, 0.6), (0.4, 0.6))
    """
    try:
        found = parse_cmi(text)
    except UsageError:
        found = None
    if found is None:
        raise UsageError(f"--share {text!r} is no share", hint="give 0 to 1, such as 0.6, or a range such as 0.4-0.6")
    return found


def refuse_both(**asked: str | int | None) -> None:
    """Refuses options that take each other's place.

    Raises:
        UsageError: Two of them are given.

    >>> refuse_both(cmi="25", switches=None, share="0.6", like=None)
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --share and --cmi exclude each other; give one of them
    """
    for one, others, hint in (
        ("like", ("cmi", "switches", "share"), "--like takes both CMI and switch points from the real text"),
        ("share", ("cmi",), "give one of them"),
    ):
        for other in others:
            if asked[one] is not None and asked[other] is not None:
                raise UsageError(f"--{one} and --{other} exclude each other", hint=hint)


def parse_matrix(text: str) -> str:
    """A language by any of its codes, ``both`` or nothing; what is no language comes back as it is.

    >>> parse_matrix("hin"), parse_matrix("both"), parse_matrix("")
    ('hi', 'both', '')
    """
    from cswitch.core.text.scripts import check_language

    try:
        return check_language(text) if text not in ("", "both") else text
    except UsageError:  # it is no language of the pair either, which is told with those that are
        return text


def parse_glue(text: str) -> tuple[str, ...]:
    """Names of glue rules, in one order.

    Raises:
        UsageError: A name is unknown.

    >>> parse_glue("none"), parse_glue("article,light-verb")
    ((), ('light-verb', 'article'))
    """
    from cswitch.core.registry import suggest
    from cswitch.generators.switching.glue import RULES

    if text in ("all", "none"):
        return RULES if text == "all" else ()
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in RULES:
            raise UsageError(f"--glue: unknown rule {name!r}", hint=suggest(name, [*RULES, "all", "none"]))
    return tuple(rule for rule in RULES if rule in names)


def input_files(source: str) -> list[str]:
    """The files that IN names.

    >>> input_files("corpus.en,corpus.hi")
    ['corpus.en', 'corpus.hi']
    """
    return [source] if os.path.exists(source) else source.split(",")


def refuse_overwriting(outputs: list[str | None], inputs: list[str | None]) -> None:
    """Refuses to write over what is read.

    Raises:
        UsageError: A file is both.
    """
    for output in filter(None, outputs):
        for source in filter(None, inputs):
            if os.path.isfile(output) and os.path.isfile(source) and os.path.samefile(output, source):
                raise UsageError(f"{output} is an input of this run", hint="write to another file")


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
