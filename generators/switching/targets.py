"""What a user asks for, and where each draw aims.

A request names a CMI (a value, or a range from which every draw takes a value), a number of switch points, or a
distribution of both taken from real text. ``Aim`` is the request of a single draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from cswitch.core.seeds import digest


class Aim(NamedTuple):
    """Where one draw aims; None means free."""

    cmi: float | None
    switches: int | None
    tolerance: float


class Target(Protocol):
    """Gives every draw its aim."""

    def aim(self, key: str, draw: int) -> Aim:
        """The aim of a draw.

        Args:
            key: Everything the random choice may depend on: configuration and record.
            draw: 0-based number of the draw.
        """
        ...


class FixedTarget:
    """A CMI value or range, and a switch count or none.

    >>> FixedTarget((20, 20), None, 3).aim("", 0)
    Aim(cmi=20.0, switches=None, tolerance=3.0)
    """

    def __init__(self, cmi: tuple[float, float] | None, switches: int | None, tolerance: float) -> None:
        self.cmi, self.switches, self.tolerance = cmi, switches, float(tolerance)

    def aim(self, key: str, draw: int) -> Aim:
        """See :class:`Target`; within a range every draw takes a value of its own, uniformly."""
        if self.cmi is None:
            return Aim(None, self.switches, self.tolerance)
        low, high = self.cmi
        value = low if low == high else low + (high - low) * (digest(key, draw, "cmi") % 2**32) / 2**32
        return Aim(float(value), self.switches, self.tolerance)


class EmpiricalTarget:
    """CMI and switch counts drawn from the mixed utterances of a real, tagged corpus.

    Args:
        observed: (CMI, switches) of each mixed utterance.
        tolerance: Points of CMI.
        with_switches: Also ask for the utterance's number of switches.
    """

    def __init__(self, observed: Sequence[tuple[float, int]], tolerance: float, *, with_switches: bool = True) -> None:
        if not observed:
            raise ValueError("no mixed utterance to follow")
        self.observed, self.tolerance, self.with_switches = tuple(observed), float(tolerance), with_switches

    def aim(self, key: str, draw: int) -> Aim:
        """See :class:`Target`."""
        cmi, switches = self.observed[digest(key, draw, "like") % len(self.observed)]
        return Aim(cmi, switches if self.with_switches else None, self.tolerance)
