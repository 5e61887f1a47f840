"""Devanagari words in Latin letters, as people type them: ``main ghar ja raha hoon``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, partial

from anyascii import anyascii

from cswitch.core.errors import UsageError
from cswitch.core.text.schwa import NASALS, SILENT, SPOKEN, compose_nukta, letters, sounds
from cswitch.core.text.scripts import check_language, languages, rows

_DEVANAGARI = "\u0900-\u097f\ua8e0-\ua8ff\u1cd0-\u1cff\U00011b00-\U00011b5f"
_RUN = re.compile(f"[\u200c\u200d]*[{_DEVANAGARI}][{_DEVANAGARI}\u200c\u200d]*")
_WORD = re.compile("[\u0900-\u0950\u0955-\u0963\u0971-\u097f]+")
_LABIALS = frozenset("पफबभम\u095eव")
_NARROW = {"ई": "ee", "ऊ": "oo"}
"""Long vowels that are written double in a word that is one closed syllable (`teen`, `door`)."""
_REMEMBERED = 1 << 17
"""Words kept with their spelling; when as many are known, all are forgotten, so that memory stays flat."""


class DevanagariRomaniser:
    """Spells Devanagari words as people who speak the language type them in Latin letters.

    Words with a fixed spelling come from a table, the rest from sounds and rules. Digits become 0-9, a danda a full
    stop, joiners go; what is not Devanagari stays as it is, inside a word too. A sign that stands alone and has no
    sound becomes an apostrophe, so that no word vanishes.

    Args:
        lang: Language of the words: ``hi``, or another one written in Devanagari, such as ``mr`` or ``ne``.

    Raises:
        UsageError: The language is unknown, or not written in Devanagari.

    >>> romaniser = DevanagariRomaniser()
    >>> romaniser.romanise(["मैं", "घर", "जा", "रहा", "हूँ", "।"])
    ['main', 'ghar', 'ja', 'raha', 'hoon', '.']
    >>> romaniser.romanise(["app", "२०२४", "रेल-गाड़ी", "電話"])
    ['app', '2024', 'rel-gadi', '電話']
    """

    name = "deva"

    def __init__(self, *, lang: str = "hi") -> None:
        self.lang = check_language(lang)
        if "Deva" not in languages()[self.lang].scripts:
            raise UsageError(f"{self.lang} is not written in Devanagari", hint="name a language such as hi, mr or ne")
        self._spellings = _Spellings(self.lang)

    def romanise(self, words: Sequence[str]) -> list[str]:
        """The Latin spelling of each word, in order.

        >>> DevanagariRomaniser().romanise(["नमस्ते", "दोस्तों", "!"])
        ['namaste', 'doston', '!']
        """
        spellings = self._spellings
        return [word if word.isascii() else spellings[word] for word in words]


class _Spellings(dict[str, str]):
    """Word to its spelling, found when first asked for."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def __missing__(self, word: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        latin = _RUN.sub(partial(_run, self._lang), word)
        self[word] = latin
        return latin


def _run(lang: str, match: re.Match[str]) -> str:
    """The spelling of a run of Devanagari characters."""
    text = compose_nukta(match[0].translate(letters().plain))
    latin = _WORD.sub(lambda found: _word(found[0], lang), text)
    return (latin if latin.isascii() else anyascii(latin).lower()) or "'"


def _word(word: str, lang: str) -> str:
    """The spelling of a word of letters and their signs."""
    fixed = _conventions(lang).get(word)
    return spell(sounds(word, lang=lang)) if fixed is None else fixed


@cache
def _conventions(lang: str) -> dict[str, str]:
    """The words of a language whose spelling is fixed by habit."""
    table = rows("models/deva-conventions.tsv")
    return {compose_nukta(word): latin for code, word, latin in table if code == lang}


def spell(spoken: str) -> str:
    """Latin letters for the sounds of a word by rule alone.

    Args:
        spoken: What :func:`cswitch.core.text.schwa.sounds` gives.

    >>> spell(sounds("मुंबई")), spell(sounds("संस्कृति")), spell(sounds("आएगा"))
    ('mumbai', 'sanskriti', 'aayega')
    """
    latin, vowels = letters().latin, letters().vowels
    narrow = _is_closed_syllable(spoken)
    out: list[str] = []
    for at, char in enumerate(spoken):
        before = spoken[at - 1] if at else ""
        after = spoken[at + 1] if at + 1 < len(spoken) else ""
        if char == SPOKEN:
            out.append("a")
        elif char == SILENT:
            continue
        elif char in NASALS:
            labial = after in _LABIALS or (not after and before == SPOKEN)
            out.append("m" if labial and char == "ं" else "n")
        elif char in vowels:
            glide = "y" if before in ("आ", "इ", "ओ") and char == "ए" else ""
            long = _NARROW.get(char) if narrow else "aa" if char == "आ" and not at else None
            out.append(glide + (long or latin[char]))
        else:
            out.append(_consonant(char, before, after) or latin[char])
    return "".join(out)


def _consonant(char: str, before: str, after: str) -> str:
    """The spelling of a consonant that its neighbours change, or nothing."""
    if char == "ज" and after == "ञ":
        return "g"
    if char == "ञ" and before == "ज":
        return "y"
    if char == "च" and after in ("च", "छ"):
        return "c"
    return "x" if char == "क" and after == "स" else ""


def _is_closed_syllable(spoken: str) -> bool:
    """Whether the word is one syllable that ends in a consonant."""
    known = letters()
    return sum(c in known.vowels or c == SPOKEN for c in spoken) == 1 and spoken[-1] not in known.vowels
