"""``cswitch tag``: the language of every token, for text of any layout."""

from __future__ import annotations

import os
from collections import deque
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from cswitch.cli.keeping import TYPED, Origin, keep_job
from cswitch.cli.options import AsJson, Force, Output, counted, print_json
from cswitch.cli.streams import check_output, open_output, progress
from cswitch.cli.tag_options import (
    BatchTokens,
    Compile,
    Device,
    Dtype,
    From,
    LanguagesOption,
    PairOption,
    TaggerName,
    device_options,
    parse_languages,
)
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.pipeline.tag_input import Reading
    from cswitch.pipeline.tagging import Tally
    from cswitch.schemas.job import TagSettings

To = Literal["jsonl", "tsv", "conll", "parquet"]

_BY_EXTENSION: dict[str, To] = {
    ".tsv": "tsv", ".tab": "tsv", ".conll": "conll", ".conllu": "conll", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
_SEGMENTED = ("zh", "ja", "th")
_TOLD = 0.5
"""Seconds of tagging from which on its speed is told: below, it is that of loading."""


def tag(
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN",
            help="Lines of text, token lines, CoNLL, JSON Lines, Parquet, a folder of datasets; - for stdin.",
        ),
    ],
    output: Output = "-",
    pair: PairOption = "",
    languages: LanguagesOption = "",
    tagger: TaggerName = "compact",
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.")] = False,
    alternatives: Annotated[
        int, typer.Option("--alternatives", metavar="K", min=0, help="Give the K likeliest tags of each token too.")
    ] = 0,
    form: From = None,
    to: Annotated[To | None, typer.Option("--to", help="Layout of OUT. Default: as its name says, else jsonl.")] = None,
    field: Annotated[
        str | None, typer.Option("--field", metavar="NAME", help="Field of the text in JSON Lines and tables.")
    ] = None,
    device: Device = None,
    dtype: Dtype = None,
    batch_tokens: BatchTokens = None,
    compiled: Compile = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Tell the language of every token.

    Writes an object a line: text, tokens, langs (a tag a token), offsets, probabilities, the languages of the
    sentence, the matrix language first, and measures. Other fields of IN are kept. Counts go to stderr, or with --json
    to stdout.

    Example: cswitch tag tweets.txt -o tagged.jsonl --pair en-es
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.pipeline.tag_input import Reading
    from cswitch.schemas.job import TagSettings

    if as_json and output == "-":
        raise UsageError("--json and the tagged text would both go to stdout", hint="add -o OUT")
    check_output(output, force=force)
    settings = TagSettings(
        tagger=tagger,
        languages=parse_languages(pair, languages),
        alternatives=alternatives,
        device=device,
        dtype=dtype,
        batch_tokens=batch_tokens,
        compile=compiled,
    )
    reading = Reading(form, field, pretokenized)
    make(source, reading, settings, Target(output, layout(to, output), force), TYPED, as_json=as_json)


class Target(NamedTuple):
    """What a run writes, and what it does with what is there."""

    output: str
    layout: To
    force: bool


def make(
    source: str, reading: Reading, settings: TagSettings, target: Target, origin: Origin, *, as_json: bool
) -> None:
    """Tags an input, tells what was found, and writes the job file that would do it again.

    Args:
        source: The input.
        reading: How it is read; the language whose rules cut it into tokens is found here.
        settings: The tagger and the languages.
        target: Where it goes.
        origin: The job file that is done, if it is one.
        as_json: Tell it as one JSON object on stdout.

    Raises:
        CswitchError: The input cannot be read or tagged.
    """
    from cswitch.pipeline.jobs.repeating import tag_job
    from cswitch.pipeline.tag_input import read_untagged
    from cswitch.pipeline.tag_output import write_found
    from cswitch.pipeline.taggers import opened_tagger
    from cswitch.pipeline.tagging import Tally, tag_stream

    output, fmt, force = target
    check_output(output, force=force)
    origin.told("")
    lang = next((language for language in settings.languages if language in _SEGMENTED), "")
    sources = read_untagged(source, reading._replace(lang=lang))
    tally = Tally()
    options = device_options(settings.device, settings.dtype, settings.batch_tokens, settings.compile)
    with opened_tagger(settings.tagger, options) as found:
        tagged = tag_stream(sources, found, settings.languages, alternatives=settings.alternatives, tally=tally)
        with open_output(output, force=force) as out:
            deque(progress(write_found(tagged, fmt, out), "tagged"), maxlen=0)
    if as_json:
        print_json({"tagger": settings.tagger, "languages": list(settings.languages), **tally.counts()})
    else:
        typer.echo(summary(tally, output), err=True)
    keep_job(tag_job(source, reading, settings, output, fmt), "", origin)


def layout(to: To | None, output: str) -> To:
    """The layout asked for, else the one that the name of the output tells.

    >>> layout(None, "out.conllu"), layout("tsv", "out.jsonl"), layout(None, "-")
    ('conll', 'tsv', 'jsonl')
    """
    return to or _BY_EXTENSION.get(PurePath(output.lower()).suffix, "jsonl")


def summary(tally: Tally, output: str) -> str:
    """What was tagged, in two lines."""
    place = "" if output == "-" else f" in {output}"
    tags = ", ".join(f"{tag} {count:,}" for tag, count in tally.tags.items()) or "none"
    speed = ""
    if tally.seconds >= _TOLD:
        speed = f"; the tagger took {tally.seconds:.1f} s, {tally.tokens / tally.seconds:,.0f} tokens/s"
    switches = f"{tally.switches:,} switch{'es' * (tally.switches != 1)}"
    return (
        f"{counted(tally.sentences, 'utterance')}{place}, {tally.mixed:,} mixed, {switches}\n"
        f"{counted(tally.tokens, 'token')}: {tags}{speed}"
    )
