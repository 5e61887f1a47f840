"""What is mixed, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

Label = str | int | None
"""A label of a token; None is no label."""
Span = tuple[int, int]
"""``[start, end)``, 0-based."""


class Example(msgspec.Struct, frozen=True):
    """One sentence in the matrix language, with what is known of its tokens."""

    id: str
    """What draws depend on, beside seed and epoch."""
    tokens: Sequence[str]
    """Tokens in order."""
    labels: Mapping[str, Sequence[Label]] = msgspec.field(default_factory=dict)
    """Name of a layer to a label a token: entities in a BIO scheme, parts of speech, or any other."""
    spans: Sequence[Span] = ()
    """Spans of tokens that must go on covering the same content, such as an answer."""
    langs: Sequence[str] | None = None
    """A language tag a token where the sentence is mixed already; None when it is all in the matrix language."""
    gaps: Sequence[bool | None] | None = None
    """Whether white space stands before each token; None where that is not known."""
    mentions: Sequence[Span] | None = None
    """Entity mentions, for ``unit="entity"`` and markers; None takes them from the first layer in a BIO scheme."""
    fixed: frozenset[int] = frozenset()
    """Tokens that must stay, in addition to what the settings keep."""
    classes: Sequence[str] | None = None
    """Word class of each token, where what replaces it is to be of the same; empty for a token where any will do."""


class Mixed(msgspec.Struct, frozen=True):
    """A sentence after switching; tokens, langs, gaps, origins and each layer are parallel."""

    id: str
    """Id of the example."""
    tokens: list[str]
    """Tokens in order."""
    langs: list[str]
    """A tag a token: a language, or other, fw and the like."""
    gaps: list[bool | None]
    """Whether white space stands before each token; None where that is not known."""
    origins: list[Span | None]
    """The tokens of the example that each token stands for; None for a marker."""
    labels: dict[str, list[Label]]
    """The layers of the example; None where a label is not known (a marker, an article that came in)."""
    spans: list[Span]
    """The spans of the example, in tokens of this sentence."""
    replaced: int
    """Tokens of the example that were replaced."""
    cmi: float
    """Code-Mixing Index of the tags, 0 to 100."""
    rate: float
    """Share of the words, or of the mentions, that were replaced."""
    reachable: tuple[float, float]
    """Lowest and highest value of what was asked for (CMI or rate) that this sentence can have."""
    chosen: bool = True
    """Whether the sentence is one of the share that is mixed."""
    reason: str = ""
    """Why nothing could be replaced, for parallel sentences: the reason of the reject."""
