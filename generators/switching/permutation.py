"""The tree that the links of a pair make: which parts stand in the same order in both languages, and which are turned.

Linked words form units; units that stand side by side in both sentences form larger ones, up to the whole. A unit is
*straight* when its parts have the same order on both sides, else *turned*. This is the tree of a permutation (Wu, 1997;
Zhang, Gildea and Chiang, 2008), found by shifting units and joining those that touch on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

Order = Literal["leaf", "straight", "turned"]


class Node:
    """A part of both sentences, that may hold parts.

    Args:
        unit: The tokens it covers, unlinked ones at its edges left out.
        order: How its parts stand to each other; ``leaf`` for a unit of linked words that has none.
        parts: Its parts in order of the matrix sentence.
    """

    __slots__ = ("order", "parts", "unit")

    def __init__(self, unit: Unit, order: Order, parts: list[Node]) -> None:
        self.unit, self.order, self.parts = unit, order, parts


class _Part(NamedTuple):
    """A node with its place on the embedded side, counted in leaves."""

    start: int
    end: int
    node: Node


def leaves(view: View) -> list[Unit]:
    """The smallest units that share no token and leave no link outside, in order of the matrix sentence."""
    found: list[Unit] = []
    taken = 0
    for x, ys in enumerate(view.links_of_x):
        if ys:
            unit = Unit(x, x + 1, ys[0], ys[-1] + 1)
            while taken & _tokens(unit):
                unit = _joined(found, unit)
                taken = sum([_tokens(one) for one in found])
            found.append(unit)
            taken |= _tokens(unit)
    return found


def _tokens(unit: Unit) -> int:
    """The tokens of the embedded side of a unit, a bit each."""
    return (1 << unit.y2) - (1 << unit.y1)


def _joined(found: list[Unit], unit: Unit) -> Unit:
    """A unit joined with the first before it that it overlaps, and with all between; they are taken out."""
    at = next(n for n, one in enumerate(found) if one.y1 < unit.y2 and unit.y1 < one.y2)
    parts = [*found[at:], unit]
    del found[at:]
    return Unit(parts[0].x1, unit.x2, min([one.y1 for one in parts]), max([one.y2 for one in parts]))


def tree(view: View) -> Node | None:
    """The tree of a pair; None when nothing in it is linked.

    It is the same from both sides, so the view from the other side takes it over.
    """
    known = view.linked.tree
    if known is None:
        known = view.linked.tree = view.matrix, _grown(leaves(view))
    matrix, root = known
    return root if root is None or matrix is view.matrix else mirrored(root)


def mirrored(node: Node) -> Node:
    """A tree as it is seen from the embedded sentence."""
    parts = [mirrored(part) for part in node.parts]
    if node.order == "turned":
        parts.sort(key=_first_token)
    x1, x2, y1, y2 = node.unit
    return Node(Unit(y1, y2, x1, x2), node.order, parts)


def _first_token(node: Node) -> int:
    return node.unit.x1


def _grown(units: Sequence[Unit]) -> Node | None:
    """The tree over leaves."""
    ranks = {y: rank for rank, y in enumerate(sorted([unit.y1 for unit in units]))}
    stack: list[_Part] = []
    seen = 0
    for unit in units:
        rank = ranks[unit.y1]
        seen |= 1 << rank
        stack.append(_Part(rank, rank + 1, Node(unit, "leaf", [])))
        while joined := _top(stack, seen):
            count, order = joined
            parts = stack[-count:]
            stack[-count:] = [_over(parts, order)]
    return stack[0].node if stack else None


def _top(stack: Sequence[_Part], seen: int) -> tuple[int, Order] | None:
    """How many parts on top of the stack make a larger one, and in which order; None when they do not.

    Args:
        stack: The parts.
        seen: The leaves that are in the stack, a bit each.
    """
    low, high, _ = stack[-1]
    held = high - low
    for count in range(2, len(stack) + 1):
        start, end, _ = stack[-count]
        if count == 2 and end == low:
            return 2, "straight"
        held += end - start
        if start < low:
            low = start
        if end > high:
            high = end
        if high - low == held:
            return count, "turned"
        span = (1 << high) - (1 << low)
        if seen & span != span:  # a leaf is to come that no wider part can do without
            return None
    return None


def _over(parts: Sequence[_Part], order: Order) -> _Part:
    """The part over some others; where the first is in the same order throughout, the others become parts of it."""
    first, last = parts[0].node, parts[-1].node
    if order == "straight":
        low, high = parts
    else:
        low, high = min(parts), max(parts)
    unit = Unit(first.unit.x1, last.unit.x2, low.node.unit.y1, high.node.unit.y2)
    if first.order == order and len(parts) == 2 and (order == "straight" or _reversed(first)):
        first.unit = unit
        first.parts.append(last)
        return _Part(low.start, high.end, first)
    return _Part(low.start, high.end, Node(unit, order, [part.node for part in parts]))


def _reversed(part: Node) -> bool:
    """Whether the parts of a turned node stand in exactly the opposite order."""
    return all(one.unit.y1 > other.unit.y1 for one, other in pairwise(part.parts))
