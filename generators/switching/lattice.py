"""The switch lattice: every legal mixture of one aligned pair, as a small acyclic graph.

Positions 0 to N lie between the N tokens of the matrix sentence. From a position the path either copies matrix
tokens or takes an *embedded arc*: a run of embedded tokens, with the glue it needs, that stands for the matrix tokens
it spans. A path from 0 to N is one mixed sentence. Every word-alignment method is a choice of arcs (docs/design.md).

The frame may be mixed before any arc is taken: a text that somebody wrote, to be mixed more or less. Its embedded
tokens are copied as its matrix tokens are, and count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

MATRIX, EMBEDDED, NEITHER = 0, 1, -1
"""Which language a token counts for; NEITHER is a neutral token."""

Path = tuple[int, ...]
"""Indexes of the embedded arcs taken, in order; everything else is copied from the matrix sentence."""


class Glue(NamedTuple):
    """A word of the matrix language that no source token gives, such as a light verb."""

    text: str
    rule: str
    """Name of the switch that asked for it."""


class Piece(NamedTuple):
    """One token of an arc: a source token of either side, perhaps in another form."""

    side: int
    """MATRIX or EMBEDDED."""
    at: int
    """0-based index of the source token."""
    form: str | None = None
    """The form to write when it is not the source's own, such as a bare verb."""


def embedded_pieces(size: int) -> tuple[Piece, ...]:
    """The tokens of an embedded sentence as pieces, in order; those of longer ones may follow.

    >>> embedded_pieces(2)[:2]
    (Piece(side=1, at=0, form=None), Piece(side=1, at=1, form=None))
    """
    return _first_pieces(1 << size.bit_length())


@lru_cache(maxsize=32)
def _first_pieces(size: int) -> tuple[Piece, ...]:
    return tuple([Piece(EMBEDDED, at) for at in range(size)])


class Arc(NamedTuple):
    """A run of embedded tokens that can stand for matrix tokens ``start`` to ``end``."""

    start: int
    """First matrix token replaced."""
    end: int
    """One past the last matrix token replaced; always greater than ``start``."""
    removed: int
    """Matrix-language tokens the sentence loses, glue counted back in; never negative."""
    embedded: int
    """Embedded-language tokens in ``pieces``."""
    pieces: tuple[Piece | Glue, ...]
    """What is written instead, in order."""
    weight: int = 1
    """How likely the arc is against staying in the matrix language (weight 1); a positive integer."""
    first: int = EMBEDDED
    """Language of the first language token in ``pieces``; NEITHER when all are neutral."""
    last: int = EMBEDDED
    """Language of the last one."""
    switches: int = 0
    """Switch points inside."""
    kind: str = "word"
    """What sort of unit this is, for reports and weights."""


class Changes(NamedTuple):
    """What the choices of a path change about a text at hand."""

    copied: Sequence[int]
    """Changes in copying each token of the frame; never negative."""
    taken: Sequence[int]
    """Changes in taking each arc; never negative."""


class Lattice:
    """Arcs over a matrix sentence.

    Args:
        langs: MATRIX for each language token of the matrix sentence, NEITHER for each neutral one, EMBEDDED for each
            that is in the embedded language whatever is chosen.
        arcs: Embedded arcs in any order.
        forbidden: For an arc (by its index in ``arcs``), the arcs that must not come directly before it.
        cohesion: How many times likelier a path is that goes on in its language at an edge where it might switch.
        changes: What each choice changes, where a text is to be changed as little as can be.

    Raises:
        ValueError: An arc lies outside the sentence or has an impossible count; a builder is at fault.

    >>> lattice = Lattice([0, 0], [Arc(1, 2, 1, 1, (Piece(EMBEDDED, 0),))])
    >>> sorted(lattice.paths())
    [(), (0,)]
    """

    __slots__ = ("already", "arcs", "changes", "cohesion", "forbidden", "frame", "langs", "length")

    def __init__(
        self,
        langs: Sequence[int],
        arcs: Iterable[Arc],
        forbidden: Mapping[int, frozenset[int]] | None = None,
        *,
        cohesion: int = 1,
        changes: Changes | None = None,
    ) -> None:
        self.cohesion, self.changes = cohesion, changes
        self.langs = langs
        self.length = length = len(langs)
        """Tokens of the matrix sentence, neutral ones included."""
        self.frame = langs.count(MATRIX)
        """Tokens of the matrix language when no arc is taken."""
        self.already = langs.count(EMBEDDED)
        """Tokens of the embedded language when no arc is taken."""
        self.arcs = tuple(arcs)
        self.forbidden = forbidden or {}
        for arc in self.arcs:
            start, end, removed, embedded, _, weight, _, _, _, _ = arc
            if not 0 <= start < end <= length or removed < 0 or embedded < 0 or weight < 1:
                raise ValueError(f"impossible arc {arc} over {length} tokens")
        if changes and (len(changes.copied) != length or len(changes.taken) != len(self.arcs)):
            raise ValueError(f"changes of {len(changes.copied)} tokens and {len(changes.taken)} arcs")

    def paths(self) -> Iterator[Path]:
        """Every path, by plain enumeration; for tests and small lattices."""

        def walk(position: int, taken: Path, touching: int) -> Iterator[Path]:
            if position == self.length:
                yield taken
                return
            yield from walk(position + 1, taken, -1)
            for index, arc in enumerate(self.arcs):
                if arc.start == position and touching not in self.forbidden.get(index, ()):
                    yield from walk(arc.end, (*taken, index), index)

        yield from walk(0, (), -1)


class Run(NamedTuple):
    """What a stretch of the frame says when it is copied."""

    first: int
    """Language of its first language token, or NEITHER."""
    last: int
    """Language of its last one."""
    switches: int
    """Switch points inside."""
    embedded: int
    """Tokens of the embedded language."""


def copied(langs: Sequence[int]) -> Run:
    """What a stretch of the frame says.

    >>> copied([NEITHER, MATRIX, EMBEDDED, NEITHER, EMBEDDED])
    Run(first=0, last=1, switches=1, embedded=2)
    """
    said = [lang for lang in langs if lang != NEITHER]
    if not said:
        return Run(NEITHER, NEITHER, 0, 0)
    return Run(said[0], said[-1], sum(one != other for one, other in pairwise(said)), said.count(EMBEDDED))


def path_weight(lattice: Lattice, path: Path) -> int:
    """Weight of one path: the product over its arcs, and the cohesion for each edge at which it does not switch.

    >>> lattice = Lattice([0, 0], [Arc(1, 2, 1, 1, (Piece(EMBEDDED, 0),), weight=5)])
    >>> path_weight(lattice, (0,)), path_weight(lattice, ())
    (5, 1)
    """
    weight = 1
    for index in path:
        weight *= lattice.arcs[index].weight
    if lattice.cohesion == 1:
        return weight
    cuts = sorted({0, lattice.length}.union(*((arc.start, arc.end) for arc in lattice.arcs)))
    begins = {lattice.arcs[index].start: lattice.arcs[index] for index in path}
    state, position, n = NEITHER, 0, 0
    while position < lattice.length:
        arc = begins.get(position)
        if arc:
            first, last, position = arc.first, arc.last, arc.end
        else:
            after = cuts[cuts.index(position) + 1]
            first, last, *_ = copied(lattice.langs[position:after])
            position = after
        n += first != NEITHER and first == state
        state = state if last == NEITHER else last
    return int(weight * lattice.cohesion**n)
