"""Weights: how likely one legal switch is against another, by name.

A weighting is a function of an arc, which has the preference by class of unit that its constraint gave it, and the
pair; it gives a positive integer. It is registered as ``weights.NAME``; docs/extending.md shows one.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

from cswitch.core.errors import RunError
from cswitch.core.registry import load
from cswitch.core.wordlists import everyday_words
from cswitch.generators.switching.lattice import EMBEDDED, Arc, Piece
from cswitch.generators.switching.view import View

_EVERYDAY = 4


class Weighting(Protocol):
    """Says how likely an arc is."""

    def __call__(self, arc: Arc, view: View) -> int:
        """Its weight, 1 or more; staying in the matrix language weighs 1.

        Args:
            arc: An arc, ``arc.weight`` being its preference by class of unit.
            view: The pair.
        """
        ...


def weigh(arc: Arc, view: View, name: str) -> Arc:
    """An arc with the weight of a named weighting.

    Args:
        arc: An arc with its preference by class of unit.
        view: The pair.
        name: Registered name of the weighting.

    Raises:
        UsageError: There is no weighting of that name; the nearest is named.
        RunError: A weighting from outside gave what is no weight.
    """
    weight = weighting(name)(arc, view)
    if weight == arc.weight:
        return arc
    if not isinstance(weight, int) or weight < 1:
        hint = "mend the plug-in: a weight is a whole number, 1 or more"
        raise RunError(f"weights {name!r} gave {weight!r} in pair {view.id!r}", hint=hint)
    return arc._replace(weight=weight)


@cache
def weighting(name: str) -> Weighting:
    """The weighting of a name.

    Raises:
        UsageError: There is none.
    """
    found: Weighting = load("weights", name)
    return found


def alike(arc: Arc, view: View) -> int:
    """``uniform``: all alike."""
    return 1


def by_class(arc: Arc, view: View) -> int:
    """``pos``: by class of unit, as the constraint gave it."""
    return arc.weight


def by_frequency(arc: Arc, view: View) -> int:
    """``frequency``: by class, and with everyday words of the embedded language four times as likely."""
    known = everyday_words(view.embedded.lang)
    for piece in arc.pieces:
        if isinstance(piece, Piece) and piece.side == EMBEDDED:
            word = piece.form or view.embedded.tokens[piece.at]
            if word.lower() in known:
                return arc.weight * _EVERYDAY
    return arc.weight
