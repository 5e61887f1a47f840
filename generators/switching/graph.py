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
"""Node it comes from, switches (or changes) added, matrix tokens removed, embedded tokens added, weight, arc index (-1:
a stretch of the frame)."""

_SILENT = 2
"""State of a path that has not spoken a language token yet."""
_NO_BAN: frozenset[int] = frozenset()
_Nodes = list[tuple[frozenset[int], int]]
"""What a place is split into: for each set of arcs that must not come before, the node that all others enter."""
_Arcs = dict[frozenset[int], list[int]]
"""Arcs that start at a position, by those that must not come before them."""


class Graph(NamedTuple):
    """Nodes in topological order; paths begin at the first."""

    into: list[list[Edge]]
    """For each node, its edges from earlier nodes, in a fixed order."""
    finals: list[int]
    """Nodes at which a path may end."""


class Extent(NamedTuple):
    """How far the paths of a graph reach."""

    embedded: int
    """Greatest number of embedded tokens on any path."""
    widest: int
    """Greatest number of embedded tokens on any edge."""
    deepest: int
    """Greatest number of matrix tokens that any edge removes."""
    weight: int
    """Weight of all paths together."""


def extent(graph: Graph, *, weighted: bool = True) -> Extent:
    """How far the paths of a graph reach.

    Args:
        graph: A compiled lattice.
        weighted: Use the edges' weights; otherwise every path weighs 1.
    """
    most, totals = [0] * len(graph.into), [0] * len(graph.into)
    totals[0] = 1
    widest = deepest = 0
    for node, edges in enumerate(graph.into):
        if edges:
            farthest = total = 0
            for start, _, removed, embedded, weight, _ in edges:
                total += totals[start] * weight if weighted else totals[start]
                reached = most[start] + embedded
                if reached > farthest:
                    farthest = reached
                if embedded > widest:
                    widest = embedded
                if removed > deepest:
                    deepest = removed
            most[node], totals[node] = farthest, total
    return Extent(max(most), widest, deepest, sum([totals[node] for node in graph.finals]))


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
    cuts = sorted({0, lattice.length, *[arc.start for arc in lattice.arcs], *[arc.end for arc in lattice.arcs]})
    if switches or lattice.cohesion > 1:
        return _Compiler(lattice, cuts, switches, lattice.changes if changes else None).graph
    compiled = _by_bans if lattice.forbidden else _simple
    return compiled(lattice, cuts, lattice.changes if changes else None)


def _simple(lattice: Lattice, cuts: list[int], changes: Changes | None) -> Graph:
    """Nothing to split: one node a cut."""
    node = {position: n for n, position in enumerate(cuts)}
    into: list[list[Edge]] = [[(n - 1, 0, 0, 0, 1, -1)] for n in range(len(cuts))]
    into[0] = []
    if lattice.already or changes:
        for n, (start, end) in enumerate(pairwise(cuts)):
            embedded, changed = lattice.langs[start:end].count(EMBEDDED), _changed(changes, start, end)
            into[n + 1] = [(n, changed, 0, embedded, 1, -1)]
    taken = changes.taken if changes else [0] * len(lattice.arcs)
    for index, (start, end, removed, embedded, _, weight, _, _, _, _) in enumerate(lattice.arcs):
        into[node[end]].append((node[start], taken[index], removed, embedded, weight, index))
    return Graph(into, [len(cuts) - 1])


def _by_bans(lattice: Lattice, cuts: list[int], changes: Changes | None) -> Graph:
    """Nodes split by what may follow, and by nothing else."""
    starting = _starting(lattice)
    into: list[list[Edge]] = []
    nodes = {position: _new_nodes(into, starting.get(position)) for position in cuts}
    taken = changes.taken if changes else [0] * len(lattice.arcs)
    plain = not (lattice.already or changes)
    for position, after in pairwise(cuts):
        arcs = starting.get(position, {})
        embedded = 0 if plain else lattice.langs[position:after].count(EMBEDDED)
        changed = _changed(changes, position, after) if changes else 0
        for ban, node in nodes[position]:
            if node and not into[node]:
                continue
            if not ban:
                frame = (node, changed, 0, embedded, 1, -1)
                for _, other in nodes[after]:
                    into[other].append(frame)
            for index in arcs.get(ban, ()):
                _, end, removed, brought, _, weight, _, _, _, _ = lattice.arcs[index]
                edge = (node, taken[index], removed, brought, weight, index)
                for banned, other in nodes[end]:
                    if index not in banned:
                        into[other].append(edge)
    return Graph(into, [node for _, node in nodes[lattice.length]])


