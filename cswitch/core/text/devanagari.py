"""Devanagari words in Latin letters, as people type them: ``main ghar ja raha hoon``."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from anyascii import anyascii

from cswitch.core.errors import UsageError
from cswitch.core.text.loans import EnglishWords
from cswitch.core.text.schwa import NASALS, SILENT, SPOKEN, compose_nukta, letters, sounds
from cswitch.core.text.scripts import check_language, languages, rows
from cswitch.core.text.spelling import SpellingNetwork

_DEVANAGARI = "\u0900-\u097f\ua8e0-\ua8ff\u1cd0-\u1cff\U00011b00-\U00011b5f"
_RUN = re.compile(f"[\u200c\u200d]*[{_DEVANAGARI}][{_DEVANAGARI}\u200c\u200d]*")
_WORD = re.compile("[\u0900-\u0950\u0955-\u0963\u0971-\u097f]+")
_LABIALS = frozenset("पफबभम\u095eव")
_NARROW = {"ई": "ee", "ऊ": "oo"}
"""Long vowels that are written double in a word that is one closed syllable (`teen`, `door`)."""
_LEARNED_AS = {"gom": "mr", "kok": "mr"}
"""Languages spelt as another one that the network learned."""
_REMEMBERED = 1 << 17
"""Words kept with their spelling; when more are known, all are forgotten, so that memory stays flat."""


class DevanagariRomaniser:
    """Spells Devanagari words as people who speak the language type them in Latin letters.

    Words with a fixed spelling come from tables; a small network spells the rest, loan words as in English where they
    are known; rules serve sounds that it never met, and Sanskrit. Digits become 0-9, a danda a full stop, joiners go;
    what is not Devanagari stays as it is, inside a word too. Signs that stand alone and have no sound become an
    apostrophe, so that no word vanishes.

    Args:
        lang: Language of the words: ``hi``, or another one written in Devanagari, such as ``mr`` or ``ne``.

    Raises:
        UsageError: The language is unknown, or not written in Devanagari.

    >>> romaniser = DevanagariRomaniser()
    >>> romaniser.romanise(["मैं", "घर", "जा", "रहा", "हूँ", "।"])
    ['main', 'ghar', 'ja', 'raha', 'hoon', '.']
    >>> romaniser.romanise(["app", "२०२४", "राम-राम", "ऑफ़िस", "電話"])
    ['app', '2024', 'ram-ram', 'office', '電話']
    """

    name = "deva"

    def __init__(self, *, lang: str = "hi") -> None:
        self.lang = check_language(lang)
        if "Deva" not in languages()[self.lang].scripts:
            raise UsageError(f"{self.lang} is not written in Devanagari", hint="name a language such as hi, mr or ne")
        self._known: dict[str, str] = {}

    def romanise(self, words: Sequence[str]) -> list[str]:
        """The Latin spelling of each word, in order.

        >>> DevanagariRomaniser().romanise(["नमस्ते", "दोस्तों", "!"])
        ['namaste', 'doston', '!']
        """
        known = self._known
        if len(known) > _REMEMBERED:
            known.clear()
        new = [word for word in words if word not in known and not word.isascii()]
        if new:
            self._learn(list(dict.fromkeys(new)))
        return [known.get(word, word) for word in words]

    def _learn(self, words: list[str]) -> None:
        """Finds the spelling of words and keeps it."""
        cleaned = [_RUN.sub(_clean, word) for word in words]
        pieces = list(dict.fromkeys(piece for text in cleaned for piece in _WORD.findall(text)))
        latin = dict(zip(pieces, self._spell(pieces), strict=True))
        for word, text in zip(words, cleaned, strict=True):
            spelt = latin.get(text) or _WORD.sub(lambda match: latin[match[0]], text)
            if not spelt.isascii():
                spelt = _RUN.sub(lambda match: anyascii(match[0]).lower(), spelt)
            self._known[word] = spelt or "'"

    def _spell(self, words: list[str]) -> list[str]:
        """The spelling of words of letters and their signs."""
        fixed, lang = _fixed(self.lang), self.lang
        out = {word: fixed[word] for word in words if word in fixed}
        heard = {word: sounds(word, lang=lang) for word in words if word not in out}
        network = SpellingNetwork.load()
        learned = {word: spoken for word, spoken in heard.items() if lang != "sa" and network.knows(spoken)}
        read = spell_by_network(list(learned.values()), lang, network, EnglishWords.load())
        out.update(zip(learned, read, strict=True))
        return [out.get(word) or spell(heard[word]) for word in words]


def spell_by_network(spoken: Sequence[str], lang: str, network: SpellingNetwork, english: EnglishWords) -> list[str]:
    """The network's spelling of sounds, and where it is unsure that of the English word it may be.

    >>> spell_by_network([sounds("केक"), sounds("दोस्त")], "hi", SpellingNetwork.load(), EnglishWords.load())
    ['cake', 'dost']
    """
    out = []
    for latin, choices in network.read(spoken, _LEARNED_AS.get(lang, lang)):
        unsettled = choices is not None and latin not in english
        out.append((english.nearest(choices) if unsettled and choices else None) or latin)
    return out


def _clean(match: re.Match[str]) -> str:
    """A run of Devanagari with its digits, dandas and silent signs in ASCII, and each letter as one character."""
    return compose_nukta(match[0].translate(letters().plain))


@cache
def _fixed(lang: str) -> dict[str, str]:
    """The words of a language whose spelling is fixed: by habit, or because writers agree against the network."""
    packed = files("cswitch.data.models").joinpath("deva-spellings.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()[1:]
    table = [line.split("\t") for line in lines] + rows("models/deva-conventions.tsv")
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
