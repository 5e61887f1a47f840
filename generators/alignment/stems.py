"""Light stemming: brings the forms of a word together, from a table of affixes and irregular forms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from cswitch.core.lexicon import key

PREFIX = 4
"""Letters kept of a word of a language without a table."""
SUFFIX = ".inflection.tsv"
"""What the file of a language's rules in data/lexicons is called, after its code."""
_NOTHING = "-"


class Stemmer:
    """Maps word forms of one language to a common stem; stems need not be words.

    Args:
        lang: BCP-47 primary subtag. The rules are read from ``data/lexicons/LANG.inflection.tsv``; for a language
            without that file, the first four letters of a word are its stem.

    >>> stem = Stemmer("en").stem
    >>> stem("stopped") == stem("stops") == stem("stop"), stem("went") == stem("going")
    (True, True)
    >>> Stemmer("hi").stem("बातें") == Stemmer("hi").stem("बात")
    True
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._minimum, self._rounds = 0, 0
        self._folds: dict[int, str | None] = {}
        self._spellings: list[tuple[str, str]] = []
        self._prefixes: dict[str, str] = {}
        self._suffixes: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._whole: set[str] = set()
        self._cache: dict[str, str] = {}
        for kind, value, items in _rules(lang):
            self._read(kind, "" if value == _NOTHING else value, items)
        self._longest = max(map(len, self._suffixes), default=0)
        self._longest_prefix = max(map(len, self._prefixes), default=0)
        stems = {lemma: lemma if lemma in self._whole else self._stripped(lemma) for lemma in self._forms.values()}
        self._forms = {form: stems[lemma] for form, lemma in self._forms.items()}

    def _read(self, kind: str, value: str, items: list[str]) -> None:
        if kind == "settings":
            self._minimum, self._rounds = int(value), int(items[0])
        elif kind == "fold":
            self._folds.update({ord(item): value for item in items})
        elif kind == "spell":
            self._spellings += [(item, value) for item in items]
        elif kind == "prefix":
            self._prefixes.update(dict.fromkeys(items, value))
        elif kind == "suffix":
            self._suffixes.update(dict.fromkeys(items, value))
        else:
            self._forms.update(dict.fromkeys([*items, value], value))
            if kind == "word":
                self._whole.add(value)

    def stem(self, word: str) -> str:
        """The stem of a word form, remembered for the next time."""
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) > 200_000:
                self._cache.clear()
            found = self._cache[word] = self._stem(self.fold(word))
        return found

    def fold(self, word: str) -> str:
        """The word as it is looked up, with spelling variants (nukta, nasals, accents) folded, endings kept."""
        word = key(word)
        if word.isascii() or not (self._folds or self._spellings):
            return word
        word = word.translate(self._folds)
        for spelling, value in self._spellings:
            word = word.replace(spelling, value)
        return word

    def _stem(self, word: str) -> str:
        if not self._rounds:
            return word[:PREFIX]
        return self._forms.get(word) or self._stripped(word)

    def _stripped(self, word: str) -> str:
        if self._prefixes:
            word = self._without_prefix(word)
            if word in self._forms:
                return self._forms[word]
        for _ in range(self._rounds):
            shorter = self._strip(word)
            if shorter == word:
                break
            if shorter in self._forms:
                return self._forms[shorter]
            word = shorter
        return word

    def _without_prefix(self, word: str) -> str:
        for size in range(min(self._longest_prefix, len(word) - 1), 0, -1):
            value = self._prefixes.get(word[:size])
            if value is not None and len(word) - size + len(value) >= self._minimum:
                return value + word[size:]
        return word

    def _strip(self, word: str) -> str:
        for size in range(min(self._longest, len(word) - 1), 0, -1):
            value = self._suffixes.get(word[-size:])
            if value is not None and len(word) - size + len(value) >= self._minimum:
                return word[:-size] + value
        return word


@cache
def stemmer(lang: str) -> Stemmer:
    """The shared stemmer of a language.

    >>> stemmer("es").stem("casas") == stemmer("es").stem("casa")
    True
    """
    return Stemmer(lang)


def _rules(lang: str) -> Iterator[tuple[str, str, list[str]]]:
    path = files("cswitch.data.lexicons") / f"{lang}{SUFFIX}"
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                kind, value, items = line.split("\t")
                yield kind, value, items.split(" ")
