"""Processes that take one job at a time, and are replaced when the system kills one of them."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, Generic, NamedTuple, TypeVar

from cswitch.core.errors import CswitchError, InputError, RunError, UsageError

Job = TypeVar("Job")
Result = TypeVar("Result")

TRIES = 3
"""How often a job is begun whose process was killed each time."""
IN_A_ROW = 8
"""Processes lost one after another, none of them having done anything, after which no more are started."""


class Outcome(NamedTuple, Generic[Job, Result]):
    """How a job ended."""

    job: Job
    result: Result | None
    """What it gave; None when it failed."""
    error: CswitchError | OSError | None
    """Why it failed."""


class _Hand:
    """One process, and what it has in hand.

    Args:
        make: Gives what does a job.
        arguments: What ``make`` is called with.
    """

    def __init__(self, make: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
        # Forked, a process would inherit the threads of others as locks that nobody opens.
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, make, arguments), daemon=True)
        self.process.start()
        theirs.close()
        self.job: Any = None

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


def each_done(
    make: Callable[..., Callable[[Job], Result]], arguments: tuple[Any, ...], jobs: Iterable[Job], workers: int
) -> Generator[Outcome[Job, Result], None, None]:
    """The outcomes of jobs, as they end.

    A job whose process is killed is begun again by another one, :data:`TRIES` times in all.

    Args:
        make: Called once in each process, gives what does a job; both must be known by name to be sent there.
        arguments: What ``make`` is called with.
        jobs: What is to be done.
        workers: Number of processes.

    Raises:
        RunError: Processes are killed before they do anything.
    """
    again: deque[tuple[Job, int]] = deque()
    fresh = ((job, 1) for job in jobs)
    hands: list[_Hand] = []
    lost = 0
    try:
        while True:
            while len(hands) < workers and (given := again.popleft() if again else next(fresh, None)) is not None:
                hands.append(_Hand(make, arguments))
                _give(hands[-1], given)
            if not hands:
                return
            for hand in _ready(hands):
                job, tried = hand.job
                outcome = _taken(hand)
                if outcome is not None:
                    lost = 0
                    yield Outcome(job, *outcome)
                    given = again.popleft() if again else next(fresh, None)
                    if given is not None and _give(hand, given):
                        continue
                    if given is not None:
                        again.append(given)
                else:
                    lost += 1
                    what = _how(hand)
                    if tried < TRIES:
                        again.append((job, tried + 1))
                    else:
                        hint = "free memory, use fewer workers or smaller shards, and run the same command again"
                        yield Outcome(job, None, RunError(f"{TRIES} processes in a row were {what}", hint=hint))
                    if lost >= IN_A_ROW:
                        hint = "free memory or use fewer workers, and run the same command again"
                        raise RunError(f"{lost} worker processes in a row were {what}", hint=hint)
                hands.remove(hand)
                hand.end()
    finally:
        for hand in hands:
            hand.end()


def _ready(hands: list[_Hand]) -> list[_Hand]:
    """Those that have an answer or have ended; waits for one."""
    found = wait([hand.pipe for hand in hands] + [hand.process.sentinel for hand in hands])
    return [hand for hand in hands if hand.pipe in found or hand.process.sentinel in found]


def _give(hand: _Hand, given: tuple[Any, int]) -> bool:
    """Hands a job over; False when the process has ended."""
    hand.job = given
    try:
        hand.pipe.send(given[0])
    except OSError:
        return False
    return True


def _taken(hand: _Hand) -> tuple[Any, CswitchError | OSError | None] | None:
    """The result or the error of a job, None when the process ended without either."""
    try:
        if hand.pipe.poll():
            found: tuple[Any, CswitchError | OSError | None] = hand.pipe.recv()
            return found
    except (EOFError, OSError):
        pass  # it was killed while it spoke, or before
    return None


def _how(hand: _Hand) -> str:
    """How a process ended."""
    hand.process.join()
    code = hand.process.exitcode or 0
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def _work(pipe: Connection, make: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
    """What a process does: one job after another, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process, and one of them tells of it
    Thread(target=_leave_with_parent, daemon=True).start()
    do: Callable[[Any], Any] | None = None
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            do = do or make(*arguments)
            answer: tuple[Any, CswitchError | OSError | None] = do(job), None
        except CswitchError as error:
            answer = None, _portable(error)
        except OSError as error:
            answer = None, OSError(error.errno, error.strerror, error.filename)
        except Exception as error:  # noqa: BLE001 the last line of defence: the other jobs go on
            answer = None, RunError(f"unexpected {type(error).__name__}: {error}", hint="this is a fault in cswitch")
        pipe.send(answer)


def _portable(error: CswitchError) -> CswitchError:
    """The error as a class that can be sent to another process."""
    if type(error) is InputError:
        return error
    return (UsageError if error.exit_status == UsageError.exit_status else RunError)(error.message, hint=error.hint)


def _leave_with_parent() -> None:
    """Ends this process when its parent was killed: it would work for nobody."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
