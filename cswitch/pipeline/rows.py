"""Rows of any table as objects: JSON Lines, TSV and CSV with a header, Parquet, folders of ``datasets``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import PurePath
from typing import Any

from cswitch.core.errors import InputError, UsageError
from cswitch.core.registry import suggest
from cswitch.pipeline.lines import read_lines, started
from cswitch.pipeline.pair_csv import csv_cells
from cswitch.pipeline.pair_rows import Lines
from cswitch.pipeline.pair_tables import wrong_width
from cswitch.pipeline.tag_layouts import named_layout
from cswitch.pipeline.tag_records import objects

ROW_FORMATS = ("jsonl", "tsv", "csv", "parquet", "datasets", "text")
"""Names of the layouts, as ``fmt`` takes them."""
Place = int
"""1-based line of the file, or row."""


def read_rows(path: str, fmt: str | None = None) -> Iterator[tuple[Place, dict[str, Any]]]:
    r"""The rows of a table with their places, in flat memory.

    Cells of TSV and CSV are strings; a line of plain text is a row with one column, ``text``.

    Args:
        path: A file, gzip or Zstandard or not, a folder, or ``-`` for standard input.
        fmt: A name from :data:`ROW_FORMATS`, to overrule what the file says.

    Raises:
        InputError: It cannot be read; file, line and remedy are named.
        MissingExtraError: Reading it needs an extra.
        UsageError: The layout is unknown.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "two.tsv")
    ...     _ = path.write_text("id\ten\n7\tGood morning\n", encoding="utf-8")
    ...     list(read_rows(str(path)))
    [(2, {'id': '7', 'en': 'Good morning'})]
    """
    return started(_rows(path, fmt))


def column(row: dict[str, Any], name: str, path: str, place: int) -> Any:
    """The value of a column.

    Raises:
        InputError: There is none; the nearest is named.
    """
    if name not in row:
        raise InputError(f"no column {name!r}", path=path, line=place, hint=suggest(name, list(row)))
    return row[name]


def _rows(path: str, fmt: str | None) -> Iterator[tuple[Place, dict[str, Any]]]:
    if fmt is not None and fmt not in ROW_FORMATS:
        raise UsageError(f"unknown format {fmt!r}", hint=f"known: {', '.join(ROW_FORMATS)}")
    kind = fmt or _named(path)
    if kind in ("parquet", "datasets"):
        yield from objects(path, kind, iter(()))
        return
    lines: Lines = read_lines(path)
    number, first = next(lines)
    kind = kind or _shown(first)
    lines = chain([(number, first)], lines)
    if kind == "jsonl":
        yield from objects(path, kind, lines)
    elif kind == "text":
        yield from ((place, {"text": line}) for place, line in lines if line.strip())
    else:
        yield from _cells(lines, path, "\t" if kind == "tsv" else "")


def _named(path: str) -> str | None:
    suffix = PurePath(path.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    return "csv" if suffix == ".csv" else named_layout(path)


def _shown(line: str) -> str:
    return "jsonl" if line.lstrip().startswith("{") else "tsv" if "\t" in line else "text"


def _cells(lines: Lines, path: str, parting: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Rows under a header; cells of CSV may be quoted, and then hold line ends."""
    if parting:
        found: Iterator[tuple[Place, list[str]]] = ((place, line.split(parting)) for place, line in lines if line)
    else:
        found = csv_cells(lines, path)
    number, columns = next(found, (1, []))
    twice = next((name for place, name in enumerate(columns) if name in columns[:place]), None)
    if twice is not None:
        raise InputError(f"two columns are named {twice!r}", path=path, line=number, hint="rename one of them")
    empty = True
    for place, cells in found:
        empty = False
        if len(cells) != len(columns):
            raise wrong_width(len(cells), columns, path, place, "tab" if parting else "comma or quotation mark")
        yield place, dict(zip(columns, cells, strict=True))
    if empty:
        raise InputError("no rows after the header", path=path, line=1, hint="check the command that made the file")
