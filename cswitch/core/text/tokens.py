"""Text to tokens with exact offsets, in any script.

White space separates tokens, and so do the invisible controls of :data:`cswitch.core.text.grammar.INVISIBLE` outside
words; tokens cover everything else. A token lies within one stretch without white space and depends on nothing outside
that stretch. What is kept whole:

* words with their combining marks and joiners; apostrophes, hyphens, ``&``, ``_`` and ``·`` between letters or digits
  (``don't``, ``l'acqua``, ``well-known``, ``AT&T``, ``COVID-19``); the leading apostrophe of a few words (``'em``);
* numbers with separators and sign, and a percent or degree sign that touches them (``10,00,000``, ``9:30``, ``-5``,
  ``20%``, ``2019-20``); a currency sign is a token of its own (``₹``, ``500``);
* initials and listed abbreviations with their full stop (``U.S.``, ``e.g.``, ``Dr.``);
* URLs, e-mail addresses, @mentions and #hashtags, without the punctuation of the sentence around them;
* emoji sequences, each by itself, flags, keycaps, and the usual emoticons;
* runs of ``!`` and ``?``, of dots, and of one sign repeated (``--``, ``।।``). Any other mark stands alone.

A clitic stays on its word. Thai, Lao, Khmer and Burmese come in the runs they are written in. Han text comes one
character a token and kana one run a token, but Chinese, Japanese and Thai come in words when the extra ``cjk`` is
installed.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal, NamedTuple, cast
from unicodedata import category

import regex

from cswitch.core.text import cjk, grammar

TokenClass = Literal["word", "number", "punct", "symbol", "emoji", "url", "mention", "hashtag"]

_LETTERS = regex.compile(r"(?![ℹⓂ])\p{L}[\p{L}\p{M}]*+")
"""A plain word in any script; of letters and marks alone nothing else can be made, but for two pictographs."""
_REMEMBERED = 1 << 15
_REMEMBERED_LENGTH = 24  # longer stretches are rare in spaced scripts and heavy in unspaced ones

_Part = tuple[str, int, int, bool]
"""A token, its start and end within a stretch, and whether it is the first there."""


class Tokenised(NamedTuple):
    """The tokens of a text; three parallel tuples."""

    tokens: tuple[str, ...]
    """Tokens in order."""
    offsets: tuple[tuple[int, int], ...]
    """``[start, end)`` in code points: ``text[start:end]`` is the token, always."""
    gaps: tuple[bool, ...]
    """Whether white space stands before the token; False for the first."""


def tokenise(text: str, lang: str = "") -> Tokenised:
    """The tokens of a text, with their offsets and the gaps between them.

    Args:
        text: Any string.
        lang: BCP-47 primary subtag. It matters for ``zh``, ``ja`` and ``th`` alone.

    >>> tokenise("Don't worry, ₹500 दे दो।").tokens
    ("Don't", 'worry', ',', '₹', '500', 'दे', 'दो', '।')
    >>> tokenise("Oh, hi!").offsets
    ((0, 2), (2, 3), (4, 6), (6, 7))
    >>> tokenise("Oh, hi!").gaps
    (False, False, True, False)
    """
    known = _stretches(_mode(lang))
    tokens: list[str] = []
    offsets: list[tuple[int, int]] = []
    gaps: list[bool] = []
    end = 0
    for stretch in text.split():
        start = text.index(stretch, end)
        end = start + len(stretch)
        parts = known[stretch]
        if parts is None:
            tokens.append(stretch)
            offsets.append((start, end))
            gaps.append(True)
            continue
        for token, first, last, gap in parts:
            tokens.append(token)
            offsets.append((start + first, start + last))
            gaps.append(gap)
    if gaps:
        gaps[0] = False
    return Tokenised(tuple(tokens), tuple(offsets), tuple(gaps))


@lru_cache(maxsize=1 << 16)
def token_class(token: str) -> TokenClass:
    """What kind of token it is; one with a letter that is no URL, address, mention, hashtag or emoji is a word.

    >>> [token_class(token) for token in ("COVID-19", "5th", "20%", "।", "₹", "👍🏽", ":)")]
    ['word', 'word', 'number', 'punct', 'symbol', 'emoji', 'emoji']
    >>> [token_class(token) for token in ("www.example.org", "a@b.in", "@asha", "#दिवाली")]
    ['url', 'url', 'mention', 'hashtag']
    """
    if _LETTERS.fullmatch(token):
        return "word"
    for kind, shape in grammar.kinds():
        if shape.fullmatch(token):
            return cast(TokenClass, kind)
    if any(map(str.isalpha, token)):
        return "word"
    if any(map(str.isnumeric, token)):
        return "number"
    return "punct" if token and category(token[0])[0] == "P" else "symbol"


@lru_cache(maxsize=1 << 16)
def is_neutral(token: str) -> bool:
    """Whether a token belongs to no language, so that its tag is ``other``.

    >>> is_neutral("42"), is_neutral("bayalis")
    (True, False)
    """
    return token_class(token) != "word"


@cache
def _mode(lang: str) -> str:
    """The language, when its unspaced text can be segmented here; else nothing."""
    return lang if cjk.installed(lang) else ""


class _Stretches(dict[str, tuple[_Part, ...] | None]):
    """The tokens of stretches without white space, of short ones worked out once, then remembered.

    Args:
        mode: The language, when its unspaced text is segmented.
    """

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

    def __missing__(self, stretch: str) -> tuple[_Part, ...] | None:
        parts = _parts(stretch, self._mode)
        if len(stretch) <= _REMEMBERED_LENGTH:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[stretch] = parts
        return parts


@cache
def _stretches(mode: str) -> _Stretches:
    """The stretches of a mode, one table for all callers."""
    return _Stretches(mode)


def _parts(stretch: str, mode: str) -> tuple[_Part, ...] | None:
    """The tokens of a stretch without white space, or None when it is one token."""
    if stretch.isalpha() and max(stretch) < "\u0e00":  # letters of spaced scripts alone: nothing to part
        return None
    found: list[_Part] = []
    for match in grammar.token(segmented=mode in ("zh", "ja"), phrased=mode == "th").finditer(stretch):
        first = match.start()
        words = cjk.segment(match[0], mode) if mode and match["unspaced"] else [match[0]]
        for word in words:
            found.append((word, first, first + len(word), not found))
            first += len(word)
    return None if len(found) == 1 and found[0][0] == stretch else tuple(found)
