"""YAML that people write by hand: read whole, with the line of every key, so that a mistake can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml

from cswitch.core.errors import InputError
from cswitch.schemas.decode import RecordError, convert_record

T = TypeVar("T")


class Document(NamedTuple):
    """What a YAML text holds, and where."""

    value: Any
    """The mapping it holds."""
    lines: Mapping[str, int]
    """1-based line of each key and item by its path, such as ``axes.topic[2]``."""
    path: str
    """The file it comes from."""

    def error(self, message: str, field: str = "", *, hint: str = "") -> InputError:
        r"""An error that points at a field; at its parent where the field is missing.

        >>> print(parse("a: 1\nb: 2\n", "x.yaml").error("too small", "b"))
        x.yaml:2: field 'b': too small
        """
        at = field
        while at and at not in self.lines:
            at = re.sub(r"(\[[^\]]*\]|\.[^.\[\]]*|^[^.\[]+)$", "", at)
        return InputError(message, path=self.path, line=self.lines.get(at, 1), field=field or None, hint=hint)

    def convert(self, record: type[T]) -> T:
        """The document as a record.

        Raises:
            InputError: It does not fit; file, line and field are named.
        """
        try:
            return convert_record(self.value, record)
        except RecordError as error:
            raise self.error(error.message, error.field, hint=error.hint) from error


def read_text(path: Path) -> str:
    """The text of a file, line ends as single line feeds.

    Raises:
        InputError: It cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(error.strerror or "it cannot be read", path=path, hint="check the path") from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", path=path, hint="convert it with iconv") from error


def parse(text: str, path: str, *, before: int = 0) -> Document:
    r"""The mapping a YAML text holds.

    Args:
        text: The text.
        path: The file it comes from.
        before: Lines of the file before the text.

    Raises:
        InputError: It is not YAML, holds a key twice, or is no mapping.

    >>> parse("plan: spans\njudges:\n  - fluency\n", "x.yaml").lines["judges[0]"]
    3
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = before + mark.line + 1 if mark else before + 1
        what = getattr(error, "problem", None) or "it cannot be read"
        raise InputError(f"not YAML: {what}", path=path, line=line, hint="quote values that hold : or #") from error
    except RecursionError as error:
        raise InputError(
            "nested too deeply", path=path, line=before + 1, hint="look for brackets without end"
        ) from error
    if not isinstance(node, yaml.MappingNode):
        raise InputError("no keys and values", path=path, line=before + 1, hint="write a line for each key: key: value")
    reader = _Reader(path, before)
    value = reader.value(node, "")
    return Document(value, reader.lines, path)


class _Reader:
    """Turns nodes into values, and notes their lines."""

    def __init__(self, path: str, before: int) -> None:
        self.path, self.before = path, before
        self.lines: dict[str, int] = {}
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, place: str) -> Any:
        """The value of a node; the lines of what is in it are noted."""
        line = self.before + node.start_mark.line + 1
        self.lines.setdefault(place, line)
        if not isinstance(node, yaml.ScalarNode):
            if id(node) in self._seen:  # aliases can make a few lines as large as one likes
                raise self._error("a part that is used again by *", place, line, hint="write it out")
            self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, f"{place}[{n}]") for n, item in enumerate(node.value)]
        try:
            return yaml.SafeLoader("").construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            raise self._error("not a plain value", place, line, hint="quote it") from error

    def _mapping(self, node: yaml.MappingNode, place: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = self.before + key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error("a key that is no word", place, line, hint="write key: value")
            key = str(key_node.value)
            field = f"{place}.{key}" if place else key
            if key in found:
                raise self._error("it stands there twice", field, line, hint="drop one of them")
            self.lines[field] = line
            found[key] = self.value(value_node, field)
        return found

    def _error(self, message: str, field: str, line: int, *, hint: str) -> InputError:
        return InputError(message, path=self.path, line=line, field=field or None, hint=hint)
