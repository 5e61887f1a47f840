"""A lexicon that knows the plural of a noun when it knows the noun."""

from __future__ import annotations

from functools import cached_property

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from cswitch.core.lexicon import Lexicon, Translation, key
from cswitch.core.text.scripts import script_of
from cswitch.core.wordlists import everyday_words
from cswitch.perturb.forms import ALIKE, plural_of, singulars
from cswitch.perturb.natural import NOUN, fits

_OBLIQUE = ("ों", "ओं")
_RIVAL = 0.6
"""A translation that is this probable, beside one of 1, is said too."""
_NATIVE = 0.45
"""A word of the language that is this probable, beside an English one of 1, goes before it."""
_SOUNDS_ALIKE = 60
_PLURALS = ALIKE | {"es", "fr", "hi"}
"""Languages whose plurals are known from the singular."""


_CHANGING = ("का", "गा", "टा", "ठा", "डा", "ड़ा", "फा", "बा", "सा", "हा", "\u093cा")
"""Endings of Hindi nouns that are masculine as a rule, and get another ending in the plural; others may be feminine."""


class NumberLexicon(Lexicon):
    """A lexicon from English that looks up the singular of a plural it does not know, and puts that in the plural.

    >>> [t.word for t in NumberLexicon.load("en", "es").translations("butterflies")][:1]
    ['mariposas']
    """

    def translations(self, word: str) -> tuple[Translation, ...]:
        """Translations of a word, most probable first; none when the word is unknown."""
        found = self.native(word, self._direct(super().translations(word)))
        if found and key(found[0].word) == key(word) and not any(t.prob >= _RIVAL for t in found[1:]):
            return ()  # both languages say it so
        known = any(key(t.word) != key(word) for t in found)
        if known or self.source != "en" or self.target not in _PLURALS:
            return found
        for single in singulars(word.lower()):
            of_one = super().translations(single)
            if of_one and key(of_one[0].word) == single and not any(t.prob >= _RIVAL for t in of_one[1:]):
                return found
            nouns = [
                t for t in of_one if " " not in t.word and key(t.word) != single and fits(self.target, t.word, NOUN)
            ]
            if nouns:
                return tuple(Translation(self.plural(t.word), t.prob, t.back) for t in nouns)
        return found

    def native(self, word: str, found: tuple[Translation, ...]) -> tuple[Translation, ...]:
        """Translations, the English word in other letters after a word of the language that is said about as often.

        Words of daily life are spared: a doctor is a डॉक्टर.
        """
        native = script_of(found[0].word) if found else "Latn"
        if self.source != "en" or native == "Latn" or key(word) in everyday_words("en"):
            return found
        least = _NATIVE * max(t.prob for t in found)
        own = [t for t in found if t.prob >= least and ratio(anyascii(t.word).lower(), word.lower()) < _SOUNDS_ALIKE]
        return (*own, *(t for t in found if t not in own))

    def _direct(self, found: tuple[Translation, ...]) -> tuple[Translation, ...]:
        """Hindi translations in the direct case: what a postposition would ask for does not stand after English."""
        if self.source != "en" or self.target != "hi" or not any(t.word.endswith(_OBLIQUE) for t in found):
            return found
        made: dict[str, Translation] = {}
        for t in found:
            word = self._direct_form(t.word) if t.word.endswith(_OBLIQUE) else t.word
            if word:
                made.setdefault(word, Translation(word, t.prob, t.back))
        return tuple(made.values())

    def _direct_form(self, word: str) -> str:
        """The form of a Hindi plural that stands alone, where the lexicon has it; else empty."""
        stem = word[:-2]
        tried = [f"{stem}े", f"{stem}एँ", stem, f"{stem}ा"]
        if stem.endswith("िय"):
            tried = [f"{stem[:-2]}ी", f"{stem[:-1]}"]
        return next((form for form in tried if form in self.forms), "")

    def plural(self, word: str) -> str:
        """The plural of a noun of the other language, as far as it is known; else the noun as it is."""
        made = plural_of(word, self.target) or word
        if self.target != "hi" or made == word or not word.endswith("ा") or made.endswith("एँ"):
            return made
        changing = made in self.forms or (word.endswith(_CHANGING) and not word.endswith("िका"))
        return made if changing else word

    @cached_property
    def forms(self) -> frozenset[str]:
        """Every single word that the lexicon gives."""
        return frozenset(t.word for entry in self for t in super(NumberLexicon, self).translations(entry))
