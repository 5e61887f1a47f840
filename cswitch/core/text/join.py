"""Tokens to text as people type it: spaces, case, and marks that come in pairs."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import cache
from typing import NamedTuple

from cswitch.core.text.scripts import rows
from cswitch.core.text.spacing import spacing
from cswitch.core.text.tokens import token_class

INVERTING = frozenset({"es", "gl"})
"""Languages that open questions and exclamations with inverted marks."""

_BRACKETS = {"(": ")", "[": "]", "{": "}", "“": "”", "（": "）", "「": "」", "『": "』", "《": "》", "【": "】"}
_PAIRED = frozenset({*_BRACKETS, *_BRACKETS.values(), "«", "»", "¿", "¡"})
_SENTENCE_STOPS = frozenset({".", "।", "॥", "。", "۔"})
_DOTTED = frozenset({"tr", "az"})  # languages with a dotted and a dotless i


class Joined(NamedTuple):
    """A text and where its tokens stand in it."""

    text: str
    """The text."""
    offsets: list[tuple[int, int]]
    """``[start, end)`` in code points: ``text[start:end]`` is the token, always."""


def join(tokens: Sequence[str], gaps: Sequence[bool | None]) -> Joined:
    """The text of some tokens.

    Args:
        tokens: Tokens in order.
        gaps: One a token: True for a space before it, False for none, None for what
            :func:`~cswitch.core.text.spacing.spacing` says. The first is not looked at.

    Raises:
        ValueError: The two are not of the same length.

    >>> join(["Main", "office", "ja", "raha", "hoon", "."], [None] * 6).text
    'Main office ja raha hoon.'
    >>> join(["¿", "Vienes", "to", "the", "party", "?"], [False, False, None, None, True, False])
    Joined(text='¿Vienes to the party?', offsets=[(0, 1), (1, 7), (8, 10), (11, 14), (15, 20), (20, 21)])
    """
    known = spacing(tokens, gaps) if None in gaps else gaps
    pieces: list[str] = []
    offsets: list[tuple[int, int]] = []
    end = 0
    for token, gap in zip(tokens, known, strict=True):
        start = end
        if gap and offsets:
            pieces.append(" ")
            start += 1
        end = start + len(token)
        pieces.append(token)
        offsets.append((start, end))
    return Joined("".join(pieces), offsets)


def recase(token: str, *, was_initial: bool, is_initial: bool, proper: bool = False, lang: str = "") -> str:
    """A token in the case of its new place, when it moves to or from the start of a sentence.

    At the start a word in small letters gets a capital. A word that leaves the start loses it, unless it has it
    anywhere: names, ``I``, acronyms, abbreviations, and the English words of data/capitals.tsv (``Monday``, ``Hindi``).
    What has capitals inside (``iPhone``), URLs, mentions, hashtags, numbers and scripts without case never change.
    A German noun is for the caller to mark as proper.

    Args:
        token: The token.
        was_initial: Whether it was the first word of its source sentence.
        is_initial: Whether it is the first word now.
        proper: Whether it is a name, or keeps its capital for another reason.
        lang: BCP-47 primary subtag of the token; Turkish, Azerbaijani and Dutch have capitals of their own.

    >>> recase("The", was_initial=True, is_initial=False), recase("the", was_initial=False, is_initial=True)
    ('the', 'The')
    >>> [recase(word, was_initial=True, is_initial=False) for word in ("I'm", "USA", "McDonald", "Monday")]
    ["I'm", 'USA', 'McDonald', 'Monday']
    """
    if was_initial == is_initial or token_class(token) != "word":
        return token
    first = next((index for index, character in enumerate(token) if character.isalnum()), 0)
    head, letter, rest = token[:first], token[first], token[first + 1 :]
    if rest != rest.lower():
        return token
    if is_initial:
        return head + _capital(letter, rest, lang) if letter.islower() else token
    if proper or not letter.isupper() or rest.endswith(".") or _always_capital(token, lang):
        return token
    return head + _small(letter, lang) + rest


def _capital(letter: str, rest: str, lang: str) -> str:
    if lang in _DOTTED and letter == "i":
        return "İ" + rest
    if lang == "nl" and letter == "i" and rest.startswith("j"):
        return "IJ" + rest[1:]
    return letter.title() + rest


def _small(letter: str, lang: str) -> str:
    if lang in _DOTTED:
        letter = {"I": "ı", "İ": "i"}.get(letter, letter)
    return letter.lower()


def _always_capital(token: str, lang: str) -> bool:
    """Whether an English word is written with a capital wherever it stands."""
    if lang not in {"", "en"}:
        return False
    return token == "I" or token.startswith(("I'", "I’")) or token.partition("'")[0].partition("’")[0] in _capitals()


@cache
def _capitals() -> frozenset[str]:
    return frozenset(word for _, words in rows("capitals.tsv") for word in words.split())


def balance_marks(tokens: Sequence[str], langs: Sequence[str] = (), *, kept: Container[int] = ()) -> list[int]:
    """Marks that a switch has left without their partner, or without their language.

    Switching part of a sentence may take one mark of a pair along and leave the other. To be dropped are

    * a bracket, guillemet or curly quotation mark without its partner (``1)`` and ``a)`` are no such thing);
    * an inverted mark that no ``?`` or ``!`` closes before the sentence ends, and the first of two before one of those;
    * an inverted mark whose clause has words in other languages and none in one of :data:`INVERTING`.

    A ``?`` without its ``¿`` stays: people leave the inverted mark out, and a question needs its mark.

    Args:
        tokens: Tokens in order.
        langs: A tag a token; without tags the third rule is not used.
        kept: Indices never to be dropped, such as marks that had no partner in the source either.

    Returns:
        Indices of the tokens to drop, ascending.

    >>> balance_marks(["¿", "Dónde", "is", "the", "tienda", "."])
    [0]
    >>> balance_marks(["¿", "Where", "is", "it", "?"], ["other", "en", "en", "en", "other"])
    [0]
    >>> balance_marks(["Mi", "tía", "(", "who", "cooks", "cooks"])
    [2]
    """
    if _PAIRED.isdisjoint(tokens):
        return []
    found = {*_lone_brackets(tokens), *_lone_inverted(tokens, langs)}
    return sorted(index for index in found if index not in kept)


def _lone_brackets(tokens: Sequence[str]) -> list[int]:
    """Indices of brackets, guillemets and curly quotation marks without their partner."""
    reversed_guillemets = next((token for token in tokens if token in {"«", "»"}), "«") == "»"
    pairs = _BRACKETS | ({"»": "«"} if reversed_guillemets else {"«": "»"})
    open_at: dict[str, list[int]] = {closer: [] for closer in pairs.values()}
    lone: list[int] = []
    for index, token in enumerate(tokens):
        if token in pairs:
            open_at[pairs[token]].append(index)
        elif token in open_at:
            if open_at[token]:
                partner = open_at[token].pop()
                for inner in open_at.values():  # what was opened within and never closed
                    while inner and inner[-1] > partner:
                        lone.append(inner.pop())
            elif not (token == ")" and index and _enumerates(tokens[index - 1])):
                lone.append(index)
    return lone + [index for left in open_at.values() for index in left]


def _enumerates(token: str) -> bool:
    """Whether a bracket may close it alone, as in ``1)`` and ``a)``."""
    return (token.isdecimal() and len(token) <= 2) or (token.isalpha() and len(token) == 1)


def _lone_inverted(tokens: Sequence[str], langs: Sequence[str]) -> list[int]:
    """Indices of inverted marks without a closing mark, or in a clause of other languages."""
    open_at: list[int] = []
    lone: list[int] = []
    for index, token in enumerate(tokens):
        if token in {"¿", "¡"}:
            open_at.append(index)
        elif token in _SENTENCE_STOPS:
            lone += open_at
            open_at.clear()
        elif open_at and token[0] in "?!":
            closed = open_at[-len(token) :]
            lone += open_at[: -len(token)]
            if langs and _foreign(langs[closed[0] : index]):
                lone += closed
            open_at.clear()
    return lone + open_at


def _foreign(langs: Sequence[str]) -> bool:
    """Whether a clause has words in languages without inverted marks, and none in one with them."""
    from cswitch.core.measures.tags import NEUTRAL

    spoken = {lang for lang in langs if lang not in NEUTRAL}
    return bool(spoken) and spoken.isdisjoint(INVERTING)
