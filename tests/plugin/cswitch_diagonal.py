"""An aligner that links by place, and a builder whose sentences change language once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cswitch.core.contracts import Link, TokenisedPair
from cswitch.generators.switching.alternation import equivalence_points
from cswitch.generators.switching.constraints import span_arc
from cswitch.generators.switching.lattice import Lattice
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View
from cswitch.schemas.settings import SynthSettings


class DiagonalAligner:
    """Links the first tokens, the second tokens, and so on."""

    name = "diagonal"

    def __init__(self, source_lang: str, target_lang: str) -> None:
        self.languages = source_lang, target_lang

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """A link for each place that both sides have."""
        return [
            tuple(Link(place, place, 0.8) for place in range(min(len(pair.source.tokens), len(pair.target.tokens))))
            for pair in batch
        ]


class OnceBuilder:
    """Sentences that begin in the matrix language and, from an equivalence point on, go on in the other."""

    name = "once"
    constraint = "equivalence"

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings

    def lattices(self, view: View, key: str) -> Iterator[Lattice]:
        """One arc for each point at which the sentence may turn, from there to its end."""
        (_, *points, (x2, y2)) = equivalence_points(view)
        arcs = [span_arc(view, Unit(x1, x2, y1, y2), kind="tail") for x1, y1 in points]
        yield Lattice(view.x_counts, [arc for arc in arcs if arc])
