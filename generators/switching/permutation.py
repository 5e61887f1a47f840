"""The tree that the links of a pair make: which parts stand in the same order in both languages, and which are turned.

Linked words form units; units that stand side by side in both sentences form larger ones, up to the whole. A unit is
*straight* when its parts have the same order on both sides, else *turned*. This is the tree of a permutation (Wu, 1997;
Zhang, Gildea and Chiang, 2008), found by shifting units and joining those that touch on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

Order = Literal["leaf", "straight", "turned"]


class Node:
    """A part of both sentences, that may hold parts.

    Args:
        unit: The tokens it covers, unlinked ones at its edges left out.
        start: Its place on the embedded side, counted in leaves.
        end: One past the last leaf it covers there.
        order: How its parts stand to each other; ``leaf`` for a unit of linked words that has none.
        parts: Its parts in order of the matrix sentence.
    """

    __slots__ = ("end", "order", "parts", "start", "unit")

    def __init__(self, unit: Unit, start: int, end: int, order: Order, parts: list[Node]) -> None:
        self.unit, self.start, self.end, self.order, self.parts = unit, start, end, order, parts


def leaves(view: View) -> list[Unit]:
    """The smallest units that share no token and leave no link outside, in order of the matrix sentence."""
    found = [Unit(x, x + 1, ys[0], ys[-1] + 1) for x, ys in enumerate(view.links_of_x) if ys]
    joined = _joined(found)
    while len(joined) < len(found):
        found, joined = joined, _joined(joined)
    return joined


def _joined(units: Sequence[Unit]) -> list[Unit]:
    """Units of which those that overlap on the embedded side, and all that stand between them, are one."""
    found: list[Unit] = []
    taken = 0
    for unit in units:
        span = (1 << unit.y2) - (1 << unit.y1)
        while taken & span:
            at = next(n for n, one in enumerate(found) if one.y1 < unit.y2 and unit.y1 < one.y2)
            parts = [*found[at:], unit]
            del found[at:]
            unit = Unit(parts[0].x1, parts[-1].x2, min(one.y1 for one in parts), max(one.y2 for one in parts))
            span = (1 << unit.y2) - (1 << unit.y1)
            taken = sum((1 << one.y2) - (1 << one.y1) for one in found)
        found.append(unit)
        taken |= span
    return found


def tree(view: View) -> Node | None:
    """The tree of a pair; None when nothing in it is linked."""
    units = leaves(view)
    ranks = {unit.y1: rank for rank, unit in enumerate(sorted(units, key=lambda unit: unit.y1))}
    stack: list[Node] = []
    for unit in units:
        rank = ranks[unit.y1]
        stack.append(Node(unit, rank, rank + 1, "leaf", []))
        while joined := _top(stack):
            count, order = joined
            parts = stack[-count:]
            stack[-count:] = [_over(parts, order)]
    return stack[0] if stack else None


def _top(stack: Sequence[Node]) -> tuple[int, Order] | None:
    """How many nodes on top of the stack make a larger one, and in which order; None when they do not."""
    last = stack[-1]
    low, high = last.start, last.end
    held = high - low
    for count in range(2, len(stack) + 1):
        one = stack[-count]
        start, end = one.start, one.end
        if count == 2 and end == low:
            return 2, "straight"
        low, high, held = min(low, start), max(high, end), held + end - start
        if high - low == held:
            return count, "turned"
    return None


def _over(parts: list[Node], order: Order) -> Node:
    """The node over some others; where the first is in the same order throughout, the others become parts of it."""
    first, last = parts[0], parts[-1]
    low = min(parts, key=lambda part: part.start)
    high = max(parts, key=lambda part: part.end)
    unit = Unit(first.unit.x1, last.unit.x2, low.unit.y1, high.unit.y2)
    flat = first.order == order and len(parts) == 2 and (order == "straight" or _reversed(first))
    if flat:
        first.parts.append(last)
    return Node(unit, low.start, high.end, order, first.parts if flat else parts)


def _reversed(part: Node) -> bool:
    """Whether the parts of a turned node stand in exactly the opposite order."""
    return all(one.start > other.start for one, other in pairwise(part.parts))
