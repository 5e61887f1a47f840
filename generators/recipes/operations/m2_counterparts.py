"""What stands for a stretch of a learner's sentence in the other language: words of a translation, or of a lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from cswitch.core.contracts import Link
from cswitch.core.text.join import recase
from cswitch.core.text.scripts import UNSPACED, scripts_for
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.recipes.making import Origin
from cswitch.generators.translating.dictionary import Dictionary, Gloss

LEAST_SURE = 0.3
"""Words whose translation is less sure than this stay as they are."""
_CAPITAL_NOUNS = frozenset({"de", "lb"})


class Words(NamedTuple):
    """Words of the other language."""

    tokens: tuple[str, ...]
    """The words in order."""
    origins: tuple[Origin, ...]
    """Where each comes from; None for words of a lexicon."""


class Counterparts(Protocol):
    """Says what stands for the tokens of one sentence."""

    glossed: bool
    """Whether a stretch is put together word by word, in the order of the learner's sentence."""

    def words(self, start: int, end: int) -> Words | None:
        """What stands for tokens ``start`` to ``end``, the end exclusive; None when nothing does."""
        ...


class FromLexicon:
    """The best translation of each word, whatever stands around it; units of several words go first.

    A stretch has a counterpart when every word in it has one, function words without one in the other language aside.

    Args:
        dictionary: From the learner's language to the other.
        lang: The other language.
        tokens: The sentence.
        labels: Parts of speech, when they are known; German nouns are written with a capital.
    """

    glossed = True

    def __init__(
        self, dictionary: Dictionary, lang: str, tokens: Sequence[str], labels: Sequence[str] | None = None
    ) -> None:
        self._dictionary, self._lang, self._tokens, self._labels = dictionary, lang, tokens, labels
        self._joined = not UNSPACED.isdisjoint(scripts_for(lang))
        self._first = next((at for at, token in enumerate(tokens) if not is_neutral(token)), -1)
        self._units = [self._unit(at) for at in range(len(tokens))]

    def words(self, start: int, end: int) -> Words | None:
        """The glosses of the words of a stretch."""
        found: list[str] = []
        at = start
        while at < end:
            step = next((step for step in self._units[at] if at + step[0] <= end), None)
            if step is None:
                return None
            found += step[1]
            at += step[0]
        if all(map(is_neutral, found)):
            return None
        return Words(tuple(found), (None,) * len(found))

    def _unit(self, at: int) -> list[tuple[int, tuple[str, ...]]]:
        """Ways to go on at a token: how many tokens are taken, and what stands for them; the longest first."""
        token = self._tokens[at]
        if is_neutral(token):
            return [(1, (token,))]
        ways: list[tuple[int, Gloss]] = []
        unit = self._dictionary.unit(self._tokens, at)
        if unit:
            ways.append(unit)
        word = self._dictionary.word(token)
        if word:
            ways.append((1, word))
        sure = [
            (count, self._spelt(at, gloss))
            for count, gloss in ways
            if gloss.confidence >= LEAST_SURE and gloss.words != token.lower()
        ]
        # The other language has no word for a function word of which nothing, or nothing sure, is known.
        left_out = not self._dictionary.is_content(token) and not any(count == 1 for count, _ in sure)
        return [*sure, (1, ())] if left_out else sure

    def _spelt(self, at: int, gloss: Gloss) -> tuple[str, ...]:
        """The words of a gloss, with a capital where one belongs."""
        parts = tokenise(gloss.words, self._lang).tokens if self._joined else tuple(gloss.words.split())
        if not parts:
            return parts
        token = self._tokens[at]
        named = bool(self._labels) and self._label(at) == "PROPN" and token[:1].isupper()
        noun = bool(self._labels) and self._lang in _CAPITAL_NOUNS and self._label(at) == "NOUN"
        first = at == self._first and token[:1].isupper()
        if not (first or named or noun):
            return parts
        return (recase(parts[0], was_initial=False, is_initial=True, lang=self._lang), *parts[1:])

    def _label(self, at: int) -> str:
        return self._labels[at].partition(".")[0] if self._labels else ""


class FromTranslation:
    """The words of a translation that are linked to a stretch, where they stand together and say nothing else.

    Args:
        lang: Language of the translation.
        tokens: The sentence.
        translated: Tokens of the translation.
        links: From the sentence to the translation.
        content: For each token of the sentence, whether it may not be lost: one of a stretch that has no link.
    """

    glossed = False

    def __init__(
        self,
        lang: str,
        tokens: Sequence[str],
        translated: Sequence[str],
        links: Sequence[Link],
        content: Sequence[bool],
    ) -> None:
        self._lang, self._tokens, self._translated, self._content = lang, tokens, translated, content
        self._ahead: list[set[int]] = [set() for _ in tokens]
        self._back: list[set[int]] = [set() for _ in translated]
        for link in links:
            self._ahead[link.source].add(link.target)
            self._back[link.target].add(link.source)

    def words(self, start: int, end: int) -> Words | None:
        """The stretch of the translation that says this stretch and no other."""
        ahead = set().union(*self._ahead[start:end])
        if not ahead or any(self._content[at] and not self._ahead[at] for at in range(start, end)):
            return None
        low, high = min(ahead), max(ahead) + 1
        if any(not start <= at < end for place in range(low, high) for at in self._back[place]):
            return None
        found = [
            recase(self._translated[place], was_initial=place == 0, is_initial=start == 0, lang=self._lang)
            if place == low
            else self._translated[place]
            for place in range(low, high)
        ]
        if all(map(is_neutral, found)):
            return None
        return Words(tuple(found), tuple([(self._lang, place) for place in range(low, high)]))
