"""The tree that the links of a pair make, against its definition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.alternation import equivalence_points
from cswitch.generators.switching.permutation import Node, leaves, tree
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import AlignedPair, LinkedPair, View

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See


@st.composite
def pairs(draw: st.DrawFn) -> AlignedPair:
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
    return AlignedPair("1", sides[0], sides[1], tuple(Link(i, j) for i, j in sorted(cells)))


def views() -> st.SearchStrategy[View]:
    return pairs().map(lambda pair: View(pair, flip=False))


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


def overlap(one: Unit, other: Unit) -> bool:
    return (one.x1 < other.x2 and other.x1 < one.x2) or (one.y1 < other.y2 and other.y1 < one.y2)


@given(views())
def test_leaves_are_as_small_as_can_be(view: View) -> None:
    found = [Unit(x, x + 1, y, y + 1) for x, ys in enumerate(view.links_of_x) for y in ys]
    while pair := next(((a, b) for a, b in combinations(found, 2) if overlap(a, b)), None):
        lows, highs = (tuple(map(pick, zip(*pair, strict=True))) for pick in (min, max))
        found = [unit for unit in found if unit not in pair]
        found.append(Unit(lows[0], highs[1], lows[2], highs[3]))
    assert leaves(view) == sorted(found)


def test_words_dragged_along_by_two_others_belong_to_their_leaf(see: See) -> None:
    assert leaves(see("a b c d e", "v w x", "0-1 2-0 3-2 4-0")) == [Unit(0, 5, 0, 3)]


def shape(node: Node | None, *, turn: bool = False) -> object:
    if node is None:
        return None
    parts = sorted(node.parts, key=lambda part: part.unit.y1) if turn else node.parts
    x1, x2, y1, y2 = node.unit
    return (y1, y2, x1, x2) if turn else (x1, x2, y1, y2), node.order, [shape(part, turn=turn) for part in parts]


@given(pairs())
def test_the_tree_is_the_same_from_both_sides(pair: AlignedPair) -> None:
    found = shape(tree(View(pair, flip=True)))
    assert found == shape(tree(View(pair, flip=False)), turn=True)
    linked = LinkedPair(pair)
    tree(View(pair, flip=False, linked=linked))
    assert found == shape(tree(View(pair, flip=True, linked=linked)))


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
