"""A lattice compiled for counting: a plain acyclic graph in which every path is one path of the lattice.

What a path may not do is compiled away. Where an arc must not follow certain others, its starting point is split into
a second node that those others do not enter; where switches are counted, every node is split by the language spoken
last. What is left is edges with a cell offset and a weight, and one counting pass serves all (``counting``).

The first axis of a cell can count what a path changes about a text at hand, in the place of switch points.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, NEITHER, Changes, Lattice, copied

Edge = tuple[int, int, int, int, int, int]
"""Other node, switches (or changes) added, matrix tokens removed, embedded tokens added, weight, arc index (-1: a
stretch of the frame)."""

_SILENT = 2
"""State of a path that has not spoken a language token yet."""


class Graph(NamedTuple):
    """Nodes in topological order with their edges both ways."""

    out: list[list[Edge]]
    """For each node, its edges to later nodes."""
    into: list[list[Edge]]
    """For each node, its edges from earlier nodes, in a fixed order."""
    finals: list[int]
    """Nodes at which a path may end."""


def compile_graph(lattice: Lattice, *, switches: bool = False, changes: bool = False) -> Graph:
    """The graph of a lattice.

    Args:
        lattice: The lattice.
        switches: Let its edges count switch points too.
        changes: Let them count the lattice's changes instead.

    Raises:
        ValueError: Both are asked for, or changes of a lattice that has none.
    """
    if changes and (switches or lattice.changes is None):
        raise ValueError("changes are counted instead of switch points, in a lattice that knows them")
    edges = {0, lattice.length}
    for arc in lattice.arcs:
        edges.add(arc.start)
        edges.add(arc.end)
    if switches or lattice.forbidden or lattice.cohesion > 1:
        return _Compiler(lattice, sorted(edges), switches, lattice.changes if changes else None).graph
    return _simple(lattice, sorted(edges), lattice.changes if changes else None)


def _simple(lattice: Lattice, cuts: list[int], changes: Changes | None) -> Graph:
    """Nothing to split: one node a cut."""
    node = {position: n for n, position in enumerate(cuts)}
    out: list[list[Edge]] = [[(n + 1, 0, 0, 0, 1, -1)] for n in range(len(cuts))]
    out[-1] = []
    into: list[list[Edge]] = [[(n - 1, 0, 0, 0, 1, -1)] for n in range(len(cuts))]
    into[0] = []
    if lattice.already or changes:
        for n, (start, end) in enumerate(pairwise(cuts)):
            embedded, changed = lattice.langs[start:end].count(EMBEDDED), _changed(changes, start, end)
            out[n] = [(n + 1, changed, 0, embedded, 1, -1)]
            into[n + 1] = [(n, changed, 0, embedded, 1, -1)]
    taken = changes.taken if changes else None
    for index, (start, end, removed, embedded, _, weight, *_) in enumerate(lattice.arcs):
        changed = taken[index] if taken else 0
        out[node[start]].append((node[end], changed, removed, embedded, weight, index))
        into[node[end]].append((node[start], changed, removed, embedded, weight, index))
    return Graph(out, into, [len(cuts) - 1])


def _changed(changes: Changes | None, start: int, end: int) -> int:
    """Changes in copying a stretch of the frame."""
    return sum(changes.copied[start:end]) if changes else 0


class _Compiler:
    """Splits nodes by last language and by what may follow."""

    def __init__(self, lattice: Lattice, cuts: list[int], switches: bool, changes: Changes | None) -> None:
        self.lattice, self.cuts, self.switches, self.changes = lattice, cuts, switches, changes
        self.plain = not (lattice.already or changes)
        self.split = switches or lattice.cohesion > 1
        ending: dict[int, set[int]] = {}
        for index, arc in enumerate(lattice.arcs):
            ending.setdefault(arc.end, set()).add(index)
        self.starting: dict[int, list[tuple[int, frozenset[int]]]] = {}
        self.bans: dict[int, set[frozenset[int]]] = {position: {frozenset()} for position in cuts}
        for index, arc in enumerate(lattice.arcs):
            ban = lattice.forbidden.get(index, frozenset()) & ending.get(arc.start, frozenset())
            self.starting.setdefault(arc.start, []).append((index, ban))
            self.bans[arc.start].add(ban)
        self.nodes: dict[tuple[int, int, frozenset[int]], int] = {}
        states = (_SILENT, MATRIX, EMBEDDED) if self.split else (_SILENT,)
        for position in cuts:
            for state in states:
                for ban in sorted(self.bans[position], key=sorted):
                    self.nodes[position, state, ban] = len(self.nodes)
        self.graph = Graph([[] for _ in self.nodes], [[] for _ in self.nodes], [])
        after = dict(pairwise(cuts))
        for (position, state, ban), node in self.nodes.items():
            if position < lattice.length:
                self._edges_from(position, after[position], state, ban, node)
            else:
                self.graph.finals.append(node)

    def _edges_from(self, position: int, after: int, state: int, ban: frozenset[int], node: int) -> None:
        lattice = self.lattice
        if not ban:
            if self.plain:
                run = MATRIX if MATRIX in lattice.langs[position:after] else NEITHER
                self._edge(node, state, after, run, run, (0, 0, 0, 1, -1))
            else:
                first, last, inner, embedded = copied(lattice.langs[position:after])
                inner = _changed(self.changes, position, after) if self.changes else inner
                self._edge(node, state, after, first, last, (inner, 0, embedded, 1, -1))
        for index, banned in self.starting.get(position, ()):
            if banned == ban:
                arc = lattice.arcs[index]
                inner = self.changes.taken[index] if self.changes else arc.switches
                cell = (inner, arc.removed, arc.embedded, arc.weight, index)
                self._edge(node, state, arc.end, arc.first, arc.last, cell)

    def _edge(
        self, node: int, state: int, end: int, first: int, last: int, cell: tuple[int, int, int, int, int]
    ) -> None:
        inner, removed, embedded, weight, index = cell
        added, then = inner if self.changes else 0, _SILENT
        if self.split:
            if first != NEITHER and state == first:
                weight *= self.lattice.cohesion
            if self.switches:
                added = inner + (first != NEITHER and state != _SILENT and state != first)
            then = state if last == NEITHER else last
        for ban in self.bans[end]:
            if index < 0 or index not in ban:
                other = self.nodes[end, then, ban]
                self.graph.out[node].append((other, added, removed, embedded, weight, index))
                self.graph.into[other].append((node, added, removed, embedded, weight, index))
