"""Counts and walks over a compiled lattice against plain enumeration."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from cswitch.generators.switching.counting import Cell, cell_counts, count, reach, walk_back
from cswitch.generators.switching.graph import compile_graph
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, NEITHER, Arc, Lattice, Path, Piece, path_weight

ARCS = [
    Arc(0, 1, 1, 1, (Piece(EMBEDDED, 0),), 3),
    Arc(0, 2, 2, 1, (Piece(EMBEDDED, 0),), 2),
    Arc(1, 2, 1, 2, (Piece(EMBEDDED, 1), Piece(EMBEDDED, 2)), 1),
    Arc(2, 4, 1, 2, (Piece(EMBEDDED, 3), Piece(EMBEDDED, 4)), 4),
    Arc(3, 4, 1, 1, (Piece(EMBEDDED, 4),), 5),
]
LANGS = [MATRIX, MATRIX, NEITHER, MATRIX, MATRIX]
FORBIDDEN = {3: frozenset({1}), 2: frozenset({0})}
LATTICES = [
    Lattice(LANGS, ARCS),
    Lattice(LANGS, ARCS, FORBIDDEN),
    Lattice(LANGS, ARCS, FORBIDDEN, cohesion=3),
    Lattice([MATRIX, MATRIX, EMBEDDED, MATRIX, EMBEDDED, NEITHER, EMBEDDED, MATRIX], ARCS, FORBIDDEN),
    Lattice([MATRIX, MATRIX, EMBEDDED, MATRIX, EMBEDDED], ARCS, cohesion=2),
]


def cell_of(lattice: Lattice, path: Path, *, switches: bool) -> Cell:
    spoken, position = [], 0
    for index in path:
        arc = lattice.arcs[index]
        spoken += [*lattice.langs[position : arc.start], *[EMBEDDED] * arc.embedded]
        position = arc.end
    spoken = [lang for lang in [*spoken, *lattice.langs[position:]] if lang != NEITHER]
    changes = sum(a != b for a, b in pairwise(spoken))
    taken = [lattice.arcs[index] for index in path]
    return changes if switches else 0, sum(a.removed for a in taken), spoken.count(EMBEDDED)


def by_cell(lattice: Lattice, *, switches: bool) -> dict[Cell, Counter[Path]]:
    found: dict[Cell, Counter[Path]] = {}
    for path in lattice.paths():
        cell = cell_of(lattice, path, switches=switches)
        found.setdefault(cell, Counter())[path] += path_weight(lattice, path)
    return found


@pytest.mark.parametrize("lattice", LATTICES)
@pytest.mark.parametrize("switches", [False, True])
def test_reach_is_every_cell_and_no_other(lattice: Lattice, switches: bool) -> None:
    found = reach(compile_graph(lattice, switches=switches), lattice.frame, 16)
    cells = {
        (changes, place // 16, place % 16)
        for changes, cells in enumerate(found)
        for place in range(cells.bit_length())
        if cells >> place & 1
    }
    assert cells == set(by_cell(lattice, switches=switches))


@pytest.mark.parametrize("lattice", LATTICES)
@pytest.mark.parametrize("switches", [False, True])
def test_every_ticket_of_a_cell_falls_on_a_path_of_it(lattice: Lattice, switches: bool) -> None:
    graph = compile_graph(lattice, switches=switches)
    for cell, paths in by_cell(lattice, switches=switches).items():
        counts = count(graph, [cell])
        [total] = cell_counts(graph, counts, [cell])
        assert Counter(walk_back(graph, counts, cell, ticket) for ticket in range(total)) == paths


@pytest.mark.parametrize("lattice", LATTICES)
def test_without_weights_every_path_has_one_ticket(lattice: Lattice) -> None:
    graph = compile_graph(lattice)
    for cell, paths in by_cell(lattice, switches=False).items():
        counts = count(graph, [cell], weighted=False)
        tickets = range(cell_counts(graph, counts, [cell])[0])
        assert sorted(walk_back(graph, counts, cell, n, weighted=False) for n in tickets) == sorted(paths)


def test_cells_counted_together_do_not_spill_into_each_other() -> None:
    lattice = LATTICES[1]
    graph, wanted = compile_graph(lattice, switches=True), by_cell(lattice, switches=True)
    counts = count(graph, list(wanted))
    shares = cell_counts(graph, counts, list(wanted))
    assert shares == [sum(paths.values()) for paths in wanted.values()]


def test_counts_of_thousands_of_bits_stay_exact() -> None:
    size = 60
    lattice = Lattice([MATRIX] * size, [Arc(n, n + 1, 1, 1, (Piece(EMBEDDED, n),), 10**6) for n in range(size)])
    graph = compile_graph(lattice)
    counts = count(graph, [(0, 30, 30)])
    assert cell_counts(graph, counts, [(0, 30, 30)]) == [118264581564861424 * 10**180]
