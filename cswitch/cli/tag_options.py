"""Options that the commands about language taggers share, and what they parse to."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cswitch.cli.options import parse_languages as parse_sides
from cswitch.core.errors import UsageError

TaggerName = Annotated[
    str,
    typer.Option(
        "--tagger", metavar="NAME", help="compact, compact:DIR, hf:MODEL, a folder with a tagger, or a plug-in's."
    ),
]
PairOption = Annotated[
    str, typer.Option("--pair", metavar="A-B[-C]", help="The languages in play, such as en-es; no other is given then.")
]
LanguagesOption = Annotated[
    str, typer.Option("--languages", metavar="LIST", help="The same, written otherwise: en,es,hi; or one language.")
]
Device = Annotated[
    str | None,
    typer.Option("--device", metavar="NAME", help="hf: cpu, cuda, cuda:1, auto, or several: cuda:0,cuda:1."),
]
Dtype = Annotated[str | None, typer.Option("--dtype", metavar="NAME", help="hf: float32, bfloat16, float16 or auto.")]
BatchTokens = Annotated[
    int | None, typer.Option("--batch-tokens", metavar="N", min=1, help="hf: tokens the device gets at a time.")
]
Compile = Annotated[bool, typer.Option("--compile", help="hf: compile the model first; pays on long runs.")]
From = Annotated[
    Literal["text", "tsv", "conll", "jsonl", "parquet", "datasets"] | None,
    typer.Option("--from", help="What IN holds, when neither its name nor its first line tells."),
]


def parse_languages(pair: str, languages: str) -> tuple[str, ...]:
    """The languages in play, in order; none when neither option is given.

    Raises:
        UsageError: Both options are given, or a language is unknown or named twice.

    >>> parse_languages("en-hi-bn", ""), parse_languages("", "eng, es,hi"), parse_languages("", "")
    (('en', 'hi', 'bn'), ('en', 'es', 'hi'), ())
    """
    from cswitch.core.tag_names import language_tag

    if pair and languages:
        raise UsageError("--pair and --languages exclude each other", hint="leave out one of the two")
    if pair:
        return tuple(map(language_tag, parse_sides(pair)))
    found: list[str] = []
    for code in filter(None, map(str.strip, languages.split(","))):
        try:
            tag = language_tag(code)
        except UsageError as error:
            raise UsageError(f"--languages {languages}: {error.message}", hint=error.hint) from error
        if tag in found:
            raise UsageError(f"--languages {languages} names {tag!r} twice", hint="name each language once")
        found.append(tag)
    if languages and not found:
        raise UsageError(f"--languages {languages!r} names none", hint="such as --languages en,es,hi")
    return tuple(found)


def device_options(
    device: str | None, dtype: str | None, batch_tokens: int | None, compiled: bool
) -> dict[str, str | int | bool | None]:
    """Options of taggers that run on a device, as :func:`cswitch.pipeline.taggers.make_tagger` takes them.

    >>> device_options("cpu", None, None, False)["device"]
    'cpu'
    """
    return {"device": device, "dtype": dtype, "batch_tokens": batch_tokens, "compile": compiled}
