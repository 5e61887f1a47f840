"""A lattice of several embedded languages compiled for counting.

It becomes the same kind of graph as one of two languages, so that the same passes count it (:mod:`counting`):

* Nodes are split by the set of embedded languages that a path has brought so far. So a path that has all of them is
  told by the node it ends at, and a cell need only hold how many embedded tokens there are together.
* Where it matters how many tokens each language has, a cell's number of embedded tokens is a number in mixed radix,
  one digit a language: no digit is ever carried, so sums of such numbers count all languages at once.
"""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import NamedTuple

from cswitch.generators.switching.graph import Graph
from cswitch.generators.switching.lattice import MATRIX, NEITHER
from cswitch.generators.switching.several import JoinedLattice

_SILENT = -2
"""Language of a path that has not said a word yet."""
_Key = tuple[int, frozenset[int], int]
"""Language spoken last, arcs that may not have come directly before, embedded languages brought so far."""
_Cell = tuple[int, int, int, int, int]
"""What an edge adds: switches, matrix tokens removed, embedded tokens, weight; and the index of its arc."""


class SeveralGraph(NamedTuple):
    """A compiled lattice with the ends of its paths apart by the languages they have."""

    graph: Graph
    """Nodes and edges; ``finals`` are those of all paths."""
    ends: dict[int, list[int]]
    """Number of embedded languages to the nodes at which paths with so many of them end."""
    radix: tuple[int, ...]
    """Base of each language's digit in a cell; a single 0 where tokens are counted together."""


def compile_several(lattice: JoinedLattice, *, switches: bool = False, apart: bool = False) -> SeveralGraph:
    """The graph of a lattice.

    Args:
        lattice: The lattice.
        switches: Let its edges count switch points too.
        apart: Count the tokens of each embedded language apart.
    """
    return _Compiler(lattice, switches, digits_of(lattice) if apart else None).compiled()


def digits_of(lattice: JoinedLattice) -> tuple[int, ...]:
    """For each embedded language, one more than the most tokens that any path has of it.

    >>> from cswitch.generators.switching.lattice import Arc, Piece
    >>> arcs = [Arc(0, 1, 1, 2, (Piece(1, 0), Piece(1, 1))), Arc(1, 2, 1, 1, (Piece(2, 0),))]
    >>> digits_of(JoinedLattice([0, 0], arcs, [1, 2], 2))
    (3, 2)
    """
    starting: dict[int, list[int]] = {}
    for index, arc in enumerate(lattice.arcs):
        starting.setdefault(arc.start, []).append(index)
    most = [[0] * lattice.count for _ in range(lattice.length + 1)]
    for position in range(lattice.length):
        here, after = most[position], most[position + 1]
        most[position + 1] = [max(pair) for pair in zip(here, after, strict=True)]
        for index in starting.get(position, ()):
            arc, side = lattice.arcs[index], lattice.sides[index] - 1
            there = most[arc.end]
            most[arc.end] = [max(pair) for pair in zip(here, there, strict=True)]
            most[arc.end][side] = max(there[side], here[side] + arc.embedded)
    return tuple([n + 1 for n in most[-1]])


def digits(number: int, radix: tuple[int, ...]) -> tuple[int, ...]:
    """The tokens of each language in a cell's number of embedded tokens.

    >>> digits(2 + 3 * 1, (3, 2))
    (2, 1)
    """
    found = []
    for base in radix:
        number, digit = divmod(number, base)
        found.append(digit)
    return tuple(found)


class _Compiler:
    """Splits nodes by last language, by what may follow, and by the languages brought."""

    def __init__(self, lattice: JoinedLattice, switches: bool, radix: tuple[int, ...] | None) -> None:
        self.lattice, self.switches = lattice, switches
        self.radix = radix or (0,)
        self.split = switches or lattice.cohesion > 1
        units = [prod(self.radix[:side]) for side in range(lattice.count)] if radix else [1] * lattice.count
        self.embedded = [arc.embedded * units[side - 1] for arc, side in zip(lattice.arcs, lattice.sides, strict=True)]
        self.brings = [1 << side - 1 if arc.embedded else 0
                       for arc, side in zip(lattice.arcs, lattice.sides, strict=True)]  # fmt: skip
        self.cuts = sorted({0, lattice.length}.union(*((arc.start, arc.end) for arc in lattice.arcs)))
        ending: dict[int, set[int]] = {}
        for index, arc in enumerate(lattice.arcs):
            ending.setdefault(arc.end, set()).add(index)
        self.starting: dict[int, list[tuple[int, frozenset[int]]]] = {}
        self.bans: dict[int, set[frozenset[int]]] = {position: {frozenset()} for position in self.cuts}
        for index, arc in enumerate(lattice.arcs):
            ban = lattice.forbidden.get(index, frozenset()) & ending.get(arc.start, frozenset())
            self.starting.setdefault(arc.start, []).append((index, ban))
            self.bans[arc.start].add(ban)
        self.arriving: dict[int, dict[_Key, list[tuple[int, _Cell]]]] = {position: {} for position in self.cuts}
        """For each position, the nodes it is split into, with the edges that come to them."""
        self.arriving[0][_SILENT, frozenset(), 0] = []

    def compiled(self) -> SeveralGraph:
        """The graph; it has no node that no path comes to."""
        last = self.lattice.length
        after = dict(pairwise(self.cuts))
        graph, ends = Graph([], []), dict[int, list[int]]()
        for position in self.cuts:
            arriving = self.arriving.pop(position)
            for key in sorted(arriving, key=lambda key: (key[0], sorted(key[1]), key[2])):
                node = len(graph.into)
                graph.into.append([(start, *cell) for start, cell in arriving[key]])
                if position == last:
                    graph.finals.append(node)
                    ends.setdefault(key[2].bit_count(), []).append(node)
                else:
                    self._leave(node, key, position, after[position])
        return SeveralGraph(graph, ends, self.radix)

    def _leave(self, node: int, key: _Key, position: int, after: int) -> None:
        """Notes where one may go from a node."""
        lattice, (_, ban, _) = self.lattice, key
        if not ban:
            run = MATRIX if MATRIX in lattice.langs[position:after] else NEITHER
            self._go(node, key, after, (run, run, 0), (0, 0, 0, 1, -1))
        for index, banned in self.starting.get(position, ()):
            if banned == ban:
                arc = lattice.arcs[index]
                cell = (arc.switches, arc.removed, self.embedded[index], arc.weight, index)
                self._go(node, key, arc.end, (arc.first, arc.last, self.brings[index]), cell)

    def _go(self, node: int, key: _Key, end: int, said: tuple[int, int, int], cell: _Cell) -> None:
        """Notes an edge, to each node that its end is split into and that it may enter."""
        (state, _, brought), (first, last, brings) = key, said
        inner, removed, embedded, weight, index = cell
        switched, then = 0, _SILENT
        if self.split:
            if first not in (NEITHER, state):
                switched = state != _SILENT
            elif first == state:
                weight *= self.lattice.cohesion
            then = state if last == NEITHER else last
        added = inner + switched if self.switches else 0
        for ban in self.bans[end]:
            if index < 0 or index not in ban:
                there = self.arriving[end].setdefault((then, ban, brought | brings), [])
                there.append((node, (added, removed, embedded, weight, index)))
