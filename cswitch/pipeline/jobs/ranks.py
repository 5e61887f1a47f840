"""Which of several machines this is, as Slurm tells it."""

from __future__ import annotations

from collections.abc import Mapping

from cswitch.core.errors import UsageError
from cswitch.pipeline.checks import MAX_WORKERS, check_number

_TASK, _TASKS = "SLURM_PROCID", "SLURM_NTASKS"
_ARRAY, _COUNT, _FIRST, _STEP = (
    "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP",
)  # fmt: skip


def rank_of(environment: Mapping[str, str]) -> tuple[int, int]:
    """Rank and number of the processes that share a job: tasks of ``srun``, elements of an array, or both.

    Args:
        environment: Variables of this process.

    Raises:
        UsageError: A variable of Slurm holds no number.

    >>> rank_of({"SLURM_PROCID": "2", "SLURM_NTASKS": "4"})
    (2, 4)
    >>> rank_of({"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "5"})
    (2, 3)
    >>> rank_of({})
    (0, 1)
    """
    found = {}
    for name in (_TASK, _TASKS, _ARRAY, _COUNT, _FIRST, _STEP):
        text = environment.get(name)
        if text is not None and not text.isdecimal():
            raise UsageError(f"{name}={text!r} is no number", hint="give --rank and --world-size")
        if text is not None:
            found[name] = int(text)
    rank, world = 0, 1
    if _ARRAY in found and _COUNT in found:
        rank = (found[_ARRAY] - found.get(_FIRST, 0)) // max(1, found.get(_STEP, 1))
        world = found[_COUNT]
    if _TASK in found and _TASKS in found:
        rank, world = rank * found[_TASKS] + found[_TASK], world * found[_TASKS]
    return rank, world


def check_place(workers: int, rank: int, world: int) -> None:
    """Refuses numbers of processes and machines that cannot be meant.

    Raises:
        UsageError: There is no process or machine, or no machine of that rank.

    >>> check_place(1, 2, 2)
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: --rank 2 is too large; choose 1 or less
    """
    check_number("--workers", workers, most=MAX_WORKERS)
    check_number("--world-size", world)
    check_number("--rank", rank, least=0, most=world - 1)
