"""Arabic and Hebrew script, which leave vowels out: known words from a table, the others with vowels guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from cswitch.core.text.scripts import rows
from cswitch.core.transliteration.letters import LetterRomaniser

_SOUNDS = re.compile("[A-Z]+|[^A-Z]+")


class Vowels(NamedTuple):
    """What stands between consonants that are written side by side."""

    first: str
    """After the first consonant of a word."""
    inner: str
    """Before the consonant that makes a run too long."""
    run: int
    """Consonants that may stand side by side."""
    last: str
    """Between the two that end a word."""
    any_vowel: bool
    """Whether that holds after any vowel, and not after a long one alone."""
    pairs: frozenset[str]
    """Pairs that may end a word nevertheless."""


class AbjadRomaniser(LetterRomaniser):
    """Arabic, Persian, Hebrew and others in the letters of chat.

    The script does not write short vowels, and nothing brings them back for certain: frequent words are spelt as people
    do (data/transliteration/words.tsv), in others a vowel parts the consonants that nobody could say together, so
    consonants are right and vowels are guesses. Arabic takes the digits of chat for sounds Latin lacks (``3``, ``7``).

    Args:
        lang: BCP-47 primary subtag: ar, arz, ary, fa, ckb, ps, ug, he, yi and others.

    >>> AbjadRomaniser(lang="ar").romanise(["السلام", "مكتب", "قلب", "المدرسة"])
    ['elsalam', 'maktab', 'qalb', 'almadrasa']
    >>> AbjadRomaniser(lang="fa").romanise(["سلام", "کتاب", "می‌خوام"])
    ['salam', 'ketab', 'mikham']
    >>> AbjadRomaniser(lang="he").romanise(["שלום", "ספר", "מחשב"])
    ['shalom', 'sefer', 'machshev']
    """

    name = "abjad"
    table = "abjads"

    def bare(self, text: str) -> str:
        """A word without stray joiners, and a Hebrew acronym without its quotation mark."""
        return re.sub('(?<=[א-ת])["״](?=[א-ת])', "", super().bare(text))

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The usual spelling, and those that write one of the letters otherwise."""
        parts = [part for part in re.split("[\u200c\u200d]+", normalize("NFC", run)) if part]
        if len(parts) != 1:
            return [("".join(self.spellings(part)[0][0] for part in parts), 1.0)]
        for prefix, latin in _prefixes(self.lang):
            known = self._listed.get(parts[0][len(prefix) :]) if parts[0].startswith(prefix) else None
            if known:
                return [(latin + spelt, len(known) - at) for at, spelt in enumerate(known)]
        return self._listed_spellings(parts[0]) or super().spellings(parts[0])

    def _listed_spellings(self, part: str) -> list[tuple[str, float]]:
        known = self._listed.get(part, ())
        return [(spelt, len(known) - at) for at, spelt in enumerate(known)]

    def join(self, latin: Sequence[str], run: str) -> str:
        """The letters with vowels between consonants; a prefix is said by itself."""
        prefix, rest = "", list(latin)
        if len(rest) > 1 and rest[0] not in (rest[0].upper(), rest[0].lower()):
            prefix, rest = rest[0].lower(), rest[1:]
        sounds = _SOUNDS.findall("".join(f"{piece}\0" for piece in rest))
        return prefix + _voiced([part for sound in sounds for part in sound.split("\0") if part], _vowels(self.lang))


def _voiced(sounds: Sequence[str], vowels: Vowels) -> str:
    """Sounds, vowels among them in capitals, with vowels put where consonants need them."""
    out: list[str] = []
    run, spoken, long = 0, False, False
    for at, sound in enumerate(sounds):
        if sound.isupper():
            out.append(sound.lower())
            run, spoken, long = 0, True, True
            continue
        added = ""
        if run == 1 and not spoken:
            added = vowels.first
        elif run >= vowels.run:
            added = vowels.inner
        elif run == 1 and at + 1 == len(sounds) and (long or vowels.any_vowel):
            added = "" if out[-1] + sound in vowels.pairs else vowels.last
        if added:
            out.append(added)
            run, spoken, long = 0, True, False
        out.append(sound)
        run += 1
    return "".join(out)


@cache
def _vowels(lang: str) -> Vowels:
    """The vowels put into words of a language."""
    for langs, first, inner, run, last, after, pairs in rows("transliteration/vowels.tsv"):
        if lang in langs.split():
            texts = (text.replace("-", "") for text in (first, inner, last))
            first, inner, last = texts
            return Vowels(first, inner, int(run), last, after == "any", frozenset(pairs.split()))
    return Vowels("a", "a", 2, "", False, frozenset())


@cache
def _prefixes(lang: str) -> tuple[tuple[str, str], ...]:
    """Prefixes of a language and their spelling, the longest first."""
    found = [(prefix, latin) for langs, prefix, latin in rows("transliteration/prefixes.tsv") if lang in langs.split()]
    return tuple(sorted(found, key=lambda each: -len(each[0])))
