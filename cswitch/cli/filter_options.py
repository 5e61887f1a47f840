"""Options of ``cswitch filter``, by what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from cswitch.cli.options import AsJson, Force

Source = Annotated[
    str,
    typer.Argument(
        metavar="IN", help="Samples, what cswitch tag writes, other tagged JSON Lines or tables; - for stdin."
    ),
]
Rejects = Annotated[
    str | None, typer.Option(metavar="FILE", help="Keep each record that is left out, with its reason.")
]


@dataclass(frozen=True)
class Making:
    """How samples were made, and how they came out."""

    met: Annotated[bool, typer.Option("--met", help="Only samples that met their target.")] = False
    generator: Annotated[
        str, typer.Option(metavar="LIST", help="Only samples of these: insertion, nested, prompt ...")
    ] = ""
    recipe: Annotated[str, typer.Option(metavar="LIST", help="Only samples of these recipes.")] = ""
    model: Annotated[str, typer.Option(metavar="LIST", help="Only samples of these models.")] = ""
    score: Annotated[
        list[str] | None,
        typer.Option(metavar="BOUND", help="Such as 'scores.naturalness>=7' or 'measures.spf<0.5'; may be repeated."),
    ] = None


@dataclass(frozen=True)
class Mixing:
    """How long and how mixed a text is, and in what scripts."""

    tokens: Annotated[str, typer.Option(metavar="RANGE", help="Tokens: 3-60, 3- or -60.")] = ""
    characters: Annotated[str, typer.Option(metavar="RANGE", help="Characters of the text.")] = ""
    only_languages: Annotated[str, typer.Option(metavar="LIST", help="No language but these, such as en,hi.")] = ""
    each_language: Annotated[str, typer.Option(metavar="LIST", help="Each of these languages.")] = ""
    language_tokens: Annotated[
        int | None, typer.Option(metavar="N", help="So many tokens of each of them. Default: 1.")
    ] = None
    matrix: Annotated[str, typer.Option(metavar="LIST", help="One of these matrix languages.")] = ""
    cmi: Annotated[str, typer.Option(metavar="RANGE", help="CMI: 20-40, 20- or -40.")] = ""
    switches: Annotated[str, typer.Option(metavar="RANGE", help="Number of switch points.")] = ""
    script: Annotated[
        Literal["roman", "native", "known"] | None,
        typer.Option(help="roman: Latin letters; native: each language's own; known: those of the languages in play."),
    ] = None
    script_share: Annotated[
        float | None, typer.Option(metavar="0..1", help="Share of words that may be written otherwise.")
    ] = None
    no_repetition: Annotated[
        bool, typer.Option("--no-repetition", help="Leave out texts that loop or say a sentence twice.")
    ] = False


@dataclass(frozen=True)
class Against:
    """What a text keeps of its pair, and the words that it has."""

    source_ratio: Annotated[
        str, typer.Option(metavar="RANGE", help="Tokens to those of the source, such as 0.5-2.")
    ] = ""
    kept_content: Annotated[
        float | None, typer.Option(metavar="0..1", help="Share of the source's names, numbers and links kept.")
    ] = None
    pairs: Annotated[str, typer.Option(metavar="FILE", help="The pairs that IN was made from, found by source_id.")] = (
        ""
    )
    pair: Annotated[
        str, typer.Option(metavar="A-B[-C]", help="The languages of --pairs; or which lang1 and lang2 of LinCE are.")
    ] = ""
    block: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="None of its words and phrases, one a line; may be repeated."),
    ] = None
    require: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="One of its words and phrases at least; may be repeated.")
    ] = None


@dataclass(frozen=True)
class Tagging:
    """What taggers say of it."""

    confidence: Annotated[float | None, typer.Option(metavar="0..1", help="Mean probability of the tags of words.")] = (
        None
    )
    word_confidence: Annotated[float | None, typer.Option(metavar="0..1", help="Probability of every word's tag.")] = (
        None
    )
    retag: Annotated[bool, typer.Option("--retag", help="Probabilities of --tagger even where IN has some.")] = False
    agreement: Annotated[float | None, typer.Option(metavar="0..1", help="Share of tags that --tagger gives too.")] = (
        None
    )
    tagger: Annotated[
        str, typer.Option(metavar="NAME", help="compact, compact:DIR, hf:MODEL, a folder, a plug-in's.")
    ] = "compact"


@dataclass(frozen=True)
class Repeats:
    """Texts that repeat each other."""

    duplicates: Annotated[
        Literal["exact", "near"] | None,
        typer.Option(help="Leave out texts that repeat one that stays; near: also those that nearly do."),
    ] = None
    likeness: Annotated[
        float | None, typer.Option(metavar="0.5..1", help="How alike near-duplicates are. Default: 0.9.")
    ] = None
    any_digits: Annotated[
        bool, typer.Option("--any-digits", help="Duplicates: texts that differ in numbers alone are the same.")
    ] = False


@dataclass(frozen=True)
class Running:
    """How the run is done."""

    all_reasons: Annotated[
        bool, typer.Option("--all-reasons", help="Tell every reason of a record, not only the first.")
    ] = False
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and write nothing.")] = False
    force: Force = False
    resume: Annotated[
        bool, typer.Option("--resume", help="Take OUT.duplicates of a run with the same filters and the same IN.")
    ] = False
    as_json: AsJson = False
