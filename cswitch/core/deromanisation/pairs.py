"""A back-off model of runs of letter-and-signs pairs (Bisani and Ney, 2008, "Joint-sequence models").

Costs are whole numbers, in parts of a nat, weighted already as the search wants them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

GRAIN = 6
"""Costs are stored in steps of this many parts."""
_REMEMBERED = 200_000
"""Steps remembered at most."""


class PairModel:
    """What a pair costs after the pairs before it.

    A node is a run of pairs that was kept as a context; node 0 is the empty run. Pairs are numbered as the network
    numbers them; one number more stands for the end of a word, one more for its beginning.

    Args:
        arrays: The arrays that scripts/deromanisation_pairs.py writes: for each order from 1 on, ``pairs_N_context``
            (place of the context in the order below), ``pairs_N_token``, ``pairs_N_cost``, and below the last order
            ``pairs_N_back`` (cost of backing off from there).
    """

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._size = int(arrays["pairs_1_token"].max()) + 1
        self._order = sum(key.endswith("_token") and key.startswith("pairs_") for key in arrays)
        self._costs: dict[int, int] = {}
        self._nodes: dict[int, int] = {}
        self._back = [0]
        self._suffix = [0]
        first = 0
        for order in range(1, self._order + 1):
            first = self._add(arrays, order, first)
        self._steps: dict[int, tuple[int, int]] = {}
        self.end = self._size - 2
        self.start = self._nodes[self._size - 1]

    def _add(self, arrays: dict[str, NDArray[Any]], order: int, first: int) -> int:
        """Puts in the n-grams of an order, whose contexts are nodes from ``first`` on; gives the first new node."""
        contexts = np.cumsum(arrays[f"pairs_{order}_context"].astype(np.int64)) + first
        keys = (contexts * self._size + arrays[f"pairs_{order}_token"]).tolist()
        self._costs.update(zip(keys, _costs(arrays[f"pairs_{order}_cost"]), strict=True))
        new = len(self._back)
        if order < self._order:
            self._nodes.update(zip(keys, range(new, new + len(keys)), strict=True))
            self._back.extend(_costs(arrays[f"pairs_{order}_back"]))
            for key in keys:
                context, token = divmod(key, self._size)
                self._suffix.append(self._after(self._suffix[context], token) if context else 0)
        return new

    def _after(self, node: int, token: int) -> int:
        """The longest run kept that ends with a node's run and a pair."""
        while True:
            found = self._nodes.get(node * self._size + token)
            if found is not None:
                return found
            if not node:
                return 0
            node = self._suffix[node]

    def step(self, node: int, token: int) -> tuple[int, int]:
        """What a pair costs at a node, and the node after it."""
        key = node * self._size + token
        found = self._steps.get(key)
        if found is None:
            if len(self._steps) >= _REMEMBERED:
                self._steps.clear()
            found = self._steps[key] = self._cost(node, token), self._after(node, token)
        return found

    def _cost(self, node: int, token: int) -> int:
        paid = 0
        while True:
            cost = self._costs.get(node * self._size + token)
            if cost is not None:
                return paid + cost
            if not node:
                raise KeyError(token)
            paid += self._back[node]
            node = self._suffix[node]


def _costs(stored: NDArray[Any]) -> list[int]:
    costs: list[int] = (stored.astype(np.int64) * GRAIN).tolist()
    return costs
