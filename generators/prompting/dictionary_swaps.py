"""Single words that a lexicon can translate where the source has no counterpart: few, and only what is clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cswitch.core.errors import UsageError
from cswitch.core.lexicon import Lexicon, grammar
from cswitch.core.text.tokens import is_neutral
from cswitch.core.verbs import lemma
from cswitch.core.wordlists import everyday_words, function_words
from cswitch.generators.prompting.contracts import Candidate
from cswitch.generators.prompting.swaps import Swap

_CLEAR = 0.5
"""Probability, 0 to 1, from which on a translation is the clear best."""
_BACK = 0.2
"""Probability of the way back that it needs."""
_FEMININE = ("a", "ción", "sión", "dad", "tad", "tud", "umbre", "ez")
_MASCULINE = ("o", "aje", "or", "án", "ambre", "l", "n")
_OF_WOMEN = frozenset("la las una unas esta estas esa esas otra otras mucha muchas toda todas nuestra nuestras".split())
_OF_MEN = frozenset(
    "el los un unos este estos ese esos otro otros mucho muchos todo todos nuestro nuestros del al".split()
)


class Dictionary:
    """Translations of single words between the languages of a run.

    Args:
        lexicons: Lexicon by (language looked up, language of the translations), where they are not those shipped.
        extra: Paths of the user's own lexicons of two languages.
        pair: Those two languages.
    """

    def __init__(
        self,
        lexicons: Mapping[tuple[str, str], Lexicon] | None = None,
        *,
        extra: Sequence[str] = (),
        pair: Sequence[str] = (),
    ) -> None:
        self._lexicons: dict[tuple[str, str], Lexicon | None] = dict(lexicons or {})
        self._extra, self._pair = tuple(map(Path, extra)), frozenset(pair)

    def lexicon(self, one: str, other: str) -> Lexicon | None:
        """The lexicon of two languages; None when there is none."""
        if (one, other) not in self._lexicons:
            try:
                extra = self._extra if self._pair == {one, other} else ()
                self._lexicons[one, other] = Lexicon.load(one, other, extra=extra)
            except UsageError:  # there is none for this pair
                self._lexicons[one, other] = None
        return self._lexicons[one, other]

    def clear(self, word: str, one: str, other: str) -> str:
        """The one clear translation of a word, or nothing.

        >>> Dictionary().clear("office", "en", "es"), Dictionary().clear("the", "en", "es")
        ('oficina', '')
        """
        lexicon = self.lexicon(one, other)
        if lexicon is None or is_little(word, one):
            return ""
        found = lexicon.translations(word)
        if not found or found[0].prob < _CLEAR or found[0].back < _BACK or " " in found[0].word:
            return ""
        best = found[0].word
        return "" if best == word.lower() or is_little(best, other) else best

    def swaps(self, candidate: Candidate, places: Sequence[int], matrix: str, embedded: str) -> Iterator[Swap]:
        """Everyday nouns of a text that may be said in the other language as they stand.

        Args:
            candidate: The text.
            places: Tokens that no unit of the source accounts for.
            matrix: The matrix language.
            embedded: The language that is put in.
        """
        everyday = everyday_words(embedded)
        for place in places:
            word, lang = candidate.tokens[place], candidate.langs[place]
            low = word.lower()
            if lang == embedded and low in everyday and _is_noun(low, embedded):
                found = self.clear(word, embedded, matrix)
                if found and _agrees(candidate, place, found, matrix):
                    yield Swap(place, place + 1, matrix, (found,))
            elif lang == matrix:
                found = self.clear(word, matrix, embedded)
                back = self.clear(found, embedded, matrix) if found in everyday and _is_noun(found, embedded) else ""
                if back and back == low:
                    yield Swap(place, place + 1, embedded, (found,))


def is_little(word: str, lang: str) -> bool:
    """Whether a token is no content word, as far as can be told.

    >>> is_little("the", "en"), is_little("office", "en"), is_little("42", "en")
    (True, False, True)
    """
    low = word.lower()
    return is_neutral(word) or low in grammar(lang)[0] or low in function_words(lang)


def _is_noun(word: str, lang: str) -> bool:
    """Whether an everyday word is no verb as well, nor a plural."""
    return lang != "en" or (lemma(word) is None and not word.endswith("s"))


def _agrees(candidate: Candidate, place: int, noun: str, matrix: str) -> bool:
    """Whether the Spanish word before a noun is of its gender, as far as its ending tells."""
    before = candidate.tokens[place - 1].lower() if place else ""
    if matrix != "es" or before not in _OF_WOMEN | _OF_MEN:
        return True
    if noun.endswith(_FEMININE):
        return before in _OF_WOMEN
    return noun.endswith(_MASCULINE) and before in _OF_MEN
