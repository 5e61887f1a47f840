"""What an operation of a recipe gets, what it gives, and what it may ask for.

An operation is the part of a published method that is neither a lattice nor a prompt: it takes records of one kind and
gives tagged samples. It is registered as ``operation.NAME`` and named by a step of a recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol, Self

import msgspec

from cswitch.core.contracts import PosTagger, Romaniser, Tagger
from cswitch.core.lexicon import Lexicon
from cswitch.generators.switching.view import AlignedPair
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

Takes = Literal["pairs", "texts", "samples", "rows"]
"""What an operation reads: parallel pairs, text in one language, tagged samples, or rows as they are."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text in one language."""

    id: str
    """Unique within the input."""
    text: str
    """The text."""
    lang: str
    """Its language, a BCP-47 primary subtag."""
    tokens: tuple[str, ...] | None = None
    """Its tokens, when it came tokenised."""
    labels: Mapping[str, Any] = {}
    """Task labels, to be carried over."""


class RowItem(msgspec.Struct, frozen=True, kw_only=True):
    """A row that only its operation understands, such as a sentence of an M2 file or a reasoning trace."""

    id: str
    """Its id, else its 1-based number."""
    fields: Mapping[str, Any]
    """Everything in it."""
    line: int = 0
    """1-based line of the input."""


Item = Pair | Text | Sample | RowItem
"""What an operation gets, by what it takes."""


class Context(Protocol):
    """What the run offers to an operation; everything is loaded when it is first asked for."""

    recipe: str
    """Versioned name of the recipe."""
    languages: tuple[str, ...]
    """The languages in play, the matrix language first."""
    seed: int
    """The seed the user gave."""
    config: str
    """Hash of everything that decides the output; random numbers come from it and the record's id (``core.seeds``)."""
    script: str
    """``native`` or ``roman``, as the user asked; empty leaves it to the recipe."""

    def tagger(self) -> Tagger:
        """The language tagger of this run."""
        ...

    def pos(self, lang: str) -> PosTagger | None:
        """A part-of-speech tagger, or None for a language without one."""
        ...

    def lexicon(self, source: str, target: str) -> Lexicon:
        """The lexicon from one language to another, with the user's own added.

        Raises:
            UsageError: There is none.
        """
        ...

    def romaniser(self, lang: str) -> Romaniser:
        """The romaniser of a language.

        Raises:
            MissingExtraError: It needs a package that is not installed.
        """
        ...

    def aligned(self, pairs: Sequence[Pair]) -> list[AlignedPair | Reject]:
        """Pairs tokenised, linked and tagged for part of speech, in order; ``source`` is the matrix language."""
        ...


class Operation(Protocol):
    """Makes samples of items. What becomes of an item may depend on the other items of its chunk, and on no others."""

    name: ClassVar[str]
    """Registered name."""
    takes: ClassVar[Takes]
    """What it reads."""
    chunk: ClassVar[int]
    """Items it gets at a time; results must not depend on it, unless items are mixed with each other."""
    Settings: ClassVar[type[msgspec.Struct]]
    """Its settings: frozen, keyword-only, unknown fields forbidden."""

    @classmethod
    def make(cls, settings: Any, context: Context) -> Self:
        """The operation with settings, of the type ``Settings``.

        Raises:
            UsageError: The settings cannot be meant, or do not fit the languages; one line, before anything is read.
            MissingExtraError: It needs a package that is not installed.
        """
        ...

    def __call__(self, items: Sequence[Any]) -> Sequence[list[Sample] | Reject]:
        """Samples of each item in order, or why it gives none.

        An item that is at fault is a :class:`~cswitch.schemas.reject.Reject`, never an exception: the run goes on.
        """
        ...
