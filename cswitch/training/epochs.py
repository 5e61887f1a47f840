"""The number of the epoch, known to all processes that load data."""

from __future__ import annotations

from typing import Any, Self


class Epoch:
    """A number that the processes forked or spawned by a data loader see change.

    Copies share it; what is pickled for anything else than a new process takes the number as it is.

    >>> epoch = Epoch()
    >>> epoch.set(3)
    >>> epoch.number
    3
    """

    def __init__(self, number: int = 0) -> None:
        from multiprocessing.sharedctypes import RawValue

        self._value: Any = RawValue("q", number)

    @property
    def number(self) -> int:
        """The number."""
        return int(self._value.value)

    def set(self, number: int) -> None:
        """Sets it, here and in all processes that share it."""
        self._value.value = number

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __getstate__(self) -> Any:
        from multiprocessing.context import get_spawning_popen

        return {"shared": self._value} if get_spawning_popen() is not None else {"number": self.number}

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "shared" in state:
            self._value = state["shared"]
        else:
            Epoch.__init__(self, state["number"])
