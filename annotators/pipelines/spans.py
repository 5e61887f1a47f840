"""A tagged sentence as spans of one language each, which is what a pipeline of one language can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import category

from cswitch.core.errors import InputError
from cswitch.core.measures import matrix_language
from cswitch.core.measures.tags import tag_reader

_OPENING = frozenset(("Ps", "Pi"))
"""Unicode categories of the brackets and quotation marks that open something."""


class Span(NamedTuple):
    """A run of tokens that one pipeline reads."""

    lang: str
    """BCP-47 primary subtag; empty where no token of the sentence has a language."""
    start: int
    """0-based index of its first token."""
    end: int
    """Index after its last token."""


def language_spans(tokens: Sequence[str], tags: Sequence[str], *, whole: bool = False) -> list[Span]:
    """Maximal spans of a language; together they cover the sentence.

    A token that is of no language (punctuation, names, numbers) goes with the span that it stands in. Between two
    languages it goes with what precedes it, but brackets and quotation marks that open something, and what follows
    them, go with what comes next.

    Args:
        tokens: The sentence.
        tags: A tag a token. ``ne:hi`` and ``mixed:hi`` are of no language here, as ``ne`` and ``mixed`` are.
        whole: Give the whole sentence to its matrix language, as one span.

    Raises:
        InputError: A tag is no tag, or there are more or fewer tags than tokens.

    >>> language_spans(["Kal", "meeting", "hai", "!"], ["hi", "en", "hi", "other"])
    [Span(lang='hi', start=0, end=1), Span(lang='en', start=1, end=2), Span(lang='hi', start=2, end=4)]
    >>> language_spans(["ok", "(", "theek", ")"], ["en", "other", "hi", "other"])
    [Span(lang='en', start=0, end=1), Span(lang='hi', start=1, end=4)]
    >>> language_spans(["Kal", "meeting", "hai", "!"], ["hi", "en", "hi", "other"], whole=True)
    [Span(lang='hi', start=0, end=4)]
    """
    langs = languages_of(tokens, tags)
    if not tokens:
        return []
    if whole:
        return [Span(matrix_language(tags) or "", 0, len(tokens))]
    spans: list[Span] = []
    start, lang, last = 0, "", 0
    for place, found in enumerate(langs):
        if not found:
            continue
        if lang and found != lang:
            cut = _boundary(tokens, last + 1, place)
            spans.append(Span(lang, start, cut))
            start = cut
        lang, last = found, place
    return [*spans, Span(lang, start, len(tokens))]


def languages_of(tokens: Sequence[str], tags: Sequence[str]) -> list[str]:
    """The language of each token, empty where it has none.

    Raises:
        InputError: A tag is no tag, or there are more or fewer tags than tokens.
    """
    if len(tokens) != len(tags):
        raise InputError(f"{len(tags)} tags for {len(tokens)} tokens", hint="give one tag a token")
    read = tag_reader()
    return [read[tag] or "" for tag in tags]


def visible(token: str) -> str:
    """A token that every pipeline takes: not empty, not white space alone, and encodable.

    >>> visible("naïve"), visible(" "), visible(chr(0xD800))
    ('naïve', '_', '?')
    """
    return token.encode("utf-8", "replace").decode("utf-8") if token.strip() else "_"


def _boundary(tokens: Sequence[str], start: int, end: int) -> int:
    """Where, among the tokens of no language from start to end, the next span begins."""
    opening = (place for place in range(start, end) if tokens[place] and category(tokens[place][0]) in _OPENING)
    return next(opening, end)
