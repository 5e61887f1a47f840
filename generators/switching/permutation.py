"""The tree that the links of a pair make: which parts stand in the same order in both languages, and which are turned.

Linked words form units; units that stand side by side in both sentences form larger ones, up to the whole. A unit is
*straight* when its parts have the same order on both sides, else *turned*. This is the tree of a permutation (Wu, 1997;
Zhang, Gildea and Chiang, 2008), found by shifting units and joining those that touch on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Self

from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

Order = Literal["leaf", "straight", "turned"]


class Node(NamedTuple):
    """A part of both sentences."""

    unit: Unit
    """The tokens it covers, unlinked ones at its edges left out."""
    order: Order
    """How its parts stand to each other; ``leaf`` for a unit of linked words that has none."""
    parts: tuple[Self, ...] = ()
    """Its parts in order of the matrix sentence."""


def leaves(view: View) -> list[Unit]:
    """The smallest units that share no token and leave no link outside, in order of the matrix sentence."""
    found: list[Unit] = []
    for x, ys in enumerate(view.links_of_x):
        if ys:
            found.append(Unit(x, x + 1, ys[0], ys[-1] + 1))
    joined = _joined(found)
    while len(joined) < len(found):
        found, joined = joined, _joined(joined)
    return joined


def _joined(units: Sequence[Unit]) -> list[Unit]:
    """Units of which those that overlap on the embedded side, and all that stand between them, are one."""
    found: list[Unit] = []
    for unit in units:
        while True:
            at = next((n for n, one in enumerate(found) if one.y1 < unit.y2 and unit.y1 < one.y2), None)
            if at is None:
                break
            parts = [*found[at:], unit]
            del found[at:]
            unit = Unit(parts[0].x1, parts[-1].x2, min(one.y1 for one in parts), max(one.y2 for one in parts))
        found.append(unit)
    return found


def tree(view: View) -> Node | None:
    """The tree of a pair; None when nothing in it is linked."""
    units = leaves(view)
    ranks = {unit: rank for rank, unit in enumerate(sorted(units, key=lambda unit: unit.y1))}
    stack: list[tuple[int, int, Node]] = []
    for unit in units:
        stack.append((ranks[unit], ranks[unit] + 1, Node(unit, "leaf")))
        while joined := _top(stack):
            count, order = joined
            low = min(start for start, _, _ in stack[-count:])
            high = max(end for _, end, _ in stack[-count:])
            node = _over([node for _, _, node in stack[-count:]], order)
            stack[-count:] = [(low, high, node)]
    return stack[0][2] if stack else None


def _top(stack: Sequence[tuple[int, int, Node]]) -> tuple[int, Order] | None:
    """How many nodes on top of the stack make a larger one, and in which order; None when they do not."""
    if not stack:
        return None
    low, high, _ = stack[-1]
    held = high - low
    for count in range(2, len(stack) + 1):
        start, end, _ = stack[-count]
        if count == 2 and end == low:
            return 2, "straight"
        low, high, held = min(low, start), max(high, end), held + end - start
        if high - low == held:
            return count, "turned"
    return None


def _over(parts: Sequence[Node], order: Order) -> Node:
    """The node over some others, those of the same order that are turned as a whole taken apart."""
    first, *rest = parts
    units = [part.unit for part in parts]
    whole = Unit(units[0].x1, units[-1].x2, min(unit.y1 for unit in units), max(unit.y2 for unit in units))
    flat = first.order == order and (order == "straight" or (len(parts) == 2 and _reversed(first)))
    return Node(whole, order, (*(first.parts if flat else (first,)), *rest))


def _reversed(node: Node) -> bool:
    """Whether the parts of a turned node stand in exactly the opposite order."""
    starts = [part.unit.y1 for part in node.parts]
    return starts == sorted(starts, reverse=True)
