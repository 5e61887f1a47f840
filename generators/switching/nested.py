"""The nested builder: alternation, with insertion inside the stretches that stay in the matrix language."""

from __future__ import annotations

from collections.abc import Iterator

from cswitch.generators.switching.alternation import block_arcs
from cswitch.generators.switching.constraints import constraint
from cswitch.generators.switching.insertion import InsertionBuilder, with_blocks
from cswitch.generators.switching.lattice import Lattice
from cswitch.generators.switching.unit_choices import choose
from cswitch.generators.switching.units import islands
from cswitch.generators.switching.view import View
from cswitch.schemas.settings import SynthSettings

_BLOCK_WEIGHT = 4


class NestedBuilder:
    """Builds lattices with the arcs of both other builders."""

    name = "nested"
    default_constraint = "matrix-frame"

    def __init__(self, settings: SynthSettings) -> None:
        self.insertion = InsertionBuilder(settings)
        self.constraint = self.insertion.constraint

    def lattices(self, view: View, key: str) -> Iterator[Lattice]:
        """One lattice, with units, islands and blocks."""
        insertion, settings = self.insertion, self.insertion.settings
        judge = constraint(self.constraint, view, insertion.glue, settings.units)
        units = choose(view, settings.units, key, judge.refuses)
        if insertion.widens:
            units += islands(view)
            judge.wide = True
        blocks = block_arcs(view, speakable=self.constraint != "none", strict=False, weight=_BLOCK_WEIGHT)
        arcs = insertion.admitted(view, judge, units)
        yield with_blocks(view, arcs, blocks, judge)
