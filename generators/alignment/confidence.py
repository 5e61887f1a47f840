"""From the score of a link to how likely it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

BINS = 10
"""Scores are told apart in tenths: below 0.1, below 0.2 and so on."""
FILE = "confidence.tsv"


class Confidence:
    """Calibrated confidences: a step function of the score for each kind of evidence, never falling.

    Args:
        table: Kind of evidence to its :data:`BINS` confidences, 0 to 1.

    >>> confidence = Confidence({"word": [0.8] * 5 + [0.9] * 5})
    >>> confidence("word", 0.3), confidence("word", 0.7), confidence("word", 1.4)
    (0.8, 0.9, 0.9)
    """

    def __init__(self, table: Mapping[str, Sequence[float]]) -> None:
        self._table = {kind: tuple(values) for kind, values in table.items()}

    @classmethod
    def load(cls) -> Confidence:
        """The shipped table, ``data/lexicons/confidence.tsv``, as ``scripts/calibrate_aligner.py`` wrote it."""
        return cls(_shipped())

    def __call__(self, kind: str, score: float) -> float:
        """How likely a link of a kind and score is right, 0 to 1."""
        return self._table[kind][step(score)]


def step(score: float) -> int:
    """The tenth that a score lies in.

    >>> step(-0.2), step(0.0), step(0.55), step(1.3)
    (0, 0, 5, 9)
    """
    return min(BINS - 1, max(0, int(score * BINS)))


@cache
def _shipped() -> dict[str, tuple[float, ...]]:
    text = (files("cswitch.data.lexicons") / FILE).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {kind: tuple(map(float, values)) for kind, *values in rows}
