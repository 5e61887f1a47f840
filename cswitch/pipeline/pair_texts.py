"""Texts of pairs by id, in a table on the disk: what samples were made from, however many pairs there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from cswitch.filters.contracts import Entry
from cswitch.pipeline.readers import read_pairs


class PairTexts:
    """Looks the texts of pairs up.

    Args:
        table: An open table, as :func:`opened_texts` makes it.
    """

    def __init__(self, table: sqlite3.Connection) -> None:
        self._table = table
        self.missing = 0
        """Records whose pair was not there."""

    def of(self, id: str) -> dict[str, str] | None:
        """Language to text; None when there is no such pair."""
        row = self._table.execute("SELECT texts FROM pairs WHERE id = ?", (id,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=dict[str, str])

    def given(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries, with the texts that each was made from, where it does not bring them itself."""
        for entry in entries:
            record = entry.record
            if not record.sources:
                record.texts = self.of(str(record.id if record.source_id is None else record.source_id))
                self.missing += record.texts is None
            yield entry


@contextmanager
def opened_texts(path: str, pair: tuple[str, ...], folder: Path | None = None) -> Iterator[PairTexts]:
    r"""The texts of a file of pairs, in a temporary table; of pairs with one id the first counts.

    Args:
        path: What ``synth`` reads: TSV, JSON Lines, or two files as ``A,B``.
        pair: Codes of the languages.
        folder: Where the table lies; by default where the system keeps temporary files.

    Raises:
        InputError: The pairs cannot be read.
        UsageError: The path cannot be meant.

    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "pairs.tsv")
    ...     _ = path.write_text("id\ten\thi\n7\tHello\tनमस्ते\n", encoding="utf-8")
    ...     with opened_texts(str(path), ("en", "hi")) as texts:
    ...         texts.of("7"), texts.of("8")
    ({'en': 'Hello', 'hi': 'नमस्ते'}, None)
    """
    rows = read_pairs(path, pair)
    with TemporaryDirectory(prefix=".pairs-", dir=folder) as name, closing(_table(Path(name, "pairs"))) as table:
        values = ((row.pair.id, msgspec.json.encode(row.pair.texts)) for row in rows)
        table.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?)", values)
        table.commit()
        yield PairTexts(table)


def _table(path: Path) -> sqlite3.Connection:
    """An empty table; it is thrown away, so nothing is done to keep it safe."""
    table = sqlite3.connect(path)
    table.execute("PRAGMA journal_mode = OFF")
    table.execute("PRAGMA synchronous = OFF")
    table.execute("CREATE TABLE pairs (id TEXT PRIMARY KEY, texts BLOB) WITHOUT ROWID")
    return table
