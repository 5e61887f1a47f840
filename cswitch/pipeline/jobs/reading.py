"""The rows of one shard; one that cannot be read becomes a reject, and the rows behind it are read on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import msgspec

from cswitch.core.errors import CswitchError, InputError
from cswitch.pipeline.jobs.shards import SPOOL, Shard, Span
from cswitch.pipeline.jobs.spool import spooled
from cswitch.pipeline.lines import MAX_LINE_BYTES, open_bytes
from cswitch.pipeline.pair_json import jsonl_rows
from cswitch.pipeline.pair_rows import Checks, Languages, LinkReader, Row
from cswitch.pipeline.pair_tables import joined_rows, split_at_spaces, tsv_rows
from cswitch.pipeline.tag_input import Reading, Untagged, cut, of_object
from cswitch.schemas.decode import RecordError, decode_record
from cswitch.schemas.reject import Reject

FAILED = "failed"
"""Reason of a record whose processing raised an error."""
_NUL = b"\0"


class SpanLines:
    """Numbered lines of a span; after a line that cannot be decoded it goes on with the next.

    Args:
        span: Where they lie.

    Raises:
        InputError: A line is no text, with its number; or the file is shorter than it was, without one.
    """

    def __init__(self, span: Span) -> None:
        self.span = span
        self.number = span.line - 1
        """Line that was read last."""
        self._lines = self._read()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self

    def __next__(self) -> tuple[int, str]:
        line = next(self._lines)
        self.number += 1
        try:
            if _NUL in line:
                raise InputError(
                    "NUL character", path=self.span.path, line=self.number, hint="remove it: tr -d '\\000'"
                )
            return self.number, line.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError as error:
            what = f"0x{line[error.start]:02X} at byte {error.start + 1} of the line is not UTF-8"
            hint = "convert the file with iconv"
            raise InputError(what, path=self.span.path, line=self.number, hint=hint) from error

    def _read(self) -> Iterator[bytes]:
        left = self.span.size
        with open_bytes(self.span.path) as stream:
            stream.seek(self.span.offset)
            while left > 0:
                line = stream.readline(min(left, MAX_LINE_BYTES + 1))
                if not line:
                    hint = "leave it alone while the run lasts, and run the same command again"
                    raise InputError("the file is shorter than when the run began", path=self.span.path, hint=hint)
                left -= len(line)
                yield line


def pair_rows(shard: Shard, pair: Languages, *, pretokenised: bool) -> Iterator[Row | Reject]:
    """The pairs of a shard, as :func:`cswitch.pipeline.readers.read_pairs` would give them, in order.

    Args:
        shard: Which rows.
        pair: The languages.
        pretokenised: Tokens stand between spaces.

    Raises:
        InputError: The file cannot be read on.
    """
    if shard.kind == SPOOL:
        yield from spooled(shard.spool, Row)
        return
    rows = _forgiving(shard, _reader(shard, pair))
    if shard.linked:
        rows = _with_links(rows, shard.spans[-1])
    for row in rows:
        yield from split_at_spaces(iter([row])) if pretokenised and isinstance(row, Row) else (row,)


def text_rows(shard: Shard, lang: str, field: str) -> Iterator[Row | Reject]:
    """The text in one language of a shard, as :func:`cswitch.pipeline.prompt_source.read_texts` would give it.

    Args:
        shard: Which rows.
        lang: The language.
        field: Column or field of the text; empty for the usual ones.

    Raises:
        InputError: The file cannot be read on.
    """
    if shard.kind == SPOOL:
        yield from spooled(shard.spool, Row)
        return
    from cswitch.pipeline.prompt_source import rows_of_texts

    lines = SpanLines(shard.spans[0])
    head = [(1, shard.header)] if shard.header else []
    yield from _forgiving(shard, lambda checks: rows_of_texts(shard.kind, chain(head, lines), lang, field, checks))


def utterances(shard: Shard, how: Reading) -> Iterator[Untagged | Reject]:
    """The utterances of a shard, as :func:`cswitch.pipeline.tag_input.read_untagged` would give them, in order.

    Raises:
        InputError: The file cannot be read on.
    """
    if shard.kind == SPOOL:
        yield from spooled(shard.spool, Untagged)
        return
    lines = SpanLines(shard.spans[0])
    count = shard.before
    while True:
        try:
            for number, line in lines:
                if shard.kind == "jsonl" and (not line or line.isspace()):
                    continue
                count += 1
                yield _utterance(line, number, count, shard, how)
            return
        except InputError as error:
            if error.line is None:
                raise
            count += 1
            yield failed(str(count), error, error.line)


def failed(source_id: str, error: Exception, line: int | None) -> Reject:
    """The reject of a record that raised an error.

    >>> failed("7", ZeroDivisionError("division by zero"), 8).detail
    'ZeroDivisionError: division by zero'
    """
    text = error.message if isinstance(error, CswitchError) else f"{type(error).__name__}: {error}"
    return Reject(source_id=source_id, reason=FAILED, detail=" ".join(str(text).split())[:300], line=line)


def _utterance(line: str, number: int, count: int, shard: Shard, how: Reading) -> Untagged | Reject:
    if shard.kind == "text":
        return Untagged(number, str(count), line, *cut(line, how))
    try:
        return of_object(decode_record(line, dict), number, count, how)
    except RecordError as error:
        return failed(str(count), InputError(str(error)), number)


def _forgiving(shard: Shard, make: Callable[[Checks], Iterator[Row]]) -> Iterator[Row | Reject]:
    """Rows of lines; a reader that stopped at a fault is made anew for the lines behind it."""
    count = shard.before
    while True:
        checks = Checks(shard.path, count)
        try:
            for row in make(checks):
                count += 1
                yield row
            return
        except InputError as error:
            if error.line is None or error.line < shard.spans[0].line:
                raise
            count += 1
            yield failed(str(count), error, error.line)


def _reader(shard: Shard, pair: Languages) -> Callable[[Checks], Iterator[Row]]:
    sources = [SpanLines(span) for span in shard.spans]
    if shard.kind == "parallel":
        paths = tuple(shard.path.split(","))
        others = sources[1 : len(paths)]
        return lambda checks: joined_rows(
            [sources[0], *(_in_step(lines, sources[0]) for lines in others)], paths, pair, checks
        )
    lines = sources[0]
    if shard.kind == "jsonl":
        return lambda checks: jsonl_rows(lines, pair, checks)
    return lambda checks: tsv_rows(chain([(1, shard.header)], lines), pair, checks)


def _in_step(lines: SpanLines, first: SpanLines) -> Iterator[tuple[int, str]]:
    """The lines of another file that belong to those of the first, one of which may have been passed over."""
    while True:
        behind = (first.number - first.span.line) - (lines.number + 1 - lines.span.line)
        for _ in range(behind):
            _passed(lines)
        try:
            yield next(lines)
        except StopIteration:
            return


def _passed(lines: SpanLines) -> None:
    try:
        next(lines, None)
    except InputError as error:
        if error.line is None:
            raise


def _with_links(rows: Iterator[Row | Reject], span: Span) -> Iterator[Row | Reject]:
    """The rows with the links of a file; a row whose links cannot be read is rejected."""
    reader, lines = LinkReader(), SpanLines(span)
    for row in rows:
        try:
            number, text = next(lines)
            links, confidences = reader.line(text, span.path, number)
        except InputError as error:
            if error.line is None:
                raise
            yield row if isinstance(row, Reject) else failed(row.pair.id, error, row.line)
            continue
        if isinstance(row, Reject):
            yield row
        else:
            yield Row(row.line, msgspec.structs.replace(row.pair, links=links, confidences=confidences))
