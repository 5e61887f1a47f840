"""Exact sampling over several embedded languages.

CMI over k languages is 100 (1 - w / n), w being the tokens of the language that has most. Legal paths keep the matrix
language at the head, so w is its own, and CMI is 100 e / (m + e) for m matrix and e embedded tokens of all languages
together, which is their share too. Two ways of keeping it at the head:

* *majority*: embedded tokens together do not outnumber matrix tokens. CMI lies between 0 and 50, and cells hold e
  alone. That is the rule wherever no more than 50 is asked for, as in two languages.
* *plurality*: no embedded language has more tokens than the matrix language. CMI reaches 100 (1 - 1/k). Cells hold the
  tokens of each language, which costs more; beyond :data:`MOST_CELLS` majority is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from math import prod
from typing import NamedTuple

from cswitch.generators.switching.cells import members
from cswitch.generators.switching.counting import Cell, reach
from cswitch.generators.switching.graph import Graph, extent
from cswitch.generators.switching.sampler import Choice, Sampler, _Table
from cswitch.generators.switching.several import JoinedLattice
from cswitch.generators.switching.several_graph import SeveralGraph, compile_several, digits
from cswitch.generators.switching.targets import Aim

MOST_CELLS = 1 << 24
"""Cells of all nodes together up to which the tokens of each language are counted apart."""
MOST_BYTES = 1 << 28
"""Memory that counting the paths of one sentence may take."""


class TooManyPathsError(Exception):
    """Counting the paths of a sentence would take more than :data:`MOST_BYTES`; holds how many bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class PartChoice(Choice):
    """Cells that lack a language which was asked for; no sample of them meets its aim."""

    __slots__ = ()

    def meets(self, aim: Aim) -> bool:
        """See :class:`Choice`."""
        return False


class _Sum(NamedTuple):
    """What the paths of some cells have in common."""

    switches: int
    matrix: int
    embedded: int

    @property
    def points(self) -> float:
        """CMI, and share of embedded tokens in percent."""
        total = self.matrix + self.embedded
        return 100 * self.embedded / total if total else 0.0


class SeveralSampler(Sampler):
    """Answers what a lattice of several embedded languages can reach and draws from it.

    Legal paths have all the languages; where none has, those that have the most of them, at least one.

    Args:
        lattice: The lattice.
        switches: Follow the number of switch points as well, which costs more.
        mixed: Leave out paths that lack a language, as far as that can be; otherwise every path is legal, however many
            languages it has.
        plurality: Let embedded tokens together outnumber matrix tokens, though not those of one language alone.
    """

    lattice: JoinedLattice

    def __init__(
        self, lattice: JoinedLattice, *, switches: bool = False, mixed: bool = True, plurality: bool = False
    ) -> None:
        self.lattice = lattice
        compiled = compile_several(lattice, switches=switches, apart=plurality)
        if plurality and _size(compiled.graph, lattice.frame) > MOST_CELLS:
            compiled = compile_several(lattice, switches=switches)
        self.radix = compiled.radix
        self.graph, self.legal, self.whole = self._legal_paths(compiled, mixed)
        self.extent = extent(self.graph)

    def _legal_paths(self, compiled: SeveralGraph, mixed: bool) -> tuple[Graph, dict[_Sum, list[Cell]], bool]:
        """The graph with the ends of legal paths alone, their cells, and whether all languages are in them."""
        graph, ends = compiled.graph, compiled.ends
        for languages in range(self.lattice.count, 0, -1) if mixed else ():
            if languages in ends:
                some = graph._replace(finals=ends[languages])
                found = self._cells(some)
                if found:
                    return some, found, languages == self.lattice.count
        return (graph, {}, False) if mixed else (graph, self._cells(graph), True)

    def _cells(self, graph: Graph) -> dict[_Sum, list[Cell]]:
        """The reachable cells in which the matrix language is at the head, by what counts of them."""
        frame, width = self.lattice.frame, extent(graph).embedded + 1
        found: dict[_Sum, list[Cell]] = {}
        for switches, cells in enumerate(reach(graph, frame, width)):
            for removed, embedded in members(cells, width):
                matrix = frame - removed
                each = digits(embedded, self.radix) if self.radix[0] else (embedded,)
                if max(each) <= matrix:
                    found.setdefault(_Sum(switches, matrix, sum(each)), []).append((switches, removed, embedded))
        return found

    def reachable(self, share: bool = False) -> tuple[float, float] | None:
        """Lowest and highest CMI any legal path has, exactly; None when there is no legal path.

        Args:
            share: Lowest and highest share of embedded tokens instead, in percent: the same numbers.
        """
        values = [found.points for found in self.legal]
        return (min(values), max(values)) if values else None

    def reachable_switches(self) -> tuple[int, int] | None:
        """Lowest and highest number of switch points over all legal paths; needs ``switches=True``."""
        values = [found.switches for found in self.legal]
        return (min(values), max(values)) if values else None

    def _table(self, cells: list[Cell], *, weighted: bool) -> _Table:
        """See :class:`Sampler`.

        Raises:
            TooManyPathsError: It would not fit.
        """
        size = self._bytes(cells)
        if size > MOST_BYTES:
            raise TooManyPathsError(size)
        return super()._table(cells, weighted=weighted)

    def _bytes(self, cells: list[Cell]) -> int:
        """Memory that the counts of all nodes take, up to the greatest of some cells."""
        box = prod(1 + max(cell[axis] for cell in cells) for axis in range(3))
        return len(self.graph.into) * box * self.extent.weight.bit_length() // 8

    def _choices(self, aim: Aim) -> Iterator[Choice]:
        """Sets of equally near cells, nearest first; see :meth:`nearest` for what is nearer."""
        ranked = sorted((*_rank(found, aim), found) for found in self.legal)
        kind = Choice if self.whole else PartChoice
        for (_, off, distance), group in groupby(ranked, key=lambda item: item[:3]):
            cells = [cell for *_, found in group for cell in self.legal[found]]
            yield kind(sorted(cells), distance, off)


def _rank(found: _Sum, aim: Aim) -> tuple[float, int, float]:
    """How far cells lie from an aim: a CMI within the tolerance counts as met, then switch points, then the CMI."""
    points = aim.points
    distance = 0.0 if points is None else round(abs(found.points - points), 9)
    off = 0 if aim.switches is None else abs(found.switches - aim.switches)
    excess = distance if aim.switches is None or distance > aim.tolerance else 0.0
    return excess, off, distance


def _size(graph: Graph, frame: int) -> int:
    """Cells of all nodes together."""
    most = [0] * len(graph.into)
    for node, edges in enumerate(graph.into):
        most[node] = max([most[start] + switches for start, switches, *_ in edges], default=0)
    return (frame + 1) * (extent(graph).embedded + 1) * (max(most) + 1) * len(graph.into)
