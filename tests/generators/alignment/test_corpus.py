from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Link
from cswitch.generators.alignment.corpus import LONGEST, Piece, Spool, by_pair, cut

SIZES = st.integers(0, 3 * LONGEST)
NUMBERS = st.lists(st.integers(0, 1 << 31), max_size=4)


@given(SIZES, SIZES)
def test_pieces_follow_each_other_and_leave_nothing_of_two_long_sides_out(rows: int, columns: int) -> None:
    source, target = list(range(rows)), list(range(columns))
    pieces = list(cut(3, source, target))
    assert bool(pieces) is bool(rows and columns)
    for piece in pieces:
        assert piece.source == source[piece.start[0] : piece.start[0] + len(piece.source)]
        assert piece.target == target[piece.start[1] : piece.start[1] + len(piece.target)]
        assert 0 < len(piece.source) <= LONGEST
        assert 0 < len(piece.target) <= LONGEST
    if min(rows, columns) > 3:
        assert [n for piece in pieces for n in piece.source] == source
        assert [n for piece in pieces for n in piece.target] == target


def test_a_very_long_side_beside_a_short_one_is_cut_too() -> None:
    assert all(piece.cells <= LONGEST for piece in cut(0, range(10_000), [1]))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8), st.integers(1, 20))
def test_a_spool_gives_back_what_was_put_down_as_often_as_asked(
    pairs: list[tuple[list[int], list[int]]], cells: int
) -> None:
    pieces = [piece for k, (a, b) in enumerate(pairs) for piece in cut(k, a, b)]
    with Spool() as spool:
        for piece in pieces:
            spool.add(piece)
        assert len(spool) == len(pieces)
        assert list(spool) == pieces
        both = list(zip(spool, spool, strict=True))
        assert [one for one, _ in both] == pieces
        chunks = list(spool.chunks(cells))
    assert [piece for chunk in chunks for piece in chunk] == pieces
    assert all(len(chunk) == 1 or sum(piece.cells for piece in chunk) <= cells for chunk in chunks)


@given(st.lists(st.booleans(), max_size=12))
def test_pairs_without_pieces_have_no_links_and_keep_their_place(filled: list[bool]) -> None:
    found = [(Piece(k, (2, 3), [0], [0]), [Link(0, 0)]) for k, full in enumerate(filled) if full]
    assert list(by_pair(found, len(filled))) == [(Link(2, 3),) if full else () for full in filled]
