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
    """Between the second and the third of a run."""
    pair: bool
    """Whether two consonants may end a word."""


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

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The usual spelling, and those that write one of the letters otherwise."""
        parts = [part for part in re.split("[\u200c\u200d]+", normalize("NFC", run)) if part]
        if len(parts) != 1:
            return [("".join(super(AbjadRomaniser, self).spellings(part)[0][0] for part in parts), 1.0)]
        return super().spellings(parts[0])

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
    run, spoken = 0, False
    for at, sound in enumerate(sounds):
        if sound.isupper():
            out.append(sound.lower())
            run, spoken = 0, True
            continue
        crowded = run >= 2 or (run == 1 and at + 1 == len(sounds) and not vowels.pair)
        if run == 1 and not spoken and vowels.first:
            out.append(vowels.first)
            run, spoken = 0, True
        elif crowded and vowels.inner:
            out.append(vowels.inner)
            run, spoken = 0, True
        out.append(sound)
        run += 1
    return "".join(out)


@cache
def _vowels(lang: str) -> Vowels:
    """The vowels of a language; none for one whose script writes them all."""
    for langs, first, inner, pair in rows("transliteration/vowels.tsv"):
        if lang in langs.split():
            return Vowels(first.replace("-", ""), inner.replace("-", ""), pair == "yes")
    return Vowels("a", "a", True)
