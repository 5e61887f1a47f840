"""Arcs a lattice refuses, its paths, and their weights."""

from __future__ import annotations

import pytest

from cswitch.generators.switching.graph import compile_graph
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, NEITHER, Arc, Changes, Lattice, Piece, path_weight

WORD = (Piece(EMBEDDED, 0),)


@pytest.mark.parametrize(
    "arc",
    [
        Arc(1, 1, 0, 1, WORD),
        Arc(2, 1, 1, 1, WORD),
        Arc(0, 4, 1, 1, WORD),
        Arc(0, 1, -1, 1, WORD),
        Arc(0, 1, 1, -1, WORD),
        Arc(0, 1, 1, 1, WORD, 0),
    ],
)
def test_an_impossible_arc_is_refused(arc: Arc) -> None:
    with pytest.raises(ValueError, match="impossible arc"):
        Lattice([MATRIX] * 3, [arc])


def test_only_language_tokens_are_in_the_frame() -> None:
    lattice = Lattice([MATRIX, NEITHER, MATRIX], [])
    assert (lattice.length, lattice.frame, lattice.already) == (3, 2, 0)


def test_a_frame_may_be_mixed_already() -> None:
    lattice = Lattice([MATRIX, EMBEDDED, NEITHER, EMBEDDED], [])
    assert (lattice.length, lattice.frame, lattice.already) == (4, 1, 2)


@pytest.mark.parametrize("changes", [Changes([0, 0], []), Changes([0], [1])])
def test_changes_that_do_not_fit_are_refused(changes: Changes) -> None:
    with pytest.raises(ValueError, match="changes of"):
        Lattice([MATRIX], [], changes=changes)


def test_changes_are_not_counted_with_switches_nor_where_they_are_not_known() -> None:
    lattice = Lattice([MATRIX], [])
    with pytest.raises(ValueError, match="changes are counted"):
        compile_graph(lattice, changes=True)
    with pytest.raises(ValueError, match="changes are counted"):
        compile_graph(Lattice([MATRIX], [], changes=Changes([0], [])), switches=True, changes=True)


def test_paths_are_all_choices_of_arcs_that_do_not_overlap() -> None:
    arcs = [Arc(0, 1, 1, 1, WORD), Arc(1, 2, 1, 1, WORD), Arc(0, 2, 2, 1, WORD)]
    assert sorted(Lattice([MATRIX] * 2, arcs).paths()) == [(), (0,), (0, 1), (1,), (2,)]


def test_a_forbidden_neighbour_is_forbidden_only_when_it_touches() -> None:
    arcs = [Arc(0, 1, 1, 1, WORD), Arc(1, 2, 1, 1, WORD), Arc(2, 3, 1, 1, WORD)]
    forbidden = {1: frozenset({0}), 2: frozenset({0})}
    assert sorted(Lattice([MATRIX] * 3, arcs, forbidden).paths()) == [(), (0,), (0, 2), (1,), (1, 2), (2,)]


def test_weights_multiply_and_cohesion_counts_every_edge_without_a_switch() -> None:
    arcs = [Arc(0, 1, 1, 1, WORD, 2), Arc(1, 2, 1, 1, WORD, 5)]
    lattice = Lattice([MATRIX] * 3, arcs, cohesion=3)
    assert path_weight(lattice, ()) == 3 * 3
    assert path_weight(lattice, (0,)) == 2 * 3
    assert path_weight(lattice, (0, 1)) == 2 * 5 * 3
    assert path_weight(Lattice([MATRIX] * 3, arcs), (0, 1)) == 10
