"""The formats and the writers by name; a new one is a class in a file of its own and a line here."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest

FORMATS: dict[str, str] = {
    "datasets": "cswitch.export.full:FullFormat",
    "parquet": "cswitch.export.full:FullFormat",
    "token-classification": "cswitch.export.token_classification:TokenClassificationFormat",
    "translation": "cswitch.export.translation:TranslationFormat",
    "restore": "cswitch.export.restore:RestoreFormat",
    "chat": "cswitch.export.chat:ChatFormat",
    "preferences": "cswitch.export.preferences:PreferencesFormat",
    "text": "cswitch.export.plain_text:PlainTextFormat",
    "conll": "cswitch.export.conll:ConllFormat",
    "lince": "cswitch.export.lince:LinceFormat",
    "m2": "cswitch.export.m2_files:M2Format",
    "csv": "cswitch.export.table_rows:CsvFormat",
}
"""Format by the name that ``--to`` takes."""

WRITERS: dict[str, str] = {
    "datasets": "cswitch.export.arrow_files:ArrowSink",
    "parquet": "cswitch.export.arrow_files:ParquetSink",
    "jsonl": "cswitch.export.writers:JsonLinesSink",
    "lines": "cswitch.export.writers:LinesSink",
    "parallel": "cswitch.export.writers:ParallelSink",
    "csv": "cswitch.export.writers:CsvSink",
    "conll": "cswitch.export.writers:ConllSink",
    "lince": "cswitch.export.writers:LinceSink",
    "m2": "cswitch.export.m2_files:M2Sink",
}
"""Writer by the name that ``--as`` takes."""

USUAL = {"parquet": "parquet"}
"""Writer of a format, where it is not the first that its class names."""

READ_TWICE = frozenset({"datasets", "parquet", "token-classification", "translation", "restore", "csv"})
"""Formats whose columns or labels are known only when all records were read."""

FOLDERS = frozenset({"datasets", "parquet", "parallel"})
"""Writers that write several files."""

SUFFIXES = {
    "datasets": "", "parquet": "-*.parquet", "jsonl": ".jsonl", "lines": ".txt", "parallel": ".*", "csv": ".csv",
    "conll": ".conll", "lince": ".conll", "m2": ".m2",
}  # fmt: skip
"""What follows the name of a split in the names of a writer's files."""


def format_class(name: str) -> Any:
    """The class of a format.

    Raises:
        UsageError: The name is unknown.

    >>> format_class("text").writers
    ('lines', 'jsonl', 'datasets', 'parquet')
    """
    return _loaded(FORMATS, name, "format")


def writer_class(name: str) -> Any:
    """The class of a writer.

    Raises:
        UsageError: The name is unknown.
    """
    return _loaded(WRITERS, name, "writer")


def writer_of(to: str, asked: str) -> str:
    """The name of the writer of a format.

    Raises:
        UsageError: The format is unknown, or cannot be written so.

    >>> writer_of("parquet", ""), writer_of("chat", ""), writer_of("chat", "parquet")
    ('parquet', 'jsonl', 'parquet')
    """
    known: tuple[str, ...] = format_class(to).writers
    if not asked:
        return USUAL.get(to, known[0])
    if asked not in known:
        raise UsageError(f"--to {to} cannot be written as {asked!r}", hint=suggest(asked, list(known)))
    return asked


def _loaded(table: dict[str, str], name: str, what: str) -> Any:
    if name not in table:
        raise UsageError(f"unknown {what} {name!r}", hint=suggest(name, list(table)))
    module, _, attribute = table[name].partition(":")
    return getattr(import_module(module), attribute)
