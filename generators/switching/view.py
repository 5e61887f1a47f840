"""An aligned pair seen from its matrix side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cswitch.core.contracts import Link, Sentence
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.core.wordlists import fixed_expressions
from cswitch.generators.switching.lattice import MATRIX, NEITHER, embedded_pieces
from cswitch.generators.switching.letters import CLOSED, letters

if TYPE_CHECKING:
    from cswitch.generators.switching.permutation import Node
    from cswitch.generators.switching.units import Unit

_NATIVE, _FOREIGN, _NEUTRAL = 1, 2, 0
_MOST = 200_000
_TRUSTED = 0.8
"""From this confidence on, a link accounts for its words beyond doubt."""
_SURE = 0.85
"""Below this confidence a link between a function word and a content word is taken to be an error."""
_NOMINAL = frozenset("NPAK?")
_HEAVY = frozenset("NPAVBGK")
FAR = 1 << 30
"""Beyond every token."""


class _Kinds(dict[str, int]):
    """What a token of a language is, learned as tokens come."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.scripts = frozenset((*scripts_for(lang), "Zyyy"))

    def __missing__(self, token: str) -> int:
        if len(self) > _MOST:
            self.clear()
        kind = _NEUTRAL if is_neutral(token) else _NATIVE if script_of(token) in self.scripts else _FOREIGN
        self[token] = kind
        return kind


_KINDS: dict[str, _Kinds] = {}


class AlignedPair(msgspec.Struct, frozen=True, gc=False):
    """Two sentences, their links, and the parts of speech known of them."""

    id: str
    source: Sentence
    """The first side of the pair."""
    target: Sentence
    """The second side."""
    links: tuple[Link, ...]
    """Links with i on the first side."""
    source_pos: tuple[str, ...] | None = None
    """A label a token of the first side, or None when no tagger knows the language."""
    target_pos: tuple[str, ...] | None = None
    """The same for the second side."""
    aligner: str | None = None
    """Name of the aligner that found the links."""


class Side:
    """One sentence of a pair, with what is known of each of its tokens, whichever side is the matrix.

    Args:
        sentence: The sentence.
        pos: A label a token, or None when no tagger knows the language.
    """

    __slots__ = (
        "confidence",
        "first",
        "fixed",
        "last",
        "letters",
        "links",
        "low",
        "open",
        "pos",
        "sentence",
        "spoken",
        "sure",
        "tags",
    )

    def __init__(self, sentence: Sentence, pos: tuple[str, ...] | None) -> None:
        tokens, lang = sentence.tokens, sentence.lang
        self.sentence, self.pos = sentence, pos
        self.tags = language_tags(tokens, lang)
        self.spoken = [tag == lang for tag in self.tags]
        self.low = [token.lower() for token in tokens]
        self.letters = letters(tokens, pos, self.low, lang)
        self.fixed = fixed_expressions(self.low, lang)
        self.links: list[list[int]] = [[] for _ in tokens]
        self.confidence = [0.0] * len(tokens)

    def linked(self) -> None:
        """Notes what follows from the links, once all are there."""
        self.sure = [confidence >= _TRUSTED for confidence in self.confidence]
        self.open = [not sure and letter in _NOMINAL for sure, letter in zip(self.sure, self.letters, strict=True)]
        self.first = [there[0] if there else FAR for there in self.links]
        self.last = [there[-1] if there else -1 for there in self.links]


class LinkedPair:
    """A pair as the views from both of its sides share it.

    Args:
        pair: The aligned pair.
        min_confidence: Links below this are left out.
    """

    __slots__ = ("source", "target", "tree")

    def __init__(self, pair: AlignedPair, min_confidence: float = 0.0) -> None:
        self.source, self.target = Side(pair.source, pair.source_pos), Side(pair.target, pair.target_pos)
        self.tree: tuple[Sentence, Node | None] | None = None
        """The matrix sentence it is seen from and the tree of the links, once :mod:`permutation` has found it."""
        one, other = self.source, self.target
        there, back = one.links, other.links
        for link in pair.links:
            confidence = link.confidence
            if confidence < min_confidence:
                continue
            i, j = link.source, link.target
            if confidence < _SURE and _mismatched(one.letters[i], other.letters[j]):
                continue
            there[i].append(j)
            back[j].append(i)
            if confidence > one.confidence[i]:
                one.confidence[i] = confidence
            if confidence > other.confidence[j]:
                other.confidence[j] = confidence
        one.linked()
        other.linked()


