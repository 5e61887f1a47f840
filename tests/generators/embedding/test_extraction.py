"""Each method against a plain reading of its paper, on tables with and without ties."""

from __future__ import annotations

from itertools import product
from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cswitch.core.errors import UsageError
from cswitch.generators.alignment.embedding.extraction import (
    METHODS,
    Found,
    check,
    extract,
    fill_gaps,
    itermax,
    matching,
    mutual,
    softmax,
    unit,
)

torch = pytest.importorskip("torch", reason="embeddings need torch")

untimed = settings(deadline=None)
Table = list[list[float]]
Cells = set[tuple[int, int]]


def tables(elements: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    """Tables of 1 to 7 rows and columns."""
    shapes = st.tuples(st.integers(1, 7), st.integers(1, 7))
    return shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=elements))


GRID = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
WEIGHTS = st.one_of(tables(GRID), tables(st.floats(0, 1)))
LOGITS = tables(st.floats(-30, 30))


def argmax_reference(table: Table) -> Cells:
    """Jalili Sabet et al. (2020), section 2: row and column are each other's first best; zeros link nothing."""
    found = set()
    for i, j in product(range(len(table)), range(len(table[0]))):
        row, column = table[i], [other[j] for other in table]
        if table[i][j] > 0 and row.index(max(row)) == j and column.index(max(column)) == i:
            found.add((i, j))
    return found


def itermax_reference(table: Table, rounds: int = 2, alpha: float = 0.9) -> Cells:
    """Jalili Sabet et al. (2020), algorithm 1."""
    links: Cells = set()
    for _ in range(rounds):
        rows, columns = {i for i, _ in links}, {j for _, j in links}
        masked = [
            [
                0 if i in rows and j in columns else alpha * v if i in rows or j in columns else v
                for j, v in enumerate(row)
            ]
            for i, row in enumerate(table)
        ]
        links |= argmax_reference(masked)
    return links


def softmax_reference(table: Table, threshold: float) -> dict[tuple[int, int], float]:
    """Dou and Neubig (2021), section 2.2: probabilities of both directions above the threshold, and their product."""
    found = {}
    for i, j in product(range(len(table)), range(len(table[0]))):
        column = [row[j] for row in table]
        forward = exp(table[i][j] - max(table[i])) / sum(exp(v - max(table[i])) for v in table[i])
        backward = exp(table[i][j] - max(column)) / sum(exp(v - max(column)) for v in column)
        if forward > threshold and backward > threshold:
            found[i, j] = forward * backward
    return found


def padded(batch: list[Any]) -> tuple[Any, Any]:
    """Tables side by side, with what is valid; padding is full of what must not count."""
    shape = len(batch), max(len(table) for table in batch), max(table.shape[1] for table in batch)
    values, valid = np.full(shape, 1e6), np.zeros(shape, dtype=bool)
    for number, table in enumerate(batch):
        values[number, : table.shape[0], : table.shape[1]] = table
        valid[number, : table.shape[0], : table.shape[1]] = True
    return torch.from_numpy(values), torch.from_numpy(valid)


def cells(links: Any, number: int) -> Cells:
    return {(i, j) for i, j in links[number].nonzero().tolist()}


@untimed
@given(st.lists(WEIGHTS, min_size=1, max_size=4))
def test_argmax_is_the_papers(batch: list[Any]) -> None:
    values, valid = padded(batch)
    links = mutual(values * valid)
    assert [cells(links, number) for number in range(len(batch))] == [argmax_reference(t.tolist()) for t in batch]


@untimed
@given(st.lists(WEIGHTS, min_size=1, max_size=4), st.integers(1, 4), st.sampled_from([0.9, 0.5, 1.0]))
def test_itermax_is_the_papers(batch: list[Any], rounds: int, alpha: float) -> None:
    values, valid = padded(batch)
    links = itermax(values * valid, rounds, alpha)
    expected = [itermax_reference(table.tolist(), rounds, alpha) for table in batch]
    assert [cells(links, number) for number in range(len(batch))] == expected


@untimed
@given(st.lists(LOGITS, min_size=1, max_size=4), st.sampled_from([0.001, 0.1, 0.4]))
def test_softmax_is_the_papers(batch: list[Any], threshold: float) -> None:
    values, valid = padded(batch)
    found = softmax(values, valid, threshold)
    for number, table in enumerate(batch):
        expected = softmax_reference(table.tolist(), threshold)
        clear = {cell for cell in expected if not near_threshold(table, cell, threshold)}
        assert clear <= cells(found.links, number)
        assert all(near_threshold(table, cell, threshold) for cell in cells(found.links, number) - set(expected))
        for (i, j), confidence in expected.items():
            assert found.confidence[number, i, j].item() == pytest.approx(confidence, abs=1e-9)


