"""An aligned pair seen from its matrix side."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cswitch.core.contracts import Link, Sentence
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.core.wordlists import fixed_expressions
from cswitch.generators.switching.lattice import MATRIX, NEITHER
from cswitch.generators.switching.letters import CLOSED, letters

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


class View:
    """What the lattice builders read: matrix tokens by x, embedded tokens by y.

    Args:
        pair: The aligned pair.
        flip: The second side is the matrix.
        min_confidence: Links below this are left out.
    """

    __slots__ = (
        "chunks",
        "embedded",
        "id",
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
        "y_pos",
        "y_sure",
        "y_tags",
    )

    def __init__(self, pair: AlignedPair, *, flip: bool, min_confidence: float = 0.0) -> None:
        self.id = pair.id
        if flip:
            self.matrix, self.embedded = pair.target, pair.source
            self.x_pos, self.y_pos = pair.target_pos, pair.source_pos
        else:
            self.matrix, self.embedded = pair.source, pair.target
            self.x_pos, self.y_pos = pair.source_pos, pair.target_pos
        self.x_tags = language_tags(self.matrix.tokens, self.matrix.lang)
        """A language tag a matrix token."""
        self.y_tags = language_tags(self.embedded.tokens, self.embedded.lang)
        """A language tag an embedded token."""
        lang = self.matrix.lang
        self.x_counts = [MATRIX if tag == lang else NEITHER for tag in self.x_tags]
        """MATRIX for each matrix token that counts as language, else NEITHER."""
        lang = self.embedded.lang
        self.y_counts = [tag == lang for tag in self.y_tags]
        """True for each embedded token that counts as language."""
        self.x_low = [token.lower() for token in self.matrix.tokens]
        """Matrix tokens in lower case."""
        self.y_low = [token.lower() for token in self.embedded.tokens]
        """Embedded tokens in lower case."""
        self.x_letters = letters(self.matrix.tokens, self.x_pos, self.x_low, self.matrix.lang)
        """Part of speech of the matrix tokens, a letter each (:mod:`letters`)."""
        self.y_letters = letters(self.embedded.tokens, self.y_pos, self.y_low, self.embedded.lang)
        """Part of speech of the embedded tokens."""
        self.x_fixed = fixed_expressions(self.x_low, self.matrix.lang)
        """Spans of fixed expressions of the matrix side, ends exclusive."""
        self.y_fixed = fixed_expressions(self.y_low, self.embedded.lang)
        """Spans of fixed expressions of the embedded side."""
        self.links_of_x: list[list[int]] = [[] for _ in self.x_tags]
        """For each matrix token, the embedded tokens linked to it, ascending."""
        self.links_of_y: list[list[int]] = [[] for _ in self.y_tags]
        """For each embedded token, the matrix tokens linked to it, ascending."""
        of_x, of_y = self.links_of_x, self.links_of_y
        self.x_confidence = confidence = [0.0] * len(of_x)
        """For each matrix token, the confidence of its surest link."""
        self.x_sure = [False] * len(of_x)
        """For each matrix token, whether a link accounts for it beyond doubt."""
        self.y_sure = [False] * len(of_y)
        """For each embedded token, the same."""
        for link in pair.links:
            if link.confidence >= min_confidence:
                x, y = (link.target, link.source) if flip else (link.source, link.target)
                if link.confidence < _SURE and _mismatched(self.x_letters[x], self.y_letters[y]):
                    continue
                of_x[x].append(y)
                of_y[y].append(x)
                if link.confidence > confidence[x]:
                    confidence[x] = link.confidence
                if link.confidence >= _TRUSTED:
                    self.x_sure[x] = self.y_sure[y] = True
        if flip:
            for ys in of_x:
                if len(ys) > 1:
                    ys.sort()
        self.x_open = [
            not sure and letter in _NOMINAL for sure, letter in zip(self.x_sure, self.x_letters, strict=True)
        ]
        """For each matrix token, whether it is a nominal that no sure link accounts for."""
        self.y_open = [
            not sure and letter in _NOMINAL for sure, letter in zip(self.y_sure, self.y_letters, strict=True)
        ]
        """For each embedded token, the same."""
        self.chunks: list[tuple[int, int]] | None = None
        """Noun phrases of the embedded side, once :mod:`units` has found them."""
        self.x_first = [ys[0] if ys else FAR for ys in of_x]
        """For each matrix token, the first embedded token linked to it, FAR when there is none."""
        self.x_last = [ys[-1] if ys else -1 for ys in of_x]
        """For each matrix token, the last embedded token linked to it, -1 when there is none."""
        self.y_first = [xs[0] if xs else FAR for xs in of_y]
        """For each embedded token, the first matrix token linked to it."""
        self.y_last = [xs[-1] if xs else -1 for xs in of_y]
        """For each embedded token, the last matrix token linked to it."""


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
