"""Stretches of a text that could be said in the other language, and which of them to take: a lattice once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.generators.switching.lattice import MATRIX, Arc, Changes, Lattice, copied
from cswitch.generators.switching.sampler import Sampler, Ticket
from cswitch.generators.switching.targets import Aim


class Swap(NamedTuple):
    """Tokens ``start`` to ``end`` of a text, to be said in another language."""

    start: int
    end: int
    to: str
    """The language to say them in."""
    instead: tuple[str, ...] = ()
    """The words for it; empty when they are not known."""
    weight: int = 1
    """How likely it is against others; a positive integer."""

    @property
    def size(self) -> int:
        """Words it is said in, as far as can be told."""
        return len(self.instead) or self.end - self.start

    @property
    def cost(self) -> int:
        """What it counts as a change: words that are known come before words that are not."""
        return 1 if self.instead else 2


def choose(
    said: Sequence[int], swaps: Sequence[Swap], cmi: float, slack: float, ticket: Ticket, *, more: bool
) -> tuple[list[Swap], float] | None:
    """The swaps that together bring a text nearest to a CMI, and the distance that is left; None when none does.

    Args:
        said: MATRIX, EMBEDDED or NEITHER for each token.
        swaps: What may be swapped. Where less is wanted they must not overlap.
        cmi: The CMI wanted.
        slack: Points of CMI for which no further swap is worth it.
        ticket: The record's random numbers.
        more: The swaps are into embedded languages; else they are into the matrix language.
    """
    if not swaps:
        return None
    swaps = sorted(swaps, key=lambda swap: (swap.start, swap.end))
    lattice = _into_embedded(said, swaps) if more else _into_matrix(said, swaps)
    sampler = Sampler(lattice, changes=True, mixed=cmi > 0)
    for path, choice in sampler.draw(Aim(cmi, 0, slack), 1, ticket):
        taken = [swap for n, swap in enumerate(swaps) if (n in path) == more]
        return (taken, choice.distance) if taken else None
    return None


def _into_embedded(said: Sequence[int], swaps: Sequence[Swap]) -> Lattice:
    arcs = []
    for swap in swaps:
        gone = said[swap.start : swap.end].count(MATRIX)
        arcs.append(Arc(swap.start, swap.end, gone, swap.size, (), swap.weight))
    return Lattice(said, arcs, changes=Changes([0] * len(said), [swap.cost for swap in swaps]))


def _into_matrix(said: Sequence[int], swaps: Sequence[Swap]) -> Lattice:
    """The frame has every swap made; an arc leaves one undone."""
    langs: list[int] = []
    arcs: list[Arc] = []
    changed: list[int] = []
    position = 0
    for swap in swaps:
        langs += said[position : swap.start]
        changed += [0] * (swap.start - position)
        run = copied(said[swap.start : swap.end])
        kept = said[swap.start : swap.end].count(MATRIX)
        size = max(swap.size, kept, 1)
        arcs.append(Arc(len(langs), len(langs) + size, size - kept, run.embedded, (), 1, run.first, run.last))
        langs += [MATRIX] * size
        changed += [swap.cost, *[0] * (size - 1)]
        position = swap.end
    langs += said[position:]
    changed += [0] * (len(said) - position)
    return Lattice(langs, arcs, changes=Changes(changed, [0] * len(arcs)))
