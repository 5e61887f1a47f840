"""Scripts that write their vowels, letter by letter: Cyrillic, Greek, Armenian, Georgian; Ethiopic, Sinhala, Odia."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

import regex as re

from cswitch.core.text.scripts import rows, script_of
from cswitch.core.transliteration.words import WordRomaniser, floor

_USUAL = 4.0
"""Weight of the usual spelling, against 1 for each that writes one letter in another way."""


class Letters(NamedTuple):
    """How the letters of a script are written in one language."""

    pattern: re.Pattern[str]
    """A group a row; longer ones and those bound to a place come first."""
    latin: tuple[tuple[str, ...], ...]
    """Spellings a row, the usual one first."""


class LetterRomaniser(WordRomaniser):
    """Writes letters by the table of data/transliteration/letters.tsv, each language in its own way.

    Args:
        lang: BCP-47 primary subtag of the words.

    >>> LetterRomaniser(lang="ru").romanise(["Хорошо", "США", "что", "2-й", "ok", "!"])
    ['Horosho', 'SSHA', 'chto', '2-y', 'ok', '!']
    >>> LetterRomaniser(lang="el").romanise(["καλημέρα", "Ευχαριστώ", "μπύρα"])
    ['kalimera', 'Efxaristo', 'byra']
    >>> [spelt for spelt, _ in LetterRomaniser(lang="uk").variants(["тихо"])[0]]
    ['tykho', 'tikho', 'tyho', 'tyxo']
    """

    name = "letters"
    table = "letters"

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The usual spelling, and those that write one of the letters otherwise."""
        script = script_of(run)
        letters = letters_of(self.table, script, self.lang)
        pieces = _pieces(_folded(run) if script == "Grek" else run, letters)
        usual = [options[0] for _, options in pieces]
        found = [(self.join(usual, run), _USUAL)]
        for row, options in dict(pieces).items():
            for other in options[1:]:
                latin = [_like(other, used[0]) if at == row else used[0] for at, used in pieces]
                found.append((self.join(latin, run), 1.0))
        return found

    def join(self, latin: Sequence[str], run: str) -> str:
        """The spelling of a run of letters from that of each."""
        spelt = "".join(latin).replace("a~", "").replace("~", "")
        return spelt.upper() if len(run) > 1 and run.isupper() else spelt


def _pieces(run: str, letters: Letters) -> list[tuple[int, tuple[str, ...]]]:
    """Row and spellings of each letter or group of letters; -1 for what the table does not hold."""
    small = run.lower() if len(run.lower()) == len(run) else run
    pieces: list[tuple[int, tuple[str, ...]]] = []
    last = 0
    for match in letters.pattern.finditer(small):
        if match.start() > last:
            pieces.append((-1, (floor(run[last : match.start()]),)))
        row = (match.lastindex or 1) - 1
        options = letters.latin[row]
        if run[match.start()] != small[match.start()]:
            options = tuple(option[:1].upper() + option[1:] for option in options)
        pieces.append((row, options))
        last = match.end()
    if last < len(run):
        pieces.append((-1, (floor(run[last:]),)))
    return pieces


def _like(latin: str, other: str) -> str:
    """A spelling with a capital where the other has one."""
    return latin[:1].upper() + latin[1:] if other[:1].isupper() and other[1:] != other[1:].upper() else latin


@cache
def letters_of(table: str, script: str, lang: str) -> Letters:
    """The rows of a table for a script and language; those of the language replace the general ones.

    >>> letters_of("letters", "Cyrl", "bg").pattern.match("щ") is not None
    True
    """
    found: dict[str, tuple[str, ...]] = {}
    listed = [row for row in rows(f"transliteration/{table}.tsv") if row[0] == script]
    for own in (False, True):
        for _, langs, letters, latin in listed:
            if (lang in langs.split()) if own else langs == "*":
                found[letters] = tuple("" if option == "-" else option for option in latin.split())
    order = sorted(found, key=lambda letters: (-len(_literal(letters)), -len(letters)))
    pattern = re.compile("|".join(f"({letters})" for letters in order) or "(?!)")
    return Letters(pattern, tuple(found[letters] for letters in order))


def _literal(letters: str) -> str:
    """The letters of a row without the conditions on their place."""
    return str(re.sub(r"\(\?.*?\)|[\^$]", "", letters))


def _folded(run: str) -> str:
    """Greek without accents; the diaeresis, which parts two vowels, stays."""
    apart = normalize("NFD", run)
    return normalize("NFC", re.sub("[\u0301\u0300\u0342\u0313\u0314\u0345]", "", apart))
