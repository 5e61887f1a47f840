"""What a word may become: its translations in one language, filtered, weighed and spelt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from cswitch.core.contracts import Romaniser
from cswitch.core.lexicon import Lexicon, key
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.tag_names import language_tag
from cswitch.core.text.join import recase
from cswitch.core.text.scripts import UNSPACED, script_of, scripts_for
from cswitch.training.settings import AugmentSettings

_MOST = 1 << 17
_SMALL = 3
"""Words of a name up to this length keep small letters after the first word (de, of, van)."""

Words = tuple[str, ...]


class Options(NamedTuple):
    """The translations of one word or expression, the most probable first."""

    words: tuple[Words, ...]
    """Each translation as tokens."""
    bounds: tuple[float, ...]
    """Running sums of their probabilities, the last 1."""

    def pick(self, number: float) -> Words:
        """The translation that a number from 0 up to 1 falls on.

        >>> Options((("casa",), ("hogar",)), (0.75, 1.0)).pick(0.8)
        ('hogar',)
        """
        return self.words[bisect_right(self.bounds, number, hi=len(self.words) - 1)]


NOTHING = Options((), ())


class Wording:
    """Translations into one language.

    Args:
        lexicon: From the matrix language to the other.
        settings: Which translations are used.
        romaniser: Spells them in Latin letters; None leaves them.
        fits: Says whether a translation is of a word class; None takes any for all classes.

    >>> settings = AugmentSettings(matrix="en", languages=("es",), cmi=20, translations="best")
    >>> Wording(Lexicon.load("en", "es"), settings).options("Water").words
    (('agua',),)
    """

    def __init__(
        self,
        lexicon: Lexicon,
        settings: AugmentSettings,
        romaniser: Romaniser | None = None,
        fits: Callable[[str, str], bool] | None = None,
    ) -> None:
        self.lang = lexicon.target
        self.tag = language_tag(self.lang)
        self.lexicon, self.settings, self.romaniser = lexicon, settings, romaniser
        self.spaced = romaniser is not None or not UNSPACED & set(scripts_for(self.lang))
        """Whether the words that come in have spaces between them."""
        self._scripts = frozenset(scripts_for(self.lang))
        self._fits = fits
        self._options: dict[tuple[str, str], Options] = {}
        self._longest: dict[str, int] | None = None

    def options(self, name: str, wordclass: str = "") -> Options:
        """What a word or expression may become; empty when nothing is known.

        Args:
            name: A word, or words joined by single spaces.
            wordclass: The word class that is wanted, empty for any; after ``=`` the very word that is wanted.
        """
        found = self._options.get((name, wordclass))
        if found is None:
            if len(self._options) > _MOST:
                self._options.clear()
            found = self._options[name, wordclass] = self._find(name, wordclass)
        return found

    def longest(self, word: str) -> int:
        """Words of the longest expression of the lexicon that begins with a word; 0 when there is none of two or more.

        >>> from cswitch.core.translation import Translation
        >>> settings = AugmentSettings(matrix="en", languages=("es",), cmi=20)
        >>> lexicon = Lexicon("en", "es", {"of course": [Translation("por supuesto", 1, 1)]})
        >>> Wording(lexicon, settings).longest("Of"), Wording(lexicon, settings).longest("course")
        (2, 0)
        """
        if self._longest is None:
            self._longest = {}
            for entry in self.lexicon:
                first, space, rest = entry.partition(" ")
                if space:
                    self._longest[first] = max(self._longest.get(first, 0), rest.count(" ") + 2)
        return self._longest.get(key(word), 0) if self._longest else 0

    def _find(self, name: str, wordclass: str) -> Options:
        source = key(name)
        wanted = wordclass.partition("=")[2]
        if wanted:
            words = self._spell(wanted.split())
            return Options((words,), (1.0,)) if words and key(" ".join(words)) != source else NOTHING
        known = [
            t
            for t in self.lexicon.translations(source)
            if t.prob >= self.settings.min_prob and key(t.word) != source and not t.word.endswith("'")
        ]
        native = [t for t in known if script_of(t.word) in self._scripts]
        if wordclass and self._fits is not None:
            known = [t for t in known if self._fits(t.word, wordclass)]
            native = [t for t in native if self._fits(t.word, wordclass)]
        good = native or [t for t in known if self.settings.script == "roman" or script_of(t.word) == "Zyyy"]
        spelt: dict[Words, float] = {}
        for translation in good:
            words = self._spell(translation.word.split())
            if words and key(" ".join(words)) != source:
                spelt[words] = spelt.get(words, 0.0) + translation.prob
                if self.settings.translations == "best":
                    break
        if not spelt:
            return NOTHING
        total = sum(spelt.values())
        return Options(tuple(spelt), tuple(accumulate(prob / total for prob in spelt.values())))

    def _spell(self, words: Sequence[str]) -> Words:
        spelt = self.romaniser.romanise(words) if self.romaniser else words
        return tuple(piece for word in spelt for piece in word.split())


def dress(words: Words, source: Sequence[str], lang: str, *, initial: bool, name: bool) -> Words:
    """Words in the case of what they replace: capitals as in the source, and at the start of a sentence.

    Args:
        words: The translation, as the lexicon has it.
        source: The tokens it replaces.
        lang: Its language.
        initial: Whether it begins the sentence.
        name: Whether it is a name.

    >>> dress(("estados", "unidos", "de", "américa"), ["United", "States"], "es", initial=False, name=True)
    ('Estados', 'Unidos', 'de', 'América')
    >>> dress(("agua",), ["Water"], "es", initial=True, name=False), dress(("agua",), ["WATER"], "es", initial=False,
    ...       name=False)
    (('Agua',), ('AGUA',))
    >>> dress(("états-unis",), ["America"], "fr", initial=False, name=True)
    ('États-Unis',)
    """
    first = source[0]
    if not first[:1].isupper():
        return words
    if all(len(token) > 1 and token.isupper() for token in source):
        return tuple(word.upper() for word in words)
    if name or not initial:
        return tuple(_named(word, lang) if not at or len(word) > _SMALL else word for at, word in enumerate(words))
    return (_capital(words[0], lang), *words[1:])


def _named(word: str, lang: str) -> str:
    """A word of a name: capitals also after hyphens."""
    parts = word.split("-")
    return "-".join(
        _capital(part, lang) if part and (not at or len(part) > _SMALL) else part for at, part in enumerate(parts)
    )


def _capital(word: str, lang: str) -> str:
    return recase(word, was_initial=False, is_initial=True, lang=lang)


def counts(tags: Sequence[str], matrix: str) -> tuple[int, int]:
    """Tokens of the matrix language, and of all other languages.

    >>> counts(["en", "other", "hi", "en", "fw"], "en")
    (2, 1)
    """
    said = [tag for tag in tags if tag not in NEUTRAL]
    mine = said.count(matrix)
    return mine, len(said) - mine
