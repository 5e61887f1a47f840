"""Counting the paths of a lattice without walking them.

Two passes of dynamic programming, each one big-integer operation or two an edge:

* *reach* keeps one bit a cell: which (switches, removed, embedded) some path attains. It is exact and cheap, and it
  decides the cell to aim for.
* *count* keeps a number a cell, packed side by side into one integer (Kronecker substitution): adding sets of paths is
  one addition, taking an edge one shift and one multiplication by its weight. Only cells up to the one aimed for are
  kept, so the integers stay short.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from cswitch.generators.switching.graph import Extent, Graph, extent
from cswitch.generators.switching.lattice import Path

Cell = tuple[int, int, int]
"""Switches, matrix tokens removed, embedded tokens."""


def reach(graph: Graph, frame: int, width: int) -> list[int]:
    """What some path attains: entry s is the set of (removed, embedded) cells attained with s switches.

    Args:
        graph: A compiled lattice; if it does not count switches there is one entry.
        frame: Language tokens of the matrix sentence.
        width: Bits a row of the sets, more than any path's embedded tokens.
    """
    block = (frame + 1) * width
    nodes = [0] * len(graph.into)
    nodes[0] = 1
    for node, edges in enumerate(graph.into):
        if edges:
            here = 0
            for start, switches, removed, embedded, _, _ in edges:
                here |= nodes[start] << switches * block + removed * width + embedded
            nodes[node] = here
    final = 0
    for node in graph.finals:
        final |= nodes[node]
    if final.bit_length() <= block:
        return [final]
    mask, out = (1 << block) - 1, []
    while final:
        out.append(final & mask)
        final >>= block
    return out


class Counts(NamedTuple):
    """Packed counts at every node, ready to be read backwards."""

    nodes: list[int]
    """Weighted number of paths to each node, packed by cell."""
    bits: int
    """Bits a cell."""
    width: int
    """Cells a row."""
    rows: int
    """Rows a number of switches."""


def count(graph: Graph, cells: list[Cell], *, weighted: bool = True, known: Extent | None = None) -> Counts:
    """Weighted path counts, exact in every cell that exceeds none of ``cells`` on any axis.

    Args:
        graph: A compiled lattice.
        cells: Cells of interest; counts beyond the greatest of them on each axis are dropped.
        weighted: Use the edges' weights; otherwise every path counts once.
        known: How far the graph reaches, with the same ``weighted``; found when not given.
    """
    top_switches, top_removed, top_embedded = map(max, zip(*cells, strict=True))
    most, widest, deepest, total = known or extent(graph, weighted=weighted)
    bits = total.bit_length() + 7 & ~7
    width = top_embedded + 1 + (widest if top_embedded < most else 0)
    rows = top_removed + 1 + (deepest if top_switches else 0)
    keep = _keep_mask(bits, width, rows, top_switches, top_removed, top_embedded)
    nodes = [0] * len(graph.into)
    nodes[0] = 1
    for node, edges in enumerate(graph.into):
        if edges:
            here = 0
            for start, switches, removed, embedded, weight, _ in edges:
                if removed <= top_removed and embedded <= top_embedded and switches <= top_switches:
                    got = nodes[start]
                    if removed or embedded or switches:
                        got <<= bits * ((switches * rows + removed) * width + embedded)
                    here += got * weight if weighted and weight != 1 else got
            nodes[node] = here & keep
    return Counts(nodes, bits, width, rows)


def cell_counts(graph: Graph, counts: Counts, cells: list[Cell]) -> list[int]:
    """For each of some cells, the weight of all paths that end in it."""
    _, bits, width, rows = counts
    final, size = sum([counts.nodes[node] for node in graph.finals]), bits // 8
    if len(cells) == 1:
        return [_at(counts, final, cells[0])]
    packed = final.to_bytes((final.bit_length() + 7) // 8, "little")
    places = [size * ((switches * rows + removed) * width + embedded) for switches, removed, embedded in cells]
    return [int.from_bytes(packed[place : place + size], "little") for place in places]


def walk_back(graph: Graph, counts: Counts, cell: Cell, ticket: int, *, weighted: bool = True) -> Path:
    """The path that a ticket names: the tickets of a cell fall on its paths, on each as many as its weight.

    Args:
        graph: The graph the counts were made from.
        counts: Its counts, made with the same ``weighted``.
        cell: The cell at the end.
        ticket: From 0 up to, but without, :func:`cell_count` of the cell.
        weighted: As in :func:`count`.
    """
    switches, removed, embedded = cell
    for node in graph.finals:
        share = _at(counts, counts.nodes[node], cell)
        if ticket < share:
            break
        ticket -= share
    nodes, bits, width, rows = counts
    mask = (1 << bits) - 1
    path: list[int] = []
    while node:
        for start, add_switches, add_removed, add_embedded, weight, index in graph.into[node]:
            s, r, e = switches - add_switches, removed - add_removed, embedded - add_embedded
            if s < 0 or r < 0 or e < 0:
                continue
            ways = nodes[start] >> bits * ((s * rows + r) * width + e) & mask
            share = ways * weight if weighted else ways
            if ticket < share:
                ticket %= ways
                if index >= 0:
                    path.append(index)
                node, switches, removed, embedded = start, s, r, e
                break
            ticket -= share
    path.reverse()
    return tuple(path)


def _at(counts: Counts, packed: int, cell: Cell) -> int:
    """The count of a cell among those that are packed into a number."""
    switches, removed, embedded = cell
    place = (switches * counts.rows + removed) * counts.width + embedded
    return packed >> counts.bits * place & ((1 << counts.bits) - 1)


@lru_cache(maxsize=8192)
def _keep_mask(bits: int, width: int, rows: int, top_switches: int, top_removed: int, top_embedded: int) -> int:
    """All ones in the cells that exceed the top on no axis."""
    row = (1 << bits * (top_embedded + 1)) - 1
    plane = 0
    for n in range(top_removed + 1):
        plane |= row << bits * width * n
    mask = 0
    for n in range(top_switches + 1):
        mask |= plane << bits * width * rows * n
    return mask
