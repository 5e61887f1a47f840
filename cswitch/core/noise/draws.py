"""Random numbers of a token, from what the record is and where the token stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct
from typing import TypeVar

from cswitch.core.seeds import digest

Item = TypeVar("Item")

SLOTS = 16
"""Numbers a token has; each operation has its own, so that a rate changes nothing but its operation."""
SCALE = 1 << 32
"""Each number is below this."""

_read = Struct(f"<{SLOTS}I").unpack


class Draws:
    """The random numbers of one record.

    Args:
        parts: What the record is: its id, the seed, the name of the settings.

    >>> Draws("a", 1).numbers(0) == Draws("a", 1).numbers(0) != Draws("a", 1).numbers(1)
    True
    """

    __slots__ = ("_base",)

    def __init__(self, *parts: str | int) -> None:
        self._base = blake2b(digest(*parts).to_bytes(32, "little"))

    def numbers(self, index: int) -> tuple[int, ...]:
        """The :data:`SLOTS` numbers of the token at an index, each from 0 up to, but without, :data:`SCALE`."""
        state = self._base.copy()
        state.update(b"%d" % index)
        return _read(state.digest())


class Bits:
    """The number that made an operation due, spent choice by choice.

    Below the bound that made it due all numbers are alike, so that its lowest digits decide as evenly as new ones; and
    they do not change with the rate.

    >>> bits = Bits(5)
    >>> bits.below(2), bits.below(2), bits.pick("ab")
    (1, 0, 'b')
    """

    __slots__ = ("_left",)

    def __init__(self, number: int) -> None:
        self._left = number

    def below(self, total: int) -> int:
        """A number from 0 up to, but without, ``total``."""
        self._left, found = divmod(self._left, total)
        return found

    def pick(self, items: Sequence[Item]) -> Item:
        """One of some items, all equally likely."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[Item], weights: Sequence[int]) -> Item:
        """One of some items, in proportion to their weights, positive integers.

        >>> Bits(3).weighted("ab", [3, 1])
        'b'
        """
        ticket = self.below(sum(weights))
        for item, weight in zip(items, weights, strict=True):
            ticket -= weight
            if ticket < 0:
                return item
        raise AssertionError("a ticket is below the sum of the weights")
