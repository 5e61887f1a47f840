"""Parallel text in JSON Lines: plain objects, or Pair records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec

from cswitch.core.errors import CswitchError, InputError
from cswitch.pipeline.lines import at
from cswitch.pipeline.pair_rows import Checks, Languages, Lines, LinkReader, Row, listed, name_meant, turn
from cswitch.schemas.decode import RecordError, convert_record, decode_record
from cswitch.schemas.pair import Pair

Index = Annotated[int, msgspec.Meta(ge=0)]
Confidence = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Plain(msgspec.Struct, frozen=True):
    """What a plain object may hold beside its two texts; anything else goes to ``meta``."""

    id: str | int | None = None
    links: str | list[tuple[Index, Index]] | None = None
    confidences: list[Confidence] | None = None
    tokens: dict[str, list[str]] | None = None
    labels: dict[str, Any] = msgspec.field(default_factory=dict)
    meta: dict[str, Any] = msgspec.field(default_factory=dict)


def jsonl_rows(lines: Lines, pair: Languages, checks: Checks) -> Iterator[Row]:
    """Rows of JSON Lines: plain objects with a field for each language, or Pair records.

    Links have i on the text that stands first in the object, in whatever order the languages are asked for.
    Empty lines are passed over.
    """
    reader, row, named = LinkReader(), checks.before, False
    for number, line in lines:
        if not line or line.isspace():
            continue
        row += 1
        try:
            found = pair_of(decode_record(line, dict), pair, reader)
        except RecordError as error:
            raise at(checks.path, number, _array_hint(error, line)) from error
        except CswitchError as error:
            raise InputError(error.message, path=checks.path, line=number, field="links", hint=error.hint) from error
        named = bool(found.id) if row == checks.before + 1 else named
        yield Row(number, checked_pair(found, pair, checks, number, row, named=named))
    if not row:
        raise InputError("no record in the file", path=checks.path, hint="check the command that made it")


def pair_of(value: dict[str, Any], pair: Languages, reader: LinkReader) -> Pair:
    """The pair that an object holds; its id is empty when it has none.

    Raises:
        RecordError: It is no pair of these languages.
        CswitchError: Its links cannot be read.

    >>> pair_of({"en": "Hello", "hi": "नमस्ते", "topic": "chat"}, ("en", "hi"), LinkReader()).meta
    {'topic': 'chat'}
    """
    return _pair_record(value, pair) if "texts" in value else _plain_pair(value, pair, reader)


def checked_pair(found: Pair, pair: Languages, checks: Checks, place: int, row: int, *, named: bool) -> Pair:
    """A pair with its id and with texts in normal form.

    Args:
        found: From :func:`pair_of`.
        pair: The languages.
        checks: What is watched over all rows.
        place: Line or row that it stands on.
        row: Its number, from 1.
        named: Whether the rows before had ids.

    Raises:
        InputError: It lacks an id or has one where the others do not, or has one that was there before.
    """
    if named != bool(found.id):
        hint = "give every row an id or none"
        raise InputError("some rows have an id, some none", path=checks.path, line=place, field="id", hint=hint)
    return msgspec.structs.replace(
        found,
        id=checks.unique(found.id, place) if named else str(row),
        texts={lang: checks.printable(found.texts[lang], lang, place) for lang in pair},
        tokens=None if found.tokens is None else checks.tokens(found.tokens, pair, place),
    )


def _pair_record(value: dict[str, Any], pair: Languages) -> Pair:
    found = convert_record(value, Pair)
    if not found.id:
        raise RecordError("the id is empty", field="id", hint="give every row its own id")
    for lang in pair:
        if lang not in found.texts:
            raise RecordError(f"no text for {lang!r}", field="texts", hint=f"found {', '.join(map(repr, found.texts))}")
    _check_confidences(found.links, found.confidences)
    if found.links is None:
        return found
    sides, wanted = tuple(found.texts)[:2], pair[:2]
    if set(sides) != set(wanted):
        raise RecordError(f"they join {' and '.join(sides)}, the first two texts", field="links", hint="leave them out")
    if any(i < 0 or j < 0 for i, j in found.links):
        raise RecordError("a negative index", field="links", hint="indices are 0-based")
    return found if sides == wanted else msgspec.structs.replace(found, links=turn(found.links))


def _check_confidences(links: list[tuple[int, int]] | None, confidences: list[float] | None) -> None:
    if confidences is None:
        return
    if len(confidences) != len(links or ()):
        message = f"{len(confidences)} confidences for {len(links or ())} links"
        raise RecordError(message, field="confidences", hint="give one a link, or leave them out")
    if not all(0 <= value <= 1 for value in confidences):
        raise RecordError("a confidence outside 0 to 1", field="confidences", hint="give values from 0 to 1")


def _plain_pair(value: dict[str, Any], pair: Languages, reader: LinkReader) -> Pair:
    names = list(value)
    texts = {lang: value.pop(lang, None) for lang in pair}
    for lang, text in texts.items():
        if not isinstance(text, str):
            raise _no_text(lang, text, names, len(pair))
    rest = convert_record(value, Plain)
    links, confidences = rest.links, rest.confidences
    if isinstance(links, str):
        links, confidences = reader.links(links)
    _check_confidences(links, confidences)
    if links is not None and names.index(pair[0]) > names.index(pair[1]):
        links = turn(links)
    others = {name: given for name, given in value.items() if name not in Plain.__struct_fields__}
    return Pair(
        id="" if rest.id is None else str(rest.id),
        texts=texts,
        tokens=rest.tokens,
        links=links,
        confidences=confidences,
        labels=rest.labels,
        meta={**rest.meta, **others} if others else rest.meta,
    )


def _no_text(lang: str, value: object, names: Sequence[str], sides: int) -> RecordError:
    if lang in names:
        what = "null" if value is None else type(value).__name__
        return RecordError(f"expected str, got {what}", field=lang, hint="write the text as a string")
    hint = name_meant(lang, names, f"each object needs a text in {'both' if sides == 2 else 'all'} languages")
    return RecordError(f"missing; found {listed(names)}", field=lang, hint=hint)


def _array_hint(error: RecordError, line: str) -> RecordError:
    if not line.lstrip().startswith("["):
        return error
    return RecordError(
        "a JSON array, not an object", hint="write one object a line: jq -c '.[]' array.json > pairs.jsonl"
    )
