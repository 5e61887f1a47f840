"""Decoding records, with errors that name the field at fault.

This floor knows no files: whoever reads one catches :class:`RecordError` and adds the file and the line.
"""

from __future__ import annotations

import re
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")

_PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(?P<path>[^`]*)`$")
_NAMED = re.compile(r"^Object (?P<fault>missing required|contains unknown) field `(?P<name>.*)`$")
_BYTE = re.compile(r"\(byte (\d+)\)")

_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}
"""Decoders are costly to build, so each is built once."""


class RecordError(ValueError):
    """A record that does not fit its schema.

    Args:
        message: What is wrong, without its place.
        field: Path of the field at fault, such as ``links[0][1]``; empty for the record itself.
        hint: What to do.

    >>> error = RecordError("expected str, got int", field="texts")
    >>> error.field, error.message
    ('texts', 'expected str, got int')
    """

    def __init__(self, message: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(f"field {field!r}: {message}" if field else message)
        self.message, self.field, self.hint = message, field, hint


def decode_record(line: str | bytes, record: type[T]) -> T:
    """Decode one line of JSON as a record.

    Args:
        line: One JSON value.
        record: A msgspec Struct, or any type that msgspec knows.

    Raises:
        RecordError: The JSON is broken (the message gives the byte, from 1), or does not fit the schema.

    >>> from cswitch.schemas.reject import Reject
    >>> decode_record('{"source_id": "7", "reason": "no_links"}', Reject).reason
    'no_links'
    >>> decode_record('{"source_id": 7, "reason": "no_links"}', Reject)
    Traceback (most recent call last):
        ...
    cswitch.schemas.decode.RecordError: field 'source_id': expected str, got int
    """
    try:
        return _decoder(record).decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise explain(error, record) from error


def convert_record(value: Any, record: type[T]) -> T:
    """Turn plain Python data, such as decoded JSON or YAML, into a record.

    Raises:
        RecordError: The data does not fit the schema.

    >>> from cswitch.schemas.settings import SynthSettings
    >>> convert_record({"pair": ["en", "hi"], "seed": 3}, SynthSettings).seed
    3
    >>> convert_record({"pair": ["en", "hi"], "sed": 3}, SynthSettings)
    Traceback (most recent call last):
        ...
    cswitch.schemas.decode.RecordError: field 'sed': unknown field
    """
    try:
        return msgspec.convert(value, record)
    except (msgspec.ValidationError, RecursionError) as error:
        raise explain(error, record) from error


def explain(error: Exception, record: object = None) -> RecordError:
    """Put an error of msgspec in plain words.

    Args:
        error: What msgspec raised.
        record: The type that was asked for; its fields are listed when one is missing or unknown.

    >>> explain(msgspec.ValidationError("Expected `int`, got `str` - at `$.links[0][1]`"))
    RecordError("field 'links[0][1]': expected int, got str")
    """
    if isinstance(error, RecursionError):
        return RecordError("the JSON is nested too deeply", hint="flatten the record")
    if not isinstance(error, msgspec.ValidationError):
        return _broken(str(error))
    place = _PLACE.search(str(error))
    what = str(error)[: place.start()] if place else str(error)
    path = place["path"] if place else ""
    named = _NAMED.match(what)
    if named is None:
        words = _words_of(record, path) if what.startswith("Invalid enum value") else []
        return RecordError(_plain(what), field=path, hint=f"known: {', '.join(words)}" if words else "")
    field = f"{path}.{named['name']}" if path else named["name"]
    known = [] if path else fields_of(record)
    hint = f"the fields are {', '.join(known)}" if known else ""
    return RecordError("missing" if named["fault"].startswith("missing") else "unknown field", field=field, hint=hint)


def fields_of(record: object) -> list[str]:
    """Names of the fields of a Struct as they are written in JSON; empty for any other type.

    >>> from cswitch.schemas.reject import Reject
    >>> fields_of(Reject)
    ['source_id', 'reason', 'detail', 'line']
    """
    if isinstance(record, type) and issubclass(record, msgspec.Struct):
        return [field.encode_name for field in msgspec.structs.fields(record)]
    return []


def _words_of(record: object, field: str) -> list[str]:
    """The words that a field of a Struct may hold, where it holds one of several."""
    kinds = [get_type_hints(record).get(field)] if field in fields_of(record) else []
    found: list[str] = []
    while kinds:
        kind = kinds.pop()
        if get_origin(kind) is Literal:
            found += [word for word in get_args(kind) if isinstance(word, str) and word]
        elif get_origin(kind) in (Union, UnionType):
            kinds += get_args(kind)
    return found


def _broken(message: str) -> RecordError:
    what = message.removeprefix("JSON is malformed: ")
    if "truncated" in what:
        what = "it ends before the value does"
    what = _BYTE.sub(lambda at: f"at byte {int(at[1]) + 1}", what)
    return RecordError(f"broken JSON: {_plain(what)}", hint="write one whole JSON object on each line")


def _plain(message: str) -> str:
    text = message.replace("`", "")
    return text[:1].lower() + text[1:]


def _decoder(record: type[T]) -> msgspec.json.Decoder[T]:
    if record not in _DECODERS:
        _DECODERS[record] = msgspec.json.Decoder(record)
    return _DECODERS[record]
