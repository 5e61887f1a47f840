"""Parts of speech as one letter a token, so that phrases can be found with regular expressions.

N noun   P proper noun   A adjective   # number   V finite verb   B bare verb (infinitive)   G gerund   K participle
X auxiliary   D determiner   R pronoun   p adposition   T particle   c coordinator   s subordinator   a adverb
i interjection   . punctuation and symbols   ? a word of unknown class
"""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.text.tokens import is_neutral, token_class


class _Letters(dict[str, str]):
    """Letters by label; a label with features we do not tell apart counts as its UPOS."""

    def __missing__(self, label: str) -> str:
        upos, dot, _ = label.partition(".")
        letter = self[label] = self[upos] if dot else "?"
        return letter


_LETTERS = _Letters(
    {
        "NOUN": "N",
        "PROPN": "P",
        "ADJ": "A",
        "NUM": "#",
        "VERB": "V",
        "VERB.Fin": "V",
        "VERB.Inf": "B",
        "VERB.Ger": "G",
        "VERB.Part": "K",
        "VERB.Conv": "K",
        "AUX": "X",
        "DET": "D",
        "PRON": "R",
        "ADP": "p",
        "PART": "T",
        "CCONJ": "c",
        "SCONJ": "s",
        "ADV": "a",
        "INTJ": "i",
        "PUNCT": ".",
        "SYM": ".",
        "X": "?",
    }
)
CONTENT = frozenset("NPAVBGKai?")
"""Letters of words that carry content."""
CLOSED = frozenset("XDRpTcs")
"""Letters of closed classes."""
_NOUNS_WITH_CAPITALS = frozenset(("de", "lb"))
"""Languages in which a capital does not make a name of a noun."""


def letters(tokens: Sequence[str], labels: Sequence[str] | None, low: Sequence[str], lang: str = "") -> str:
    """One letter a token; content words with a capital inside the sentence count as names.

    German writes all nouns with a capital: there it makes a name of an adjective and of the noun after it alone.

    Args:
        tokens: The sentence.
        labels: Its part-of-speech labels, or None when there are none.
        low: The tokens in lower case.
        lang: Their language, BCP-47 primary subtag.

    >>> letters(["the", "new", "office", "."], ["DET", "ADJ", "NOUN.Sing", "PUNCT"], ["the", "new", "office", "."])
    'DAN.'
    >>> letters(["naya", "daftar", "!"], None, ["naya", "daftar", "!"])
    '??.'
    """
    if labels is None:
        return "".join([_plain(token) for token in tokens])
    found = list(map(_LETTERS.__getitem__, labels))
    capitals = [n for n, token in enumerate(tokens) if token != low[n]]
    if capitals:
        if lang in _NOUNS_WITH_CAPITALS:
            _mark_adjectives(found, capitals)
        else:
            _mark_names(found, capitals)
    return "".join(found)


def _mark_names(found: list[str], capitals: list[int]) -> None:
    """A capital marks a name, but not on the first word, unless a name follows it directly."""
    for n in reversed(capitals):
        if found[n] in "NAKGVB":
            initial = n == 0 or found[n - 1] == "."
            if not initial or found[n + 1 : n + 2] == ["P"]:
                found[n] = "P"


def _mark_adjectives(found: list[str], capitals: list[int]) -> None:
    """A capital on an adjective inside a sentence marks a name: die Vereinigten Staaten, but die neuen Staaten."""
    for n in capitals:
        initial = n == 0 or found[n - 1] == "."
        if found[n] in "AK" and not initial:
            found[n] = "P"
            if found[n + 1 : n + 2] == ["N"] and n + 1 in capitals:
                found[n + 1] = "P"


def _plain(token: str) -> str:
    if token_class(token) == "number":
        return "#"
    return "." if is_neutral(token) else "?"
