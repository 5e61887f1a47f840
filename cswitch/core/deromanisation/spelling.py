"""Words typed in Latin letters, back in their native script."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from cswitch.core.deromanisation.model import SpellingModel
from cswitch.core.deromanisation.network import UNIT
from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.core.text.scripts import check_language

Candidates = tuple[tuple[str, float], ...]
"""Native spellings with their probabilities, the most probable first."""

_REMEMBERED = 50_000
"""Words remembered at most."""
_MOST = 10
"""Candidates of a word."""
_LATIN = re.compile("[a-z]+(?:['’][a-z]+)*'?")
_LONG = re.compile(r"(.)\1{2,}")
_BORROWED = {"ne": "hi"}
"""Languages read with the model of another one."""


@cache
def known_languages() -> list[str]:
    """Languages with a model, sorted.

    >>> "hi" in known_languages()
    True
    """
    found = {name[5:-4] for path in files("cswitch.data.models").iterdir() if (name := path.name).startswith("dero-")}
    return sorted(found | {lang for lang, other in _BORROWED.items() if other in found})


class SpellingDeromaniser:
    """Native spellings of Latin ones, by a network over letters, attested spellings and word frequencies.

    The method is the pair n-gram transliteration of Roark et al. (2020, "Processing South Asian languages written in
    the Latin script: the Dakshina dataset"), with a network that proposes what each letter may stand for.

    Args:
        lang: The language of the words.

    Raises:
        UsageError: There is no model for the language.

    >>> SpellingDeromaniser(lang="hi").deromanise(["Mera", "ghar", "2", "!"])
    ['मेरा', 'घर', '2', '!']
    """

    name = "spelling"

    def __init__(self, *, lang: str = "hi") -> None:
        code = check_language(lang)
        if code not in known_languages():
            raise UsageError(f"no de-romanisation for {lang!r}", hint=suggest(code, known_languages()))
        self.lang = code
        self._model = SpellingModel.load(_BORROWED.get(code, code))
        self._memory: dict[str, Candidates] = {}

    def deromanise(self, words: Sequence[str]) -> list[str]:
        """The most probable native spelling of each word; numbers, marks and words in other scripts stay as they are.

        >>> SpellingDeromaniser(lang="hi").deromanise(["pyaaaar", "http://a.in", "@ravi", "घर"])
        ['प्यार', 'http://a.in', '@ravi', 'घर']
        """
        return [found[0][0] for found in self.candidates(words)]

    def candidates(self, words: Sequence[str]) -> list[Candidates]:
        """Native spellings of each word, at most ten, with their probabilities.

        >>> SpellingDeromaniser(lang="hi").candidates(["42"])
        [(('42', 1.0),)]
        """
        keys = [word.lower() for word in words]
        missing = list(dict.fromkeys(key for key in keys if key not in self._memory and _LATIN.fullmatch(key)))
        fresh = dict(zip(missing, self._read(missing), strict=True))
        found = [
            fresh.get(key) or self._memory.get(key) or ((word, 1.0),) for key, word in zip(keys, words, strict=True)
        ]
        if len(self._memory) + len(fresh) > _REMEMBERED:
            self._memory.clear()
        self._memory.update(list(fresh.items())[:_REMEMBERED])
        return found

    def _read(self, words: Sequence[str]) -> list[Candidates]:
        plain = [self._normalise(re.sub("['’]", "", word)) for word in words]
        return [
            _probable(readings) or ((word, 1.0),) for word, readings in zip(words, self._model.read(plain), strict=True)
        ]

    def _normalise(self, word: str) -> str:
        """Letters held for stress, as in `yaaaar`, cut to two, or to one where the table knows that spelling."""
        if self._model.knows(word) or not _LONG.search(word):
            return word
        short = _LONG.sub(r"\1", word)
        return short if self._model.knows(short) else _LONG.sub(r"\1\1", word)


def _probable(readings: dict[str, int]) -> Candidates:
    """Costs as probabilities of the cheapest readings."""
    best = sorted(readings.items(), key=lambda item: (item[1], item[0]))[:_MOST]
    odds = [math.exp((best[0][1] - cost) / UNIT) for _, cost in best]
    total = sum(odds)
    return tuple((word, round(p / total, 6)) for (word, _), p in zip(best, odds, strict=True))
