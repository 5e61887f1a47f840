"""What the options of ``cswitch prompt`` parse to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import typer

from cswitch.cli.recipe_options import is_given
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.cli.prompt_options import Rows
    from cswitch.pipeline.prompt_source import PromptSource

_KINDS = {"pairs": "pairs", "text": "--text-lang", "grid": "--grid"}
_OF_NO_USE = {
    "pairs": ("--field", "--translator", "--count"),
    "text": ("--links", "--pretokenized", "--count"),
    "grid": ("IN", "--text-lang", "--links", "--pretokenized", "--field", "--format", "--translator"),
}
"""Options that make no sense with a kind of rows."""


def given(context: typer.Context) -> set[str]:
    """Names of the parameters that stand on the command line, rather than being left to what is usual."""
    return {name for name in context.params if is_given(context, name)}


class Kind(NamedTuple):
    """What rows are."""

    source: Literal["pairs", "text", "grid"]
    lang: str = ""
    """Language of text in one language."""


def parse_languages(text: str) -> tuple[str, ...]:
    """The two or three languages of ``--pair``, as primary subtags.

    Raises:
        UsageError: It does not name them.

    >>> parse_languages("en-hi"), parse_languages("eng-hin-ben")
    (('en', 'hi'), ('en', 'hi', 'bn'))
    """
    if not text:
        raise UsageError("no languages are named", hint="add --pair en-hi, or three: --pair en-hi-bn")
    codes = text.split("-")
    if not 2 <= len(codes) <= 3 or not all(codes):
        raise UsageError(
            f"--pair {text!r} is not two or three languages", hint="join their codes by hyphens: --pair en-hi"
        )
    found = tuple(parse_language(code, f"--pair {text}", known=True) for code in codes)
    if len(set(found)) < len(found):
        raise UsageError(f"--pair {text} names the same language twice", hint="name each once, such as --pair en-hi")
    return found


def parse_language(text: str, option: str, *, known: bool = False) -> str:
    """A language by any of its codes; what is none comes back as it is, unless it must be known.

    Raises:
        UsageError: It must be known, and is not.

    >>> parse_language("hin", "--matrix"), parse_language("", "--matrix")
    ('hi', '')
    """
    from cswitch.core.text.scripts import check_language

    try:
        return check_language(text) if text else ""
    except UsageError as error:
        if not known:
            return text
        raise UsageError(f"{option}: {error.message}", hint=error.hint) from error


def parse_judges(text: str) -> tuple[str, ...]:
    """Names of judges with commas between.

    >>> parse_judges("fluency, culture"), parse_judges("")
    (('fluency', 'culture'), ())
    """
    return tuple(filter(None, map(str.strip, text.split(","))))


def parse_ratio(text: str) -> tuple[float, float]:
    """Shortest and longest, as in ``0.5-1.8``.

    Raises:
        UsageError: It is no range.

    >>> parse_ratio("0.5-1.8")
    (0.5, 1.8)
    """
    low, _, high = text.partition("-")
    try:
        return float(low), float(high)
    except ValueError as error:
        raise UsageError(f"--length-ratio {text!r} is no range", hint="give shortest and longest: 0.5-1.8") from error


def parse_source(source: str, rows: Rows) -> tuple[PromptSource, Kind]:
    """Where rows come from, and what they are.

    Args:
        source: IN.
        rows: Options about it.

    Raises:
        UsageError: Options exclude each other, or nothing is named.
    """
    from cswitch.pipeline.checks import check_number
    from cswitch.pipeline.prompt_source import PromptSource

    grid, count, limit = rows.grid, rows.count, rows.limit
    if limit is not None:
        check_number("--limit", limit)
    if not grid and source.lower().endswith((".yaml", ".yml")):
        source, grid = "", source
    kind = Kind("grid") if grid else Kind("pairs")
    if not grid and rows.text_lang:
        kind = Kind("text", parse_language(rows.text_lang, "--text-lang"))
    given = {
        "IN": source, "--text-lang": rows.text_lang, "--links": rows.links, "--pretokenized": rows.pretokenized,
        "--field": rows.field, "--format": rows.fmt, "--translator": rows.translator, "--count": count,
    }  # fmt: skip
    for option in _OF_NO_USE[kind.source]:
        if given[option]:
            raise UsageError(f"{option} is of no use with {_KINDS[kind.source]}", hint="leave out one of the two")
    if kind.source == "grid":
        if count is not None:
            check_number("--count", count)
        return PromptSource(grid, limit=count if limit is None else min(count or limit, limit)), kind
    if not source:
        raise UsageError("no input is named", hint="name pairs or text, - for stdin, or topics by --grid everyday.v1")
    return PromptSource(source, rows.links, rows.fmt, rows.field, rows.pretokenized, limit), kind