def near_threshold(table: Any, cell: tuple[int, int], threshold: float) -> bool:
    """Whether rounding decides: a probability is the threshold to nine digits."""
    i, j = cell
    forward = np.exp(table[i] - table[i].max())[j] / np.exp(table[i] - table[i].max()).sum()
    backward = np.exp(table[:, j] - table[:, j].max())[i] / np.exp(table[:, j] - table[:, j].max()).sum()
    return bool(abs(forward - threshold) < 1e-9 or abs(backward - threshold) < 1e-9)


@untimed
@given(st.lists(WEIGHTS, min_size=1, max_size=4))
def test_matching_links_each_once_and_weighs_most(batch: list[Any]) -> None:
    values, valid = padded(batch)
    links = matching(values * valid)
    for number, table in enumerate(batch):
        found = cells(links, number)
        assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)
        assert all(table[cell] > 0 for cell in found)
        assert (
            sum(table[cell] for cell in found) >= sum(table[cell] for cell in argmax_reference(table.tolist())) - 1e-9
        )


@untimed
@given(st.lists(WEIGHTS, min_size=1, max_size=3), st.data())
def test_gaps_are_filled_between_words_without_links_only(batch: list[Any], data: st.DataObject) -> None:
    values, valid = padded(batch)
    links = mutual(values * valid)
    words = [
        torch.tensor(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size).map(sorted)))
        for size in values.shape[1:]
    ]
    left, right = (side.expand(len(batch), -1) for side in words)
    filled = fill_gaps(Found(links, values * valid), left, right)
    for number in range(len(batch)):
        before, after = cells(links, number), cells(filled.links, number)
        assert before <= after
        rows, columns = ({words[axis][cell[axis]].item() for cell in before} for axis in (0, 1))
        assert all(words[0][i].item() not in rows and words[1][j].item() not in columns for i, j in after - before)


def test_a_gap_is_filled() -> None:
    table = torch.tensor([[[0.9, 0.8, 0.1], [0.7, 0.2, 0.1], [0.6, 0.5, 0.4]]])
    found = Found(torch.tensor([[[True, False, False], [False] * 3, [False] * 3]]), table)
    rows = torch.arange(3)[None]
    assert cells(fill_gaps(found, rows, rows).links, 0) == {(0, 0), (2, 1), (1, 2)}


@pytest.mark.parametrize("method", METHODS)
@untimed
@given(data=st.data())
def test_a_pair_has_the_same_links_alone_and_in_a_batch(method: str, data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    sizes = data.draw(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=2, max_size=4))
    m, n = (max(size[axis] for size in sizes) for axis in (0, 1))
    left, right = (unit(torch.from_numpy(rng.normal(size=(len(sizes), k, 8)))) for k in (m, n))
    valid = torch.zeros(len(sizes), m, n, dtype=torch.bool)
    for number, (i, j) in enumerate(sizes):
        valid[number, :i, :j] = True
    whole = extract(left, right, valid, method)
    for number, (i, j) in enumerate(sizes):
        one = slice(number, number + 1)
        alone = extract(left[one, :i], right[one, :j], valid[one, :i, :j], method)
        assert cells(whole.links, number) == cells(alone.links, 0)
        torch.testing.assert_close(whole.confidence[number, :i, :j], alone.confidence[0])


@pytest.mark.parametrize("method", METHODS)
def test_confidence_is_0_to_1_and_the_threshold_keeps_links_from_it_on(method: str) -> None:
    rng = np.random.default_rng(3)
    left, right = (unit(torch.from_numpy(rng.normal(size=(5, k, 6)))) for k in (7, 9))
    valid = torch.ones(5, 7, 9, dtype=torch.bool)
    everything, some = (extract(left, right, valid, method, threshold) for threshold in (0.0, 0.6))
    assert 0 <= everything.confidence.min() <= everything.confidence.max() <= 1
    assert (some.links <= everything.links).all()
    assert some.links.sum() < everything.links.sum()
    if method != "softmax":
        assert (some.links == (everything.links & (everything.confidence >= 0.6))).all()


@pytest.mark.parametrize(
    ("method", "threshold", "message"),
    [
        ("itermx", None, "unknown method 'itermx'; did you mean 'itermax'"),
        ("mwmf", None, "unknown method 'mwmf'; known: argmax, itermax, match, softmax"),
        ("softmax", 1.5, "a threshold of 1.5 is none; choose 0 to 1"),
        ("softmax", float("nan"), "a threshold of nan is none"),
    ],
)
def test_what_cannot_be_meant_is_named(method: str, threshold: float | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check(method, threshold)


def test_equal_words_are_linked_to_the_first_of_equals() -> None:
    """Vectors that differ by less than the encoder's rounding count as equal."""
    word = torch.tensor([1.0, 0.0])
    left, right = word[None, None], torch.stack([word, word + 1e-7])[None]
    links = extract(left, unit(right), torch.ones(1, 1, 2, dtype=torch.bool), "argmax").links
    assert cells(links, 0) == {(0, 0)}
