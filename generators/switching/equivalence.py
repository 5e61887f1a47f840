"""The tree builder: the equivalence constraint at every level of the tree that the links make.

After Bhat, Choudhury and Bali (2016) and Pratapa et al. (2018): two sentences are parsed alike, and a sentence may go
on in the other language wherever both rules agree on the order. Here the tree of the links (:mod:`permutation`) takes
the place of the parse. Parts in the same order switch freely. Inside a part that is turned, the matrix sentence keeps
its order; single words and pieces of straight parts enter, and no two of them side by side, which would be a stretch of
the embedded language in the wrong order. docs/recipes-gcm.md compares the sets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cswitch.generators.switching.constraints import span_arc
from cswitch.generators.switching.lattice import Arc, Lattice
from cswitch.generators.switching.permutation import Node, tree
from cswitch.generators.switching.units import POSTPOSED, Unit
from cswitch.generators.switching.view import View
from cswitch.generators.switching.weights import weigh
from cswitch.schemas.settings import SynthSettings

_AUXILIARIES = re.compile("[VXBGK][XV]+")
_LONGEST_RUN = 5
"""Parts of the longest piece of a straight part that enters a turned one as a whole."""


class TreeBuilder:
    """Builds lattices of all that the equivalence constraint lets a matrix sentence be mixed to."""

    name = "tree"
    constraint = "equivalence"

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings

    def lattices(self, view: View, key: str) -> Iterator[Lattice]:
        """The one lattice of a pair; nothing in it is random."""
        root = tree(view)
        free: list[Arc] = []
        inner: list[Arc] = []
        if root is not None:
            straight = root.order == "straight"
            free = self._arcs(view, [part.unit for part in root.parts] if straight else [])
            below: list[Unit] = []
            for part in root.parts if straight else [root]:
                turned(part, below)
            inner = self._arcs(view, below)
        yield Lattice(view.x_counts, free + inner, _apart(free, inner))

    def _arcs(self, view: View, units: list[Unit]) -> list[Arc]:
        xs = _verb_ends(view.matrix.lang, view.x_letters, view.links_of_x)
        ys = _verb_ends(view.embedded.lang, view.y_letters, view.links_of_y)
        if xs or ys:
            units = [Unit(x1, xs.get(x2, x2), y1, ys.get(y2, y2)) for x1, x2, y1, y2 in units]
        found = [span_arc(view, unit, kind="part") for unit in units]
        return [weigh(arc, view, self.settings.weights) for arc in found if arc]


def _verb_ends(lang: str, letters: str, links: Sequence[Sequence[int]]) -> dict[int, int]:
    """Where verbs end with the auxiliaries after them that no link accounts for, by where they end without: गिर गए."""
    found: dict[int, int] = {}
    if lang not in POSTPOSED:
        return found
    for match in _AUXILIARIES.finditer(letters):
        first, end = match.start() + 1, match.end()
        for start in range(first, end):
            after = start
            while after < end and not links[after]:
                after += 1
            if after > start:
                found[start] = after
    return found


def turned(node: Node, found: list[Unit]) -> None:
    """Adds what may enter the parts of a node below which everything keeps the order of the matrix sentence.

    Args:
        node: A turned node; others give nothing.
        found: Where the units are added.
    """
    if node.order != "turned":
        return
    for part in node.parts:
        if part.order == "leaf":
            x1, x2, y1, y2 = part.unit
            if x2 - x1 == 1 == y2 - y1:
                found.append(part.unit)
        elif part.order == "straight":
            found += _pieces(part)
            for smaller in part.parts:
                turned(smaller, found)
        else:
            turned(part, found)


def _pieces(node: Node) -> list[Unit]:
    """Runs of the parts of a straight node, short of all of them."""
    units = [part.unit for part in node.parts]
    size = len(units)
    found = []
    for start, first in enumerate(units):
        longest = min(_LONGEST_RUN, size - 1)
        found += [Unit(first.x1, last.x2, first.y1, last.y2) for last in units[start : start + longest]]
    return found


def _apart(free: list[Arc], inner: list[Arc]) -> dict[int, frozenset[int]]:
    """For each arc, those that must not come directly before it: arcs of turned parts touch no other."""
    arcs, single = free + inner, len(free)
    ending: dict[int, list[int]] = {}
    for index, arc in enumerate(arcs):
        ending.setdefault(arc.end, []).append(index)
    starts = ending.keys() & {arc.start for arc in arcs}
    before = {place: frozenset(ending[place]) for place in starts}
    turned_before = {place: frozenset([n for n in ending[place] if n >= single]) for place in starts}
    found = {}
    for index, arc in enumerate(arcs):
        banned = (before if index >= single else turned_before).get(arc.start)
        if banned:
            found[index] = banned
    return found