class View:
    """What the lattice builders read: matrix tokens by x, embedded tokens by y.

    Args:
        pair: The aligned pair.
        flip: The second side is the matrix.
        min_confidence: Links below this are left out.
        linked: What the view from the other side has found of the pair, with the same ``min_confidence``.
    """

    __slots__ = (
        "chunks",
        "embedded",
        "grown",
        "id",
        "linked",
        "links_of_x",
        "links_of_y",
        "matrix",
        "x_confidence",
        "x_counts",
        "x_first",
        "x_fixed",
        "x_last",
        "x_letters",
        "x_low",
        "x_open",
        "x_pos",
        "x_sure",
        "x_tags",
        "y_counts",
        "y_first",
        "y_fixed",
        "y_last",
        "y_letters",
        "y_low",
        "y_open",
        "y_pieces",
        "y_pos",
        "y_sure",
        "y_tags",
    )

    def __init__(
        self, pair: AlignedPair, *, flip: bool, min_confidence: float = 0.0, linked: LinkedPair | None = None
    ) -> None:
        self.id = pair.id
        self.linked = linked = linked or LinkedPair(pair, min_confidence)
        x, y = (linked.target, linked.source) if flip else (linked.source, linked.target)
        self.matrix, self.embedded = x.sentence, y.sentence
        self.x_pos, self.y_pos = x.pos, y.pos
        self.x_tags, self.y_tags = x.tags, y.tags
        """A language tag a token."""
        self.x_counts = [MATRIX if spoken else NEITHER for spoken in x.spoken]
        """MATRIX for each matrix token that counts as language, else NEITHER."""
        self.y_counts = y.spoken
        """True for each embedded token that counts as language."""
        self.x_low, self.y_low = x.low, y.low
        """Tokens in lower case."""
        self.x_letters, self.y_letters = x.letters, y.letters
        """Part of speech of the tokens, a letter each (:mod:`letters`)."""
        self.x_fixed, self.y_fixed = x.fixed, y.fixed
        """Spans of fixed expressions, ends exclusive."""
        self.links_of_x, self.links_of_y = x.links, y.links
        """For each token, those of the other side linked to it, ascending."""
        self.x_confidence = x.confidence
        """For each matrix token, the confidence of its surest link."""
        self.x_sure, self.y_sure = x.sure, y.sure
        """For each token, whether a link accounts for it beyond doubt."""
        self.x_open, self.y_open = x.open, y.open
        """For each token, whether it is a nominal that no sure link accounts for."""
        self.x_first, self.y_first = x.first, y.first
        """For each token, the first of the other side linked to it, FAR when there is none."""
        self.x_last, self.y_last = x.last, y.last
        """For each token, the last of the other side linked to it, -1 when there is none."""
        self.y_pieces = embedded_pieces(len(y.low))
        """The embedded tokens as pieces of arcs; more may follow."""
        self.chunks: list[tuple[int, int]] | None = None
        """Noun phrases of the embedded side, once :mod:`units` has found them."""
        self.grown: dict[tuple[int, int], Unit | None] = {}
        """The units of noun phrases that :mod:`units` has asked for."""


def _mismatched(one: str, other: str) -> bool:
    """Whether one word is a function word and the other a content word."""
    return (one in CLOSED and other in _HEAVY) or (other in CLOSED and one in _HEAVY)


def language_tags(tokens: Sequence[str], lang: str) -> list[str]:
    """The tag of each token of a sentence in one language: the language, ``other``, or ``fw``.

    Marks, numbers, links and emoji are ``other``. A word in a script that the language does not use, among words in a
    script it does, is a foreign word: ``fw``. A sentence written wholly in another script (romanised Hindi) is taken
    as that language.

    >>> language_tags(["वह", "FBI", "में", "है", "।"], "hi")
    ['hi', 'fw', 'hi', 'hi', 'other']
    >>> language_tags(["woh", "ghar", "gaya"], "hi")
    ['hi', 'hi', 'hi']
    """
    kinds = _KINDS.get(lang)
    if kinds is None:
        kinds = _KINDS[lang] = _Kinds(lang)
    found = list(map(kinds.__getitem__, tokens))
    names = ("other", lang, "fw" if _NATIVE in found else lang)
    return [names[kind] for kind in found]
