"""Parts of speech as one letter a token, so that phrases can be found with regular expressions.

    N noun   P proper noun   A adjective   # number   V finite verb   B bare verb (infinitive)   G gerund   K participle
    X auxiliary   D determiner   R pronoun   p adposition   T particle   c coordinator   s subordinator   a adverb
    i interjection   . punctuation and symbols   ? a word of unknown class
"""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.text.tokens import is_neutral, token_class

_LETTERS = {
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
CONTENT = frozenset("NPAVBGKai?")
"""Letters of words that carry content."""
CLOSED = frozenset("XDRpTcs")
"""Letters of closed classes."""


def letters(tokens: Sequence[str], labels: Sequence[str] | None, low: Sequence[str]) -> str:
    """One letter a token; content words with a capital inside the sentence count as names.

    Args:
        tokens: The sentence.
        labels: Its part-of-speech labels, or None when there are none.
        low: The tokens in lower case.

    >>> letters(["the", "new", "office", "."], ["DET", "ADJ", "NOUN.Sing", "PUNCT"], ["the", "new", "office", "."])
    'DAN.'
    >>> letters(["naya", "daftar", "!"], None, ["naya", "daftar", "!"])
    '??.'
    """
    if labels is None:
        return "".join([_plain(token) for token in tokens])
    known = _LETTERS
    found = [known[label] if label in known else _learn(label) for label in labels]
    if list(tokens) != low:
        _mark_names(found, tokens, low)
    return "".join(found)


def _mark_names(found: list[str], tokens: Sequence[str], low: Sequence[str]) -> None:
    """A capital marks a name, but not on the first word, unless a name follows it directly."""
    for n in range(len(tokens) - 1, -1, -1):
        if tokens[n] != low[n] and found[n] in "NAKGVB":
            initial = n == 0 or found[n - 1] == "."
            if not initial or found[n + 1 : n + 2] == ["P"]:
                found[n] = "P"


def _learn(label: str) -> str:
    """A label with features we do not tell apart counts as its UPOS."""
    _LETTERS[label] = letter = _LETTERS.get(label.partition(".")[0], "?")
    return letter


def _plain(token: str) -> str:
    if token_class(token) == "number":
        return "#"
    return "." if is_neutral(token) else "?"
