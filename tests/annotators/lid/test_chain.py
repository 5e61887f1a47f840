"""The chain against sums over every tagging."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.lid.chain import marginals, mixed_or_alone, with_names
from cswitch.annotators.pos.network import Float


def drawn(seed: int, lengths: list[int], tags: int) -> tuple[Float, Float]:
    random = np.random.default_rng(seed)
    scores = random.normal(0, 2, (sum(lengths), tags)).astype(np.float32)
    return scores, random.normal(0, 1, (tags, tags)).astype(np.float32)


def weights(scores: Float, step: Float) -> dict[tuple[int, ...], float]:
    """The weight of every tagging of one sentence."""
    return {
        path: float(
            np.exp(sum(scores[at, tag] for at, tag in enumerate(path)) + sum(step[a, b] for a, b in pairwise(path)))
        )
        for path in product(range(scores.shape[1]), repeat=len(scores))
    }


def shares_of(ways: dict[tuple[int, ...], float], length: int, tags: int) -> Float:
    total = sum(ways.values())
    out = np.zeros((length, tags), np.float32)
    for path, weight in ways.items():
        out[range(length), path] += weight / total
    return out


LENGTHS = st.lists(st.integers(1, 5), min_size=1, max_size=5)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), LENGTHS, st.integers(1, 3))
def test_probabilities_are_those_of_all_taggings(seed: int, lengths: list[int], tags: int) -> None:
    scores, step = drawn(seed, lengths, tags)
    found = marginals(scores, np.array(lengths), step, pairs=True)
    start = 0
    pairs = np.zeros((tags, tags))
    for number, length in enumerate(lengths):
        ways = weights(scores[start : start + length], step)
        total = sum(ways.values())
        assert found.tokens[start : start + length] == pytest.approx(shares_of(ways, length, tags), abs=1e-4)
        assert found.total[number] == pytest.approx(np.log(total), abs=1e-3)
        for path, weight in ways.items():
            for one, other in pairwise(path):
                pairs[one, other] += weight / total
        start += length
    assert found.pairs == pytest.approx(pairs, abs=1e-3)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), LENGTHS, st.integers(2, 3), st.floats(-2, 4))
def test_sentences_in_one_language_weigh_more(seed: int, lengths: list[int], tags: int, alone: float) -> None:
    scores, _ = drawn(seed, lengths, tags)
    step = np.eye(tags, dtype=np.float32) * np.float32(1.5)
    found = mixed_or_alone(scores, np.array(lengths), step, alone)
    start = 0
    for length in lengths:
        ways = weights(scores[start : start + length], step)
        for path in ways:
            if len(set(path)) == 1:
                ways[path] *= 1 + float(np.exp(alone))
        assert found[start : start + length] == pytest.approx(shares_of(ways, length, tags), abs=1e-3)
        start += length


def test_a_barred_language_gets_nothing() -> None:
    scores, step = drawn(1, [4, 2], 3)
    scores[:, 1] = -1e4
    found = marginals(scores, np.array([4, 2]), step).tokens
    assert found[:, 1].max() == 0
    assert found.sum(axis=1) == pytest.approx(np.ones(6), abs=1e-5)


def test_a_name_is_a_state_of_the_language_around_it() -> None:
    scores = np.array([[5, 0], [-9, -9], [5, 0]], np.float32)
    names = np.array([[-9], [4], [-9]], np.float32)
    either, word = with_names(scores, names)
    found = marginals(either, np.array([3]), np.eye(2, dtype=np.float32) * 3).tokens
    assert (found * word)[[0, 2], 0].min() > 0.95
    assert (found * (1 - word))[1].sum() > 0.99
    assert found[1, 0] > 0.95


def test_a_long_sentence_does_not_overflow() -> None:
    scores, step = drawn(3, [20_000], 2)
    found = marginals(scores * 20, np.array([20_000]), step)
    assert np.isfinite(found.tokens).all()
    assert np.isfinite(found.total).all()
