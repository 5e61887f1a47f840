"""Krippendorff's alpha as the ``krippendorff`` library computes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cswitch.annotators.agreement.coefficients import coincidences, metric_alpha, nominal_alpha, nominal_sums
from cswitch.annotators.agreement.ratings import Ratings
from cswitch.core.errors import MissingExtraError

Level = Literal["nominal", "ordinal", "interval"]

_CELLS = 1 << 24
"""Units x labels x labels that the library may hold at a time (128 MB each of four arrays)."""


def check_library() -> None:
    """Makes sure that the library is there, before any work is done.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import krippendorff  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("agreement among annotators", extra="agreement") from error


def krippendorff_alpha(ratings: Ratings, level: Level = "nominal", values: Sequence[float] = ()) -> float | None:
    """Krippendorff's alpha (Krippendorff, 2011), None when it is undefined.

    The library computes it. It holds a matrix for every unit, so that a corpus too big for that gets the same number
    from sums (:mod:`cswitch.annotators.agreement.coefficients`; tests hold the two equal).

    Args:
        ratings: The labels; for an ordinal or interval level in their order.
        level: How far apart two labels are.
        values: The number of each label, for the interval level.

    Raises:
        MissingExtraError: The library is not installed.

    >>> from cswitch.annotators.agreement.ratings import gather
    >>> table = gather([(4, {0: ["en", "hi", "hi", "en"], 1: ["en", "hi", "en", None]})], 2)
    >>> round(krippendorff_alpha(table), 4)
    0.4444
    """
    check_library()
    import krippendorff

    counts = ratings.counts()
    counts = counts[counts.sum(axis=1) > 1]
    if (counts.sum(axis=0) > 0).sum() < 2:
        return None
    if len(counts) * len(ratings.labels) ** 2 > _CELLS:
        return from_sums(ratings, level, values)
    domain = list(values) if values else list(range(len(ratings.labels)))
    return float(krippendorff.alpha(value_counts=counts, value_domain=domain, level_of_measurement=level))


def from_sums(ratings: Ratings, level: Level = "nominal", values: Sequence[float] = ()) -> float:
    """The same number from sums over tasks, in memory that does not grow with the units; NaN when it is undefined."""
    import numpy as np

    if level == "nominal":
        sums = nominal_sums(ratings)
        return float(nominal_alpha(sums.met.sum(axis=0), sums.given.sum(axis=0)))
    numbers = np.array(values or range(len(ratings.labels)), dtype=np.float64) if level == "interval" else None
    return float(metric_alpha(coincidences(ratings).sum(axis=0), numbers))
