"""Words of South Asian scripts in Latin letters, as people type them: ``main ghar ja raha hoon``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum
from typing import ClassVar

from anyascii import anyascii

from cswitch.core.errors import UsageError
from cswitch.core.romanisation.loans import EnglishWords
from cswitch.core.romanisation.network import SpellingNetwork
from cswitch.core.romanisation.tables import Spellings, conventions, fixed, shared, varied
from cswitch.core.romanisation.writing import writing
from cswitch.core.text.scripts import check_language, languages

_LEARNED_AS = {"gom": "mr", "kok": "mr", "as": "bn", "mni": "bn", "pnb": "ur", "ks": "ur", "sd": "ur"}
"""Languages spelt as another one that the network learned."""
_UNLEARNED = frozenset({"sa"})
"""Languages that no network learned, and that are like none it learned: rules spell them."""
_REMEMBERED = 1 << 17
"""Words kept with their spelling; when more are known, all are forgotten, so that memory stays flat."""
_MOST, _LEAST = 8, 0.02
"""Variants of a word, and the probability from which on one is given."""


class SouthAsianRomaniser:
    """Spells words of one script as people who speak the language type them in Latin letters.

    Words with a known spelling come from tables; a small network spells the rest, loan words as in English where they
    are known; rules serve letters that it never met, and Sanskrit. Digits become 0-9, a danda a full stop, joiners go;
    what is of another script stays as it is, inside a word too. Signs that stand alone and have no sound become an
    apostrophe, so that no word vanishes.

    Args:
        lang: Language of the words.

    Raises:
        UsageError: The language is unknown, or not written in this script.
    """

    name: ClassVar[str]
    iso: ClassVar[str]
    """ISO 15924 code of the script."""
    usual: ClassVar[str]
    """The language that is meant when none is named."""

    def __init__(self, *, lang: str | None = None) -> None:
        self.lang = check_language(lang or self.usual)
        if self.iso not in languages()[self.lang].scripts or not self._serves(self.lang):
            script = type(self).__name__.removesuffix("Romaniser")
            raise UsageError(f"{self.lang} is not written in {script}", hint=f"name a language such as {self.usual}")
        self._learned_as = _LEARNED_AS.get(self.lang, self.lang)
        self._writing = writing(self.iso)
        self._known: dict[str, str] = {}
        self._varied: dict[str, Spellings] = {}

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

    def variants(self, words: Sequence[str]) -> list[Spellings]:
        """The spellings that people use for each word, each with its probability, the most probable first.

        At most eight; those below 2 % are left out. The first is what :meth:`romanise` gives.

        >>> DevanagariRomaniser().variants(["नहीं", "ok"])[1]
        (('ok', 1.0),)
        """
        varied = self._varied
        if len(varied) > _REMEMBERED:
            varied.clear()
        new = [word for word in dict.fromkeys(words) if word not in varied and not word.isascii()]
        if new:
            self._vary(new)
        return [varied.get(word) or ((word, 1.0),) for word in words]

    @classmethod
    def _serves(cls, lang: str) -> bool:
        """Whether a language of the script is spelt by this romaniser."""
        return True

    def _learn(self, words: list[str]) -> None:
        """Finds the spelling of words and keeps it."""
        cleaned, pieces = self._taken_apart(words)
        latin = dict(zip(pieces, self._spell(pieces), strict=True))
        for word, text in zip(words, cleaned, strict=True):
            self._known[word] = self._filled(text, latin)

    def _vary(self, words: list[str]) -> None:
        """Finds the variants of words and keeps them."""
        cleaned, pieces = self._taken_apart(words)
        ways = dict(zip(pieces, self._ways(pieces), strict=True))
        for word, text, first in zip(words, cleaned, self.romanise(words), strict=True):
            together = _together(list(dict.fromkeys(self._writing.word.findall(text))), ways)
            self._varied[word] = _tidied(((self._filled(text, latin), share) for latin, share in together), first)

    def _taken_apart(self, words: list[str]) -> tuple[list[str], list[str]]:
        """Words without what has no sound, and the stretches of letters in them, each once."""
        script = self._writing
        cleaned = [script.run.sub(lambda run: script.clean(run[0]), word) for word in words]
        return cleaned, list(dict.fromkeys(piece for text in cleaned for piece in script.word.findall(text)))

    def _filled(self, text: str, latin: dict[str, str]) -> str:
        """A cleaned word with the spelling of its pieces."""
        spelt = latin.get(text) or self._writing.word.sub(lambda match: latin[match[0]], text)
        if not spelt.isascii():
            spelt = self._writing.run.sub(lambda match: anyascii(match[0]).lower(), spelt)
        return spelt or "'"

    def _spell(self, words: list[str]) -> list[str]:
        """The spelling of words of letters and their signs."""
        usual, known = conventions(self.lang, self.iso), fixed(self.name, self._learned_as)
        out = {word: usual.get(word) or shared(known[word])[0][0] for word in words if word in usual or word in known}
        heard = {word: self._sounds(word) for word in words if word not in out}
        learned = self._read_by_network(heard.values())
        read = spell_by_network(
            list(learned), self._learned_as, SpellingNetwork.load(self.name), EnglishWords.load(self._learned_as)
        )
        latin = dict(zip(learned, read, strict=True))
        rules = self._writing.rules
        return [out.get(word) or latin.get(heard[word]) or rules(heard[word], self.lang) for word in words]

    def _sounds(self, word: str) -> str:
        return self._writing.sounds(word, self.lang)

    def _read_by_network(self, heard: Iterable[str]) -> list[str]:
        """The sounds that the network knows, each once."""
        if self.lang in _UNLEARNED:
            return []
        network = SpellingNetwork.load(self.name)
        return [spoken for spoken in dict.fromkeys(heard) if network.knows(spoken)]

    def _ways(self, words: list[str]) -> list[Spellings]:
        """The spellings of words of letters and their signs, with their shares."""
        usual = conventions(self.lang, self.iso)
        # The network would vary short everyday words as other words are spelt: `how` for `ho`.
        known = {word: f"{latin}=100" for word, latin in usual.items()}
        known |= fixed(self.name, self._learned_as) | varied(self.lang, self.iso)
        heard = {word: self._sounds(word) for word in words if word not in known}
        learned = self._read_by_network(heard.values())
        found = SpellingNetwork.load(self.name).odds(learned, self._learned_as) if learned else []
        english = EnglishWords.load(self._learned_as)
        latin = {spoken: tuple(english.weighed(each).items()) for spoken, each in zip(learned, found, strict=True)}
        firsts = zip(words, self._spell(words), strict=True)
        return [
            _tidied(shared(known.get(word, "")) or latin.get(heard.get(word, ""), ()), first or "'")
            for word, first in firsts
        ]


def spell_by_network(spoken: Sequence[str], lang: str, network: SpellingNetwork, english: EnglishWords) -> list[str]:
    """The network's spelling of sounds, and where it is unsure that of the English word it may be.

    >>> from cswitch.core.text.schwa import sounds
    >>> network = SpellingNetwork.load("deva")
    >>> spell_by_network([sounds("बैंक"), sounds("दोस्त")], "hi", network, EnglishWords.load("hi"))
    ['bank', 'dost']
    """
    readings = network.read(spoken, lang)
    out = [reading.latin for reading in readings]
    doubtful = [at for at, reading in enumerate(readings) if reading.doubtful]
    for at, found in zip(doubtful, network.odds([spoken[at] for at in doubtful], lang), strict=True):
        out[at] = english.best(found) if found else out[at]
    return out


def _together(pieces: list[str], ways: dict[str, Spellings]) -> list[tuple[dict[str, str], float]]:
    """Spellings of several pieces at once, the most probable first."""
    found: list[tuple[dict[str, str], float]] = [({}, 1.0)]
    for piece in pieces:
        grown = [({**latin, piece: way}, odds * share) for latin, odds in found for way, share in ways[piece]]
        found = sorted(grown, key=lambda item: -item[1])[:_MOST]
    return found


def _tidied(spellings: Iterable[tuple[str, float]], first: str) -> Spellings:
    """Spellings with the one that is to be first in front, equal ones added up, rare ones left out, summing to 1."""
    shares: dict[str, float] = {}
    for latin, share in spellings:
        if latin:
            shares[latin] = shares.get(latin, 0.0) + share
    shares[first] = max(shares.values(), default=0.0) or 1.0
    ordered = sorted(shares.items(), key=lambda item: (item[0] != first, -item[1], item[0]))
    total = fsum(shares.values())
    kept = [(latin, share) for latin, share in ordered if share >= _LEAST * total or latin == first][:_MOST]
    total = fsum(share for _, share in kept)
    return tuple((latin, share / total) for latin, share in kept)


class DevanagariRomaniser(SouthAsianRomaniser):
    """Hindi, Marathi, Nepali and others in Devanagari.

    >>> romaniser = DevanagariRomaniser()
    >>> romaniser.romanise(["मैं", "घर", "जा", "रहा", "हूँ", "।"])
    ['main', 'ghar', 'ja', 'raha', 'hoon', '.']
    >>> romaniser.romanise(["app", "२०२४", "राम-राम", "ऑफ़िस", "電話"])
    ['app', '2024', 'ram-ram', 'office', '電話']
    """

    name, iso, usual = "deva", "Deva", "hi"


class BengaliRomaniser(SouthAsianRomaniser):
    """Bengali, and Assamese with the habits of Bengali.

    >>> BengaliRomaniser().romanise(["আমি", "ভালো", "আছি", "।"])
    ['ami', 'bhalo', 'achi', '.']
    """

    name, iso, usual = "beng", "Beng", "bn"


class GurmukhiRomaniser(SouthAsianRomaniser):
    """Punjabi in Gurmukhi.

    >>> GurmukhiRomaniser().romanise(["ਪੰਜਾਬੀ"])
    ['punjabi']
    """

    name, iso, usual = "guru", "Guru", "pa"


class GujaratiRomaniser(SouthAsianRomaniser):
    """Gujarati.

    >>> GujaratiRomaniser().romanise(["ગુજરાતી"])
    ['gujarati']
    """

    name, iso, usual = "gujr", "Gujr", "gu"


class TamilRomaniser(SouthAsianRomaniser):
    """Tamil.

    >>> TamilRomaniser().romanise(["வணக்கம்", "நன்றி"])
    ['vanakkam', 'nandri']
    """

    name, iso, usual = "taml", "Taml", "ta"


class TeluguRomaniser(SouthAsianRomaniser):
    """Telugu.

    >>> TeluguRomaniser().romanise(["మంచి"])
    ['manchi']
    """

    name, iso, usual = "telu", "Telu", "te"


class KannadaRomaniser(SouthAsianRomaniser):
    """Kannada.

    >>> KannadaRomaniser().romanise(["ಕನ್ನಡ"])
    ['kannada']
    """

    name, iso, usual = "knda", "Knda", "kn"


class MalayalamRomaniser(SouthAsianRomaniser):
    """Malayalam.

    >>> MalayalamRomaniser().romanise(["മലയാളം"])
    ['malayalam']
    """

    name, iso, usual = "mlym", "Mlym", "ml"


class UrduRomaniser(SouthAsianRomaniser):
    """Urdu, and Punjabi in the same letters.

    >>> UrduRomaniser().romanise(["پاکستان", "۲۰۲۴", "؟"])
    ['pakistan', '2024', '?']
    """

    name, iso, usual = "urdu", "Arab", "ur"

    @classmethod
    def _serves(cls, lang: str) -> bool:
        return _LEARNED_AS.get(lang, lang) == "ur"
