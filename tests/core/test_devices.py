"""Batches under a budget: none too large, all items once, and half of them after memory ran out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.devices import Budget
from cswitch.core.errors import RunError

torch = pytest.importorskip("torch", reason="embeddings need torch")

SIZES = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=30)


@settings(deadline=None)
@given(SIZES, st.integers(1, 300))
def test_every_item_is_in_one_batch_that_fits(sizes: list[tuple[int, int]], limit: int) -> None:
    batches: list[tuple[int, int]] = []
    Budget(limit, "pair").run(sizes, lambda start, end: batches.append((start, end)))
    assert [item for start, end in batches for item in range(start, end)] == list(range(len(sizes)))
    for start, end in batches:
        rows, columns = (max(size[axis] for size in sizes[start:end]) for axis in (0, 1))
        assert end - start == 1 or (end - start) * rows * columns <= limit


@settings(deadline=None)
@given(SIZES, st.integers(1, 300), st.integers(81, 300))
def test_a_smaller_memory_changes_nothing_but_the_batches(
    sizes: list[tuple[int, int]], limit: int, memory: int
) -> None:
    done: list[int] = []

    def work(start: int, end: int) -> None:
        rows, columns = (max(size[axis] for size in sizes[start:end]) for axis in (0, 1))
        if (end - start) * rows * columns > memory:
            raise torch.OutOfMemoryError("CUDA out of memory")
        done.extend(range(start, end))

    Budget(limit, "pair").run(sizes, work)
    assert done == list(range(len(sizes)))


def test_one_item_too_large_is_one_line() -> None:
    def work(start: int, end: int) -> None:
        if end > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(RunError, match=r"^out of memory for one pair of 7 x 5 sub-words; use a smaller model"):
        Budget(100, "pair").run([(2, 2), (3, 3), (7, 5)], work)


def test_other_errors_are_handed_on() -> None:
    def work(start: int, end: int) -> None:
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes do not fit"):
        Budget(100, "pair").run([(2, 2), (3, 3)], work)
