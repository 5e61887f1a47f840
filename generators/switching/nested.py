"""The nested builder: alternation, with insertion inside the stretches that stay in the matrix language."""

from __future__ import annotations

from bisect import bisect_right
from random import Random

from cswitch.generators.switching.alternation import AlternationBuilder, equivalence_points
from cswitch.generators.switching.constraints import constraint
from cswitch.generators.switching.insertion import InsertionBuilder, clashes
from cswitch.generators.switching.lattice import Lattice
from cswitch.generators.switching.view import View
from cswitch.schemas.settings import SynthSettings


class NestedBuilder:
    """Builds lattices with the arcs of both other builders; an insertion never reaches over a block's edge."""

    name = "nested"
    default_constraint = "matrix-frame"

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings
        self.constraint = settings.constraint or self.default_constraint
        self.blocks = AlternationBuilder(settings)
        self.insertion = InsertionBuilder(settings)
        self.tiers = self.insertion.tiers

    def build(self, view: View, random: Random, tier: int = 0) -> Lattice:
        """See :meth:`InsertionBuilder.build`."""
        blocks = self.blocks.arcs(view)
        inserted, _ = self.insertion.arcs(view, random, tier)
        edges = [x for x, _ in equivalence_points(view, speakable=self.blocks.constraint != "none")]
        taken = {(arc.start, arc.end, arc.pieces) for arc in blocks}
        inner = [
            arc
            for arc in inserted
            if bisect_right(edges, arc.start) == bisect_right(edges, arc.end - 1)
            and (arc.start, arc.end, arc.pieces) not in taken
        ]
        arcs = inner + blocks
        judge = constraint(self.insertion.constraint, view, self.insertion.glue, self.settings.units)
        banned = {
            index: frozenset(n for n in before if n < len(inner)) if index < len(inner) else frozenset()
            for index, before in clashes(arcs, judge).items()
        }
        return Lattice(view.x_counts, arcs, {index: before for index, before in banned.items() if before})
