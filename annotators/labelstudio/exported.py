"""The export of a project as it lies on the disk: found task by task, so that memory holds one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from typing import IO, Any, NamedTuple

import msgspec

from cswitch.annotators.labelstudio.pushing import key_of
from cswitch.core.errors import RunError

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
_OPENING, _CLOSING = b"{[", b"}]"
_HINT = "run the same command again"


class Exported:
    """Tasks of an export, those of one sample together, in the order of their ids.

    Args:
        file: The export, a JSON list; it stays open as long as tasks are read.

    Raises:
        RunError: The export is cut short, or is none.

    >>> from tempfile import TemporaryFile
    >>> with TemporaryFile() as file:
    ...     _ = file.write(b'[{"id": 9, "data": {"text": "[ok"}}, {"id": 2}]')
    ...     file.flush()
    ...     list(Exported(file))
    [[{'id': 2}], [{'id': 9, 'data': {'text': '[ok'}}]]
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._groups: dict[str, list[_Span]] = {}
        for span in _spans(file):
            self._groups.setdefault(span.key, []).append(span)

    def __len__(self) -> int:
        return sum(map(len, self._groups.values()))

    def __iter__(self) -> Iterator[list[dict[str, Any]]]:
        for group in sorted(map(sorted, self._groups.values())):
            yield [self._task(span) for span in group]

    def _task(self, span: _Span) -> dict[str, Any]:
        self._file.seek(span.start)
        found: dict[str, Any] = msgspec.json.decode(self._file.read(span.end - span.start))
        return found


class _Span(NamedTuple):
    task: int
    start: int
    end: int
    key: str


def _spans(file: IO[bytes]) -> Iterator[_Span]:
    file.seek(0, 2)
    if not file.tell():
        raise RunError("the server's export is empty", hint=_HINT)
    with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        for start, end in _objects(data):
            try:
                task = msgspec.json.decode(data[start:end])
                number = int(task["id"])
            except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
                raise RunError("the server's export holds what is no task", hint=_HINT) from error
            fields = task.get("data")
            key = key_of(fields) if isinstance(fields, dict) else None
            # A sample that is there with another text is another record.
            yield _Span(number, start, end, f"{key}\x1f{fields['text']}" if key else f"\x1f\x1f{number}")


def _objects(data: mmap) -> Iterator[tuple[int, int]]:
    """Where the items of a JSON list of objects begin and end."""
    depth = start = 0
    closed = False
    for found in _TOKEN.finditer(data):
        token = found[0]
        if token in _OPENING:
            depth += 1
            if depth == 1 and token == b"{":
                raise RunError("the server's export is no list of tasks", hint=_HINT)
            if depth == 2:
                start = found.start()
        elif token in _CLOSING:
            depth -= 1
            if depth == 1:
                yield start, found.end()
            closed = depth == 0
    if not closed:
        raise RunError("the server's export is cut short", hint=_HINT)
