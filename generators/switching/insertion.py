"""The insertion builder: units of the embedded sentence put into the matrix sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cswitch.generators.switching.alternation import block_arcs
from cswitch.generators.switching.constraints import Constraint, constraint
from cswitch.generators.switching.lattice import EMBEDDED, Arc, Lattice, Piece
from cswitch.generators.switching.unit_choices import choose
from cswitch.generators.switching.units import Unit, islands
from cswitch.generators.switching.view import View
from cswitch.generators.switching.weights import weigh
from cswitch.schemas.settings import SynthSettings


class InsertionBuilder:
    """Builds lattices in which the matrix sentence keeps its frame and single units are replaced."""

    name = "insertion"
    default_constraint = "matrix-frame"

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings
        self.constraint = settings.constraint or self.default_constraint
        self.glue = frozenset(settings.glue)
        self.widens = settings.units in ("phrase", "noun") and self.constraint == "matrix-frame"

    def lattices(self, view: View, key: str) -> Iterator[Lattice]:
        """Lattices of one pair, each wider than the one before.

        The first holds the units that people switch most. For targets out of reach with those, the second adds phrases
        with their own function words, and the third whole stretches between equivalence points: islands of the
        embedded language (Myers-Scotton, 1993).

        Args:
            view: The pair.
            key: What random choices depend on, beside the pair's id.
        """
        judge = constraint(self.constraint, view, self.glue, self.settings.units)
        units = choose(view, self.settings.units, key, judge.refuses)
        articles = "article" not in self.glue
        if self.widens and "postposition" not in self.glue:
            units += islands(view, articles=articles)
        arcs = self.admitted(view, judge, units)
        yield Lattice(view.x_counts, arcs, clashes(arcs, judge))
        if self.widens:
            judge.wide = True
            more = self.admitted(view, judge, [*judge.later, *islands(view, articles=articles)])
            wider = list(dict.fromkeys(arcs + more))
            if len(wider) > len(arcs):
                yield Lattice(view.x_counts, wider, clashes(wider, judge))
            blocks = block_arcs(view)
            if blocks:
                yield with_blocks(view, wider, blocks, judge)

    def admitted(self, view: View, judge: Constraint, units: Iterable[Unit]) -> list[Arc]:
        """The arcs of all units that the constraint admits, weighted, without repeats."""
        found = [arc for unit in units if (arc := judge.admit(unit))]
        return list(dict.fromkeys([weigh(arc, view, self.settings.weights) for arc in found]))


def with_blocks(view: View, inserted: list[Arc], blocks: list[Arc], judge: Constraint) -> Lattice:
    """The lattice of insertions and whole blocks.

    Args:
        view: The pair.
        inserted: Arcs of single units.
        blocks: Arcs of stretches between equivalence points.
        judge: The constraint the units were admitted by.
    """
    taken = {(arc.start, arc.end, arc.pieces) for arc in blocks}
    inner = [arc for arc in inserted if (arc.start, arc.end, arc.pieces) not in taken]
    arcs = inner + blocks
    single = len(inner)
    forbidden = {}
    for index, before in clashes(arcs, judge).items():
        banned = frozenset(n for n in before if n < single or index < single)
        if banned:
            forbidden[index] = banned
    return Lattice(view.x_counts, arcs, forbidden)


def clashes(arcs: list[Arc], judge: Constraint) -> dict[int, frozenset[int]]:
    """For each arc, those that must not come directly before it.

    Two arcs that touch are kept apart when the constraint says so, and when both lie inside a third: taking both would
    be the third once more, or only a part of it.
    """
    ending: dict[int, list[int]] = {}
    for index, arc in enumerate(arcs):
        ending.setdefault(arc.end, []).append(index)
    touching = [(index, ending[arc.start]) for index, arc in enumerate(arcs) if arc.start in ending]
    units = [_unit(arc) for arc in arcs] if touching else []
    found = {}
    for index, before in touching:
        here = units[index]
        banned = [n for n in before if not judge.adjacent(units[n], here) or _within_one(units, units[n], here)]
        if banned:
            found[index] = frozenset(banned)
    return found


def _within_one(units: list[Unit], left: Unit, right: Unit) -> bool:
    first, end, y1, y2 = left.x1, right.x2, min(left.y1, right.y1), max(left.y2, right.y2)
    return any(u.x1 <= first and end <= u.x2 and u.y1 <= y1 and y2 <= u.y2 for u in units)


def _unit(arc: Arc) -> Unit:
    """The spans an arc covers on both sides, glue left out."""
    ys = [piece.at for piece in arc.pieces if isinstance(piece, Piece) and piece.side == EMBEDDED]
    return Unit(arc.start, arc.end, min(ys), max(ys) + 1)
