"""Batches under a budget that shrinks when the memory is out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from cswitch.core.errors import RunError


class Budget:
    """Cuts a list of items into batches by what they cost once padded, and halves the batch when memory runs out.

    Args:
        limit: Cost of a batch: its items times the largest size in each dimension. An item that costs more goes alone.
        what: What an item is, for the message.

    >>> done = []
    >>> Budget(6, "sentence").run([(3,), (3,), (2,), (1,), (1,)], lambda start, end: done.append((start, end)))
    >>> done
    [(0, 2), (2, 5)]
    """

    def __init__(self, limit: int, what: str) -> None:
        self.limit = limit
        self.what = what

    def run(self, sizes: Sequence[tuple[int, ...]], work: Callable[[int, int], None]) -> None:
        """Calls ``work(start, end)`` for one batch after the other.

        A batch that runs out of memory is tried again with half of it; later batches are no larger.

        Args:
            sizes: What each item measures, all in the same dimensions, in the order of the batches.
            work: Works on the items from start to end; what it did of a failed batch must not count.

        Raises:
            RunError: There is no memory for one item alone.
        """
        import torch

        start = 0
        while start < len(sizes):
            end, cost = self._batch(sizes, start)
            try:
                work(start, end)
            except torch.OutOfMemoryError as error:
                if end - start == 1:
                    size = " x ".join(map(str, sizes[start]))
                    hint = "use a smaller model, --dtype bfloat16, or --device cpu"
                    raise RunError(f"out of memory for one {self.what} of {size} sub-words", hint=hint) from error
                self.limit = max(1, cost // 2)
            else:
                start = end
                continue
            # Only here are the failed batch's tensors let go, with the traceback that held them.
            torch.cuda.empty_cache()

    def _batch(self, sizes: Sequence[tuple[int, ...]], start: int) -> tuple[int, int]:
        largest, end = sizes[start], start + 1
        while end < len(sizes):
            wider = tuple(map(max, largest, sizes[end]))
            if (end - start + 1) * prod(wider) > self.limit:
                break
            largest, end = wider, end + 1
        return end, (end - start) * prod(largest)
