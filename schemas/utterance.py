"""The record of a tagged utterance: what ``cswitch tag`` writes."""

from __future__ import annotations

import msgspec


class Utterance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An utterance with a language tag on every token; lists with one entry a token are parallel.

    Fields that the input had beside these stand beside them in the output.
    """

    id: str
    """The id it came with, else its 1-based number in the input."""
    text: str | None = None
    """The text, when there was one."""
    tokens: list[str]
    """Tokens in order."""
    langs: list[str]
    """A tag a token: a BCP-47 primary subtag, or other, ne, ambiguous, mixed, fw, unk."""
    offsets: list[tuple[int, int]] | None = None
    """``[start, end)`` in Unicode code points: ``text[start:end]`` is the token; absent without a text."""
    probabilities: list[float]
    """How sure the tagger is of each tag, 0 to 1; 1 where a rule decides."""
    alternatives: list[list[tuple[str, float]]] | None = None
    """The likeliest tags of each token with their probabilities, the best first; absent when not asked for."""
    languages: list[str]
    """The languages spoken in it, the matrix language first, then those of more tokens first."""
    matrix: str | None
    """The matrix language: that of most language tokens; null without any."""
    measures: dict[str, float | int | None]
    """Measures of this utterance by name, as defined in docs/measures.md."""
