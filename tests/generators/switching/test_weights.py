"""Weights by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cswitch.generators.switching.lattice import EMBEDDED, Arc, Piece
from cswitch.generators.switching.weights import weigh

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See


@pytest.mark.parametrize(
    ("word", "form", "weights"),
    [("office", None, (1, 6, 24)), ("turnpike", None, (1, 6, 6)), ("Offices", "office", (1, 6, 24))],
)
def test_everyday_words_are_likelier_by_frequency(
    see: See, word: str, form: str | None, weights: tuple[int, int, int]
) -> None:
    view = see("oficina", word, "0-0")
    arc = Arc(0, 1, 1, 1, (Piece(EMBEDDED, 0, form),), 6)
    assert tuple(weigh(arc, view, name).weight for name in ("uniform", "pos", "frequency")) == weights
