"""The formulas alone, over whole numbers: one place for what an utterance and a corpus share.

Sums and differences are taken in integers and divided once, so a value does not depend on the order of the tokens.
"""

from __future__ import annotations

from collections.abc import Collection
from math import log2, sqrt
from typing import Literal

Deviation = Literal["population", "sample"]
"""Which standard deviation: divided by the number of spans, or by one less."""


def cmi_of(n: int, w: int) -> float:
    """100 (n - w) / n; 0 when n is 0.

    >>> cmi_of(4, 3)
    25.0
    """
    return 100 * (n - w) / n if n else 0.0


def cu_of(n: int, w: int, switches: int) -> float:
    """100 (n - w + P) / (2n); 0 when n is 0.

    >>> cu_of(4, 3, 2)
    37.5
    """
    return 100 * (n - w + switches) / (2 * n) if n else 0.0


def rate_of(switches: int, gaps: int) -> float | None:
    """Switches a gap between neighbouring language tokens; None when there is no gap.

    >>> rate_of(1, 4), rate_of(0, 0)
    (0.25, None)
    """
    return switches / gaps if gaps else None


def m_index_of(counts: Collection[int]) -> float:
    """(1 - sum p^2) / ((k - 1) sum p^2) of k positive counts; 0 when k is below 2.

    >>> m_index_of([5, 5]), m_index_of([5])
    (1.0, 0.0)
    """
    if len(counts) < 2:
        return 0.0
    n, squares = sum(counts), sum([c * c for c in counts])
    return (n * n - squares) / ((len(counts) - 1) * squares)


def entropy_of(counts: Collection[int]) -> float:
    """Shannon entropy of positive counts, in bits; 0 for fewer than two.

    >>> entropy_of([2, 1, 1])
    1.5
    """
    if len(counts) < 2:
        return 0.0
    n = sum(counts)
    return log2(n) - sum([c * log2(c) for c in counts]) / n


def burstiness_of(spans: int, tokens: int, squares: int, sd: Deviation = "population") -> float | None:
    """(sd - mean) / (sd + mean) of span lengths; None below two spans.

    Args:
        spans: Number of spans.
        tokens: Sum of their lengths.
        squares: Sum of their squared lengths.
        sd: Which standard deviation.

    >>> burstiness_of(2, 4, 8)
    -1.0
    """
    if spans < 2:
        return None
    spread = sqrt(spans * squares - tokens * tokens)  # both sides of the fraction times the number of spans
    if sd == "sample":
        spread *= sqrt(spans / (spans - 1))
    return (spread - tokens) / (spread + tokens)


def memory_of(pairs: int, x: int, y: int, xx: int, yy: int, xy: int) -> float | None:
    """Pearson's correlation of consecutive span lengths, from sums; None below two pairs or without variance.

    Args:
        pairs: Number of pairs (a span and the next).
        x: Sum of the first lengths.
        y: Sum of the second lengths.
        xx: Sum of the squared first lengths.
        yy: Sum of the squared second lengths.
        xy: Sum of the products.

    >>> memory_of(2, 3, 3, 5, 5, 4)
    -1.0
    """
    variances = (pairs * xx - x * x) * (pairs * yy - y * y)
    return (pairs * xy - x * y) / sqrt(variances) if variances else None  # a single pair does not vary


def symcom_of(first: int, second: int) -> float | None:
    """(c1 - c2) / (c1 + c2); None when both are 0.

    >>> symcom_of(3, 1)
    0.5
    """
    return (first - second) / (first + second) if first or second else None


def cc_term(n: int, w: int, switches: int, changed: bool) -> float:
    """What one utterance adds to Cc: half of 1 - (w - P)/n + delta, and 5/6 when it holds a switch; 0 when n is 0.

    >>> cc_term(4, 3, 2, True) == (1 - 1 / 4 + 1) / 2 + 5 / 6
    True
    """
    if not n:
        return 0.0
    return (1 - (w - switches) / n + changed) / 2 + (5 / 6 if switches else 0)
