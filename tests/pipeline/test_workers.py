from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from cswitch.core.errors import InputError, MissingExtraError, RunError, UsageError
from cswitch.pipeline.workers import AHEAD, WorkerLostError, in_order

# Python 3.12 and later warn of the threads that numpy starts where it may use several.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")


def adder(amount: int) -> Callable[[int], int]:
    return lambda job: job + amount


def sleeper() -> Callable[[float], float]:
    def sleep(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    return sleep


def failing(at: int) -> Callable[[int], int]:
    def work(job: int) -> int:
        if job == at:
            raise InputError("it is bad", path="file.tsv", line=job, hint="mend it")
        return job

    return work


def lacking() -> Callable[[int], int]:
    raise MissingExtraError("segmenting Chinese", extra="cjk")


def dying() -> Callable[[int], int]:
    def work(job: int) -> int:
        if job == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return job

    return work


def process_id() -> Callable[[int], int]:
    return lambda job: os.getpid()


def test_results_come_in_the_order_of_the_jobs() -> None:
    assert list(in_order(adder, (10,), iter(range(50)), 3)) == list(range(10, 60))
    times = [0.3, 0.0, 0.2, 0.0, 0.0]
    assert list(in_order(sleeper, (), iter(times), 3)) == times


def test_no_jobs_no_results() -> None:
    assert list(in_order(adder, (1,), iter(()), 2)) == []


def test_jobs_are_taken_when_they_are_soon_needed() -> None:
    taken: list[int] = []

    def jobs() -> Iterator[int]:
        for job in range(40):
            taken.append(job)
            yield job

    for result in in_order(adder, (0,), jobs(), 2):
        assert len(taken) <= result + 2 * AHEAD
    assert len(taken) == 40


def test_an_error_of_a_job_comes_after_the_results_before_it() -> None:
    results: list[int] = []
    with pytest.raises(InputError) as caught:
        results.extend(in_order(failing, (7,), iter(range(20)), 2))
    assert results == list(range(7))
    assert str(caught.value) == "file.tsv:7: it is bad; mend it"
    assert (caught.value.line, caught.value.exit_status) == (7, 2)


def test_an_error_of_the_input_comes_after_the_results_before_it() -> None:
    def jobs() -> Iterator[int]:
        yield from range(9)
        raise InputError("the file ends here")

    results: list[int] = []
    with pytest.raises(InputError, match="the file ends here"):
        results.extend(in_order(adder, (0,), jobs(), 2))
    assert results == list(range(9))


def test_an_error_of_starting_is_told_as_it_is() -> None:
    with pytest.raises(UsageError) as caught:
        list(in_order(lacking, (), iter(range(3)), 2))
    assert str(caught.value) == str(MissingExtraError("segmenting Chinese", extra="cjk"))


def test_a_killed_worker_ends_the_work() -> None:
    with pytest.raises(WorkerLostError) as caught:
        list(in_order(dying, (), iter(range(100)), 2))
    assert isinstance(caught.value, RunError)
    assert str(caught.value) == "a worker process was killed; free memory or use fewer --workers"


def test_leaving_early_ends_the_workers() -> None:
    results = in_order(process_id, (), iter(range(100)), 2)
    worker = next(results)
    os.kill(worker, 0)
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
