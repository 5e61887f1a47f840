"""Maximum-weight matching of two sets."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def match(weights: npt.NDArray[np.floating]) -> list[tuple[int, int]]:
    """Partners such that the sum of their weights is as large as it can be (Kuhn, 1955; Jonker and Volgenant, 1987).

    Rows join one at a time, each by a shortest augmenting path; a step of a path is done for all columns at once.

    Args:
        weights: Finite numbers of shape [m, n].

    Returns:
        min(m, n) pairs of row and column, sorted.

    >>> match(np.array([[0.9, 0.8], [0.8, 0.1]]))
    [(0, 1), (1, 0)]
    """
    if weights.shape[0] > weights.shape[1]:
        return sorted((row, column) for column, row in match(weights.T))
    costs = (weights.max(initial=0) - weights).astype(np.float64)
    row_of = np.full(costs.shape[1], -1)
    prices = np.zeros(costs.shape[0]), np.zeros(costs.shape[1])
    for row in range(costs.shape[0]):
        _join(costs, row, row_of, *prices)
    return sorted((int(row), int(column)) for column, row in enumerate(row_of) if row >= 0)


def _join(
    costs: npt.NDArray[np.float64],
    row: int,
    row_of: npt.NDArray[np.int64],
    row_price: npt.NDArray[np.float64],
    column_price: npt.NDArray[np.float64],
) -> None:
    """Gives one more row a column, moving others where that costs less."""
    distance = np.full(costs.shape[1], np.inf)
    come_from = np.full(costs.shape[1], -1)
    settled = np.zeros(costs.shape[1], dtype=bool)
    at, length = row, 0.0
    order: list[int] = []
    while True:
        reached = length + costs[at] - row_price[at] - column_price
        nearer = ~settled & (reached < distance)
        distance[nearer], come_from[nearer] = reached[nearer], at
        column = int(np.where(settled, np.inf, distance).argmin())
        length = float(distance[column])
        if row_of[column] < 0:
            break
        settled[column] = True
        order.append(column)
        at = int(row_of[column])
    row_price[row] += length
    row_price[row_of[order]] += length - distance[order]
    column_price[order] -= length - distance[order]
    _flip(column, row, row_of, come_from)


def _flip(column: int, row: int, row_of: npt.NDArray[np.int64], come_from: npt.NDArray[np.int64]) -> None:
    """Gives every column of the path to the row it was reached from."""
    while True:
        at = int(come_from[column])
        before = int(np.flatnonzero(row_of == at)[0]) if at != row else -1
        row_of[column] = at
        if at == row:
            return
        column = before
