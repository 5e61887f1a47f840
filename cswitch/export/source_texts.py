"""Source texts beside samples: looked up by the id of their pair, on the disk, in any order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self

import msgspec

from cswitch.export.contracts import Record, source_of
from cswitch.schemas.pair import Pair

_BATCH = 10_000


class SourceTexts:
    """The texts of pairs; a record that brings its own ``texts`` or ``translation`` needs no pair.

    They lie in a temporary file that the system removes; memory does not grow with their number.

    >>> with SourceTexts([Pair(id="7", texts={"en": "home", "hi": "घर"})]) as texts:
    ...     texts.of({"id": "7.0", "source_id": "7"}), texts.of({"id": "8", "texts": {"en": "mine"}})
    ({'en': 'home', 'hi': 'घर'}, {'en': 'mine'})

    Args:
        pairs: Pairs, each id once; of an id that comes again, the first counts.
    """

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self._store = sqlite3.connect("")  # no name: a temporary file of its own, in memory while it is small
        self._store.execute("CREATE TABLE texts (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
        encode = msgspec.json.Encoder().encode
        batch: list[tuple[bytes, bytes]] = []
        for pair in pairs:
            batch.append((_name(pair.id), encode(pair.texts)))
            if len(batch) == _BATCH:
                self._put(batch)
        self._put(batch)
        self._decode = msgspec.json.Decoder(dict[str, str]).decode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    def of(self, record: Record) -> Mapping[str, str]:
        """Language to text, empty when they are not known."""
        for field in ("texts", "translation"):
            found = record.get(field)
            if isinstance(found, dict) and found and all(isinstance(text, str) for text in found.values()):
                return found
        row = self._store.execute("SELECT body FROM texts WHERE id = ?", (_name(source_of(record)),)).fetchone()
        return {} if row is None else self._decode(row[0])

    def _put(self, batch: list[tuple[bytes, bytes]]) -> None:
        self._store.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?)", batch)
        batch.clear()


def _name(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
