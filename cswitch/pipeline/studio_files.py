"""Files that Label Studio imports: JSON arrays of tasks, written as they come."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import msgspec

Opened = Callable[[str], AbstractContextManager[IO[bytes]]]


def write_tasks(tasks: Iterator[dict[str, Any]], output: str, chunk: int, opened: Opened) -> list[str]:
    """Writes tasks as one JSON array, or as numbered files of at most so many; memory holds one task.

    Files of the same name with higher numbers, left by a larger export, are removed, so that what lies there
    is one set.

    Args:
        tasks: The tasks; no file is begun when there is none.
        output: File to write.
        chunk: Tasks a file at most; 0 for one file.
        opened: Opens a file to write by its name.

    Returns:
        Names of the files.
    """
    files: list[str] = []
    for first in tasks:
        path = numbered(output, len(files) + 1) if chunk else output
        rest = tasks if not chunk else islice(tasks, chunk - 1)
        with opened(path) as stream:
            _write_array(chain([first], rest), stream)
        files.append(path)
    if chunk and files:
        for path in numbered_files(output):
            if path not in files:
                Path(path).unlink()
    return files


def numbered(output: str, number: int) -> str:
    """The name of a numbered file.

    >>> numbered("out/tasks.json", 7), numbered("tasks", 1234)
    ('out/tasks-007.json', 'tasks-1234.json')
    """
    return f"{output.removesuffix('.json')}-{number:03}.json"


def numbered_files(output: str) -> list[str]:
    """The numbered files that lie beside an output, in order.

    >>> numbered_files("no-such-folder/tasks.json")
    []
    """
    place = Path(output.removesuffix(".json"))
    name = re.compile(re.escape(place.name) + r"-(\d{3,})\.json")
    try:
        numbers = [int(found[1]) for path in place.parent.iterdir() if (found := name.fullmatch(path.name))]
    except FileNotFoundError:
        return []
    return [numbered(output, number) for number in sorted(numbers)]


def _write_array(tasks: Iterator[dict[str, Any]], stream: IO[bytes]) -> None:
    encode = msgspec.json.Encoder().encode  # whole numbers of any size, as records may hold
    separator = b"[\n"
    for task in tasks:
        stream.write(separator + encode(task))
        separator = b",\n"
    stream.write(b"\n]\n")
