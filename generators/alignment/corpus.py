"""A corpus of sentence pairs as numbers on the disk, for aligners that go through all of it before they link any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

import msgspec

from cswitch.core.contracts import Link, TokenisedPair

LONGEST = 256
"""Tokens of a side up to which a sentence pair is taken in one piece."""
_SIZE = 4
"""Bytes of a record's length on the disk."""

Anchor = tuple[int, int, float]
"""Source index, target index and confidence of a link that is known before."""


class Piece(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A sentence pair, or a part of one that is too long to be taken whole; neither side is empty."""

    pair: int
    """0-based number of the sentence pair in the corpus."""
    start: tuple[int, int]
    """Source and target index of the first tokens."""
    source: list[int]
    """Numbers of the source words."""
    target: list[int]
    """Numbers of the target words."""
    anchors: list[Anchor] = []
    """Links known before, by their indices within the piece."""

    @property
    def cells(self) -> int:
        """Number of possible links."""
        return len(self.source) * len(self.target)


def cut(pair: int, source: Sequence[int], target: Sequence[int]) -> Iterator[Piece]:
    """The pieces of a sentence pair: none when a side is empty, one when neither is long.

    Both sides of a long pair are cut into as many parts of like length, and parts are taken for translations of each
    other in order.

    >>> [(piece.start, piece.source) for piece in cut(7, [4, 5], [6])]
    [((0, 0), [4, 5])]
    >>> [piece.start for piece in cut(7, range(300), range(400))]
    [(0, 0), (150, 200)]
    """
    count = -(-max(len(source), len(target)) // LONGEST)
    for k in range(count):
        i, after_i = (len(source) * at // count for at in (k, k + 1))
        j, after_j = (len(target) * at // count for at in (k, k + 1))
        if i < after_i and j < after_j:
            yield Piece(pair, (i, j), list(source[i:after_i]), list(target[j:after_j]))


class Spool:
    """Pieces of a corpus, put down on the disk and taken up again in the same order, as often as needed.

    The file has no name and is gone when the spool is closed, or the process ends.

    >>> with Spool() as spool:
    ...     spool.add(Piece(0, (0, 0), [1], [2]))
    ...     len(spool), [piece.target for piece in spool]
    (1, [[2]])
    """

    def __init__(self) -> None:
        self._stream = TemporaryFile(prefix="cswitch-")  # noqa: SIM115 - closed by __exit__
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Piece).decode
        self._count = 0
        self.pairs = 0
        """How many sentence pairs were read, those without pieces too."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def __len__(self) -> int:
        return self._count

    def add(self, piece: Piece) -> None:
        """Puts a piece down."""
        record = self._encode(piece)
        self._stream.write(len(record).to_bytes(_SIZE) + record)
        self._count += 1

    def read(self, pairs: Iterable[TokenisedPair], pieces: Callable[[int, TokenisedPair], Iterable[Piece]]) -> None:
        """Puts down all sentence pairs, each as the pieces that a function makes of it and its number."""
        for pair in pairs:
            for piece in pieces(self.pairs, pair):
                self.add(piece)
            self.pairs += 1

    def __iter__(self) -> Iterator[Piece]:
        place = 0
        for _ in range(self._count):
            self._stream.seek(place)  # another iteration may have moved on meanwhile
            size = int.from_bytes(self._stream.read(_SIZE))
            record = self._stream.read(size)
            place += _SIZE + size
            yield self._decode(record)

    def chunks(self, cells: int) -> Iterator[list[Piece]]:
        """The pieces in lists of up to so many cells, at least one piece each."""
        chunk: list[Piece] = []
        held = 0
        for piece in self:
            if chunk and held + piece.cells > cells:
                yield chunk
                chunk, held = [], 0
            chunk.append(piece)
            held += piece.cells
        if chunk:
            yield chunk


def by_pair(found: Iterable[tuple[Piece, Iterable[Link]]], pairs: int) -> Iterator[tuple[Link, ...]]:
    """The links of each sentence pair, from those of its pieces.

    Args:
        found: The pieces of a corpus in order, each with its links by their indices within the piece.
        pairs: Number of sentence pairs.

    >>> list(by_pair([(Piece(1, (0, 0), [1], [2]), [Link(0, 0, 0.5)])], 3))
    [(), (Link(source=0, target=0, confidence=0.5),), ()]
    """
    held: list[Link] = []
    done = 0
    for piece, links in found:
        while done < piece.pair:
            yield tuple(held)
            held = []
            done += 1
        i, j = piece.start
        held += [Link(link.source + i, link.target + j, link.confidence) for link in links] if i or j else links
    while done < pairs:
        yield tuple(held)
        held = []
        done += 1
