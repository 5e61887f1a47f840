"""The data that is perturbed, read twice: first the columns that matter, then everything, with what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cswitch.core.errors import InputError, UsageError
from cswitch.perturb.records import Line

BATCH = 1000
"""Rows that are turned into Arrow together."""


class TableRow(NamedTuple):
    """A row of a table."""

    split: str
    """Its split; empty where there are none."""
    number: int
    """1-based number within the split; the line, where there are lines."""
    values: Mapping[str, Any]
    """Its columns."""


class Table(Protocol):
    """A table on the disk."""

    @property
    def path(self) -> str:
        """Where it lies."""
        ...

    @property
    def columns(self) -> Sequence[str]:
        """Names of its columns."""
        ...

    @property
    def names(self) -> Mapping[str, Sequence[str]]:
        """Column to what its numbers mean, where the data say it."""
        ...

    def rows(self, columns: Sequence[str]) -> Iterator[TableRow]:
        """Its rows, with some of their columns.

        Raises:
            InputError: It cannot be read on.
        """
        ...

    def write(self, part: Path, lines: Iterator[Line], column: str) -> None:
        """Writes the table with what has changed.

        Args:
            part: Where to; not there yet.
            lines: A line a row, in order.
            column: The column that is added.
        """
        ...


def open_table(path: str) -> Table:
    """A table by the name of its file, or a folder saved by ``datasets``.

    Raises:
        InputError: It is not there or cannot be read.
        UsageError: Its layout is not known.
        MissingExtraError: Reading it needs an extra.
    """
    place = Path(path)
    if path == "-":
        raise UsageError("the input is read twice, which standard input cannot be", hint="name a file or a folder")
    if not place.exists():
        raise InputError("no such file or folder", path=path, hint="check the path")
    layout = layout_of(path, is_folder=place.is_dir())
    if layout == "datasets":
        from cswitch.pipeline.perturb_arrow import DatasetTable

        return DatasetTable(path)
    if layout == "parquet":
        from cswitch.pipeline.perturb_arrow import ParquetTable

        return ParquetTable(path)
    from cswitch.pipeline.perturb_lines import CsvTable, JsonTable

    return JsonTable(path) if layout == "jsonl" else CsvTable(path, "\t" if layout == "tsv" else ",")


_LAYOUTS = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "tsv", ".tab": "tsv",
    ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip


def layout_of(path: str, *, is_folder: bool = False) -> str:
    """The layout of a file or folder, by its name.

    Raises:
        UsageError: The name does not tell it.

    >>> layout_of("a.jsonl.gz"), layout_of("gsm8k", is_folder=True)
    ('jsonl', 'datasets')
    """
    if is_folder:
        return "datasets"
    suffix = Path(path.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    if suffix not in _LAYOUTS:
        hint = "give it one of .jsonl, .csv, .tsv, .parquet, or name a folder saved by datasets"
        raise UsageError(f"{path}: the name does not tell the layout", hint=hint)
    return _LAYOUTS[suffix]


def check_layouts(source: str, output: str) -> None:
    """Checks that a table is written in the layout that it is read in.

    Raises:
        UsageError: It is not.

    >>> check_layouts("a.jsonl.gz", "b.jsonl")
    """
    is_folder = Path(source).is_dir()
    read = layout_of(source, is_folder=is_folder)
    try:
        written = layout_of(output, is_folder=is_folder and not Path(output).suffix)
    except UsageError:
        written = ""
    if output.endswith((".gz", ".zst")):
        raise UsageError(
            f"{output}: output is not compressed", hint="leave out the ending, and compress the file after"
        )
    if read != written and not (is_folder and not written):
        what = "a folder without an ending" if is_folder else f"a name that ends as {Path(source).name} does"
        hint = f"the layout of the input is kept: give -o {what}"
        raise UsageError(f"{source} is {read}, and {output} is not", hint=hint)
