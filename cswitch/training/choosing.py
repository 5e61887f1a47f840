"""Which units are replaced: the choice whose CMI or rate is the nearest there is, drawn fairly among equals.

Units do not overlap, so a choice is a set. Choices are counted by what they change, never enumerated: a cell is the
number of tokens that go and the number that come; units of one token for one are alike and are counted by binomials.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from random import Random
from typing import Literal, NamedTuple

Cell = tuple[int, int]
"""Units or tokens that are replaced, and tokens that come in."""
_SAME = 1e-9
"""Distances no further apart than this are equal."""


class Aim(NamedTuple):
    """What a sentence is to reach, and what it has before anything is replaced."""

    kind: Literal["cmi", "rate"]
    value: float
    """0 to 50 for a CMI, 0 to 1 for a rate."""
    matrix: int
    """Tokens of the matrix language; for a rate, whatever is counted."""
    embedded: int = 0
    """Tokens of other languages that the sentence has already."""

    def of(self, cell: Cell) -> float:
        """The value of a choice.

        >>> Aim("cmi", 25, 4).of((1, 1)), Aim("rate", 0.5, 4).of((1, 0))
        (25.0, 0.25)
        """
        removed, came = cell
        if self.kind == "rate":
            return removed / self.matrix if self.matrix else 0.0
        said = self.embedded + came
        total = self.matrix - removed + said
        return 100 * said / total if total else 0.0

    def needed(self, cell: Cell) -> int:
        """Units of one token for one that would bring a choice to the value, rounded.

        >>> Aim("cmi", 25, 8).needed((1, 1)), Aim("rate", 0.5, 4).needed((0, 0))
        (1, 2)
        """
        removed, came = cell
        if self.kind == "rate":
            return round(self.value * self.matrix) - removed
        said = self.embedded + came
        return round(self.value * (self.matrix - removed + said) / 100) - said


class Choices:
    """All choices of some units, by cell.

    Args:
        sizes: For each unit, the tokens it replaces and the tokens that come instead.
        aim: What is to be reached.

    >>> choices = Choices([(1, 1)] * 4, Aim("rate", 0.4, 5))
    >>> choices.distance, choices.reachable
    (0.0, (0.0, 0.8))
    >>> len(choices.draw(Random(1)))
    2
    """

    def __init__(self, sizes: Sequence[Cell], aim: Aim) -> None:
        if aim.kind == "rate":
            sizes = [(removed, 0) for removed, _ in sizes]
        self.sizes, self.plain_cell = sizes, (1, 0) if aim.kind == "rate" else (1, 1)
        self.plain = [at for at, size in enumerate(sizes) if size == self.plain_cell]
        self.other = [at for at, size in enumerate(sizes) if size != self.plain_cell]
        self.tables = self._count()
        self.distance, self.best, self.reachable = self._nearest(aim)

    def _count(self) -> list[dict[Cell, int]]:
        """Ways to each cell by the first 0, 1, 2, ... of the units that are not one for one."""
        tables = [{(0, 0): 1}]
        for at in self.other:
            removed, came = self.sizes[at]
            table = dict(tables[-1])
            for (r, c), ways in tables[-1].items():
                cell = (r + removed, c + came)
                table[cell] = table.get(cell, 0) + ways
            tables.append(table)
        return tables

    def _nearest(self, aim: Aim) -> tuple[float, list[tuple[Cell, int]], tuple[float, float]]:
        """The least distance, the cells at it with the number of plain units in them, and the bounds."""
        least, best = float("inf"), list[tuple[Cell, int]]()
        low, high = float("inf"), 0.0
        for cell in self.tables[-1]:
            most = self._most(cell, aim)
            if most < 0:
                continue
            low, high = min(low, aim.of(cell)), max(high, aim.of(self._with(cell, most)))
            middle = min(most, max(0, aim.needed(cell)))
            for k in range(max(0, middle - 1), min(most, middle + 1) + 1):
                distance = abs(aim.of(self._with(cell, k)) - aim.value)
                if distance < least - _SAME:
                    least, best = distance, []
                if distance <= least + _SAME:
                    best.append((cell, k))
        return least, best, (low, high)

    def _with(self, cell: Cell, k: int) -> Cell:
        """A cell with some plain units added to it."""
        return cell[0] + k, cell[1] + k * self.plain_cell[1]

    def _most(self, cell: Cell, aim: Aim) -> int:
        """The most plain units with which a choice is legal; negative where it is not even without."""
        most = len(self.plain)
        if aim.kind == "rate":
            return most
        spare = aim.matrix - cell[0] - aim.embedded - cell[1]  # each takes one token from the matrix language
        return max(0, min(most, spare // 2)) if cell == (0, 0) else min(most, spare // 2)

    def draw(self, random: Random) -> list[int]:
        """One of the nearest choices, each as likely as any other; indexes of units, ascending."""
        ways = [self.tables[-1][cell] * comb(len(self.plain), k) for cell, k in self.best]
        ticket = random.randrange(sum(ways)) if len(ways) > 1 else 0
        at = 0
        while ticket >= ways[at]:
            ticket -= ways[at]
            at += 1
        cell, k = self.best[at]
        return sorted([*self._walk_back(cell, random), *random.sample(self.plain, k)])

    def _walk_back(self, cell: Cell, random: Random) -> list[int]:
        """Units other than plain ones that lead to a cell, each set as likely as any other."""
        found: list[int] = []
        for n in range(len(self.other), 0, -1):
            removed, came = self.sizes[self.other[n - 1]]
            before = (cell[0] - removed, cell[1] - came)
            ways = self.tables[n - 1].get(before, 0)
            if ways and random.randrange(self.tables[n][cell]) < ways:
                found.append(self.other[n - 1])
                cell = before
        return found
