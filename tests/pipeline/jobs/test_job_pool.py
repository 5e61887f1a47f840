from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from cswitch.core.errors import InputError, MissingExtraError, RunError
from cswitch.pipeline.jobs.pool import TRIES, each_done


def squarer() -> Callable[[int], int]:
    return lambda job: job * job


def dying(folder: str, times: int) -> Callable[[int], int]:
    """Kills its process over job 3, so many times."""

    def work(job: int) -> int:
        if job == 3:
            tries = len(list(Path(folder).iterdir()))
            if tries < times:
                Path(folder, str(tries)).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return job

    return work


def failing() -> Callable[[int], int]:
    def work(job: int) -> int:
        if job == 1:
            raise InputError("it is bad", path="file.tsv", line=job, hint="mend it")
        if job == 2:
            raise OSError(28, "No space left on device", "out.part")
        if job == 3:
            raise ZeroDivisionError("division by zero")
        return job

    return work


def lacking() -> Callable[[int], int]:
    raise MissingExtraError("segmenting Chinese", extra="cjk")


def leaving() -> Callable[[int], int]:
    os._exit(3)


def test_every_job_is_done_once() -> None:
    outcomes = list(each_done(squarer, (), range(20), 2))
    assert sorted((job, result) for job, result, error in outcomes if error is None) == [(n, n * n) for n in range(20)]


def test_a_job_whose_process_is_killed_is_done_by_another(tmp_path: Path) -> None:
    outcomes = list(each_done(dying, (str(tmp_path), TRIES - 1), range(6), 2))
    assert sorted((job, result) for job, result, _ in outcomes) == [(n, n) for n in range(6)]
    assert len(list(tmp_path.iterdir())) == TRIES - 1


def test_a_job_that_kills_every_process_fails_alone(tmp_path: Path) -> None:
    outcomes = {job: (result, error) for job, result, error in each_done(dying, (str(tmp_path), 99), range(6), 2)}
    result, error = outcomes.pop(3)
    assert result is None
    assert str(error).startswith("3 processes in a row were killed by SIGKILL; free memory")
    assert outcomes == {n: (n, None) for n in range(6) if n != 3}


def test_errors_come_with_their_jobs() -> None:
    outcomes = {job: error for job, _, error in each_done(failing, (), range(5), 1)}
    assert (outcomes[0], outcomes[4]) == (None, None)
    assert isinstance(outcomes[1], InputError)
    assert str(outcomes[1]) == "file.tsv:1: it is bad; mend it"
    assert isinstance(outcomes[2], OSError)
    assert (outcomes[2].errno, outcomes[2].filename) == (28, "out.part")
    assert str(outcomes[3]) == "unexpected ZeroDivisionError: division by zero; this is a fault in cswitch"


def test_what_cannot_be_made_fails_its_jobs() -> None:
    (outcome,) = each_done(lacking, (), [1], 2)
    assert 'pip install "cswitch[cjk]"' in str(outcome.error)


def test_processes_that_never_begin_end_the_run() -> None:
    with pytest.raises(RunError, match="8 worker processes in a row were ended with status 3"):
        list(each_done(leaving, (), range(9), 2))


def test_a_run_that_is_left_leaves_no_process() -> None:
    outcomes = each_done(squarer, (), range(1000), 2)
    next(outcomes)
    children = [int(pid) for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()]
    outcomes.close()
    left = [int(pid) for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()]
    assert len(left) <= len(children) - 2
