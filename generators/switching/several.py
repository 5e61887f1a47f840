"""Three and more languages in one sentence: what each embedded side can put into it, joined into one lattice.

Every embedded language is judged against the matrix sentence as if it were the only one, by the same builder and the
same constraint. The arcs of all of them then lie over one sentence: they compete for its words, and may follow each
other. Inside one phrase, two embedded languages don't meet: neighbours that are parts of one unit come from one side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from cswitch.core.contracts import Sentence
from cswitch.generators.switching.lattice import EMBEDDED, Arc, Lattice, Piece
from cswitch.generators.switching.view import AlignedPair, View


class AlignedSides(msgspec.Struct, frozen=True, gc=False):
    """A sentence in three or more languages, the others aligned with each that may give the frame."""

    id: str
    languages: tuple[str, ...]
    """All languages, in the order of the pair."""
    pairs: Mapping[str, tuple[AlignedPair, ...]]
    """For each matrix language, its sentence aligned with each of the others, in the order of ``languages``."""


class JoinedLattice(Lattice):
    """A lattice with arcs of several embedded sides.

    Args:
        langs: As in :class:`Lattice`; no token of the frame is in an embedded language.
        arcs: Arcs whose pieces, ``first`` and ``last`` name the number of their side: 1, 2 and so on.
        sides: For each arc, its side.
        count: How many embedded sides there are.
        forbidden: As in :class:`Lattice`.
        cohesion: As in :class:`Lattice`.
    """

    __slots__ = ("count", "sides")

    def __init__(
        self,
        langs: Sequence[int],
        arcs: Sequence[Arc],
        sides: Sequence[int],
        count: int,
        forbidden: Mapping[int, frozenset[int]] | None = None,
        *,
        cohesion: int = 1,
    ) -> None:
        super().__init__(langs, arcs, forbidden, cohesion=cohesion)
        self.sides, self.count = tuple(sides), count


class _Builder(Protocol):
    """What gives the lattices of one embedded side."""

    def lattices(self, view: View, key: str) -> Iterator[Lattice]: ...


def joined_lattices(builder: _Builder, views: Sequence[View], key: str) -> Iterator[JoinedLattice]:
    """The lattices of a matrix sentence with all its embedded sides, each wider than the one before.

    All sides widen together; one that has no wider lattice keeps its last.

    Args:
        builder: What gives the lattices of one side.
        views: The matrix sentence seen with each embedded side, in order.
        key: What random choices depend on, beside the pair's id.
    """
    streams = [builder.lattices(view, key) for view in views]
    current = [next(stream) for stream in streams]
    while True:
        yield joined(current)
        wider = [next(stream, None) for stream in streams]
        if not any(wider):
            return
        current = [new or old for new, old in zip(wider, current, strict=True)]


def joined(lattices: Sequence[Lattice]) -> JoinedLattice:
    """One lattice with the arcs of several over the same matrix sentence.

    >>> one = Lattice([0, 0], [Arc(0, 1, 1, 1, (Piece(EMBEDDED, 0),))])
    >>> other = Lattice([0, 0], [Arc(1, 2, 1, 1, (Piece(EMBEDDED, 1),))])
    >>> both = joined([one, other])
    >>> both.sides, [arc.pieces[0].side for arc in both.arcs], sorted(both.paths())
    ((1, 2), [1, 2], [(), (0,), (0, 1), (1,)])
    """
    arcs: list[Arc] = []
    sides: list[int] = []
    forbidden: dict[int, frozenset[int]] = {}
    for side, lattice in enumerate(lattices, start=1):
        first = len(arcs)
        arcs += [of_side(arc, side) for arc in lattice.arcs]
        sides += [side] * len(lattice.arcs)
        for index, before in lattice.forbidden.items():
            forbidden[first + index] = frozenset([first + other for other in before])
    for index, before in _parted_phrases(arcs, sides).items():
        forbidden[index] = forbidden.get(index, frozenset()) | before
    cohesion = max(lattice.cohesion for lattice in lattices)
    return JoinedLattice(lattices[0].langs, arcs, sides, len(lattices), forbidden, cohesion=cohesion)


def of_side(arc: Arc, side: int) -> Arc:
    """An arc of the only embedded side as that of a numbered one.

    >>> of_side(Arc(0, 1, 1, 1, (Piece(EMBEDDED, 4),)), 2).last
    2
    """
    if side == EMBEDDED:
        return arc
    pieces = tuple([piece._replace(side=side) if isinstance(piece, Piece) and piece.side == EMBEDDED else piece
                    for piece in arc.pieces])  # fmt: skip
    first, last = (side if lang == EMBEDDED else lang for lang in (arc.first, arc.last))
    return arc._replace(pieces=pieces, first=first, last=last)


def _parted_phrases(arcs: Sequence[Arc], sides: Sequence[int]) -> dict[int, frozenset[int]]:
    """For each arc, those of other sides that must not come directly before it, as both are parts of a third."""
    ending: dict[int, list[int]] = {}
    for index, arc in enumerate(arcs):
        ending.setdefault(arc.end, []).append(index)
    spans = {(arc.start, arc.end) for arc in arcs}
    found = {}
    for index, arc in enumerate(arcs):
        before = [n for n in ending.get(arc.start, ()) if sides[n] != sides[index]]
        banned = [n for n in before if any(x1 <= arcs[n].start and arc.end <= x2 for x1, x2 in spans)]
        if banned:
            found[index] = frozenset(banned)
    return found


def views_of(pairs: Sequence[AlignedPair], matrix: str, min_confidence: float) -> list[View]:
    """The matrix sentence seen with each of the others.

    Args:
        pairs: From :attr:`AlignedSides.pairs`.
        matrix: The matrix language.
        min_confidence: Links below it are left out.
    """
    return [View(pair, flip=pair.target.lang == matrix, min_confidence=min_confidence) for pair in pairs]


def embedded_sentence(pair: AlignedPair, matrix: str) -> Sentence:
    """The side of a pair that is not the matrix."""
    return pair.source if pair.target.lang == matrix else pair.target
