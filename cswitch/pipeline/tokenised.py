"""From pairs as read to tokenised sides, or the reason why a pair is of no use."""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.contracts import Link, Sentence, TokenisedPair
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import tokenise
from cswitch.pipeline.pair_rows import Row
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject

_CHARACTERS_A_TOKEN = 40
"""A text longer than this many characters for each token allowed is rejected before it is tokenised."""


def tokenised(row: Row, languages: tuple[str, ...], max_tokens: int) -> TokenisedPair | Reject:
    """The tokens of both sides of a row, with the links it came with.

    Args:
        row: The row.
        languages: First and second language.
        max_tokens: Pairs with a longer side are rejected.

    >>> tokenised(Row(2, Pair(id="1", texts={"en": "Hello", "hi": " "})), ("en", "hi"), 200).detail
    'the hi side'
    """
    sides = tokenised_sides(row, languages, max_tokens)
    if isinstance(sides, Reject):
        return sides
    source, target = sides
    return TokenisedPair(row.pair.id, source, target, given_links(row.pair))


def tokenised_sides(row: Row, languages: tuple[str, ...], max_tokens: int) -> tuple[Sentence, ...] | Reject:
    """The tokens of all sides of a row, two or more.

    Args:
        row: The row.
        languages: The languages, in the order in which the sides are wanted.
        max_tokens: Rows with a longer side are rejected.

    >>> row = Row(2, Pair(id="1", texts={"en": "Hi", "hi": "नमस्ते", "mr": "नमस्ते "}))
    >>> tokenised_sides(row, ("en", "hi", "mr"), 200).detail
    'the hi and mr sides'
    """
    texts = [row.pair.texts[lang] for lang in languages]
    for lang, text in zip(languages, texts, strict=True):
        if not text or text.isspace():
            return _reject(row, "empty_side", f"the {lang} side")
        if len(text) > max_tokens * _CHARACTERS_A_TOKEN:
            return _reject(row, "too_long", f"the {lang} side has {len(text):,} characters")
    stripped = [text.strip() for text in texts]
    if len(set(stripped)) < len(stripped):
        alike = [lang for lang, text in zip(languages, stripped, strict=True) if stripped.count(text) > 1]
        return _reject(row, "same_text", "" if len(languages) == 2 else f"the {' and '.join(alike)} sides")
    sides = tuple([sentence(row, lang) for lang in languages])
    for side in sides:
        if len(side.tokens) > max_tokens:
            return _reject(row, "too_long", f"the {side.lang} side has {len(side.tokens):,} tokens")
    return sides


def sentence(row: Row, lang: str) -> Sentence:
    """One side of a row; tokens that it brings are kept.

    >>> sentence(Row(2, Pair(id="1", texts={"en": "I can't", "hi": ""})), "en").tokens
    ('I', "can't")
    """
    text = row.pair.texts[lang]
    given = row.pair.tokens.get(lang) if row.pair.tokens else None
    if given is not None:
        return Sentence(lang, tuple(given), gaps_between(given, text))
    found = tokenise(text, lang)
    return Sentence(lang, found.tokens, found.gaps)


def gaps_between(tokens: Sequence[str], text: str) -> tuple[bool | None, ...]:
    """Whether white space stands before each token in the text; not known when the text does not hold them in order.

    >>> gaps_between(["can", "not", "go"], "cannot go"), gaps_between(["I", "go"], "You go")
    ((False, False, True), (None, None))
    """
    gaps: list[bool | None] = []
    end = 0
    for token in tokens:
        start = text.find(token, end)
        between = text[end:start]
        if start < 0 or (between and not between.isspace()):
            return (None,) * len(tokens)
        gaps.append(bool(between) and end > 0)
        end = start + len(token)
    return tuple(gaps) if not text[end:].strip() else (None,) * len(tokens)


def given_links(pair: Pair) -> tuple[Link, ...] | None:
    """The links that a pair came with, with their confidences.

    >>> given_links(Pair(id="1", texts={}, links=[(0, 0)], confidences=[0.5]))
    (Link(source=0, target=0, confidence=0.5),)
    """
    if pair.links is None:
        return None
    if pair.confidences is None:
        return tuple([Link(i, j) for i, j in pair.links])
    return tuple([Link(i, j, c) for (i, j), c in zip(pair.links, pair.confidences, strict=True)])


def strange_script(pair: TokenisedPair) -> str:
    """Which side of a pair holds no word in a script of its language, and what it holds; nothing when both do.

    >>> sides = Sentence("en", ("house",), (False,)), Sentence("hi", ("ghar",), (False,))
    >>> strange_script(TokenisedPair("1", *sides))
    'the hi side is written in Latn, not in Deva'
    """
    for sentence in (pair.source, pair.target):
        usual = scripts_for(sentence.lang)
        found = {script_of(token) for token in sentence.tokens} - {"Zyyy"}
        if found and not found & set(usual):
            return f"the {sentence.lang} side is written in {', '.join(sorted(found))}, not in {' or '.join(usual)}"
    return ""


def _reject(row: Row, reason: str, detail: str) -> Reject:
    return Reject(source_id=row.pair.id, reason=reason, detail=detail, line=row.line)
