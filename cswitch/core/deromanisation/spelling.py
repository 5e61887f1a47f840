"""Words typed in Latin letters, back in their native script."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from unicodedata import combining, normalize

from cswitch.core.deromanisation.context import best_path
from cswitch.core.deromanisation.model import SUFFIX, SpellingModel
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
_WEIGHED = 5
"""Candidates of a word that its neighbours decide among."""


@cache
def known_languages() -> list[str]:
    """Languages with a model, sorted.

    >>> "hi" in known_languages()
    True
    """
    names = [path.name for path in files("cswitch.data.models").iterdir()]
    return sorted(name[len("dero-") : -len(SUFFIX)] for name in names if name.endswith(SUFFIX))


class SpellingDeromaniser:
    """Native spellings of Latin ones, by a network over letters, attested spellings and word frequencies.

    The method is the pair n-gram transliteration of Roark et al. (2020, "Processing South Asian languages written in
    the Latin script: the Dakshina dataset"), with a network that proposes what each letter may stand for.

    Args:
        lang: The language of the words.
        model: Used in place of the one that ships.

    Raises:
        UsageError: There is no model for the language.

    >>> SpellingDeromaniser(lang="hi").deromanise(["Mera", "ghar", "2", "!"])
    ['मेरा', 'घर', '2', '!']
    """

    name = "spelling"

    def __init__(self, *, lang: str = "hi", model: SpellingModel | None = None) -> None:
        code = check_language(lang)
        if code not in known_languages():
            raise UsageError(f"no de-romanisation for {lang!r}", hint=suggest(code, known_languages()))
        self.lang = code
        self._model = model or SpellingModel.load(code)
        self._memory: dict[str, Candidates] = {}

    def deromanise(self, words: Sequence[str]) -> list[str]:
        """The most probable native spelling of each word; numbers, marks and words in other scripts stay as they are.

        >>> SpellingDeromaniser(lang="hi").deromanise(["pyaaaar", "http://a.in", "@ravi", "घर"])
        ['प्यार', 'http://a.in', '@ravi', 'घर']
        """
        return [found[0][0] for found in self.candidates(words)]

    def deromanise_sentences(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """The native spelling of each word of each sentence, chosen by the words beside it: the better way for text.

        What stays as it is, such as a mark, stands for a border: neighbours across it decide nothing.

        >>> SpellingDeromaniser(lang="hi").deromanise_sentences([["usne", "kaha", "ki", "vah", "aayega", "."]])
        [['उसने', 'कहा', 'कि', 'वह', 'आएगा', '.']]
        """
        found = iter(self.candidates([word for words in sentences for word in words]))
        return [self._choose([next(found) for _ in words]) for words in sentences]

    def candidates(self, words: Sequence[str]) -> list[Candidates]:
        """Native spellings of each word, at most ten, with their probabilities.

        >>> SpellingDeromaniser(lang="hi").candidates(["42"])
        [(('42', 1.0),)]
        """
        keys = [_key(word) for word in words]
        missing = list(dict.fromkeys(key for key in keys if key not in self._memory and _LATIN.fullmatch(key)))
        fresh = dict(zip(missing, self._read(missing), strict=True))
        found = [
            fresh.get(key) or self._memory.get(key) or ((word, 1.0),) for key, word in zip(keys, words, strict=True)
        ]
        if len(self._memory) + len(fresh) > _REMEMBERED:
            self._memory.clear()
        self._memory.update(list(fresh.items())[:_REMEMBERED])
        return found

    def _choose(self, candidates: Sequence[Candidates]) -> list[str]:
        """A spelling for each word of a sentence."""
        chosen: list[str] = []
        stretch: list[list[tuple[str, int]]] = []
        for of in candidates:
            if len(of) > 1:
                costs = [(word, -round(UNIT * math.log(p))) for word, p in of[:_WEIGHED] if p]
                stretch.append(costs)
            elif self._model.level(of[0][0]):
                stretch.append([(of[0][0], 0)])
            else:
                chosen += [*best_path(stretch, self._model.bigrams), of[0][0]]
                stretch = []
        return chosen + best_path(stretch, self._model.bigrams)

    def _read(self, words: Sequence[str]) -> list[Candidates]:
        """Candidates of words in small Latin letters and apostrophes."""
        plain = [re.sub("['’]", "", word) for word in words]
        held = {word for word in plain if _LONG.search(word) and not self._model.knows(word)}
        wanted = [*(word for word in plain if word not in held)]
        wanted += [_LONG.sub(by, word) for word in sorted(held) for by in (r"\1\1", r"\1")]
        found = dict(zip(wanted, map(_probable, self._model.read(wanted)), strict=True))
        for word in held:
            # The one whose word is the more frequent; `yaar` rather than `yar` where both give the same word.
            double, single = found[_LONG.sub(r"\1\1", word)], found[_LONG.sub(r"\1", word)]
            found[word] = max(double, single, key=lambda of: self._model.level(of[0][0]) if of else -1)
        return [found[key] or ((word, 1.0),) for key, word in zip(plain, words, strict=True)]


def _key(word: str) -> str:
    """Small letters; those with accents, as in `hūṁ`, without them."""
    small = word.lower()
    return small if small.isascii() else "".join(c for c in normalize("NFKD", small) if not combining(c))


def _probable(readings: dict[str, int]) -> Candidates:
    """Costs as probabilities of the cheapest readings."""
    if not readings:
        return ()
    best = sorted(readings.items(), key=lambda item: (item[1], item[0]))[:_MOST]
    odds = [math.exp((best[0][1] - cost) / UNIT) for _, cost in best]
    total = sum(odds)
    return tuple((word, round(p / total, 6)) for (word, _), p in zip(best, odds, strict=True))
