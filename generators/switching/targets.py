"""What a user asks for, and where each draw aims.

A request names a CMI or a share of embedded words (a value, or a range from which every draw takes a value), a number
of switch points, or a distribution of CMI and switch points taken from real text. ``Aim`` is the request of a single
draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from cswitch.core.seeds import digest


class Aim(NamedTuple):
    """Where one draw aims; None means free. It names a CMI or a share, not both."""

    cmi: float | None
    switches: int | None
    tolerance: float
    share: float | None = None

    @property
    def points(self) -> float | None:
        """Where it aims on the scale on which distances are told: points of CMI, or percent of a share."""
        return self.cmi if self.share is None else 100 * self.share

    @property
    def plain(self) -> bool:
        """Whether it asks for a sentence that may stay, or end up, in one language: CMI 0, or a share of 0 or 1."""
        return self.cmi == 0 or self.share in (0.0, 1.0)


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
    """A CMI value or range, or a share instead, and a switch count or none.

    >>> FixedTarget((20, 20), None, 3).aim("", 0).cmi, FixedTarget(None, None, 3, (0.6, 0.6)).aim("", 0).points
    (20.0, 60.0)
    """

    def __init__(
        self,
        cmi: tuple[float, float] | None,
        switches: int | None,
        tolerance: float,
        share: tuple[float, float] | None = None,
    ) -> None:
        self.cmi, self.switches, self.tolerance, self.share = cmi, switches, float(tolerance), share

    def aim(self, key: str, draw: int) -> Aim:
        """See :class:`Target`; within a range every draw takes a value of its own, uniformly."""
        if self.share is not None:
            return Aim(None, self.switches, self.tolerance, _within(self.share, key, draw, "share"))
        cmi = None if self.cmi is None else _within(self.cmi, key, draw, "cmi")
        return Aim(cmi, self.switches, self.tolerance)


def _within(ends: tuple[float, float], key: str, draw: int, what: str) -> float:
    low, high = ends
    return float(low if low == high else low + (high - low) * (digest(key, draw, what) % 2**32) / 2**32)


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
