from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.generators.alignment import hmm as hmm_module
from cswitch.generators.alignment.hmm import SPARSITY, Corpus, align_corpus, digamma
from cswitch.generators.alignment.trellis import MAX_JUMP, hmm, model1

SENTENCES = st.lists(st.tuples(*[st.lists(st.integers(0, 5), max_size=7)] * 2), min_size=1, max_size=8)


def by_hand(emissions: np.ndarray, null: np.ndarray, jumps: np.ndarray, share: float) -> np.ndarray:
    """Posteriors of the HMM by going through every path of states; a state is a token and whether it speaks."""
    length, size = emissions.shape
    weights: dict[tuple[tuple[int, bool], ...], float] = {(): 1.0}
    for j in range(length):
        longer: dict[tuple[tuple[int, bool], ...], float] = {}
        for path, weight in weights.items():
            for i in range(size):
                row = (
                    np.array([jumps[np.clip(k - path[-1][0], -MAX_JUMP, MAX_JUMP) + MAX_JUMP] for k in range(size)])
                    if path
                    else np.ones(size)
                )
                longer[(*path, (i, True))] = weight * (1 - share) * row[i] / row.sum() * emissions[j, i]
                if not path or path[-1][0] == i:
                    stay = 1.0 / size if not path else 1.0
                    longer[(*path, (i, False))] = weight * stay * share * null[j]
        weights = longer
    found: defaultdict[tuple[int, int], float] = defaultdict(float)
    for path, weight in weights.items():
        for j, (i, speaks) in enumerate(path):
            found[j, i] += weight * speaks
    total = sum(weights.values())
    return np.array([[found[j, i] / total for i in range(size)] for j in range(length)])


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(0, 2), st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_posteriors_are_those_of_all_paths_and_padding_changes_nothing(
    length: int, size: int, more_rows: int, more_columns: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    emissions = chance.random((length, size)).astype(np.float32)
    null = chance.random(length).astype(np.float32)
    jumps = chance.random(2 * MAX_JUMP + 1)
    padded = np.zeros((length + more_rows, 1, size + more_columns), dtype=np.float32)
    padded[:length, 0, :size] = emissions
    nothing = np.ones((length + more_rows, 1), dtype=np.float32)
    nothing[:length, 0] = null
    found, steps = hmm(padded, nothing, np.array([size]), jumps, 0.2)
    expected = by_hand(emissions, null, jumps, 0.2)
    assert np.allclose(found[:length, 0, :size], expected, atol=1e-4)
    assert not found[length:].any()
    assert not found[:, :, size:].any()
    assert steps.sum() <= length
    simple = model1(padded, nothing, np.array([size]), 0.2)[:length, 0, :size]
    assert (simple.sum(axis=1) <= 1).all()


@given(SENTENCES)
@settings(deadline=None, max_examples=60)
def test_a_matrix_a_pair_with_values_of_probabilities(pairs: list[tuple[list[int], list[int]]]) -> None:
    corpus = Corpus.build([a for a, _ in pairs], [b for _, b in pairs])
    found = align_corpus(corpus, np.full(len(corpus.pairs), SPARSITY))
    assert [matrix.shape for matrix in found] == [(len(a), len(b)) for a, b in pairs]
    for matrix in found:
        assert np.isfinite(matrix).all()
        assert (matrix >= 0).all()
        assert (matrix <= 1 + 1e-5).all()


def test_how_pairs_are_batched_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(7)
    pairs = [[chance.integers(0, 30, chance.integers(1, 12)).tolist() for _ in range(2)] for _ in range(60)]
    corpus = Corpus.build([a for a, _ in pairs], [b for _, b in pairs])
    together = align_corpus(corpus, np.full(len(corpus.pairs), SPARSITY))
    monkeypatch.setattr(hmm_module, "CELLS", 1)
    single = Corpus.build([a for a, _ in pairs], [b for _, b in pairs])
    assert len(single.batches) == len(pairs) > len(corpus.batches)
    for one, two in zip(together, align_corpus(single, np.full(len(single.pairs), SPARSITY)), strict=True):
        assert np.allclose(one, two, atol=1e-3)


def test_digamma_of_known_places() -> None:
    gamma = 0.5772156649015329
    assert digamma(np.array([0.5, 1.0, 2.0])) == pytest.approx([-gamma - 2 * np.log(2), -gamma, 1 - gamma], abs=1e-9)
