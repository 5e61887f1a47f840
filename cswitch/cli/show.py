"""``cswitch show``: tagged text in the terminal, a colour for each language."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cswitch.cli.streams import holds_samples, printable
from cswitch.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from cswitch.pipeline.readers import Tagged
    from cswitch.schemas.sample import Sample

PALETTE: dict[str, str] = {
    "sky": "#56b4e9",
    "orange": "#e69f00",
    "green": "#009e73",
    "purple": "#cc79a7",
    "red": "#d55e00",
    "yellow": "#f0e442",
    "blue": "#0072b2",
}
"""Colours that colour-blind readers tell apart (Okabe and Ito, 2008), in the order languages take them."""

NEUTRAL = "dim"
GLUE = "underline"


class Line(NamedTuple):
    """An utterance as it is shown."""

    id: str
    tokens: list[str]
    langs: list[str]
    gaps: list[str]
    """What stands before each token."""
    glue: list[bool]
    """Whether the generator added the token."""
    languages: list[str]
    """The languages in play, the matrix language first; empty when they are not known."""
    asked: float | None
    """The CMI asked for."""


def show(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="Samples, objects with tokens and langs, or token<TAB>tag; - for stdin.")
    ],
    number: Annotated[int, typer.Option("--number", "-n", min=0, help="Utterances to show; 0 for all.")] = 10,
    plain: Annotated[
        bool, typer.Option("--plain", help="Write token/tag text, as is done where there is no colour.")
    ] = False,
    lang_colors: Annotated[
        str,
        typer.Option(
            "--lang-colors", metavar="LIST", help=f"Such as hi=orange,en=#56b4e9. Names: {', '.join(PALETTE)}."
        ),
    ] = "",
) -> None:
    """Show tagged text in the terminal, coloured by language.

    Words of the second language are bold too, tokens without a language dim, and tokens that the generator added
    underlined. Where there is no colour (a pipe, NO_COLOR, --plain) every token stands with its tag, token/tag, and
    added ones as token/tag+. What would steer the terminal is written as an escape.
    """
    from rich.console import Console

    colors = parse_colors(lang_colors)
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    lines = islice(_lines(source), number or None)
    if plain or console.color_system is None or console.no_color:
        for line in lines:
            typer.echo(plain_text(line))
    else:
        _show(lines, colors, console)


def plain_text(line: Line) -> str:
    """An utterance as token/tag text.

    >>> plain_text(Line("1", ["cancel", "कर", "."], ["en", "hi", "other"], [""] * 3, [False, True, False], [], None))
    'cancel/en कर/hi+ ./other'
    """
    marked = zip(line.tokens, line.langs, line.glue, strict=True)
    return printable(" ".join([f"{token}/{tag}{'+' * glue}" for token, tag, glue in marked]))


def parse_colors(text: str) -> dict[str, str]:
    """Language to colour, from ``hi=orange,en=#56b4e9``.

    Raises:
        UsageError: An item is not ``language=colour``, or the colour is unknown.

    >>> parse_colors("hi=orange,en=bright_blue")
    {'hi': '#e69f00', 'en': 'bright_blue'}
    """
    from rich.color import Color, ColorParseError

    found = {}
    for item in filter(None, text.split(",")):
        lang, _, name = (part.strip() for part in item.partition("="))
        found[lang] = PALETTE.get(name, name)
        try:
            Color.parse(found[lang] if lang else "")
        except ColorParseError as error:
            raise UsageError(
                f"--lang-colors: {item!r} is not a language and a colour",
                hint=f"write hi=orange,en=#56b4e9; names: {', '.join(PALETTE)}",
            ) from error
    return found


def _show(lines: Iterator[Line], chosen: dict[str, str], console: Console) -> None:
    from rich.text import Text

    styles: dict[str, str] = {}
    glue = False
    for line in lines:
        _take_styles(styles, line, chosen)
        console.print(_heading(line), style="dim", soft_wrap=True)
        console.print(_colored(line, styles), soft_wrap=True)
        glue = glue or any(line.glue)
    legend = [(printable(lang), style) for lang, style in styles.items() if style != NEUTRAL]
    parts = [*legend, ("no language", NEUTRAL), *([("added", GLUE)] if glue else [])]
    console.print(Text("  ").join([Text(name, style) for name, style in parts]))


def _take_styles(styles: dict[str, str], line: Line, chosen: dict[str, str]) -> None:
    """Gives every language that is new a style: the next colour, bold from the second language on."""
    from cswitch.core.measures import NEUTRAL as NEUTRAL_TAGS

    for tag in (*line.languages, *line.langs):
        if tag in styles:
            continue
        if tag.partition(":")[0] in NEUTRAL_TAGS:
            styles[tag] = NEUTRAL
            continue
        place = sum(style != NEUTRAL for style in styles.values())
        color = chosen.get(tag) or list(PALETTE.values())[place % len(PALETTE)]
        styles[tag] = f"bold {color}" if place else color


def _heading(line: Line) -> str:
    from cswitch.core.measures import cmi, switch_points

    asked = "" if line.asked is None else f" of {line.asked:g} asked"
    switches = switch_points(line.langs)
    return f"{printable(line.id)}  CMI {cmi(line.langs):.1f}{asked}  {switches} switch{'es' * (switches != 1)}"


def _colored(line: Line, styles: dict[str, str]) -> Text:
    from rich.text import Text

    text = Text()
    for gap, token, tag, glue in zip(line.gaps, line.tokens, line.langs, line.glue, strict=True):
        text.append(printable(gap))
        text.append(printable(token), f"{styles[tag]} {GLUE}" if glue else styles[tag])
    return text


def _lines(source: str) -> Iterator[Line]:
    from cswitch.core.measures.tags import tag_reader
    from cswitch.pipeline.readers import read_samples, read_tagged

    if holds_samples(source):
        found: Iterator[Line] = (_of_sample(sample) for _, sample in read_samples(source))
    else:
        found = map(_of_tagged, read_tagged(source))
    read = tag_reader()
    for line in found:
        try:
            for tag in line.langs:
                read[tag]
        except InputError as error:
            raise InputError(f"utterance {line.id}: {error.message}", path=source, hint=error.hint) from error
        yield line


def _of_sample(sample: Sample) -> Line:
    ends = [0, *(end for _, end in sample.offsets)]
    gaps = [sample.text[end:start] for end, (start, _) in zip(ends, sample.offsets, strict=False)]
    glue = [origin is None for origin in sample.origins]
    return Line(sample.id, sample.tokens, sample.langs, gaps, glue, sample.languages, sample.target.cmi)


def _of_tagged(tagged: Tagged) -> Line:
    count = len(tagged.tokens)
    return Line(tagged.id, tagged.tokens, tagged.langs, ["", *[" "] * count][:count], [False] * count, [], None)
