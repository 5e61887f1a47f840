"""Options that several commands share, and what they parse to."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

import typer

from cswitch.core.errors import UsageError

Output = Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="File to write; - for stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the output when it exists.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Lexicons = Annotated[
    list[str] | None,
    typer.Option(
        "--lexicon",
        metavar="FILE",
        help="A lexicon of your own (TSV, .lex or FreeDict), read beside the shipped one; may be repeated.",
    ),
]
Pair = Annotated[str, typer.Option("--pair", metavar="A-B", help="The two languages of the input, such as en-hi.")]
Sides = Annotated[
    str,
    typer.Option(
        "--pair", metavar="A-B[-C]", help="The languages of the input, such as en-hi; en-hi-bn mixes all three."
    ),
]


def parse_languages(text: str, option: str = "--pair") -> tuple[str, ...]:
    """The languages of ``--pair`` where it may name more than two, as primary subtags.

    Raises:
        UsageError: It does not name two or more known, different languages.

    >>> parse_languages("en-hi-ben"), parse_languages("en-hi")
    (('en', 'hi', 'bn'), ('en', 'hi'))
    """
    sides = text.split("-")
    if len(sides) <= 2 or not all(sides):
        return parse_pair(text, option)
    found = _codes(sides, text, option)
    for one, other in pairwise(sorted(found)):
        if one == other:
            raise UsageError(f"{option} {text} names {one} twice", hint=f"name each once, such as {option} en-hi-bn")
    return found


def parse_pair(text: str, option: str = "--pair") -> tuple[str, str]:
    """The two languages of ``--pair`` or another option, as primary subtags.

    Raises:
        UsageError: It does not name two known, different languages.

    >>> parse_pair("en-hi"), parse_pair("ENG-spa")
    (('en', 'hi'), ('en', 'es'))
    >>> parse_pair("hi-hin")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --pair hi-hin names the same language twice; ...
    """
    sides = text.split("-")
    if len(sides) != 2 or not all(sides):
        raise UsageError(
            f"{option} {text!r} is not two languages", hint=f"join their codes by a hyphen: {option} en-hi"
        )
    first, second = _codes(sides, text, option)
    if first == second:
        raise UsageError(
            f"--pair {text} names the same language twice", hint="name two languages, such as --pair en-hi"
        )
    return first, second


def _codes(sides: list[str], text: str, option: str) -> tuple[str, ...]:
    from cswitch.core.text.scripts import check_language

    try:
        return tuple([check_language(side) for side in sides])
    except UsageError as error:
        raise UsageError(f"{option} {text}: {error.message}", hint=error.hint) from error


def note(line: str) -> None:
    """Tells the user something on stderr."""
    typer.echo(f"cswitch: note: {line}", err=True)


def print_json(value: object) -> None:
    """Writes one JSON object on stdout, indented, keys in the order given."""
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))


def counted(number: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "token"), counted(1200, "token")
    ('1 token', '1,200 tokens')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"


def percent(part: int, whole: int) -> str:
    """A share of a whole that is not 0.

    >>> percent(1, 8)
    '12.5 %'
    """
    return f"{100 * part / whole:.1f} %"
