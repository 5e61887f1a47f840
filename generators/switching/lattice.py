"""The switch lattice: every legal mixture of one aligned pair, as a small acyclic graph.

Positions 0 to N lie between the N tokens of the matrix sentence. From a position the path either copies matrix
tokens or takes an *embedded arc*: a run of embedded tokens, with the glue it needs, that stands for the matrix tokens
it spans. A path from 0 to N is one mixed sentence. Every word-alignment method is a choice of arcs (docs/design.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

MATRIX, EMBEDDED, NEITHER = 0, 1, -1
"""Which language a token counts for; NEITHER is a neutral token."""

Path = tuple[int, ...]
"""Indexes of the embedded arcs taken, in order; everything else is copied from the matrix sentence."""


class Glue(NamedTuple):
    """A word of the matrix language that no source token gives, such as a light verb."""

    text: str
    rule: str
    """Name of the switch that asked for it."""


class Piece(NamedTuple):
    """One token of an arc: a source token of either side, perhaps in another form."""

    side: int
    """MATRIX or EMBEDDED."""
    at: int
    """0-based index of the source token."""
    form: str | None = None
    """The form to write when it is not the source's own, such as a bare verb."""


class Arc(NamedTuple):
    """A run of embedded tokens that can stand for matrix tokens ``start`` to ``end``."""

    start: int
    """First matrix token replaced."""
    end: int
    """One past the last matrix token replaced; always greater than ``start``."""
    removed: int
    """Matrix-language tokens the sentence loses, glue counted back in; never negative."""
    embedded: int
    """Embedded-language tokens the sentence gains."""
    pieces: tuple[Piece | Glue, ...]
    """What is written instead, in order."""
    weight: int = 1
    """How likely the arc is against staying in the matrix language (weight 1); a positive integer."""
    first: int = EMBEDDED
    """Language of the first language token in ``pieces``; NEITHER when all are neutral."""
    last: int = EMBEDDED
    """Language of the last one."""
    switches: int = 0
    """Switch points inside."""
    kind: str = "word"
    """What sort of unit this is, for reports and weights."""


class Lattice:
    """Arcs over a matrix sentence.

    Args:
        langs: MATRIX for each language token of the matrix sentence, NEITHER for each neutral one.
        arcs: Embedded arcs in any order.
        forbidden: For an arc (by its index in ``arcs``), the arcs that must not come directly before it.
        cohesion: How many times likelier a path is that goes on in its language at an edge where it might switch.

    Raises:
        ValueError: An arc lies outside the sentence or has an impossible count; a builder is at fault.

    >>> lattice = Lattice([0, 0], [Arc(1, 2, 1, 1, (Piece(EMBEDDED, 0),))])
    >>> sorted(lattice.paths())
    [(), (0,)]
    """

    __slots__ = ("arcs", "cohesion", "forbidden", "frame", "langs", "length")

    def __init__(
        self,
        langs: Sequence[int],
        arcs: Iterable[Arc],
        forbidden: Mapping[int, frozenset[int]] | None = None,
        *,
        cohesion: int = 1,
    ) -> None:
        self.cohesion = cohesion
        self.langs = langs
        self.length = length = len(langs)
        """Tokens of the matrix sentence, neutral ones included."""
        self.frame = langs.count(MATRIX)
        """Language tokens of the matrix sentence when nothing is switched."""
        self.arcs = tuple(arcs)
        self.forbidden = forbidden or {}
        for arc in self.arcs:
            if not 0 <= arc.start < arc.end <= length or arc.removed < 0 or arc.embedded < 0 or arc.weight < 1:
                raise ValueError(f"impossible arc {arc} over {length} tokens")

    def paths(self) -> Iterator[Path]:
        """Every path, by plain enumeration; for tests and small lattices."""

        def walk(position: int, taken: Path, touching: int) -> Iterator[Path]:
            if position == self.length:
                yield taken
                return
            yield from walk(position + 1, taken, -1)
            for index, arc in enumerate(self.arcs):
                if arc.start == position and touching not in self.forbidden.get(index, ()):
                    yield from walk(arc.end, (*taken, index), index)

        yield from walk(0, (), -1)


def path_weight(lattice: Lattice, path: Path) -> int:
    """Weight of one path: the product over its arcs, and the cohesion for each edge at which it does not switch.

    >>> lattice = Lattice([0, 0], [Arc(1, 2, 1, 1, (Piece(EMBEDDED, 0),), weight=5)])
    >>> path_weight(lattice, (0,)), path_weight(lattice, ())
    (5, 1)
    """
    weight = 1
    for index in path:
        weight *= lattice.arcs[index].weight
    if lattice.cohesion == 1:
        return weight
    cuts = sorted({0, lattice.length}.union(*((arc.start, arc.end) for arc in lattice.arcs)))
    begins = {lattice.arcs[index].start: lattice.arcs[index] for index in path}
    state, position, n = NEITHER, 0, 0
    while position < lattice.length:
        arc = begins.get(position)
        if arc:
            first, last, position = arc.first, arc.last, arc.end
        else:
            after = cuts[cuts.index(position) + 1]
            first = last = MATRIX if MATRIX in lattice.langs[position:after] else NEITHER
            position = after
        n += first != NEITHER and first == state
        state = state if last == NEITHER else last
    return int(weight * lattice.cohesion**n)
