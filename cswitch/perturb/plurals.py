"""A lexicon that knows the plural of a noun when it knows the noun."""

from __future__ import annotations

from functools import cached_property

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from cswitch.core.lexicon import Lexicon, Translation, key
from cswitch.core.text.scripts import script_of
from cswitch.core.wordlists import everyday_words
from cswitch.perturb.natural import NOUN, fits

_ALIKE = frozenset({"id", "ms", "zh", "yue", "ja", "ko", "th", "vi"})
"""Languages whose nouns need no plural form."""
_ACCENTS = str.maketrans("áéíóú", "aeiou")
_ACUTE = dict(zip("aeiou", "áéíóú", strict=True))
_VOWELS = frozenset("aeiouáéíóúü")
_OBLIQUE = ("ों", "ओं")
_RIVAL = 0.6
"""A translation that is this probable, beside one of 1, is said too."""
_SOUNDS_ALIKE = 60
_SIGNS = {"ा": "े", "ी": "ियाँ"}


class NumberLexicon(Lexicon):
    """A lexicon from English that looks up the singular of a plural it does not know, and puts that in the plural.

    >>> [t.word for t in NumberLexicon.load("en", "es").translations("butterflies")][:1]
    ['mariposas']
    """

    def translations(self, word: str) -> tuple[Translation, ...]:
        """Translations of a word, most probable first; none when the word is unknown."""
        found = self._native(word, self._direct(super().translations(word)))
        if found and key(found[0].word) == key(word) and not any(t.prob >= _RIVAL for t in found[1:]):
            return ()  # both languages say it so
        known = any(key(t.word) != key(word) for t in found)
        if known or self.source != "en" or not (self.target in ("es", "hi") or self.target in _ALIKE):
            return found
        for single in singulars(word.lower()):
            of_one = super().translations(single)
            if of_one and key(of_one[0].word) == single and not any(t.prob >= _RIVAL for t in of_one[1:]):
                return found
            nouns = [
                t for t in of_one if " " not in t.word and key(t.word) != single and fits(self.target, t.word, NOUN)
            ]
            if nouns:
                return tuple(Translation(self._plural(t.word), t.prob, t.back) for t in nouns)
        return found

    def _native(self, word: str, found: tuple[Translation, ...]) -> tuple[Translation, ...]:
        """Translations, the English word in other letters after a word of the language that is said about as often.

        Words of daily life are spared: a doctor is a डॉक्टर.
        """
        native = script_of(found[0].word) if found else "Latn"
        if self.source != "en" or native == "Latn" or key(word) in everyday_words("en"):
            return found
        least = _RIVAL * found[0].prob
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
        return next((form for form in tried if form in self._words), "")

    def _plural(self, word: str) -> str:
        if self.target == "es":
            return spanish_plural(word)
        if self.target == "hi" and word[-1] in _SIGNS:
            plural = word[:-1] + _SIGNS[word[-1]]
            return plural if plural in self._words else word  # only some nouns in these letters change
        return word

    @cached_property
    def _words(self) -> frozenset[str]:
        """Every single word that the lexicon gives."""
        return frozenset(t.word for entry in self for t in super(NumberLexicon, self).translations(entry))


def singulars(plural: str) -> list[str]:
    """What an English noun may be the plural of, likeliest first.

    >>> singulars("boxes"), singulars("cities"), singulars("loaves"), singulars("glass")
    (['boxe', 'box'], ['city'], ['loave', 'loaf', 'loafe'], [])
    """
    if len(plural) < 4 or not plural.endswith("s") or plural.endswith(("ss", "us", "is")):
        return []
    if plural.endswith("ies"):
        return [plural[:-3] + "y"]
    if plural.endswith("ves"):
        return [plural[:-1], plural[:-3] + "f", plural[:-3] + "fe"]
    return [plural[:-1], plural[:-2]] if plural.endswith("es") else [plural[:-1]]


def spanish_plural(word: str) -> str:
    """The plural of a Spanish noun.

    >>> [spanish_plural(word) for word in ("casa", "café", "luz", "estación", "árbol", "joven", "lunes", "inglés")]
    ['casas', 'cafés', 'luces', 'estaciones', 'árboles', 'jóvenes', 'lunes', 'ingleses']
    """
    last, before = word[-1], word[-2:-1]
    if last in "aeiouáéó":
        return word + "s"
    if last == "z":
        return word[:-1] + "ces"
    if last in "sx" and before.translate(_ACCENTS) == before and sum(letter in _VOWELS for letter in word) > 1:
        return word
    if last in "ns" and before in "áéíóú":
        return word[:-2] + before.translate(_ACCENTS) + last + "es"
    if word.endswith("en") and not set(word) & set("áéíóú"):
        at = next((at for at in range(len(word) - 3, -1, -1) if word[at] in _ACUTE), None)
        if at is not None:
            word = word[:at] + _ACUTE[word[at]] + word[at + 1 :]
    return word + "es"
