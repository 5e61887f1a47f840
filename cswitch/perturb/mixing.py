"""What a mixer is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from cswitch.core.measures.tags import NEUTRAL
from cswitch.training.records import Label, Span

Came = tuple[int, int, str]
"""``[start, end)`` of words of another language than the matrix language, and their language."""


class TextTask(NamedTuple):
    """A text to be mixed."""

    id: str
    """What draws depend on."""
    text: str
    """In the language of the fields."""
    spans: Sequence[Span] = ()
    """Labelled spans, which are carried."""
    protected: Sequence[Span] = ()
    """Spans that stay, in order, without overlaps."""
    kinds: tuple[str, ...] = ()
    """Kinds of what is protected."""
    patterns: tuple[str, ...] = ()
    """Patterns of what is protected."""
    translation: str | None = None
    """The text in the other language, where there is one."""
    links: object = None
    """Links between the tokens of both, where there are some."""


class TokensTask(NamedTuple):
    """A sentence in tokens to be mixed."""

    id: str
    tokens: Sequence[str]
    labels: Mapping[str, Sequence[Label]]
    """Name of a layer to a label a token."""
    protected: frozenset[int] = frozenset()
    """Tokens that stay."""
    translation: Sequence[str] | None = None
    """Tokens of the translation."""
    links: object = None
    """Links between both."""


class MixedField(NamedTuple):
    """What became of a text."""

    text: str
    """The text; as it was where there is a reason."""
    spans: Sequence[Span]
    """The labelled spans in it."""
    came: Sequence[Came] = ()
    """What came in, in characters."""
    cmi: float | None = None
    """Code-Mixing Index that it has."""
    reachable: tuple[float, float] | None = None
    """Lowest and highest CMI that it can have."""
    replaced: int = 0
    """Tokens of the matrix language that were replaced."""
    reason: str = ""
    """Why it was left as it was, a name of :data:`cswitch.schemas.reject.REASONS`."""
    detail: str = ""
    """The reason, with figures."""


class MixedTokens(NamedTuple):
    """What became of a sentence in tokens."""

    tokens: Sequence[str]
    labels: Mapping[str, Sequence[Label]]
    came: Sequence[Came] = ()
    """What came in, in tokens."""
    cmi: float | None = None
    reachable: tuple[float, float] | None = None
    replaced: int = 0
    reason: str = ""
    detail: str = ""


class Mixer(Protocol):
    """Mixes fields at one CMI; what becomes of a field does not depend on the rest of its batch."""

    def mix(self, tasks: Sequence[TextTask]) -> list[MixedField]:
        """Texts, mixed; every protected span is in them, byte for byte."""
        ...

    def mix_tokens(self, tasks: Sequence[TokensTask]) -> list[MixedTokens]:
        """Sentences in tokens, mixed, with their labels."""
        ...


class RowFault(Exception):
    """A row that cannot be carried as it is: it is left unchanged.

    Args:
        reason: A name of :data:`cswitch.schemas.reject.REASONS`.
        detail: What is wrong, in a line.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def runs_of(langs: Sequence[str], places: Sequence[Span], matrix: str) -> list[Came]:
    """What is of another language than the matrix language, neighbours joined.

    Args:
        langs: A tag a token.
        places: ``[start, end)`` of each token.
        matrix: Tag of the matrix language.

    >>> runs_of(["en", "es", "es", "other", "hi"], [(0, 2), (3, 5), (6, 8), (8, 9), (10, 12)], "en")
    [(3, 8, 'es'), (10, 12, 'hi')]
    """
    found: list[Came] = []
    before = -2
    for at, lang in enumerate(langs):
        if lang == matrix or lang in NEUTRAL:
            continue
        if before == at - 1 and found[-1][2] == lang:
            found[-1] = (found[-1][0], places[at][1], lang)
        else:
            found.append((*places[at], lang))
        before = at
    return found


def tells_nothing(reachable: tuple[float, float], asked: float) -> tuple[str, str]:
    """Reason and detail for a text of which nothing was replaced.

    >>> tells_nothing((0.0, 50.0), 20)
    ('cmi_unreachable', 'nothing is nearer to CMI 20 than leaving it as it is; it reaches 0 to 50')
    """
    low, high = reachable
    if high <= 0:
        return "no_units", "none of its words may be replaced"
    detail = f"nothing is nearer to CMI {asked:g} than leaving it as it is; it reaches {low:.3g} to {high:.3g}"
    return "cmi_unreachable", detail
