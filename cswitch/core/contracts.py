"""The Protocols that components meet, and the small records they exchange."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import msgspec


class Sentence(msgspec.Struct, frozen=True, gc=False):
    """One side of a pair, tokenised."""

    lang: str
    """BCP-47 primary subtag."""
    tokens: tuple[str, ...]
    """Tokens in order; joined by ``gaps`` they give the text back, white space apart."""
    gaps: tuple[bool | None, ...]
    """One a token: True when white space precedes it, False when none does, None when it is not known."""


class Link(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One word-alignment link."""

    source: int
    """0-based token index on the first side of the pair."""
    target: int
    """0-based token index on the second side."""
    confidence: float = 1.0
    """0 to 1; 1 for links that were given."""


class TokenisedPair(msgspec.Struct, frozen=True, gc=False):
    """Two sentences that translate each other."""

    id: str
    source: Sentence
    """The first side of the pair."""
    target: Sentence
    """The second side of the pair."""
    links: tuple[Link, ...] | None = None
    """Links that came with the input, or None."""


@runtime_checkable
class Aligner(Protocol):
    """Finds which tokens of a pair translate each other."""

    name: str

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """Links for each pair, in the order of the batch, sorted by (source, target)."""
        ...


@runtime_checkable
class PosTagger(Protocol):
    """Gives every token a part of speech."""

    name: str

    def tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """A label a token: a UPOS name, for some followed by a dot and a feature.

        ``VERB.Fin``, ``VERB.Inf``, ``VERB.Part``, ``VERB.Ger`` (the same for AUX), ``NOUN.Sing``, ``NOUN.Plur``;
        everything before the dot is always a Universal Dependencies UPOS tag.
        """
        ...


@runtime_checkable
class Romaniser(Protocol):
    """Writes words of one script in Latin letters."""

    name: str

    def romanise(self, words: Sequence[str]) -> list[str]:
        """The Latin spelling of each word; a word already in Latin letters, a number or a mark comes back as it is."""
        ...