def _new_nodes(into: list[list[Edge]], starting: _Arcs | None) -> _Nodes:
    """New nodes of a position in one state, one for each ban on what starts there, without edges."""
    first = len(into)
    if not starting or starting.keys() == {_NO_BAN}:
        into.append([])
        return [(_NO_BAN, first)]
    bans = sorted({_NO_BAN, *starting}, key=sorted)
    into.extend([[] for _ in bans])
    return list(zip(bans, range(first, len(into)), strict=True))


def _changed(changes: Changes | None, start: int, end: int) -> int:
    """Changes in copying a stretch of the frame."""
    return sum(changes.copied[start:end]) if changes else 0


class _Step(NamedTuple):
    """What a stretch of the frame or an arc says and counts."""

    end: int
    first: int
    last: int
    inner: int
    removed: int
    embedded: int
    weight: int
    arc: int


class _Compiler:
    """Splits nodes by last language and by what may follow."""

    def __init__(self, lattice: Lattice, cuts: list[int], switches: bool, changes: Changes | None) -> None:
        self.lattice, self.switches, self.changes = lattice, switches, changes
        self.plain = not (lattice.already or changes)
        starting = _starting(lattice)
        self.graph = Graph([], [])
        self.nodes: dict[int, dict[int, _Nodes]] = {}
        """For each position and last language."""
        for position in cuts:
            arcs = starting.get(position)
            self.nodes[position] = {state: _new_nodes(self.graph.into, arcs) for state in (_SILENT, MATRIX, EMBEDDED)}
        for position, after in pairwise(cuts):
            frame = self._frame(position, after)
            steps = {ban: list(map(self._arc, arcs)) for ban, arcs in starting.get(position, {}).items()}
            steps[_NO_BAN] = [frame, *steps.get(_NO_BAN, ())]
            for state, nodes in self.nodes[position].items():
                for ban, node in nodes:
                    if not node or self.graph.into[node]:
                        self._leave(node, state, steps[ban])
        ends = [node for nodes in self.nodes[lattice.length].values() for _, node in nodes]
        self.graph.finals.extend(ends)

    def _frame(self, position: int, after: int) -> _Step:
        """A stretch of the frame that is copied."""
        said = self.lattice.langs[position:after]
        if self.plain:
            run = MATRIX if MATRIX in said else NEITHER
            return _Step(after, run, run, 0, 0, 0, 1, -1)
        first, last, inner, embedded = copied(said)
        inner = _changed(self.changes, position, after) if self.changes else inner
        return _Step(after, first, last, inner, 0, embedded, 1, -1)

    def _arc(self, index: int) -> _Step:
        """An arc that is taken."""
        _, end, removed, embedded, _, weight, first, last, switches, _ = self.lattice.arcs[index]
        inner = self.changes.taken[index] if self.changes else switches
        return _Step(end, first, last, inner, removed, embedded, weight, index)

    def _leave(self, node: int, state: int, steps: list[_Step]) -> None:
        """Adds the edges of some steps from a node, to each node of their end that they may enter."""
        into, counted = self.graph.into, self.switches or self.changes
        for end, first, last, inner, removed, embedded, weight, index in steps:
            added = inner if counted else 0
            if first != NEITHER and state == first:
                weight *= self.lattice.cohesion
            elif first != NEITHER and state != _SILENT and self.switches:
                added += 1
            then = state if last == NEITHER else last
            edge = (node, added, removed, embedded, weight, index)
            for ban, other in self.nodes[end][then]:
                if index not in ban:
                    into[other].append(edge)


def _starting(lattice: Lattice) -> dict[int, _Arcs]:
    """For each position, the arcs that start there, by those that end there and must not come before."""
    found: dict[int, _Arcs] = {}
    ending = _ending(lattice) if lattice.forbidden else {}
    for index, arc in enumerate(lattice.arcs):
        start, ban = arc.start, lattice.forbidden.get(index, _NO_BAN)
        if ban and not ban <= (touching := ending.get(start, _NO_BAN)):
            ban &= touching
        if start in found:
            found[start].setdefault(ban, []).append(index)
        else:
            found[start] = {ban: [index]}
    return found


def _ending(lattice: Lattice) -> dict[int, set[int]]:
    """For each position, the arcs that end there."""
    found: dict[int, set[int]] = {}
    for index, arc in enumerate(lattice.arcs):
        if arc.end in found:
            found[arc.end].add(index)
        else:
            found[arc.end] = {index}
    return found
