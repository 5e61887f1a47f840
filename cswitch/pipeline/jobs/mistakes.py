"""Everything that is wrong with a piece of data, where decoding would stop at the first thing."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from cswitch.core.registry import suggest
from cswitch.schemas.decode import explain


class Mistake(NamedTuple):
    """Something that does not fit."""

    field: str
    """Path of the field, such as ``stages[0].synth.cmi``; empty for the whole."""
    message: str
    """What is wrong."""
    hint: str = ""
    """What to do."""


def mistakes(value: object, record: type[msgspec.Struct], place: str = "") -> Iterator[Mistake]:
    """What keeps plain data from being a record: unknown and missing fields, and values of the wrong type.

    Args:
        value: Plain data, such as decoded YAML.
        record: What it should be.
        place: Path of the value.

    >>> from cswitch.schemas.job import JobInput
    >>> for mistake in mistakes({"paht": "in.tsv", "pretokenised": "maybe"}, JobInput):
    ...     print(mistake.field, "-", mistake.message)
    paht - unknown field
    path - missing
    pretokenised - expected bool, got str
    """
    if not isinstance(value, dict):
        yield Mistake(place, f"expected keys and values, got {_kind(value)}", "write a line for each key: key: value")
        return
    fields = {field.name: field for field in msgspec.structs.fields(record)}
    for name in value:
        if name not in fields:
            yield Mistake(_joined(place, str(name)), "unknown field", suggest(str(name), list(fields)))
    for name, field in fields.items():
        if name in value:
            yield from _of_value(value[name], field.type, _joined(place, name))
        elif field.required:
            yield Mistake(_joined(place, name), "missing", "add it")


def _of_value(value: object, kind: Any, place: str) -> Iterator[Mistake]:
    inner = _struct_in(kind)
    if inner is not None and not (value is None and _takes_none(kind)):
        yield from mistakes(value, inner, place)
        return
    value_kind = _struct_in(get_args(kind)[1]) if get_origin(kind) is dict else None
    if value_kind is not None and isinstance(value, dict):
        for name, one in value.items():
            yield from mistakes(one, value_kind, _joined(place, str(name)))
        return
    item = _struct_in(next(iter(get_args(kind)), None)) if get_origin(kind) in (tuple, list) else None
    if item is not None and isinstance(value, list):
        for number, one in enumerate(value):
            yield from mistakes(one, item, f"{place}[{number}]")
        return
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        found = explain(error)
        hint = "quote it, for YAML takes it for a truth value" if "got bool" in found.message else found.hint
        known = _words_of(kind)
        if not found.field and isinstance(value, str) and known:
            hint = suggest(value, known)
        yield Mistake(_joined(place, found.field), found.message, hint)


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The Struct that a type is, or is beside None."""
    for one in get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,):
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            return one
    return None


def _words_of(kind: Any) -> list[str]:
    """The words that a type consists of; none for another.

    >>> from typing import Literal
    >>> _words_of(Literal["round", "square"] | None)
    ['round', 'square']
    """
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return [word for part in parts if get_origin(part) is Literal for word in get_args(part)]


def _takes_none(kind: Any) -> bool:
    return type(None) in get_args(kind)


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place and name and not name.startswith("[") else f"{place}{name}"


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
