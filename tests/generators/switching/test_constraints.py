"""What the plain constraints admit; the matrix frame is judged by whole samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cswitch.core.errors import UsageError
from cswitch.generators.switching.constraints import NAMES, constraint, is_equivalence_point, same_text, span_arc
from cswitch.generators.switching.insertion import clashes
from cswitch.generators.switching.lattice import EMBEDDED, Arc, Piece
from cswitch.generators.switching.units import Unit

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See

NO_GLUE: frozenset[str] = frozenset()


def test_a_boundary_that_a_link_crosses_is_no_equivalence_point(see: See) -> None:
    view = see("la casa blanca", "the white house", "0-0 1-2 2-1")
    found = {(x, y) for x in range(4) for y in range(4) if is_equivalence_point(view, x, y)}
    assert found == {(0, 0), (1, 1), (3, 3)}


def test_equivalence_admits_a_unit_when_both_its_edges_are_equivalence_points(see: See) -> None:
    view = see("la casa blanca", "the white house", "0-0 1-2 2-1")
    units = [Unit(0, 1, 0, 1), Unit(1, 2, 2, 3), Unit(2, 3, 1, 2), Unit(1, 3, 1, 3)]
    plain, strict = (constraint(name, view, NO_GLUE, "word") for name in ("none", "equivalence"))
    assert [plain.admit(unit) is not None for unit in units] == [True, True, True, True]
    assert [strict.admit(unit) is not None for unit in units] == [True, False, False, True]


def test_a_unit_written_the_same_on_both_sides_is_no_switch(see: See) -> None:
    view = see("Hotel nuevo", "hotel new", "0-0 1-1")
    assert same_text(view, Unit(0, 1, 0, 1))
    assert span_arc(view, Unit(0, 1, 0, 1)) is None
    assert span_arc(view, Unit(1, 2, 1, 2)) is not None


def test_a_unit_that_brings_no_word_is_no_switch(see: See) -> None:
    assert span_arc(see("tres , dos", "3 , 2", "0-0 2-2"), Unit(0, 1, 0, 1)) is None


def test_an_arc_counts_language_tokens_only(see: See) -> None:
    arc = span_arc(see("uno , dos 3", "one , two , four 3", ""), Unit(0, 4, 0, 6))
    assert arc is not None
    assert (arc.removed, arc.embedded) == (2, 3)


def test_an_unknown_name_lists_the_known_ones(see: See) -> None:
    with pytest.raises(UsageError, match="did you mean 'matrix-frame'") as caught:
        constraint("matrix-fram", see("a", "b", ""), NO_GLUE, "word")
    assert all(name in str(caught.value) for name in NAMES)


def test_arcs_that_make_up_a_third_are_not_taken_side_by_side(see: See) -> None:
    view = see("a b c", "x y z", "")
    judge = constraint("none", view, NO_GLUE, "word")
    arcs = [
        Arc(start, end, 1, 1, tuple(Piece(EMBEDDED, n) for n in range(start, end)))
        for start, end in ((0, 1), (1, 2), (2, 3), (0, 2))
    ]
    assert clashes(arcs, judge) == {1: frozenset({0})}
