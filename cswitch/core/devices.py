"""What models run on: torch itself, devices by name, and batches that shrink when the memory is out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from cswitch.core.errors import MissingExtraError, RunError, UsageError

if TYPE_CHECKING:
    import torch

FULL = ("not enough memory", "can't allocate memory", "cannot allocate memory")
"""What torch says when a processor's memory is out, for which it has no error of its own."""


def import_torch(what: str) -> Any:
    """The torch module, once transformers is there as well.

    Args:
        what: What needs them, for the message.

    Raises:
        MissingExtraError: torch or transformers is not installed.
    """
    try:
        import torch
        import transformers  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtraError(what, extra="hf") from error
    return torch


def device_named(torch: Any, name: str) -> torch.device:
    """A device that is there.

    Args:
        torch: The module.
        name: ``auto`` (a GPU where there is one), ``cpu``, ``cuda`` or ``cuda:N``.

    Raises:
        UsageError: There is no such device.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device: torch.device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(f"unknown device {name!r}", hint="choose auto, cpu or cuda") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        count = torch.cuda.device_count()
        raise UsageError(f"no GPU for device {name!r}; torch sees {count}", hint="choose --device cpu or auto")
    return device


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the memory of a GPU or of the machine is out.

    >>> is_out_of_memory(MemoryError()), is_out_of_memory(RuntimeError("DefaultCPUAllocator: not enough memory"))
    (True, True)
    >>> is_out_of_memory(RuntimeError("shapes do not fit"))
    False
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(text in str(error).lower() for text in FULL)


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
        start = 0
        while start < len(sizes):
            end, cost = self._batch(sizes, start)
            try:
                work(start, end)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if end - start == 1:
                    size = " x ".join(map(str, sizes[start]))
                    hint = "use a smaller model, --dtype bfloat16, or --device cpu"
                    raise RunError(f"out of memory for one {self.what} of {size} sub-words", hint=hint) from error
                self.limit = max(1, cost // 2)
            else:
                start = end
                continue
            # Only here are the failed batch's tensors let go, with the traceback that held them.
            _let_go()

    def _batch(self, sizes: Sequence[tuple[int, ...]], start: int) -> tuple[int, int]:
        largest, end = sizes[start], start + 1
        while end < len(sizes):
            wider = tuple(map(max, largest, sizes[end]))
            if (end - start + 1) * prod(wider) > self.limit:
                break
            largest, end = wider, end + 1
        return end, (end - start) * prod(largest)


def _let_go() -> None:
    """Gives memory that torch keeps for later back to the GPU."""
    import torch

    torch.cuda.empty_cache()
