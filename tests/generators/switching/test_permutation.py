"""The tree that the links of a pair make, against its definition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.alternation import equivalence_points
from cswitch.generators.switching.permutation import Node, leaves, tree
from cswitch.generators.switching.view import AlignedPair, View

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See


@st.composite
def views(draw: st.DrawFn) -> View:
    sizes = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    if draw(st.booleans()):
        order = draw(st.permutations(range(min(sizes))))
        cells = set(enumerate(order))
    else:
        cells = draw(st.sets(st.tuples(*(st.integers(0, n - 1) for n in sizes)), max_size=9))
    sides = [
        Sentence(lang, tuple(f"{lang}{n}" for n in range(size)), (None,) * size)
        for lang, size in zip(("es", "en"), sizes, strict=True)
    ]
    return View(AlignedPair("1", sides[0], sides[1], tuple(Link(i, j) for i, j in sorted(cells))), flip=False)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from nodes(part)


def is_consistent(view: View, node: Node) -> bool:
    x1, x2, y1, y2 = node.unit
    links = [(x, y) for x, ys in enumerate(view.links_of_x) for y in ys]
    inside = [(x1 <= x < x2, y1 <= y < y2) for x, y in links]
    return (True, True) in inside and all(a == b for a, b in inside)


@given(views())
def test_every_part_is_a_unit_and_parts_make_up_the_whole(view: View) -> None:
    root = tree(view)
    if root is None:
        assert not any(view.links_of_x)
        return
    assert [node.unit for node in nodes(root) if node.order == "leaf"] == leaves(view)
    for node in nodes(root):
        assert is_consistent(view, node)
        if node.parts:
            assert len(node.parts) > 1
            ends = [(part.unit.x1, part.unit.x2) for part in node.parts]
            assert all(left[1] <= right[0] for left, right in pairwise(ends))
            starts = [part.unit.y1 for part in node.parts]
            assert (starts == sorted(starts)) == (node.order == "straight")


@given(views())
def test_leaves_are_as_small_as_can_be(view: View) -> None:
    for unit in leaves(view):
        seen = {unit.x1}
        xs = range(unit.x1, unit.x2)
        ends = {x: (min(view.links_of_x[x]), max(view.links_of_x[x])) for x in xs if view.links_of_x[x]}
        grown = True
        while grown:  # what one word drags along, by overlap on either side
            low = min(ends[x][0] for x in seen if x in ends)
            high = max(ends[x][1] for x in seen if x in ends)
            more = {x for x in ends if ends[x][0] <= high and low <= ends[x][1]} | set(range(min(seen), max(seen) + 1))
            grown = more != seen
            seen = more
        assert seen == set(xs)


@given(views())
def test_no_two_neighbours_of_a_turned_part_could_be_joined(view: View) -> None:
    root = tree(view)
    for node in nodes(root) if root else ():
        if node.order == "turned":
            kinds = {
                (a.unit.y2 <= b.unit.y1)
                and not any(c.unit.y1 >= a.unit.y2 and c.unit.y2 <= b.unit.y1 for c in node.parts)
                for a, b in pairwise(node.parts)
            }
            assert True not in kinds, "they would be a straight part"


@given(views())
def test_a_straight_whole_parts_where_no_link_crosses(view: View) -> None:
    root = tree(view)
    if root is None or root.order != "straight":
        return
    points = equivalence_points(view, speakable=False)
    cut = {part.unit.x2 for part in root.parts[:-1]}
    assert {x for x, _ in points[1:-1]} <= {x for c in cut for x in range(c, len(view.x_tags))}
    assert len(points) - 2 <= len(cut)


@pytest.mark.parametrize(
    ("links", "shape"),
    [
        ("0-0 1-1 2-2", "(a b c)"),
        ("0-2 1-1 2-0", "[a b c]"),
        ("0-0 1-2 2-1", "(a [b c])"),
        ("0-2 1-0 2-1", "[a (b c)]"),
        ("0-1 1-3 2-0 3-2", "[a b c d]"),
        ("0-2 1-3 2-0 3-1", "[(a b) (c d)]"),
        ("0-1 1-0 2-3 3-2", "([a b] [c d])"),
        ("0-0 0-2 1-1", "a"),
    ],
)
def test_trees_by_hand(see: See, links: str, shape: str) -> None:
    def drawn(node: Node) -> str:
        if node.order == "leaf":
            return "abcd"[node.unit.x1]
        inside = " ".join(map(drawn, node.parts))
        return f"({inside})" if node.order == "straight" else f"[{inside}]"

    root = tree(see("a b c d", "w x y z", links))
    assert root is not None
    assert drawn(root) == shape
