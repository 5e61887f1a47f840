"""The insertion builder: units of the embedded sentence put into the matrix sentence."""

from __future__ import annotations

from random import Random

from cswitch.generators.switching.constraints import Constraint, constraint
from cswitch.generators.switching.lattice import EMBEDDED, Arc, Lattice, Piece
from cswitch.generators.switching.units import Unit, choose
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
        self.tiers = 2 if settings.units in ("phrase", "noun") and self.constraint == "matrix-frame" else 1

    def build(self, view: View, random: Random, tier: int = 0) -> Lattice:
        """The lattice of one pair.

        Args:
            view: The pair.
            random: The record's own random numbers, for unit choices that need them.
            tier: 0 for the units that people switch most; 1 adds islands, for targets out of reach without them.
        """
        arcs, forbidden = self.arcs(view, random, tier)
        return Lattice(view.x_counts, arcs, forbidden)

    def arcs(self, view: View, random: Random, tier: int) -> tuple[list[Arc], dict[int, frozenset[int]]]:
        """The arcs of all admitted units, and which must not touch."""
        judge = constraint(self.constraint, view, self.glue, self.settings.units)
        admitted: dict[Arc, Unit] = {}
        for unit in choose(view, self.settings.units, random, wide=tier > 0):
            arc = judge.admit(unit)
            if arc:
                admitted.setdefault(weigh(arc, view, self.settings.weights), unit)
        arcs = list(admitted)
        return arcs, clashes(arcs, judge)


def clashes(arcs: list[Arc], judge: Constraint) -> dict[int, frozenset[int]]:
    """For each arc, those that must not come directly before it.

    Two arcs that touch are kept apart when the constraint says so, and when both lie inside a third: taking both would
    be the third once more, or only a part of it.
    """
    units = [_unit(arc) for arc in arcs]
    ending: dict[int, list[int]] = {}
    for index, arc in enumerate(arcs):
        ending.setdefault(arc.end, []).append(index)
    found = {}
    for index, arc in enumerate(arcs):
        before = ending.get(arc.start)
        if before:
            banned = [n for n in before if not judge.adjacent(units[n], units[index])]
            banned += [n for n in before if n not in banned and _within_one(units, units[n], units[index])]
            if banned:
                found[index] = frozenset(banned)
    return found


def _within_one(units: list[Unit], left: Unit, right: Unit) -> bool:
    y1, y2 = min(left.y1, right.y1), max(left.y2, right.y2)
    return any(u.x1 <= left.x1 and right.x2 <= u.x2 and u.y1 <= y1 and y2 <= u.y2 for u in units)


def _unit(arc: Arc) -> Unit:
    """The spans an arc covers on both sides, glue left out."""
    ys = [piece.index for piece in arc.pieces if isinstance(piece, Piece) and piece.side == EMBEDDED]
    return Unit(arc.start, arc.end, min(ys), max(ys) + 1)
