"""The matching against all matchings there are."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cswitch.generators.alignment.embedding.matching import match

WEIGHTS = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.sampled_from([0, 0.3, 0.9, 1])
)
FREE = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.floats(-1, 1))


@settings(deadline=None)
@given(st.one_of(WEIGHTS, FREE))
def test_no_matching_weighs_more(weights: np.ndarray) -> None:
    found = match(weights)
    flat = weights if weights.shape[0] <= weights.shape[1] else weights.T
    best = max(
        sum(flat[row, column] for row, column in enumerate(columns))
        for columns in permutations(range(flat.shape[1]), flat.shape[0])
    )
    assert sum(weights[row, column] for row, column in found) == pytest.approx(best)


@settings(deadline=None)
@given(FREE)
def test_everyone_of_the_smaller_side_has_one_partner(weights: np.ndarray) -> None:
    found = match(weights)
    assert found == sorted(found)
    assert len(found) == len({row for row, _ in found}) == len({column for _, column in found}) == min(weights.shape)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nobody_has_no_partner(shape: tuple[int, int]) -> None:
    assert match(np.zeros(shape)) == []
