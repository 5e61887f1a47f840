"""Rows with their links: batch by batch, or all at once for an aligner that learns from the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import IO

import msgspec

from cswitch.core.contracts import Aligner, CorpusAligner, Link, TokenisedPair
from cswitch.core.errors import InputError, RunError
from cswitch.pipeline.aligners import GIVEN
from cswitch.pipeline.pair_rows import Row
from cswitch.pipeline.tokenised import given_links, sentence

BATCH = 1024
"""Pairs an aligner gets at a time; enough to fill a GPU."""
_SIZE = 4
"""Bytes of a record's length in a spool."""

Linked = tuple[Row, TokenisedPair, tuple[Link, ...]]
"""A row, its tokens, and its links."""


def link_rows(rows: Iterable[Row], languages: tuple[str, ...], aligner: Aligner, source: str) -> Iterator[Linked]:
    """Rows with their tokens and links, in order.

    Args:
        rows: Pairs as they were read.
        languages: First and second language.
        aligner: What finds the links.
        source: The input, for messages.

    Raises:
        InputError: A pair has no links where they are needed, or links that its sentences have no tokens for.
    """
    if isinstance(aligner, CorpusAligner):
        yield from _link_corpus(rows, languages, aligner)
        return
    size = 1 if aligner.name == GIVEN else BATCH  # links that are checked one by one can be told by their line
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        pairs = [tokens_of(row, languages) for row in batch]
        try:
            found = aligner.align(pairs)
        except InputError as error:
            line = batch[0].line if len(batch) == 1 else None
            raise InputError(error.message, path=source, line=line, hint=error.hint) from error
        yield from zip(batch, pairs, found, strict=True)


def tokens_of(row: Row, languages: tuple[str, ...]) -> TokenisedPair:
    """A pair as aligners take it, whatever it is worth; tokens that the input brings are kept.

    >>> from cswitch.schemas.pair import Pair
    >>> tokens_of(Row(2, Pair(id="1", texts={"en": "Hello!", "hi": ""})), ("en", "hi")).source.tokens
    ('Hello', '!')
    """
    first, second = (sentence(row, lang) for lang in languages)
    return TokenisedPair(row.pair.id, first, second, given_links(row.pair))


def _link_corpus(rows: Iterable[Row], languages: tuple[str, ...], aligner: CorpusAligner) -> Iterator[Linked]:
    """The same for an aligner that goes through all pairs first; rows wait on the disk meanwhile."""
    with TemporaryFile(prefix="cswitch-") as stream:
        spool = _Spool(stream)
        links = aligner.align_corpus(spool.through(rows, languages))
        first = next(links, None)  # the aligner has seen every pair before it gives the first links
        for row, pair in spool:
            if first is None:
                message = f"the aligner {aligner.name!r} gave links for fewer than {spool.count:,} pairs"
                raise RunError(message, hint="try another aligner, such as --aligner lexical")
            yield row, pair, first
            first = next(links, None)


class _Spool:
    """Rows with their tokens, put down on the disk and taken up again in the same order.

    Args:
        stream: An empty file.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.count = 0

    def through(self, rows: Iterable[Row], languages: tuple[str, ...]) -> Iterator[TokenisedPair]:
        """Puts each row down and hands on its tokens."""
        for row in rows:
            pair = tokens_of(row, languages)
            record = msgspec.msgpack.encode((row, pair))
            self.stream.write(len(record).to_bytes(_SIZE) + record)
            self.count += 1
            yield pair

    def __iter__(self) -> Iterator[tuple[Row, TokenisedPair]]:
        self.stream.seek(0)
        for _ in range(self.count):
            size = int.from_bytes(self.stream.read(_SIZE))
            yield msgspec.msgpack.decode(self.stream.read(size), type=tuple[Row, TokenisedPair])
