"""Names in the letters of another language."""

from __future__ import annotations

from cswitch.core.contracts import Deromaniser, Romaniser
from cswitch.core.deromanisation.spelling import SpellingDeromaniser, known_languages
from cswitch.core.errors import MissingExtraError
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.text.tokens import is_neutral
from cswitch.core.transliteration import romaniser_for


class Names:
    """Writes words of one language in the script of another, by way of Latin letters.

    A word in letters of neither stays as it is. Where nothing can write the other script, a word stays in Latin
    letters, as people write it then; so it does in its own where its romaniser needs an extra that is not installed.

    Args:
        source: Language of the words.
        target: Language whose letters they get.

    >>> Names("hi", "en").spell("रवि"), Names("en", "hi").spell("Ravi"), Names("en", "es").spell("Ravi")
    ('Ravi', 'रवि', 'Ravi')
    """

    def __init__(self, source: str, target: str) -> None:
        self._source, self._target = source, target
        self._own, self._scripts = scripts_for(source), scripts_for(target)
        self._romaniser: Romaniser | None = None
        self._deromaniser: Deromaniser | None = None
        self._known: dict[str, str] = {}

    def spell(self, word: str) -> str:
        """A word in letters of the target language; capitalised where they are Latin and its own have no case."""
        script = script_of(word)
        if is_neutral(word) or script in self._scripts or script not in (*self._own, "Latn"):
            return word
        if word not in self._known:
            self._known[word] = self._spelt(word)
        return self._known[word]

    def _spelt(self, word: str) -> str:
        latin = word if script_of(word) == "Latn" else self._latin(word)
        if "Latn" in self._scripts:
            return latin[:1].upper() + latin[1:] if word == word.lower() == word.upper() else latin
        if self._target not in known_languages() or script_of(latin) != "Latn":
            return latin
        if self._deromaniser is None:
            self._deromaniser = SpellingDeromaniser(lang=self._target)
        return self._deromaniser.deromanise([latin])[0]

    def _latin(self, word: str) -> str:
        if self._romaniser is None:
            try:
                self._romaniser = romaniser_for(self._source)
            except MissingExtraError:
                return word
        return self._romaniser.romanise([word])[0]
