"""Tagged records of any layout for filters: little of each decoded, and the line that is to be written unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zlib import crc32

import msgspec

from cswitch.core.errors import InputError
from cswitch.filters.contracts import Entry
from cswitch.filters.record import Record, decoded
from cswitch.pipeline.lines import at, started
from cswitch.pipeline.pair_rows import Lines
from cswitch.pipeline.tag_gold import Labels, gold_sentences
from cswitch.pipeline.tag_layouts import opened
from cswitch.pipeline.tag_records import objects, placed, strings, tags_of, tokens_of
from cswitch.schemas.decode import RecordError, convert_record, decode_record


class Entries:
    """The records of an input, counted and summed up on the way.

    JSON Lines keep their lines. Rows of tables are written as objects, and sentences of token lines as objects
    with ``id``, ``text``, ``tokens`` and ``langs``.

    Args:
        path: JSON Lines, token lines, CoNLL, Parquet (gzip or not), a folder of ``datasets``, or ``-``.
        languages: The languages in play, in order: ``lang1`` of LinCE is the first of them.
        checked: Whether a checksum is wanted.

    Raises:
        InputError: On the way: the input cannot be read; file, line, field and remedy are named.
        MissingExtraError: Reading it needs an extra.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "one.jsonl")
    ...     _ = path.write_text('{"tokens": ["ok"],  "langs": ["en"]}', encoding="utf-8")
    ...     entries = Entries(str(path))
    ...     [(entry.place, entry.line) for entry in entries], entries.records
    ([(1, '{"tokens": ["ok"],  "langs": ["en"]}')], 1)
    """

    def __init__(self, path: str, languages: Sequence[str] = (), *, checked: bool = True) -> None:
        self.path, self._checked, self._labels = path, checked, Labels(tuple(languages))
        self.records = 0
        """Records given so far."""
        self.checksum = 0
        """CRC-32 of their lines, where they are checked."""
        self._found = started(self._entries())

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._found:
            self.records += 1
            if self._checked:
                self.checksum = crc32(entry.line.encode(), self.checksum)
            yield entry

    def _entries(self) -> Iterator[Entry]:
        kind, lines = opened(self.path, tagged=True)
        if kind == "jsonl":
            return self._json_lines(lines)
        return self._token_lines(kind, lines) if kind in ("tsv", "conll") else self._rows(kind, lines)

    def _json_lines(self, lines: Lines) -> Iterator[Entry]:
        labels, empty = self._labels, True
        for number, line in lines:
            if not line or line.isspace():
                continue
            empty = False
            try:
                yield Entry(_of_line(line, labels), number, line)
            except RecordError as error:
                raise at(self.path, number, error) from error
        if empty:
            raise InputError("no record in it", path=self.path, hint="check the command that made it")

    def _rows(self, kind: str, lines: Lines) -> Iterator[Entry]:
        for place, value in objects(self.path, kind, lines):
            try:
                yield Entry(_of_object(value, self._labels), place, msgspec.json.encode(value).decode())
            except RecordError as error:
                raise placed(self.path, kind, place, error) from error

    def _token_lines(self, kind: str, lines: Lines) -> Iterator[Entry]:
        for gold in gold_sentences(self.path, kind, lines, self._labels):
            value = {"id": gold.id, "text": " ".join(gold.tokens), "tokens": gold.tokens, "langs": gold.tags}
            if gold.pos is not None:
                value["pos"] = gold.pos
            record = Record(id=gold.id, tokens=gold.tokens, langs=gold.tags)
            yield Entry(record, gold.place, msgspec.json.encode(value).decode())


def _of_line(line: str, labels: Labels) -> Record:
    try:
        return decoded(line)
    except RecordError as error:
        if error.message != "missing":
            raise
    return _of_object(decode_record(line, dict), labels)


def _of_object(value: dict[str, Any], labels: Labels) -> Record:
    """The record of an object whose tokens and tags may have other names."""
    found = tokens_of(value)
    if found is None:
        raise RecordError("no tokens", hint="give tokens and a tag for each; cswitch tag makes them of text")
    tokens = found[1]
    given = value.get("langs")
    langs = strings(given, "langs") if isinstance(given, list) else [labels[t] for t in tags_of(value, len(tokens))]
    record = convert_record({**value, "tokens": tokens, "langs": langs}, Record)
    record.check()
    return record
