"""Weights: how likely one legal switch is against another."""

from __future__ import annotations

from cswitch.core.wordlists import everyday_words
from cswitch.generators.switching.lattice import EMBEDDED, Arc, Piece
from cswitch.generators.switching.view import View

_EVERYDAY = 4


def weigh(arc: Arc, view: View, weighting: str) -> Arc:
    """An arc with the weight of a named weighting.

    Args:
        arc: An arc with its preference by class of unit.
        view: The pair.
        weighting: ``uniform`` (all alike), ``pos`` (by class of unit, as the constraint gave it), or ``frequency``
            (by class, and everyday words of the embedded language four times as likely).
    """
    if weighting == "uniform":
        return arc if arc.weight == 1 else arc._replace(weight=1)
    if weighting == "frequency":
        known = everyday_words(view.embedded.lang)
        for piece in arc.pieces:
            if isinstance(piece, Piece) and piece.side == EMBEDDED:
                word = piece.form or view.embedded.tokens[piece.at]
                if word.lower() in known:
                    return arc._replace(weight=arc.weight * _EVERYDAY)
    return arc
