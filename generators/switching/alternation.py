"""The alternation builder: clauses and phrases of either language in turn, cut at equivalence points.

An equivalence point is a boundary that no link crosses (Poplack, 1980; over links: Winata et al., 2019). Of these, the
builder uses the ones at which a speaker could turn: both neighbours of the boundary are accounted for by links, and no
function word is parted from what it governs on either side (Belazi et al., 1994).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cswitch.generators.switching.constraints import span_arc
from cswitch.generators.switching.lattice import MATRIX, Arc, Lattice
from cswitch.generators.switching.letters import CONTENT
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View
from cswitch.schemas.settings import SynthSettings

_ENDS_NOT = {"hi": "DAsc#R", "": "DpXTscAR#"}
"""Classes that no stretch of a language may end on: they belong to what follows."""
_BEGINS_NOT = {"hi": "pXTVBK", "": "T"}
"""Classes that no stretch may begin with: they belong to what goes before."""
_PARTED = {"es": {"NA", "NN", "PP", "VR", "aA"}, "": {"NN", "PP", "PN", "NP", "VR", "aA", "NA"}}
"""Neighbours that are not parted."""
_LEANS_LEFT = {"hi": ".pXT", "": "."}
"""Unlinked words of these classes go with what stands before them, all other function words with what follows."""
_VERBAL = frozenset("VX")
_SUBJECT_MARK = frozenset({"ने"})
"""Marks a subject for its verb in the matrix language; the two are not parted."""
_COHESION = 3
"""How much likelier a speaker is to go on in a language than to switch at a point."""


class AlternationBuilder:
    """Builds lattices in which whole stretches between equivalence points are in one language or the other."""

    name = "alternation"
    default_constraint = "equivalence"

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings
        self.constraint = settings.constraint or self.default_constraint

    def lattices(self, view: View, key: str) -> Iterator[Lattice]:
        """The one lattice of a pair; nothing in it is random."""
        yield Lattice(
            view.x_counts, block_arcs(view, speakable=self.constraint != "none"), cohesion=_COHESION
        )


def block_arcs(view: View, *, speakable: bool = True, weight: int = 1) -> list[Arc]:
    """Arcs that put a whole stretch between neighbouring equivalence points into the embedded language.

    Args:
        view: The pair.
        speakable: Keep only blocks that say the same on both sides and end where a speaker could turn.
        weight: Weight of each arc.
    """
    found = []
    for (x1, y1), (x2, y2) in pairwise(equivalence_points(view, speakable=speakable)):
        block = Unit(x1, x2, y1, y2)
        if MATRIX in view.x_counts[x1:x2] and (not speakable or _matched(view, block)):
            arc = span_arc(view, block, weight, kind="block")
            if arc:
                found.append(arc)
    return found


def _matched(view: View, block: Unit) -> bool:
    """Whether the two sides of a block say the same, as far as links and verbs tell."""
    x1, x2, y1, y2 = block
    xs, ys = view.x_letters[x1:x2], view.y_letters[y1:y2]
    if set(ys) <= {"P", "."}:
        return False
    if "?" in ys and "?" in xs:
        return True
    verb_x, verb_y = bool(set(xs) & _VERBAL), bool(set(ys) & _VERBAL)
    if verb_x != verb_y or (not verb_x and _SUBJECT_MARK & set(view.x_low[x1:x2])):
        return False
    if ys[0] in "VX" and y1 and view.y_letters[y1 - 1] == "R" and not view.links_of_y[y1 - 1]:
        return False
    open_x = sum(not view.links_of_x[x] for x in range(x1, x2) if view.x_letters[x] in "NPAVBGK")
    open_y = sum(not view.links_of_y[y] for y in range(y1, y2) if view.y_letters[y] in "NPAVBGK")
    linked = sum(bool(view.links_of_y[y]) for y in range(y1, y2) if view.y_letters[y] in "NPAVBGK")
    return linked > 0 and abs(open_x - open_y) <= 1 and open_y <= linked


def equivalence_points(view: View, *, speakable: bool = True) -> list[tuple[int, int]]:
    """Boundaries (x, y), both ends included, at which the sentence may change language; strictly ascending.

    Args:
        view: The pair.
        speakable: Leave out boundaries that part a function word from what it governs.
    """
    of_x, size_x, size_y = view.links_of_x, len(view.x_letters), len(view.y_letters)
    lowest = [size_y] * (size_x + 1)
    for x in range(size_x - 1, -1, -1):
        lowest[x] = min(lowest[x + 1], of_x[x][0]) if of_x[x] else lowest[x + 1]
    points = [(0, 0)]
    highest, previous = 0, -1
    for x in range(size_x):
        if not of_x[x]:
            continue
        if previous >= 0 and highest <= lowest[x]:
            at_x = _split(view.x_letters, view.matrix.lang, previous + 1, x)
            at_y = _split(view.y_letters, view.embedded.lang, highest, lowest[x])
            if at_x is not None and at_y is not None and points[-1][0] < at_x and points[-1][1] < at_y:
                point = (at_x, at_y)
                if not speakable or (
                    _may_turn(view.x_letters, view.matrix.lang, at_x)
                    and _may_turn(view.y_letters, view.embedded.lang, at_y)
                ):
                    points.append(point)
        previous = x
        highest = max(highest, of_x[x][-1] + 1)
    if points[-1] != (size_x, size_y) and size_x and size_y:
        points.append((size_x, size_y))
    return points


def _split(letters: str, lang: str, low: int, high: int) -> int | None:
    """Where to part a run of unlinked words, or None when it holds a word that may belong to either side."""
    leans = _LEANS_LEFT.get(lang, _LEANS_LEFT[""])
    place = low
    while place < high and letters[place] in leans:
        place += 1
    return None if any(letter in CONTENT or letter == "#" for letter in letters[place:high]) else place


def _may_turn(letters: str, lang: str, place: int) -> bool:
    """Whether a stretch of the language may end before ``place`` and another begin there."""
    left, right = letters[place - 1], letters[place : place + 1]
    if left in _ENDS_NOT.get(lang, _ENDS_NOT[""]) or (right and right in _BEGINS_NOT.get(lang, _BEGINS_NOT[""])):
        return False
    return left + right not in _PARTED.get(lang, _PARTED[""])
