"""Options of ``cswitch synth``, by what they are about, and what they parse to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

import typer

from cswitch.cli.options import AsJson, Force, Lexicons
from cswitch.cli.recipe_options import RecipeName
from cswitch.core.errors import UsageError

Method = Literal["insertion", "alternation", "nested", "tree"]
DEFAULT_CMI = "25"


class Constraint(StrEnum):
    """Names of the constraints."""

    equivalence = "equivalence"
    matrix_frame = "matrix-frame"
    none = "none"


Source = Annotated[
    str,
    typer.Argument(
        metavar="IN",
        help="TSV, CSV, JSON Lines, Parquet, two line-parallel files A,B, a folder of datasets; - for stdin.",
    ),
]


@dataclass(frozen=True)
class Asked:
    """What samples should meet."""

    cmi: Annotated[
        str | None,
        typer.Option(
            metavar="CMI",
            help=f"CMI asked for: 25, a range 20-40 (each sample its own), or any. Default: {DEFAULT_CMI}.",
        ),
    ] = None
    share: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Instead of a CMI, the share of words in the embedded language: 0.6, a range 0.4-0.6, or 1 for all"
            " that can be replaced.",
        ),
    ] = None
    tolerance: Annotated[
        float, typer.Option(metavar="POINTS", help="How far from the CMI (or share, in percent) a sample meets it.")
    ] = 3.0
    switches: Annotated[int | None, typer.Option(metavar="N", help="Number of switch points asked for.")] = None
    like: Annotated[
        str | None,
        typer.Option(metavar="REAL", help="Take CMI and switch points from the utterances of a tagged file instead."),
    ] = None
    recipe: RecipeName = ""
    on_miss: Annotated[
        Literal["nearest", "reject"], typer.Option(help="When a pair cannot meet it: the nearest it can, or none.")
    ] = "nearest"
    per_pair: Annotated[int, typer.Option(metavar="N", help="Different samples a pair.")] = 1


@dataclass(frozen=True)
class Mixing:
    """How sentences are mixed and written."""

    method: Annotated[
        Method,
        typer.Option(
            help="Words into a frame, blocks in turn, blocks with words in them, or whatever equivalence allows."
        ),
    ] = "insertion"
    matrix: Annotated[
        str,
        typer.Option(metavar="LANG", help="Language of the frame, both, or all. Default: the one that is not English."),
    ] = ""
    units: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What may be inserted: word, phrase, noun, noun-word, noun-adjective, key-phrase, content, entity,"
            " random.",
        ),
    ] = "phrase"
    constraint: Annotated[
        Constraint | None,
        typer.Option(help="Which switches are legal. Default: matrix-frame for insertion, else equivalence."),
    ] = None
    weights: Annotated[
        str, typer.Option(metavar="NAME", help="What makes a choice likelier: uniform, pos, frequency.")
    ] = "pos"
    glue: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Repairs around inserted words: light-verb, article, postposition with commas, all or none.",
        ),
    ] = "all"
    script: Annotated[Literal["native", "roman"], typer.Option(help="Script of the output.")] = "native"
    roman_variety: Annotated[
        float, typer.Option(metavar="0..1", help="Share of romanised words that may be spelt otherwise.")
    ] = 0.0
    noise: Annotated[
        str, typer.Option(metavar="NAME=RATE,...", help="Noise as people type: chat, or operations; see docs/noise.md.")
    ] = ""


@dataclass(frozen=True)
class Reading:
    """How IN is read, and how its words are linked."""

    aligner: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="given, lexical, hybrid, fast-align, eflomal, embedding:MODEL; auto: IN's own links, else what fits.",
        ),
    ] = "auto"
    lexicons: Lexicons = None
    links: Annotated[str | None, typer.Option(metavar="FILE", help="Links of IN, Pharaoh i-j, a line a pair.")] = None
    min_confidence: Annotated[float, typer.Option(metavar="0..1", help="Links below it are not used.")] = 0.5
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.")] = False
    fmt: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="tsv, csv, jsonl, parallel, moses, parquet, datasets; when IN does not tell.",
        ),
    ] = None
    limit: Annotated[int | None, typer.Option(metavar="N", help="Stop after so many pairs.")] = None
    max_tokens: Annotated[int, typer.Option(metavar="N", help="Reject pairs with a longer side.")] = 200


@dataclass(frozen=True)
class Running:
    """How the run is done."""

    seed: Annotated[int, typer.Option(metavar="N", help="Seed of all random choices.")] = 0
    workers: Annotated[int, typer.Option(metavar="N", help="Processes; any number gives the same output.")] = 1
    rejects: Annotated[str | None, typer.Option(metavar="FILE", help="Keep each rejected pair with its reason.")] = None
    force: Force = False
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an unfinished run stopped, from the same first pairs.")
    ] = False
    as_json: AsJson = False


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
