"""Which cells of (matrix tokens removed, embedded tokens) lie nearest a CMI, or a share of embedded tokens.

A set of cells is one integer: bit ``removed * width + embedded`` is set when the cell is in the set. All cells with
the same CMI (or share) form one group; groups are kept in order of it with the union of all groups below and above, so
the nearest reachable group is found by bisection, a few machine words at a time.
"""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from functools import lru_cache

WIDTHS = (16, 32, 64, 128, 256, 512, 1024)
"""Row widths in use; few of them, so that tables are shared between sentences."""


def width_for(embedded: int) -> int:
    """The smallest row width that holds ``embedded`` embedded tokens.

    >>> width_for(15), width_for(16)
    (16, 32)
    """
    for width in WIDTHS:
        if embedded < width:
            return width
    return 1 << embedded.bit_length()


class CellTable:
    """Cells of a sentence with ``frame`` matrix tokens, in order of CMI or share.

    Args:
        frame: Language tokens of the matrix sentence when nothing is switched.
        width: Row width, above the greatest number of embedded tokens.
        mixed: Leave out cells that hold one language only.
        majority: Leave out cells in which embedded tokens outnumber matrix tokens.
        share: Order them by the share of embedded tokens, in percent, instead.
    """

    __slots__ = ("above", "below", "groups", "values", "width")

    def __init__(
        self, frame: int, width: int, *, mixed: bool = True, majority: bool = True, share: bool = False
    ) -> None:
        self.width = width
        groups: dict[tuple[int, int], int] = {}
        for removed in range(frame + 1):
            matrix = frame - removed
            for embedded in range(width):
                if (majority and embedded > matrix) or (mixed and not (matrix and embedded)):
                    continue
                total = matrix + embedded
                part = embedded if share else min(matrix, embedded)
                key = Fraction(part, total).as_integer_ratio() if total else (0, 1)
                groups[key] = groups.get(key, 0) | 1 << (removed * width + embedded)
        order = sorted(groups, key=lambda key: key[0] / key[1])
        self.values = [100 * a / b for a, b in order]
        """CMI, or share, of each group, ascending."""
        self.groups = [groups[key] for key in order]
        """Cells of each group."""
        self.below = _running(self.groups)
        """Union of groups 0 to i."""
        self.above = _running(self.groups[::-1])[::-1]
        """Union of groups i to the last."""

    def extremes(self, reach: int) -> tuple[float, float] | None:
        """Lowest and highest value among the cells of ``reach``, or None when it holds no legal cell."""
        if not self.groups or not reach & self.above[0]:
            return None
        return self.values[self._lowest(reach, 0)], self.values[self._highest(reach, len(self.groups) - 1)]

    def nearest(self, reach: int, value: float) -> tuple[float, int] | None:
        """The reachable CMI or share nearest to ``value``, with its cells; both neighbours' when they lie equally near.

        Returns:
            Distance in points and the set of reachable cells at that distance; None when there is none.
        """
        groups = self.groups
        if not groups or not reach & self.above[0]:
            return None
        split = bisect_left(self.values, value)
        under = over = None
        if split and reach & self.below[split - 1]:
            under = self._highest(reach, split - 1)
        if split < len(groups) and reach & self.above[split]:
            over = self._lowest(reach, split)
        if under is None or over is None:
            chosen = under if over is None else over
            assert chosen is not None
            return abs(self.values[chosen] - value), reach & groups[chosen]
        down, up = value - self.values[under], self.values[over] - value
        if abs(down - up) < 1e-9:
            return up, reach & (groups[under] | groups[over])
        return (down, reach & groups[under]) if down < up else (up, reach & groups[over])

    def _lowest(self, reach: int, low: int) -> int:
        """Index of the first reachable group from ``low`` on; there must be one."""
        high = len(self.groups) - 1
        reach &= self.above[low]
        while low < high:
            middle = (low + high) // 2
            if reach & self.below[middle]:
                high = middle
            else:
                low = middle + 1
        return low

    def _highest(self, reach: int, high: int) -> int:
        """Index of the last reachable group up to ``high``; there must be one."""
        low = 0
        reach &= self.below[high]
        while low < high:
            middle = (low + high + 1) // 2
            if reach & self.above[middle]:
                low = middle
            else:
                high = middle - 1
        return low


@lru_cache(maxsize=2048)
def cell_table(frame: int, width: int, mixed: bool, majority: bool, share: bool = False) -> CellTable:
    """A shared :class:`CellTable`."""
    return CellTable(frame, width, mixed=mixed, majority=majority, share=share)


def members(cells: int, width: int) -> list[tuple[int, int]]:
    """The cells of a set as (removed, embedded), ascending.

    >>> members(0b1001, 2)
    [(0, 0), (1, 1)]
    """
    bits = f"{cells:b}"[::-1]
    found = []
    place = bits.find("1")
    while place >= 0:
        found.append(divmod(place, width))
        place = bits.find("1", place + 1)
    return found


def _running(sets: list[int]) -> list[int]:
    total, out = 0, []
    for cells in sets:
        total |= cells
        out.append(total)
    return out
