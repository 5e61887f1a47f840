"""Writers of text: JSON Lines, lines, line-parallel files, CSV, CoNLL and LinCE. A row is held at a time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cswitch.export.contracts import ExportSettings, Row, Target

GUARD = "'"
"""What stands before a cell that a spreadsheet would take for a formula."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", GUARD)
_BREAKS = re.compile(r"\s*[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]\s*")
"""Every end of a line that a reader of lines may know, with the white space around it."""


class JsonLinesSink:
    """A JSON object a line."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        self._out = target.open(f"{split}.jsonl")
        self._encode = msgspec.json.Encoder().encode

    def add(self, row: Row) -> None:
        """Writes a row."""
        self._out.write(self._encode(row) + b"\n")

    def close(self) -> None:
        """Nothing is held."""
        self._out.flush()


class LinesSink:
    """A text a line, with the separator on a line of its own between texts; line ends within a text become spaces."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        self._out = target.open(f"{split}.txt")
        self._between = f"{settings.separator}\n".encode() if settings.separator else b""
        self._first = True

    def add(self, row: Row) -> None:
        """Writes the text of a row."""
        if not self._first:
            self._out.write(self._between)
        self._first = False
        self._out.write(one_line(row["text"]).encode() + b"\n")

    def close(self) -> None:
        """Nothing is held."""
        self._out.flush()


class ParallelSink:
    """A file a language, line by line: ``train.hi-en``, ``train.en``; or ``train.input``, ``train.target``."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        translations = columns.get("translation")
        self._names: Sequence[str] = translations.codes if translations else ("input", "target")
        self._nested = translations is not None
        self._outs = [target.open(f"{split}.{name}") for name in self._names]

    def add(self, row: Row) -> None:
        """Writes a line into each file."""
        texts = row["translation"] if self._nested else row
        for name, out in zip(self._names, self._outs, strict=True):
            out.write(one_line(texts[name]).encode() + b"\n")

    def close(self) -> None:
        """Nothing is held."""
        for out in self._outs:
            out.flush()


class CsvSink:
    """Comma-separated values by RFC 4180, in UTF-8, with cells that a spreadsheet would run made harmless."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        self._out = target.open(f"{split}.csv")
        self._names = list(columns)
        self._line = io.StringIO(newline="")
        self._writer = csv.writer(self._line, lineterminator="\r\n")
        self._put(self._names)

    def add(self, row: Row) -> None:
        """Writes a row; only texts are guarded, numbers are no formulas."""
        self._put([guarded(value) if isinstance(value, str) else value for value in map(row.get, self._names)])

    def _put(self, cells: Sequence[Any]) -> None:
        self._writer.writerow(cells)
        self._out.write(self._line.getvalue().encode())
        self._line.seek(0)
        self._line.truncate()

    def close(self) -> None:
        """Nothing is held."""
        self._out.flush()


class ConllSink:
    """Token, tab, tag; ids and text in comments; an empty line after each utterance."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        self._out = target.open(f"{split}.conll")

    def add(self, row: Row) -> None:
        """Writes an utterance."""
        # A line with a tab in it would be a token.
        told = ((key, one_line(row[name]).replace("\t", " ")) for key, name in _COMMENTS if row.get(name))
        head = "".join(f"# {key} = {text}\n" for key, text in told)
        self._out.write((head + token_rows(row["tokens"], row["langs"], row.get("pos")) + "\n").encode())

    def close(self) -> None:
        """Nothing is held."""
        self._out.flush()


_COMMENTS = (("sent_id", "id"), ("source_id", "source_id"), ("text", "text"))


class LinceSink:
    """The layout of LinCE: utterances are numbered from 1 in each file."""

    def __init__(self, target: Target, split: str, columns: Mapping[str, Any], settings: ExportSettings) -> None:
        self._out = target.open(f"{split}.conll")
        self._count = 0

    def add(self, row: Row) -> None:
        """Writes an utterance."""
        self._count += 1
        self._out.write(f"# sent_enum = {self._count}\n{token_rows(row['tokens'], row['langs'], None)}\n".encode())

    def close(self) -> None:
        """Nothing is held."""
        self._out.flush()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before one that starts like it.

    An apostrophe that was there gets another, so that taking one away from every cell that starts with one
    gives every text back.

    >>> guarded("=1+1"), guarded("'tis"), guarded("1+1")
    ("'=1+1", "''tis", '1+1')
    """
    return GUARD + cell if cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """The text that was guarded.

    >>> unguarded("'=1+1"), unguarded("''tis"), unguarded("1+1")
    ('=1+1', "'tis", '1+1')
    """
    return cell.removeprefix(GUARD)


def one_line(text: str) -> str:
    r"""A text without line ends: each becomes a space.

    >>> one_line("first\n second\u2028third")
    'first second third'
    """
    return _BREAKS.sub(" ", text).strip()


def token_rows(tokens: Sequence[str], *columns: Sequence[str] | None) -> str:
    r"""A line a token, with what is parallel to it in further columns.

    >>> token_rows(["main", "happy"], ["hi", "en"], None)
    'main\thi\nhappy\ten\n'
    """
    given = [column for column in columns if column is not None]
    return "".join("\t".join(cells) + "\n" for cells in zip(tokens, *given, strict=True))
