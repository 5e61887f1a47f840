"""Columns of a table: their kinds, and what Arrow and ``datasets`` call them.

A kind is ``"string"``, ``"int64"``, ``"float64"`` or ``"bool"``; :class:`Names` for numbered names;
:class:`Translations`; a list of one kind for a list of values; a dictionary for a record with fields.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cswitch.core.errors import MissingExtraError
from cswitch.schemas.decode import RecordError

if TYPE_CHECKING:
    import pyarrow

EXTRA = "datasets"


class Names(NamedTuple):
    """Names that are numbered: ``ClassLabel`` of ``datasets``."""

    names: tuple[str, ...]
    """Each name once, in the order of their numbers."""


class Translations(NamedTuple):
    """A text in each of several languages: ``Translation`` of ``datasets``."""

    codes: tuple[str, ...]
    """Codes of the languages."""


def feature(kind: Any) -> Any:
    """What ``datasets`` writes for a kind.

    >>> feature([Names(("hi", "en"))])
    {'feature': {'names': ['hi', 'en'], '_type': 'ClassLabel'}, '_type': 'Sequence'}
    >>> feature({"cmi": "float64"})
    {'cmi': {'dtype': 'float64', '_type': 'Value'}}
    """
    if isinstance(kind, Names):
        return {"names": list(kind.names), "_type": "ClassLabel"}
    if isinstance(kind, Translations):
        return {"languages": list(kind.codes), "_type": "Translation"}
    if isinstance(kind, list):
        # A Sequence of records would turn into a record of lists.
        inner = feature(kind[0])
        return [inner] if isinstance(kind[0], dict) else {"feature": inner, "_type": "Sequence"}
    if isinstance(kind, dict):
        return {name: feature(inner) for name, inner in kind.items()}
    return {"dtype": kind, "_type": "Value"}


def schema_of(columns: Mapping[str, Any]) -> pyarrow.Schema:
    """The schema of a table, with what ``datasets`` needs to know beside it.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    pa = arrow()
    features = {name: feature(kind) for name, kind in columns.items()}
    fields = [pa.field(name, _arrow_type(kind, pa)) for name, kind in columns.items()]
    return pa.schema(fields, metadata={"huggingface": json.dumps({"info": {"features": features}})})


def encoder_of(kind: Any) -> Callable[[Any], Any] | None:
    """What turns a value into what Arrow takes; None when it stays as it is.

    >>> encoder_of([Names(("hi", "en"))])(["en", "hi"])
    [1, 0]
    """
    if isinstance(kind, Names):
        return _numbered(kind)
    if isinstance(kind, list):
        inner = encoder_of(kind[0])
        return None if inner is None else lambda values: None if values is None else [inner(value) for value in values]
    return None


def arrow() -> Any:
    """The module pyarrow.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("writing tables", extra=EXTRA) from error
    return pyarrow


def _numbered(kind: Names) -> Callable[[Any], Any]:
    numbers: dict[Any, int] = {name: number for number, name in enumerate(kind.names)}

    def number(value: Any) -> Any:
        if value is None or type(value) is int:
            return value
        if value not in numbers:
            raise RecordError(f"{value!r} is none of the labels {', '.join(kind.names)}", hint="add it to --labels")
        return numbers[value]

    return number


def _arrow_type(kind: Any, pa: Any) -> Any:
    if isinstance(kind, Names):
        return pa.int64()
    if isinstance(kind, Translations):
        return pa.struct({code: pa.string() for code in sorted(kind.codes)})
    if isinstance(kind, list):
        return pa.list_(_arrow_type(kind[0], pa))
    if isinstance(kind, dict):
        return pa.struct({name: _arrow_type(inner, pa) for name, inner in kind.items()})
    return {"string": pa.string, "int64": pa.int64, "float64": pa.float64, "bool": pa.bool_}[kind]()
