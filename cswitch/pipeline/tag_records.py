"""Utterances and gold sentences out of objects: lines of JSON, rows of Parquet and of ``datasets``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cswitch.core.errors import InputError
from cswitch.pipeline.lines import at
from cswitch.pipeline.pair_rows import Lines
from cswitch.pipeline.tag_columns import folder_rows, parquet_rows
from cswitch.schemas.decode import RecordError, decode_record

TOKENS = ("tokens", "words")
"""Names under which objects hold tokens, the first that is there is taken."""
TAGS = ("langs", "lid", "lang_tags", "language_tags", "langids", "tags", "labels")
"""Names under which objects hold a tag a token."""
_SHOWN = 12

Numbered = Iterator[tuple[int, dict[str, Any]]]


def objects(path: str, fmt: str, lines: Lines) -> Numbered:
    """Objects of a source with their places: lines of JSON by line, rows by row, from 1.

    Args:
        path: A file, ``-`` or a folder.
        fmt: ``jsonl``, ``parquet`` or ``datasets``.
        lines: The lines of JSON.

    Raises:
        InputError: The source cannot be read, or holds nothing.
        MissingExtraError: Reading it needs an extra.
    """
    if fmt == "jsonl":
        found: Numbered = _json_lines(lines, path)
    else:
        found = enumerate(parquet_rows(path) if fmt == "parquet" else folder_rows(path), start=1)
    place = 0
    for place, value in found:
        yield place, value
    if not place:
        raise InputError("no record in it", path=path, hint="check the command that made it")


def tokens_of(value: Mapping[str, Any]) -> tuple[str, list[str]] | None:
    """The field of an object's tokens and the tokens, or None when it has none.

    Raises:
        RecordError: They are not a list of strings.

    >>> tokens_of({"words": ["main", "happy"]}), tokens_of({"text": "main happy"})
    (('words', ['main', 'happy']), None)
    """
    name = next((name for name in TOKENS if value.get(name) is not None), None)
    return None if name is None else (name, strings(value[name], name))


def tags_of(value: Mapping[str, Any], count: int) -> list[str]:
    """The tags of an object's tokens.

    Raises:
        RecordError: There are none, or not one a token.

    >>> tags_of({"words": ["main", "happy"], "lid": ["hi", "en"]}, 2)
    ['hi', 'en']
    """
    name = next((name for name in TAGS if isinstance(value.get(name), list)), None)
    if name is None:
        hint = f"gold needs a tag a token under one of {', '.join(TAGS)}; found {listed(value)}"
        raise RecordError("no tags", hint=hint)
    tags = strings(value[name], name)
    if len(tags) != count:
        raise RecordError(f"{len(tags)} for {count} tokens", field=name, hint="write exactly one for each token")
    return tags


def strings(values: object, name: str) -> list[str]:
    """The values themselves, when they are a list of strings.

    >>> strings(["a", 1], "tokens")
    Traceback (most recent call last):
    ...
    cswitch.schemas.decode.RecordError: field 'tokens[1]': expected str, got int
    """
    if not isinstance(values, list):
        raise RecordError(f"expected a list, got {type(values).__name__}", field=name, hint="write a list of strings")
    for place, value in enumerate(values):
        if type(value) is not str:
            raise RecordError(f"expected str, got {_kind(value)}", field=f"{name}[{place}]", hint="write strings")
    return values


def name_of(value: Mapping[str, Any], count: int) -> str:
    """The id of an object, else its number.

    >>> name_of({"id": 7}, 3), name_of({}, 3)
    ('7', '3')
    """
    found = value.get("id")
    return str(count if found is None else found)


def listed(names: Mapping[str, Any] | Sequence[str]) -> str:
    """The first names of an object's fields, for a message.

    >>> listed({"a": 1, "b": 2})
    "'a', 'b'"
    """
    shown = [repr(name) for name in names][:_SHOWN]
    return ", ".join(shown) + (" ..." if len(names) > _SHOWN else "") if shown else "no field"


def placed(path: str, fmt: str, place: int, error: RecordError) -> InputError:
    """The error of an object, with its line or its row.

    >>> print(placed("a.parquet", "parquet", 3, RecordError("no tags")))
    a.parquet: row 3: no tags
    """
    if fmt == "jsonl":
        return at(path, place, error)
    return InputError(f"row {place}: {error}", path=path, hint=error.hint)


def _json_lines(lines: Lines, path: str) -> Numbered:
    for number, line in lines:
        if not line or line.isspace():
            continue
        try:
            yield number, decode_record(line, dict)
        except RecordError as error:
            raise at(path, number, error) from error


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
