from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.generators.alignment.symmetrise import METHODS, symmetrise

SIZE = 7
LINKS = st.sets(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=20)
FUNCTIONS = st.dictionaries(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))


def both(forward: dict[int, int], backward: dict[int, int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Links of two directions: one source a target, and one target a source."""
    return [(i, j) for j, i in forward.items()], list(backward.items())


@given(LINKS, LINKS, st.sampled_from(METHODS))
def test_the_intersection_is_within_and_the_union_around(
    one: set[tuple[int, int]], two: set[tuple[int, int]], method: str
) -> None:
    found = symmetrise(one, two, method)
    assert found == sorted(set(found))
    assert one & two <= set(found) <= one | two


@given(LINKS, LINKS)
def test_methods_give_more_in_their_order(one: set[tuple[int, int]], two: set[tuple[int, int]]) -> None:
    few, grown, final = (set(symmetrise(one, two, m)) for m in ("intersection", "grow-diag", "grow-diag-final"))
    assert few <= grown <= final
    assert grown <= set(symmetrise(one, two, "grow-diag-final-and"))


@given(LINKS, st.sampled_from(METHODS))
def test_two_directions_that_agree_are_left_as_they_are(links: set[tuple[int, int]], method: str) -> None:
    assert symmetrise(links, links, method) == sorted(links)


@given(LINKS, LINKS, st.sampled_from(("intersection", "union", "grow-diag")))
def test_which_direction_comes_first_does_not_matter(
    one: set[tuple[int, int]], two: set[tuple[int, int]], method: str
) -> None:
    assert symmetrise(one, two, method) == symmetrise(two, one, method)


@given(LINKS, LINKS, st.sampled_from(("intersection", "union")))
def test_turning_the_sides_round_turns_the_links(
    one: set[tuple[int, int]], two: set[tuple[int, int]], method: str
) -> None:
    turned = symmetrise({(j, i) for i, j in one}, {(j, i) for i, j in two}, method)
    assert sorted((i, j) for j, i in turned) == symmetrise(one, two, method)


@given(FUNCTIONS, FUNCTIONS)
def test_after_the_last_step_no_link_with_two_free_tokens_is_left(f: dict[int, int], b: dict[int, int]) -> None:
    one, two = both(f, b)
    found = symmetrise(one, two, "grow-diag-final-and")
    rows, columns = {i for i, _ in found}, {j for _, j in found}
    assert all(i in rows or j in columns for i, j in [*one, *two])
    wide = symmetrise(one, two, "grow-diag-final")
    rows, columns = {i for i, _ in wide}, {j for _, j in wide}
    assert all(i in rows and j in columns for i, j in [*one, *two])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("intersection", [(0, 0), (2, 2)]),
        ("union", [(0, 0), (0, 1), (1, 1), (2, 2), (4, 4), (5, 2)]),
        ("grow-diag", [(0, 0), (0, 1), (1, 1), (2, 2)]),
        ("grow-diag-final", [(0, 0), (0, 1), (1, 1), (2, 2), (4, 4), (5, 2)]),
        ("grow-diag-final-and", [(0, 0), (0, 1), (1, 1), (2, 2), (4, 4)]),
    ],
)
def test_a_case_by_hand(method: str, expected: list[tuple[int, int]]) -> None:
    forward, backward = [(0, 0), (0, 1), (2, 2), (4, 4)], [(0, 0), (1, 1), (2, 2), (5, 2)]
    assert symmetrise(forward, backward, method) == expected


def test_an_unknown_method_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'grow-diag'"):
        symmetrise([], [], "growdiag")
