"""The number of the epoch in other processes."""

from __future__ import annotations

import copy
import multiprocessing
import pickle

import pytest

from cswitch.training.epochs import Epoch


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_another_process_shares_the_number(method: str) -> None:
    epoch = Epoch(1)
    process = multiprocessing.get_context(method).Process(target=epoch.set, args=(5,))  # type: ignore[attr-defined]
    process.start()
    process.join(60)
    assert (process.exitcode, epoch.number) == (0, 5)


def test_a_copy_shares_it_and_a_pickle_takes_it_along() -> None:
    epoch = Epoch(2)
    copied, pickled = copy.deepcopy(epoch), pickle.loads(pickle.dumps(epoch))
    epoch.set(3)
    assert (copied.number, pickled.number) == (3, 2)
