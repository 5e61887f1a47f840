"""The table of cells against plain search over all of them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.switching.cells import WIDTHS, CellTable, cell_table, members, width_for

WIDTH = 16

frames = st.integers(0, 8)
sets = st.sets(st.tuples(st.integers(0, 8), st.integers(0, WIDTH - 1)), max_size=12)


def bits(cells: set[tuple[int, int]]) -> int:
    return sum(1 << (removed * WIDTH + embedded) for removed, embedded in cells)


def plain_cmi(frame: int, cell: tuple[int, int]) -> Fraction:
    matrix, embedded = frame - cell[0], cell[1]
    total = matrix + embedded
    return Fraction(100 * min(matrix, embedded), total) if total else Fraction(0)


def legal(frame: int, cells: set[tuple[int, int]], mixed: bool, majority: bool) -> set[tuple[int, int]]:
    found = set()
    for removed, embedded in cells:
        matrix = frame - removed
        if matrix < 0 or (majority and embedded > matrix) or (mixed and not (matrix and embedded)):
            continue
        found.add((removed, embedded))
    return found


@given(frames, sets, st.booleans(), st.booleans())
def test_extremes_are_those_of_the_legal_cells(
    frame: int, cells: set[tuple[int, int]], mixed: bool, majority: bool
) -> None:
    values = [plain_cmi(frame, cell) for cell in legal(frame, cells, mixed, majority)]
    found = CellTable(frame, WIDTH, mixed=mixed, majority=majority).extremes(bits(cells))
    assert found == (pytest.approx((float(min(values)), float(max(values)))) if values else None)


@given(frames, sets, st.integers(0, 240), st.booleans(), st.booleans())
def test_the_nearest_cells_are_all_there_are_and_no_other(
    frame: int, cells: set[tuple[int, int]], quarters: int, mixed: bool, majority: bool
) -> None:
    cmi = Fraction(quarters, 4)
    distances = {cell: abs(plain_cmi(frame, cell) - cmi) for cell in legal(frame, cells, mixed, majority)}
    found = CellTable(frame, WIDTH, mixed=mixed, majority=majority).nearest(bits(cells), float(cmi))
    if not distances:
        assert found is None
        return
    assert found is not None
    least = min(distances.values())
    assert found[0] == pytest.approx(float(least))
    assert set(members(found[1], WIDTH)) == {cell for cell, distance in distances.items() if distance == least}


def test_two_neighbours_at_the_same_distance_both_count() -> None:
    table = CellTable(4, WIDTH)  # 1 of 4 and 2 of 4 embedded: CMI 25 and 50
    distance, found = table.nearest(bits({(1, 1), (2, 2)}), 37.5) or (0.0, 0)
    assert (distance, members(found, WIDTH)) == (12.5, [(1, 1), (2, 2)])


@given(sets)
def test_members_give_a_set_back(cells: set[tuple[int, int]]) -> None:
    assert members(bits(cells), WIDTH) == sorted(cells)


@pytest.mark.parametrize("embedded", [0, 15, 16, 100, 1023, 1024, 5000])
def test_a_row_holds_every_number_of_embedded_tokens(embedded: int) -> None:
    width = width_for(embedded)
    assert embedded < width
    assert width in WIDTHS or embedded >= WIDTHS[-1]


def test_tables_are_shared() -> None:
    assert cell_table(7, 16, True, True) is cell_table(7, 16, True, True)
