"""Several devices at work: one process each, results in order."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, NamedTuple

from cswitch.annotators.encoder.labels import View
from cswitch.annotators.encoder.scoring import Floats
from cswitch.annotators.encoder.subwords import Ints
from cswitch.core.errors import CswitchError, RunError

AHEAD = 2
"""Jobs that a worker has in hand; what bounds memory."""

Score = Callable[[Sequence[str], Ints, View], Floats]


class Job(NamedTuple):
    """Sentences to score, see :meth:`cswitch.annotators.encoder.scoring.Scorer.scores`."""

    words: list[str]
    ends: Ints
    view: View


class Workers:
    """Processes that each hold a model on a device of its own.

    They are started afresh (``spawn``), so a program that uses them keeps its own start under
    ``if __name__ == "__main__":``.

    Args:
        make: Called with a device in each process, gives what scores; it must be known by name to be sent there.
        devices: A device for each process.
    """

    def __init__(self, make: Callable[[str], Score], devices: Sequence[str]) -> None:
        context = multiprocessing.get_context("spawn")
        queue = context.SimpleQueue()
        for device in devices:
            queue.put(device)
        threads = _share(devices)
        self._count = len(devices)
        self._pool = ProcessPoolExecutor(
            len(devices), mp_context=context, initializer=_start, initargs=(make, queue, threads)
        )

    def run(self, jobs: Iterable[Job]) -> Iterator[Floats]:
        """What each job gives, in the order of the jobs; jobs are taken as they are soon needed.

        Raises:
            RunError: A process was killed.
            CswitchError: What a job raised.
        """
        waiting: deque[Future[Floats | CswitchError]] = deque()
        try:
            for job in jobs:
                waiting.append(self._pool.submit(_work, job))
                if len(waiting) >= AHEAD * self._count:
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())
        except BrokenProcessPool as error:
            raise RunError("a process that tags was killed", hint="free memory or use fewer devices") from error
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """Ends the processes."""
        self._pool.shutdown(cancel_futures=True)


def _share(devices: Sequence[str]) -> int:
    """Threads for each process on the processor."""
    import torch

    threads: int = torch.get_num_threads()
    return max(1, threads // max(1, sum(device == "cpu" for device in devices)))


def _result(future: Future[Floats | CswitchError]) -> Floats:
    result = future.result()
    if isinstance(result, CswitchError):
        raise result
    return result


_made: Score | None = None
_make: Callable[[], Score]


def _start(make: Callable[[str], Score], queue: Any, threads: int) -> None:
    global _make
    Thread(target=_leave_with_parent, daemon=True).start()
    device = queue.get()

    def made() -> Score:
        import torch

        if device == "cpu":
            torch.set_num_threads(threads)
        return make(device)

    _make = made


def _work(job: Job) -> Floats | CswitchError:
    """What a job gives, or the error that it ended with."""
    global _made
    try:
        if _made is None:  # here and not in _start, whose errors would be told as a broken pool
            _made = _make()
        return _made(*job)
    except CswitchError as error:
        return error


def _leave_with_parent() -> None:
    """Ends this process when its parent was killed: a pool alone would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
