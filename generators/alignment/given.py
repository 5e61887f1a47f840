"""The aligner that trusts the links a pair came with."""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.contracts import Link, TokenisedPair
from cswitch.core.errors import InputError


class GivenAligner:
    """Hands on the links of the input, checked and sorted."""

    name = "given"

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """The links of each pair, sorted by (source, target).

        Raises:
            InputError: A pair has no links, or a link that repeats or points outside its sentences.

        >>> from cswitch.core.contracts import Sentence
        >>> sides = [Sentence("en", ("red", "car"), (False, True)), Sentence("es", ("coche", "rojo"), (False, True))]
        >>> GivenAligner().align([TokenisedPair("1", *sides, links=(Link(1, 0), Link(0, 1)))])
        [(Link(source=0, target=1, confidence=1.0), Link(source=1, target=0, confidence=1.0))]
        """
        return [_checked(pair) for pair in batch]


def _checked(pair: TokenisedPair) -> tuple[Link, ...]:
    if pair.links is None:
        raise InputError(f"pair {pair.id!r} has no links", hint="give every pair its links, or leave --aligner to auto")
    sizes = len(pair.source.tokens), len(pair.target.tokens)
    seen: set[tuple[int, int]] = set()
    for link in pair.links:
        cell = link.source, link.target
        if not (0 <= cell[0] < sizes[0] and 0 <= cell[1] < sizes[1]):
            raise InputError(
                f"pair {pair.id!r}: link {cell[0]}-{cell[1]} is out of range for {sizes[0]} {pair.source.lang} tokens"
                f" and {sizes[1]} {pair.target.lang} tokens",
                hint="count tokens from 0, and align the very tokens of the input",
            )
        if cell in seen:
            raise InputError(
                f"pair {pair.id!r}: link {cell[0]}-{cell[1]} stands twice"
                f" ({sizes[0]} {pair.source.lang} tokens, {sizes[1]} {pair.target.lang} tokens)",
                hint="give each link once",
            )
        seen.add(cell)
    return tuple(sorted(pair.links, key=lambda link: (link.source, link.target)))
