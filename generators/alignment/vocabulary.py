"""What the lexical aligner knows of each word, worked out once a word and kept."""

from __future__ import annotations

from math import sqrt
from unicodedata import digit

from cswitch.core.lexicon import Lexicon, key
from cswitch.core.text.tokens import token_class
from cswitch.generators.alignment.similarity import romanised, sounds_alike
from cswitch.generators.alignment.stems import Stemmer, stemmer

WORD, NUMBER, PUNCT = 0, 1, 2
BACK_OFF = 0.75
"""What a translation is worth when only the stems agree."""
_MARKS = {
    "।": ".",
    "॥": ".",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "…": "...",
}
_CAPACITY = 200_000


class Word:
    """What the aligner knows of one word type."""

    __slots__ = ("bones", "closed", "form", "kind", "row", "sound", "stem")

    def __init__(self, form: str, stem: str, kind: int, closed: bool, row: dict[str, float], sound: str, bones: str):
        self.form, self.stem, self.kind, self.closed, self.row = form, stem, kind, closed, row
        self.sound, self.bones = sound, bones


class Vocabulary:
    """Word types of both sides of a lexicon, kept with what is known of them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._stemmers = stemmer(lexicon.source), stemmer(lexicon.target)
        self._closed = tuple(frozenset(map(s.fold, lexicon.closed.get(s.lang, ()))) for s in self._stemmers)
        self._seen: tuple[dict[str, Word], dict[str, Word]] = ({}, {})
        self._alike: dict[tuple[str, str], float] = {}
        self._rows: dict[str, dict[str, float]] = {}
        self._stem_rows: dict[str, dict[str, float]] = {}
        left, right = self._stemmers
        for word in lexicon:
            if " " in word:
                continue
            form, stem = left.fold(word), left.stem(word)
            row = self._rows.setdefault(form, {})
            stems = self._stem_rows.setdefault(stem, {})
            for t in lexicon.translations(word):
                if " " in t.word:
                    continue
                strength = sqrt(t.prob * t.back)
                other = right.fold(t.word)
                row[other] = max(row.get(other, 0.0), strength)
                other = "~" + right.stem(t.word)
                stems[other] = max(stems.get(other, 0.0), strength * BACK_OFF)

    def source(self, token: str) -> Word:
        return self._seen[0].get(token) or self._learn(token, 0)

    def target(self, token: str) -> Word:
        return self._seen[1].get(token) or self._learn(token, 1)

    def _learn(self, token: str, side: int) -> Word:
        seen = self._seen[side]
        if len(seen) > _CAPACITY:
            seen.clear()
        word = seen[token] = self._make(token, side)
        return word

    def _make(self, token: str, side: int) -> Word:
        stems = self._stemmers[side]
        kind = token_class(token)
        if kind == "number" or (kind == "word" and not any(map(str.isalpha, token))):
            form = plain_number(token)
            return Word(form, "", NUMBER, False, {form: 1.0}, "", "")
        if kind != "word":
            form = _MARKS.get(token, token)
            return Word(form, "", PUNCT, False, {form: 0.9}, "", "")
        form, stem = stems.fold(token), stems.stem(token)
        closed = form in self._closed[side]
        row: dict[str, float] = {}
        if side == 0:
            if not closed:
                row.update(self._stem_rows.get(stem, {}))
            row.update(self._rows.get(form, {}))
            row[form] = max(row.get(form, 0.0), 0.9)
        sound, bones = romanised(token)
        if closed or len(bones) < 2:
            bones = ""
        return Word(form, "" if closed else "~" + stem, WORD, closed, row, sound, bones)

    def alike(self, one: Word, other: Word) -> float:
        pair = one.sound, other.sound
        value = self._alike.get(pair)
        if value is None:
            if len(self._alike) > _CAPACITY:
                self._alike.clear()
            value = self._alike[pair] = sounds_alike((one.sound, one.bones), (other.sound, other.bones))
        return value


def plain_number(token: str) -> str:
    """A number in ASCII digits without grouping marks.

    >>> plain_number("१०,०००"), plain_number("3.5%")
    ('10000', '3.5%')
    """
    text = "".join(str(digit(c)) if c.isdigit() and not c.isascii() else c for c in key(token))
    return text.replace(",", "")
