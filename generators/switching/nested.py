"""The nested builder: alternation, with insertion inside the stretches that stay in the matrix language."""

from __future__ import annotations

from random import Random

from cswitch.generators.switching.alternation import block_arcs
from cswitch.generators.switching.insertion import InsertionBuilder, with_blocks
from cswitch.generators.switching.lattice import Lattice
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
        self.tiers = 1

    def build(self, view: View, random: Random, tier: int = 0) -> Lattice:
        """See :meth:`InsertionBuilder.build`; there is one tier, with phrases, islands and blocks."""
        inserted, _ = self.insertion.arcs(view, random, 1)
        blocks = block_arcs(view, speakable=self.constraint != "none", weight=_BLOCK_WEIGHT)
        return with_blocks(view, inserted, blocks, self.insertion.judge(view))
