"""Work done in several processes, with its results in order and nothing left behind."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, TypeVar, cast

from cswitch.core.errors import CswitchError, InputError, RunError, UsageError

Job = TypeVar("Job")
Result = TypeVar("Result")

AHEAD = 3
"""Jobs a worker that are handed out before the result of the first is taken; what bounds memory."""


class WorkerLostError(RunError):
    """A worker process ended before its work did."""


def in_order(
    make: Callable[..., Callable[[Job], Result]], arguments: tuple[Any, ...], jobs: Iterator[Job], workers: int
) -> Iterator[Result]:
    """The results of jobs, in the order of the jobs, worked out by processes.

    A job is taken only when it is soon needed. When taking one fails, the results of those before it come first.

    Args:
        make: Called once in each process, gives what does a job; both must be known by name to be sent there.
        arguments: What ``make`` is called with.
        jobs: What is to be done.
        workers: Number of processes.

    Raises:
        WorkerLostError: A process was killed, by the system for want of memory for example.
        CswitchError: What ``make``, a job or the taking of a job raised.
    """
    pool = ProcessPoolExecutor(workers, initializer=_start, initargs=(make, arguments))
    waiting: deque[Future[Any]] = deque()
    failure: CswitchError | None = None
    try:
        while True:
            try:
                while failure is None and len(waiting) < AHEAD * workers:
                    waiting.append(pool.submit(_work, next(jobs)))
            except StopIteration:
                jobs = iter(())
            except CswitchError as error:
                failure = error
            if not waiting:
                break
            result = waiting.popleft().result()
            if isinstance(result, CswitchError):
                raise result
            yield result
    except BrokenProcessPool as error:
        raise WorkerLostError("a worker process was killed", hint="free memory or use fewer --workers") from error
    finally:
        pool.shutdown(cancel_futures=True)
    if failure is not None:
        raise failure


_make: Callable[[], Callable[[Any], Any]] | None = None
_do: Callable[[Any], Any] | None = None


def _start(make: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
    global _make
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process, and one of them tells of it
    Thread(target=_leave_with_parent, daemon=True).start()
    _make = lambda: make(*arguments)  # noqa: E731


def _work(job: Any) -> Any:
    """The result of a job, or the error that it ended with."""
    global _do
    try:
        if _do is None:  # here and not in _start, whose errors would be told as a broken pool
            _do = cast(Callable[[], Callable[[Any], Any]], _make)()
        return _do(job)
    except CswitchError as error:
        return _portable(error)


def _portable(error: CswitchError) -> CswitchError:
    """The error as a class that can be sent to another process."""
    if isinstance(error, InputError):
        return error
    return (UsageError if error.exit_status == UsageError.exit_status else RunError)(error.message, hint=error.hint)


def _leave_with_parent() -> None:
    """Ends this process when its parent was killed: a pool alone would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
