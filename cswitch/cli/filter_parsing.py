"""What the options of ``cswitch filter`` parse to: settings of filters by name, as plain data."""

from __future__ import annotations

import re
from typing import Any

from cswitch.cli.options import parse_languages
from cswitch.core.errors import UsageError

Bounds = tuple[float | None, float | None]
Settings = dict[str, dict[str, Any]]

_RANGE = re.compile(r"(\d+(?:\.\d+)?)?(-)?(\d+(?:\.\d+)?)?")
_LIKENESS = 0.9
"""Default of --likeness: one word in ten may differ, about."""
_NEEDS = {
    "script_share": ("script", "--script-share", "--script"),
    "language_tokens": ("each_language", "--language-tokens", "--each-language"),
    "retag": ("confidence", "--retag", "--confidence or --word-confidence"),
    "likeness": ("near", "--likeness", "--duplicates near"),
    "any_digits": ("duplicates", "--any-digits", "--duplicates"),
    "resume": ("duplicates", "--resume", "--duplicates"),
}
"""Options that mean nothing without another."""


_MEANT: dict[str, tuple[str, str, str]] = {
    "met": ("met", "", "nothing"),
    "generator": ("provenance", "generators", "names"),
    "recipe": ("provenance", "recipes", "names"),
    "model": ("provenance", "models", "names"),
    "score": ("scores", "conditions", "value"),
    "tokens": ("length", "{}_tokens", "whole"),
    "characters": ("length", "{}_characters", "whole"),
    "only_languages": ("languages", "only", "tags"),
    "each_language": ("languages", "each", "tags"),
    "language_tokens": ("languages", "least", "value"),
    "matrix": ("matrix", "languages", "tags"),
    "cmi": ("cmi", "", "range"),
    "switches": ("switches", "", "whole"),
    "script": ("script", "script", "value"),
    "script_share": ("script", "share", "value"),
    "no_repetition": ("repetition", "", "nothing"),
    "source_ratio": ("ratio", "", "range"),
    "kept_content": ("contents", "share", "value"),
    "block": ("words", "block", "value"),
    "require": ("words", "require", "value"),
    "confidence": ("confidence", "mean", "value"),
    "word_confidence": ("confidence", "least", "value"),
    "retag": ("confidence", "retag", "value"),
    "agreement": ("agreement", "share", "value"),
    "duplicates": ("duplicates", "", "nothing"),
    "likeness": ("duplicates", "likeness", "value"),
    "any_digits": ("duplicates", "digits", "value"),
}
"""Option to the filter and the setting it stands for, and how it is written."""


def parse_range(option: str, text: str, *, whole: bool = False) -> Bounds:
    """Lowest and highest of ``3-60``, ``3-``, ``-60`` or ``5``.

    Raises:
        UsageError: It is none of these.

    >>> parse_range("--cmi", "20-40"), parse_range("--tokens", "3-", whole=True), parse_range("--cmi", "25")
    ((20.0, 40.0), (3, None), (25.0, 25.0))
    """
    found = _RANGE.fullmatch(text.strip())
    kind = int if whole else float
    if found is None or not (found[1] or found[3]) or (whole and "." in text):
        unit = "a range of whole numbers" if whole else "a range"
        raise UsageError(f"{option} {text!r} is not {unit}", hint="write 3-60, 3- for no upper bound, -60 for no lower")
    low = kind(found[1]) if found[1] else None
    return low, low if not found[2] else kind(found[3]) if found[3] else None


def parse_list(option: str, text: str) -> tuple[str, ...]:
    """Names with commas between.

    Raises:
        UsageError: There is none.

    >>> parse_list("--generator", "insertion, nested")
    ('insertion', 'nested')
    """
    found = tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))
    if not found:
        raise UsageError(f"{option} {text!r} names none", hint="write names with commas between")
    return found


def parse_tags(option: str, text: str) -> tuple[str, ...]:
    """Languages with commas between, as the tags they have.

    Raises:
        UsageError: There is none, or one is unknown.

    >>> parse_tags("--matrix", "hin, en")
    ('hi', 'en')
    """
    from cswitch.core.tag_names import language_tag

    names = parse_list(option, text)
    try:
        return tuple(dict.fromkeys(map(language_tag, names)))
    except UsageError as error:
        raise UsageError(f"{option} {text}: {error.message}", hint=error.hint) from error


def filter_settings(given: dict[str, Any]) -> Settings:
    """Settings of filters by name, out of options by name.

    Raises:
        UsageError: No option asks for a filter, an option lacks the one it belongs to, or a value cannot be meant.

    >>> filter_settings({"tokens": "3-", "cmi": "20-40", "only_languages": "en,hi"})
    {'length': {'min_tokens': 3}, 'languages': {'only': ('en', 'hi')}, 'cmi': {'low': 20.0, 'high': 40.0}}
    """
    options = {name: value for name, value in given.items() if not _is_absent(value)}
    _check_needs(options)
    found: Settings = {}
    for option, (name, setting, kind) in _MEANT.items():
        if option in options:
            found.setdefault(name, {}).update(_read(_dashed(option), options[option], setting, kind))
    if options.get("duplicates") == "near":
        found["duplicates"].setdefault("likeness", _LIKENESS)
    return _in_order(found)


def parse_pairs(pairs: str, pair: str) -> tuple[str, ...] | None:
    """The languages of ``--pairs``, and those that labels such as ``lang1`` stand for.

    Raises:
        UsageError: ``--pair`` is missing beside ``--pairs``, or names no two languages or more.

    >>> parse_pairs("", ""), parse_pairs("a.tsv", "en-hi")
    (None, ('en', 'hi'))
    """
    if pairs and not pair:
        raise UsageError("--pairs needs the languages of the pairs", hint="add --pair en-hi")
    return parse_languages(pair) if pair else None


def _read(option: str, value: Any, setting: str, kind: str) -> dict[str, Any]:
    """What an option says, as settings of its filter."""
    if kind in ("range", "whole"):
        bounds = parse_range(option, value, whole=kind == "whole")
        low, high = (setting.format("min"), setting.format("max")) if setting else ("low", "high")
        return {name: bound for name, bound in zip((low, high), bounds, strict=True) if bound is not None}
    if kind == "nothing":
        return {}
    read = {"names": parse_list, "tags": parse_tags}.get(kind)
    return {setting: value if read is None else read(option, value)}


def _is_absent(value: Any) -> bool:
    """Whether an option was left out."""
    return value is None or value is False or value in ("", [])


def _check_needs(options: dict[str, Any]) -> None:
    there = {*options, "near"} if options.get("duplicates") == "near" else {*options}
    if "word_confidence" in there:
        there.add("confidence")
    for option, (needed, name, by) in _NEEDS.items():
        if option in there and needed not in there:
            raise UsageError(f"{name} means nothing without {by}", hint=f"add {by}, or leave out {name}")


def _in_order(found: Settings) -> Settings:
    from cswitch.filters.table import FILTERS

    if not found:
        hint = "such as --tokens 3-60, --cmi 20-40 or --duplicates near; cswitch filter --help lists all"
        raise UsageError("no filter is asked for", hint=hint)
    return {name: found[name] for name in FILTERS if name in found}


def _dashed(option: str) -> str:
    return f"--{option.replace('_', '-')}"
