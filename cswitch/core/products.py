"""Matrix products of the small networks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def blocked_product(rows: NDArray[np.float32], matrix: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """Rows times a matrix, a block of rows at a time.

    BLAS starts threads for larger products; they gain nothing here, and slow it down a hundredfold on busy cores.

    Args:
        rows: Shape (rows, inputs), any number of rows.
        matrix: Shape (inputs, outputs).
        block: Rows multiplied at once.

    >>> blocked_product(np.ones((3, 2), np.float32), np.ones((2, 1), np.float32), 2).ravel().tolist()
    [2.0, 2.0, 2.0]
    """
    full = rows
    if missing := -len(rows) % block:
        full = np.zeros((len(rows) + missing, rows.shape[1]), np.float32)
        full[: len(rows)] = rows
    blocks: NDArray[np.float32] = full.reshape(-1, block, rows.shape[1]) @ matrix
    return blocks.reshape(len(full), -1)[: len(rows)]
