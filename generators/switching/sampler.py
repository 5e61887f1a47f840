"""Exact sampling: the cell nearest the aim, and in it a path in proportion to its weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cswitch.generators.switching.cells import CellTable, cell_table, members, width_for
from cswitch.generators.switching.counting import Cell, Counts, cell_counts, count, reach, walk_back
from cswitch.generators.switching.graph import compile_graph, extent
from cswitch.generators.switching.lattice import Lattice, Path, path_weight
from cswitch.generators.switching.targets import Aim

Ticket = Callable[[int, int], int]
"""``ticket(total, n)``: the n-th random number of this record, from 0 up to, but without, ``total``."""

_ENUMERATE = 4096
_TRIES = 200


class Choice(NamedTuple):
    """Cells that lie equally near an aim, and how near."""

    cells: list[Cell]
    distance: float
    """Points of CMI, or percent of a share, between the aim and these cells; 0 when both were left free."""
    switch_distance: int
    """Switch points too many or too few; 0 when they were left free."""

    def meets(self, aim: Aim) -> bool:
        """Whether a sample from these cells counts as met."""
        return self.distance <= aim.tolerance + 1e-9 and self.switch_distance == 0


class Sampler:
    """Answers what a lattice can reach and draws from it.

    Args:
        lattice: The lattice.
        switches: Follow the number of switch points as well, which costs more.
        changes: Follow the number of changes instead, which the lattice knows: what an aim asks of ``switches`` is then
            asked of changes.
        mixed: Leave out paths that stay in one language.
        majority: Leave out paths in which embedded tokens outnumber matrix tokens.
        share: Aims name shares, not CMIs.
    """

    def __init__(
        self,
        lattice: Lattice,
        *,
        switches: bool = False,
        changes: bool = False,
        mixed: bool = True,
        majority: bool = True,
        share: bool = False,
    ) -> None:
        self.lattice = lattice
        self._kept, self._share = (mixed, majority), share
        self.graph = compile_graph(lattice, switches=switches, changes=changes)
        self.extent = extent(self.graph)
        self.width = width_for(self.extent.embedded)
        self._legal: CellTable = cell_table(lattice.frame, self.width, mixed, majority, share)
        self._reach = reach(self.graph, lattice.frame, self.width)

    def reachable(self, share: bool = False) -> tuple[float, float] | None:
        """Lowest and highest CMI any legal path has, exactly; None when there is no legal path.

        Args:
            share: Lowest and highest share of embedded tokens instead, in percent.
        """
        union = 0
        for cells in self._reach:
            union |= cells
        if share == self._share:
            return self._legal.extremes(union)
        return cell_table(self.lattice.frame, self.width, *self._kept, share).extremes(union)

    def reachable_switches(self) -> tuple[int, int] | None:
        """Lowest and highest number of switch points over all legal paths; needs ``switches=True``."""
        found = [s for s, cells in enumerate(self._reach) if self._legal.extremes(cells)]
        return (found[0], found[-1]) if found else None

    def nearest(self, aim: Aim) -> Choice | None:
        """The legal cells nearest the aim; None when there is no legal path.

        A CMI alone: the nearest CMI. Switch points alone: the nearest number, any CMI. Both: a CMI within the
        tolerance counts as met, among those the nearest number of switch points wins, then the nearest CMI; when no
        cell lies within the tolerance, the nearest CMI wins. A share is followed as a CMI is.
        """
        return next(self._choices(aim), None)

    def draw(self, aim: Aim, draws: int, ticket: Ticket) -> list[tuple[Path, Choice]]:
        """Up to ``draws`` different paths: from the nearest cells first, then from others that also meet the aim.

        Args:
            aim: Where to aim.
            draws: How many paths are wanted; fewer come when fewer exist.
            ticket: The record's random numbers.
        """
        found: list[tuple[Path, Choice]] = []
        for choice in self._choices(aim):
            if found and not choice.meets(aim):
                break
            paths = self._distinct(choice.cells, draws - len(found), ticket, len(found))
            found += [(path, choice) for path in paths]
            if len(found) >= draws:
                break
        return found

    def _choices(self, aim: Aim) -> Iterator[Choice]:
        """Sets of equally near cells, nearest first."""
        left = list(self._reach)
        while True:
            best: tuple[tuple[float, int, float], Choice, int] | None = None
            picked: list[tuple[int, int]] = []
            for switches, cells in enumerate(left):
                near = self._near(cells, aim)
                if near is None:
                    continue
                off = 0 if aim.switches is None else abs(switches - aim.switches)
                distance, group = near
                excess = distance if aim.switches is None or distance > aim.tolerance else 0.0
                rank = (round(excess, 9), off, round(distance, 9))
                if best is None or rank < best[0]:
                    best, picked = (rank, Choice([], distance, off), 0), []
                if rank == best[0]:
                    picked.append((switches, group))
            if best is None:
                return
            chosen = [(s, r, e) for s, group in picked for r, e in members(group, self.width)]
            yield Choice(chosen, best[1].distance, best[1].switch_distance)
            for switches, group in picked:
                left[switches] &= ~group

    def _near(self, cells: int, aim: Aim) -> tuple[float, int] | None:
        points = aim.points
        if points is not None:
            return self._legal.nearest(cells, points)
        legal = cells & self._legal.above[0] if self._legal.groups else 0
        return (0.0, legal) if legal else None

    def _distinct(self, cells: list[Cell], wanted: int, ticket: Ticket, offset: int) -> list[Path]:
        """Up to ``wanted`` different paths from the cells, each next one in proportion to its weight."""
        weighted = self._table(cells, weighted=True)
        if wanted == 1:
            return [weighted.path(ticket(weighted.total, offset))]
        plain = self._table(cells, weighted=False)
        if plain.total <= max(wanted, _ENUMERATE):
            return self._without_replacement([plain.path(n) for n in range(plain.total)], wanted, ticket, offset)
        found: dict[Path, None] = {}
        for n in range(_TRIES * wanted):
            table = weighted if n < _TRIES * wanted // 2 else plain
            found.setdefault(table.path(ticket(table.total, offset + n)))
            if len(found) == wanted:
                break
        return list(found)

    def _without_replacement(self, paths: list[Path], wanted: int, ticket: Ticket, offset: int) -> list[Path]:
        """Successive weighted draws from all paths of the cells."""
        pool = [(path, path_weight(self.lattice, path)) for path in paths]
        found: list[Path] = []
        while pool and len(found) < wanted:
            number = ticket(sum(weight for _, weight in pool), offset + len(found))
            for n, (path, weight) in enumerate(pool):
                if number < weight:
                    found.append(path)
                    del pool[n]
                    break
                number -= weight
        return found

    def _table(self, cells: list[Cell], *, weighted: bool) -> _Table:
        return _Table(self, cells, weighted)


class _Table:
    """The paths of some cells, numbered by tickets."""

    def __init__(self, sampler: Sampler, cells: list[Cell], weighted: bool) -> None:
        self.graph, self.cells, self.weighted = sampler.graph, cells, weighted
        known = sampler.extent if weighted else None
        self.counts: Counts = count(self.graph, cells, weighted=weighted, known=known)
        self.shares = cell_counts(self.graph, self.counts, cells)
        self.total = sum(self.shares)

    def path(self, ticket: int) -> Path:
        for cell, share in zip(self.cells, self.shares, strict=True):
            if ticket < share:
                return walk_back(self.graph, self.counts, cell, ticket, weighted=self.weighted)
            ticket -= share
        raise IndexError(f"ticket beyond the {self.total} there are")
