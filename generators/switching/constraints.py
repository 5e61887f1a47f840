"""Constraints: which units may be inserted, and what each becomes.

``none`` admits every unit. ``equivalence`` (Poplack, 1980) admits a unit when both its edges are equivalence points: no
link crosses them. ``matrix-frame`` (Myers-Scotton, 1993) admits what keeps the frame of the matrix language whole: see
:mod:`frame`.
"""

from __future__ import annotations

from typing import Protocol

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.generators.switching.frame import MatrixFrame
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, Arc
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

NAMES = ("equivalence", "matrix-frame", "none")


class Constraint(Protocol):
    """Turns units into arcs, or refuses them."""

    refuses: str
    """Classes of single words that are always refused (:mod:`letters`)."""
    wide: bool
    """Admit what is legal but less usual."""
    later: list[Unit]
    """Units refused so far that ``wide`` may admit."""

    def admit(self, unit: Unit) -> Arc | None:
        """The arc that inserts a unit, or None when the constraint forbids it."""
        ...

    def adjacent(self, left: Unit, right: Unit) -> bool:
        """Whether two units that touch in the matrix sentence may both be inserted."""
        ...


def constraint(name: str, view: View, glue: frozenset[str], choice: str) -> Constraint:
    """The constraint of a name for one pair.

    Raises:
        UsageError: The name is unknown.
    """
    if name == "matrix-frame":
        return MatrixFrame(view, glue, choice)
    if name in NAMES:
        return Plain(view, equivalence=name == "equivalence")
    raise UsageError(f"unknown constraint {name!r}", hint=suggest(name, list(NAMES)))


class Plain:
    """Admits units as they are, at equivalence points only if asked."""

    refuses = ""
    wide = False

    def __init__(self, view: View, *, equivalence: bool) -> None:
        self.view, self.equivalence = view, equivalence
        self.later: list[Unit] = []

    def admit(self, unit: Unit) -> Arc | None:
        """See :class:`Constraint`."""
        view = self.view
        if self.equivalence and not (
            is_equivalence_point(view, unit.x1, unit.y1) and is_equivalence_point(view, unit.x2, unit.y2)
        ):
            return None
        return span_arc(view, unit)

    def adjacent(self, left: Unit, right: Unit) -> bool:
        """See :class:`Constraint`."""
        return True


def is_equivalence_point(view: View, x: int, y: int) -> bool:
    """Whether no link crosses the boundary before matrix token ``x`` and embedded token ``y``."""
    of_x = view.links_of_x
    return all(b < y for a in range(x) for b in of_x[a]) and all(b >= y for a in range(x, len(of_x)) for b in of_x[a])


def span_arc(view: View, unit: Unit, weight: int = 1, kind: str = "span") -> Arc | None:
    """The arc that writes a unit's embedded tokens as they are; None when that would change no word."""
    x1, x2, y1, y2 = unit
    embedded = view.y_counts[y1:y2].count(True)
    if not embedded or (x2 - x1 == y2 - y1 and same_text(view, unit)):
        return None
    gone = view.x_counts[x1:x2].count(MATRIX)
    return Arc(x1, x2, gone, embedded, view.y_pieces[y1:y2], weight, EMBEDDED, EMBEDDED, 0, kind)


def same_text(view: View, unit: Unit) -> bool:
    """Whether both sides of a unit are written the same, so that a swap would change nothing."""
    x1, x2, y1, y2 = unit
    return view.x_low[x1:x2] == view.y_low[y1:y2]
