"""What romanisers of words share: a table of known words, a memory, and what is left as it is."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache
from unicodedata import category, normalize

from anyascii import anyascii

from cswitch.core.text.scripts import check_language, rows, script_of

_REMEMBERED = 1 << 16
"""Words kept with their spellings; when more are known, all are forgotten, so that memory stays flat."""
_MOST = 8
"""Spellings of a word."""

Spellings = tuple[tuple[str, float], ...]
"""Spellings of a word with their probabilities, the most probable first."""


class WordRomaniser(ABC):
    """Spells words one by one; a sub-class says how the letters of its script are spelt.

    What is written in Latin letters, numbers, marks and emoji stay as they are, inside a word too; digits and marks of
    the script become those of Latin text. Words of data/transliteration/words.tsv are spelt as listed there. No word
    vanishes: one without sound becomes an apostrophe.

    Args:
        lang: BCP-47 primary subtag of the words.

    Raises:
        UsageError: The language is unknown.
    """

    name: str

    def __init__(self, *, lang: str) -> None:
        self.lang = check_language(lang)
        self._listed = listed(self.lang)
        self._known: dict[str, Spellings] = {}

    def romanise(self, words: Sequence[str]) -> list[str]:
        """The usual Latin spelling of each word, in order."""
        return [word if word.isascii() else self._all(word)[0][0] for word in words]

    def variants(self, words: Sequence[str]) -> list[Spellings]:
        """The spellings of each word with their probabilities, the usual one first."""
        return [((word, 1.0),) if word.isascii() else self._all(word) for word in words]

    def bare(self, text: str) -> str:
        """A word with letters of another script, without what has no place among Latin letters."""
        return re.sub("(?<![^\\W\\d_])[\u200c\u200d]", "", text)

    @abstractmethod
    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """Spellings of letters of one script, NFC, with weights; the first is the usual one."""

    def _all(self, word: str) -> Spellings:
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[word] = self._work_out(word)
        return found

    def _work_out(self, word: str) -> Spellings:
        text = normalize("NFC", word).translate(signs())
        known = self._listed.get(text.lower())
        if known:
            return shares([(cased(spelt, text), len(known) - at) for at, spelt in enumerate(known)])
        usual, others = "", [("", 1.0)]
        runs = _runs(text)
        if any(map(needs_latin, runs)):
            runs = _runs(self.bare(text))
        for run in runs:
            options = self.spellings(run) if needs_latin(run) else [(run, 1.0)]
            usual += options[0][0]
            others = [(done + spelt, share * weight) for done, share in others for spelt, weight in options]
            others = sorted(others, key=lambda each: -each[1])[:_MOST]
        rest = [(plain(spelt), share) for spelt, share in others]
        top = max(share for _, share in rest)
        return shares([(plain(usual), top), *rest])


def shares(weighted: Sequence[tuple[str, float]]) -> Spellings:
    """Spellings with their weights made to add up to 1, the first one kept in front, each once.

    >>> shares([("ke", 2), ("ki", 1), ("ke", 1), ("k", 1)])
    (('ke', 0.5), ('ki', 0.25), ('k', 0.25))
    """
    least: dict[str, float] = {}
    for spelt, weight in weighted:
        least[spelt] = max(weight, least.get(spelt, 0.0))
    total = sum(least.values())
    return tuple((spelt, weight / total) for spelt, weight in least.items())


def cased(spelt: str, word: str) -> str:
    """A spelling with the capitals of its word.

    >>> cased("privet", "Привет"), cased("ssha", "США"), cased("ya", "Я")
    ('Privet', 'SSHA', 'Ya')
    """
    if len(word) > 1 and word.isupper():
        return spelt.upper()
    return spelt[:1].upper() + spelt[1:] if word[:1].isupper() else spelt


def plain(spelt: str) -> str:
    """A spelling without white space, never empty."""
    return "".join(spelt.split()) or "'"


def needs_latin(run: str) -> bool:
    """Whether the letters are of another script than Latin.

    >>> needs_latin("é"), needs_latin("я"), needs_latin("’")
    (False, True, False)
    """
    return script_of(run) not in ("Latn", "Zyyy")


def floor(run: str) -> str:
    """Letters of any script letter by letter, in small letters where the script has no capitals.

    >>> floor("ሰላም"), floor("Ж")
    ('selam', 'Zh')
    """
    latin = anyascii(run)
    return latin if run != run.lower() else latin.lower()


@cache
def listed(lang: str) -> dict[str, tuple[str, ...]]:
    """Words of a language with the spellings that no rule gives, the usual one first.

    >>> listed("fa")["سلام"]
    ('salam', 'slm')
    """
    return {
        normalize("NFC", word): tuple(spelt.split())
        for langs, word, spelt in rows("transliteration/words.tsv")
        if lang in langs.split()
    }


@cache
def signs() -> dict[int, str]:
    """Marks of other scripts to those of Latin text, and digits to 0-9, for :meth:`str.translate`.

    >>> "٣٠؟".translate(signs())
    '30?'
    """
    marks = {ord(mark): latin for mark, latin in rows("transliteration/signs.tsv")}
    marks |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    return marks | {code: anyascii(chr(code)) for code in range(0x80, 0x1E960) if category(chr(code)) == "Nd"}


def _runs(text: str) -> list[str]:
    """The text cut where letters of another script than Latin, with their marks and joiners, begin and end."""
    runs: list[str] = []
    inside = False
    for character in text:
        other = _is_other(character) or (inside and _belongs(character))
        if runs and other == inside:
            runs[-1] += character
        else:
            runs.append(character)
        inside = other
    return runs


def _belongs(character: str) -> bool:
    """Whether what stands after a letter belongs to it: marks, joiners, and letters that scripts share, such as ー."""
    return category(character)[0] == "M" or character in "\u200c\u200d" or category(character) == "Lm"


@cache
def _is_other(character: str) -> bool:
    """Whether it is a letter or a mark of a script that is not Latin."""
    if category(character)[0] == "M":
        return not "\u0300" <= character <= "\u036f" and not "\ufe00" <= character <= "\ufe0f"
    return character.isalpha() and script_of(character) not in ("Latn", "Zyyy")
