"""The best translation of a word or unit, whatever stands around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from math import sqrt
from typing import NamedTuple

from cswitch.core.lexicon import Lexicon, Translation, key
from cswitch.core.text.scripts import UNSPACED, scripts_for
from cswitch.core.wordlists import function_words
from cswitch.generators.alignment.stems import SUFFIX, stemmer

FLOOR = 0.1
"""A function word whose best translation is less probable is left out: the other language has no word for it."""
BY_STEM = 0.8
"""What a translation is worth when it is that of another form of the word."""
LONGEST = 8
"""Tokens of the longest unit that is looked up in a language written without spaces."""
_CAPACITY = 100_000


class Gloss(NamedTuple):
    """What stands for a word in the other language."""

    words: str
    """A word, or several with single spaces between them; empty for a function word that has no counterpart."""
    confidence: float
    """0 to 1: the square root of the translation's probability, less where only the stem is known.

    On text that the lexicons had not seen, the word is in the human translation as well for 60 % of content words above
    0.8, 42 % of those around 0.6 and 25 % of those around 0.4; many of the others are as good a word.
    """
    exact: bool = True
    """Whether the word is known as it stands, not by its stem."""


class Dictionary:
    """A lexicon as a glossary: one translation for each word, by its form, its stem, or its parts.

    Args:
        lexicon: From the language of the text to the other.

    >>> known = Dictionary(Lexicon.load("en", "es"))
    >>> known.word("houses"), known.word("zorkish")
    (Gloss(words='casas', confidence=0.84..., exact=True), None)
    >>> known.unit(["good", "morning", "!"], 0)
    (2, Gloss(words='buenos días', confidence=0.84..., exact=True))
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon, self._stemmer = lexicon, stemmer(lexicon.source)
        self._closed = lexicon.closed.get(lexicon.source, frozenset()) | function_words(lexicon.source)
        self._spaced = UNSPACED.isdisjoint(scripts_for(lexicon.source))
        self._found: dict[str, Gloss | None] = {}
        self._stems: dict[str, Translation] = {}
        self._units: dict[tuple[str, ...], Translation] = {}
        self._lengths: dict[str, list[int]] = {}
        # Without rules a stem is the first letters of a word, and stands for words of any meaning.
        self._by_stem = (files("cswitch.data.lexicons") / f"{lexicon.source}{SUFFIX}").is_file()
        for word in lexicon:
            self._enter(word, lexicon.translations(word)[0])

    def _enter(self, word: str, best: Translation) -> None:
        names = self._names(word)
        if len(names) > 1:
            lengths = self._lengths.setdefault(names[0], [])
            if len(names) not in lengths:
                self._lengths[names[0]] = sorted([*lengths, len(names)], reverse=True)
            self._units[names] = max(best, self._units.get(names, best), key=_rank)
        elif self._by_stem and word not in self._closed:
            self._stems[names[0]] = max(best, self._stems.get(names[0], best), key=_rank)

    def _names(self, text: str) -> tuple[str, ...]:
        """The words of a text as units of them are found."""
        return tuple(map(self._stemmer.stem, text.split())) if self._by_stem else tuple(text.split())

    def is_content(self, token: str) -> bool:
        """Whether a word is of an open class.

        >>> known = Dictionary(Lexicon.load("en", "es"))
        >>> known.is_content("house"), known.is_content("the")
        (True, False)
        """
        return key(token) not in self._closed

    def word(self, token: str) -> Gloss | None:
        """The gloss of a word, None when nothing is known of it."""
        name = key(token)
        if name not in self._found:
            if len(self._found) > _CAPACITY:
                self._found.clear()
            self._found[name] = self._exact(name) or self._parted(name) or self._stemmed(name)
        return self._found[name]

    def unit(self, tokens: Sequence[str], at: int) -> tuple[int, Gloss] | None:
        """The longest unit that begins at a token: how many tokens it has, and its gloss.

        Args:
            tokens: Tokens of the text.
            at: Index of the first.
        """
        for count, text in self._runs(tokens, at):
            exact = self._lexicon.translations(text)
            if exact:
                return count, _gloss(exact[0])
            other = self._units.get(self._names(text)) if self._spaced else None
            if other:
                return count, _by_stem(other)
        return None

    def _runs(self, tokens: Sequence[str], at: int) -> Iterator[tuple[int, str]]:
        """Stretches that may be units, the longest first."""
        if not self._spaced:
            for count in range(min(LONGEST, len(tokens) - at), 1, -1):
                yield count, key("".join(tokens[at : at + count]))
            return
        for count in self._lengths.get(self._names(tokens[at])[0], ()):
            if at + count <= len(tokens):
                yield count, key(" ".join(tokens[at : at + count]))

    def _exact(self, name: str) -> Gloss | None:
        found = self._lexicon.translations(name)
        if not found:
            return None
        left_out = name in self._closed and found[0].prob < FLOOR
        return Gloss("", 0.0) if left_out else _gloss(found[0])

    def _stemmed(self, name: str) -> Gloss | None:
        other = None if name in self._closed else self._stems.get(self._stemmer.stem(name))
        return _by_stem(other) if other else None

    def _part(self, name: str) -> Gloss | None:
        return self._exact(name) or self._stemmed(name)

    def _parted(self, name: str) -> Gloss | None:
        """The gloss of a word with a clitic (``l'eau``, ``Rome's``) or hyphens, by its parts."""
        if "-" in name:
            parts = [self._part(part) for part in name.split("-") if part]
            return _joined([part for part in parts if part]) if all(parts) else None
        head, mark, tail = name.partition("'")
        if not (mark and head and tail):
            return None
        ways = [(self._part(one), self._part(two)) for one, two in ((head + mark, tail), (head, mark + tail))]
        best = max(ways, key=lambda way: sum(part is not None for part in way))
        # A clitic alone says nothing of the word it stands on.
        if best[len(tail) > len(head)] is None:
            return None
        return _joined([part for part in best if part])


def _rank(translation: Translation) -> tuple[bool, float, str]:
    """A single word is likelier to stand for any form of a word."""
    return " " not in translation.word, translation.prob, translation.word


def _gloss(found: Translation) -> Gloss:
    return Gloss(found.word, sqrt(found.prob))


def _by_stem(found: Translation) -> Gloss:
    return Gloss(found.word, sqrt(found.prob) * BY_STEM, exact=False)


def _joined(parts: Sequence[Gloss]) -> Gloss:
    said = [part for part in parts if part.words]
    confidence = min((part.confidence for part in said), default=0.0)
    return Gloss(" ".join(part.words for part in said), confidence, all(part.exact for part in parts))
