"""Word vectors from plain text: words that stand in the same places get similar ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.features import BOUNDARY, plain_form

_OFFSETS = (-2, -1, 1, 2)
_SURE = 100
"""Occurrences after which a word's contexts count in full."""
_LENGTH = 2.0


def context_vectors(
    sentences: Sequence[Sequence[str]], size: int, *, contexts: int = 1000
) -> dict[str, NDArray[np.float32]]:
    """A vector for each form seen twice or more, by its frequent neighbours.

    Positive pointwise mutual information with the words one and two places to the left and right, reduced by singular
    value decomposition (Levy and Goldberg, 2014). Rare words get shorter vectors.

    Args:
        sentences: Tokens of plain text.
        size: Numbers a vector.
        contexts: How many frequent words count as neighbours.

    Returns:
        Vectors by plain form (lower case, digits as 0).
    """
    plain = [[plain_form(token.lower()) for token in tokens] for tokens in sentences]
    counts = Counter(form for forms in plain for form in forms)
    columns = {form: column for column, (form, _) in enumerate(counts.most_common(contexts - 1))}
    rows = {form: row for row, form in enumerate(form for form, count in counts.items() if count > 1)}
    table = np.zeros((len(rows), len(_OFFSETS) * contexts), np.float32)
    for forms in plain:
        padded = [BOUNDARY, BOUNDARY, *forms, BOUNDARY, BOUNDARY]
        for place, form in enumerate(forms, start=2):
            if (row := rows.get(form)) is not None:
                for block, offset in enumerate(_OFFSETS):
                    table[row, block * contexts + columns.get(padded[place + offset], contexts - 1)] += 1
    vectors = _reduced(table, size)
    return {form: vectors[row] for form, row in rows.items()}


def _reduced(table: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    total = table.sum()
    seen = table.sum(axis=1, keepdims=True)
    expected = seen * table.sum(axis=0, keepdims=True) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.nan_to_num(np.log(table / expected), nan=0.0, neginf=0.0)
    information = np.maximum(information, 0) * np.minimum(1, np.log1p(seen) / np.log(_SURE))
    axes = np.linalg.eigh(information.T @ information)[1][:, ::-1][:, :size]
    vectors = information @ axes
    vectors *= _LENGTH / np.sqrt((vectors**2).sum(axis=1, keepdims=True) + 1e-6)
    vectors *= np.minimum(1, np.log1p(seen / len(_OFFSETS)) / np.log(_SURE / 5))
    reduced: NDArray[np.float32] = vectors.astype(np.float32)
    return reduced
