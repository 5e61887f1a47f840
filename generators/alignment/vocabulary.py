"""What the lexical aligner knows of each word, worked out once a word and kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple
from unicodedata import digit

from cswitch.core.lexicon import Lexicon, key
from cswitch.core.text.tokens import token_class, tokenise
from cswitch.generators.alignment.similarity import romanised, sounds_alike
from cswitch.generators.alignment.stems import Stemmer, stemmer

WORD, NUMBER, MARK = 0, 1, 2
"""Kinds of token: a word (URLs and the like count as words), a number, anything else."""
BACK_OFF = 0.75
"""What a translation is worth when only the stems agree."""
SAME = 0.9
"""What the same spelling on both sides is worth."""
_MARKS = {
    **dict.fromkeys("।॥。", "."), **dict.fromkeys("“”«»", '"'), **dict.fromkeys("‘’", "'"), **dict.fromkeys("–—", "-"),
    "،": ",", "、": ",", "，": ",", "؟": "?", "？": "?", "！": "!", "؛": ";",
}  # fmt: skip
"""Marks of the same use in other scripts."""
UNSPACED = frozenset({"zh", "yue", "ja"})
"""Languages whose words come in several tokens where no segmenter is installed."""
_GROUPING = re.compile(r"(?<=\d)[.,](?=(?:\d{2,3}[.,])*\d{3}(?!\d))")
COMPOUND, PART = 8, 4
"""Letters from which a word may be a compound, and those of each of its parts."""
_SEAMS = ("", "s", "-")
_CAPACITY = 200_000


class Unit(NamedTuple):
    """A translation of which a side has several words, as stems."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    strength: float


class Word:
    """What the aligner knows of one word type."""

    __slots__ = (
        "_heard", "after", "before", "closed", "familiar", "kind", "names", "parts", "row", "spelling", "stem", "units",
    )  # fmt: skip

    def __init__(self, names: tuple[str, ...], stem: str, kind: int) -> None:
        self.names = names
        """What the word can be found by: its form, and its stem with a mark."""
        self.stem = stem
        self.kind = kind
        self.closed = False
        self.row: dict[str, float] = {}
        """Names of possible translations, with how much each is worth, 0 to 1; source words only."""
        self.units: tuple[Unit, ...] = ()
        """Multi-word translations whose source begins with this word; source words only."""
        self.parts: frozenset[str] = frozenset()
        """What the parts of a compound stand for: of a target word their own names, of a source word those of their
        translations."""
        self.before = self.after = 0.0
        """Share of the uses in which the word completes the word before it, and the word after it."""
        self.familiar = False
        """Whether the lexicon knows the word and it is not written as a name."""
        self.spelling = ""
        """The token, for words that may be names or loans; empty for others."""
        self._heard: tuple[str, str] | None = None

    @property
    def sound(self) -> str:
        """Romanised spelling, for words that may be names or loans."""
        return (self._heard or self._hear())[0]

    @property
    def bones(self) -> str:
        """Consonants of the romanised spelling, where there are two or more."""
        return (self._heard or self._hear())[1]

    def _hear(self) -> tuple[str, str]:
        """Romanises the word when it is first asked for: most words are linked without it."""
        sound, bones = romanised(self.spelling) if self.spelling else ("", "")
        self._heard = sound, bones if len(bones) > 1 else ""
        return self._heard


class Vocabulary:
    """Word types of both sides of a lexicon, with what is known of them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._stemmers = stemmer(lexicon.source), stemmer(lexicon.target)
        self._closed = tuple(frozenset(map(s.fold, lexicon.closed.get(s.lang, ()))) for s in self._stemmers)
        self._joins = tuple(_by_stem(s, lexicon.joins.get(s.lang, {})) for s in self._stemmers)
        self._known: set[str] = set()
        self._others: set[str] = set()
        self._seen: tuple[dict[str, Word], dict[str, Word]] = ({}, {})
        self._alike: dict[tuple[str, str], float] = {}
        self._forms: dict[str, dict[str, float]] = {}
        self._stems: dict[str, dict[str, float]] = {}
        self._units: dict[str, list[Unit]] = {}
        for word in lexicon:
            for translation in lexicon.translations(word):
                self._known.add(self._stemmers[1].stem(translation.word))
                self._enter(word, translation.word, sqrt(translation.prob * translation.back))

    def _enter(self, word: str, other: str, strength: float) -> None:
        left, right = self._stemmers
        if " " in word or " " in other:
            self._enter_unit(word.split(), other.split(), strength)
            return
        parts, others = (_tokens(text, stems.lang) for text, stems in zip((word, other), self._stemmers, strict=True))
        if len(parts) > 1 or len(others) > 1:
            self._enter_unit(parts, others, strength)
        self._others.add(right.fold(other))
        for table, name, found, worth in (
            (self._forms, left.fold(word), right.fold(other), strength),
            (self._stems, left.stem(word), "~" + right.stem(other), strength * BACK_OFF),
        ):
            row = table.setdefault(name, {})
            row[found] = max(row.get(found, 0.0), worth)

    def _enter_unit(self, words: Sequence[str], others: Sequence[str], strength: float) -> None:
        left, right = self._stemmers
        unit = Unit(tuple(map(left.stem, words)), tuple(map(right.stem, others)), strength)
        self._units.setdefault(unit.source[0], []).append(unit)

    def source(self, token: str) -> Word:
        """What is known of a token of the first side."""
        return self._seen[0].get(token) or self._learn(token, 0)

    def target(self, token: str) -> Word:
        """What is known of a token of the second side."""
        return self._seen[1].get(token) or self._learn(token, 1)

    def _learn(self, token: str, side: int) -> Word:
        seen = self._seen[side]
        if len(seen) > _CAPACITY:
            seen.clear()
        word = seen[token] = self._make(token, side)
        return word

    def _make(self, token: str, side: int) -> Word:
        kind = token_class(token)
        if kind == "number" or not any(map(str.isalpha, token)):
            return self._make_plain(token, side, NUMBER if kind == "number" else MARK)
        form, stem = self._stemmers[side].fold(token), self._stemmers[side].stem(token)
        if "'" in form and stem not in (self._known if side else self._stems):
            form = max(form.split("'"), key=len)  # a clitic that other text writes apart: l'eau, Ankara'da
            stem = self._stemmers[side].stem(form)
        closed = form in self._closed[side]
        word = Word((form, "~" + stem), stem, WORD)
        word.closed = closed
        if side == 0:
            self._look_up(word, form)
        if len(form) >= COMPOUND and not closed:
            self._part(word, form, side)
        joins = self._joins[side]
        word.before, word.after = joins.get(form) or (0.0, 0.0) if closed else joins.get("~" + stem, (0.0, 0.0))
        known = bool(word.row or word.units) if side == 0 else stem in self._known
        word.familiar = known and not token[0].isupper()
        if not closed:
            if side == 0:
                word.row[form] = max(word.row.get(form, 0.0), SAME)
            if kind == "word":
                word.spelling = token
        return word

    def _make_plain(self, token: str, side: int, kind: int) -> Word:
        form = plain_number(token) if kind == NUMBER else _MARKS.get(token, token)
        word = Word((form,), form, kind)
        if side == 0:
            word.row = {**self._forms.get(form, {}), form: 1.0 if kind == NUMBER else SAME}
        return word

    def _look_up(self, word: Word, form: str) -> None:
        """Fills in what the lexicon has for a source word: for its form, and less surely for its stem."""
        if not word.closed:
            word.row.update(self._stems.get(word.stem, {}))
        word.row.update(self._forms.get(form, {}))
        word.units = tuple(self._units.get(word.stem, ()))

    def _part(self, word: Word, form: str, side: int) -> None:
        """Parts a compound of two known words; one that the lexicon has not seen is looked up by them.

        Not so with a hyphen: a link by one part (``non-executive``, ``high-profile``) would say half of the word.
        """
        known = self._others if side else self._forms.keys()
        seams = (
            (form[:n], form[n + len(seam) :])
            for n in range(PART, len(form) - PART + 1)
            for seam in _SEAMS
            if form.startswith(seam, n)
        )
        found = next(
            (parts for parts in seams if len(parts[1]) >= PART and parts[0] in known and parts[1] in known), None
        )
        if not found:
            return
        if side:
            word.parts = frozenset(found)
            if word.stem not in self._known and "-" not in form:
                word.names += found
        else:
            rows = [self._forms[part] for part in found]
            word.parts = frozenset(name for row in rows for name in row)
            if not word.row and "-" not in form:
                word.row = {name: worth * BACK_OFF for row in rows for name, worth in row.items()}

    def alike(self, one: Word, other: Word) -> float:
        """How alike two words sound, 0 to 1, remembered for the next time."""
        pair = one.sound, other.sound
        value = self._alike.get(pair)
        if value is None:
            if len(self._alike) > _CAPACITY:
                self._alike.clear()
            value = self._alike[pair] = sounds_alike((one.sound, one.bones), (other.sound, other.bones))
        return value


def _tokens(word: str, lang: str) -> Sequence[str]:
    """The tokens that a word of a lexicon comes in where its language has no segmenter."""
    return tokenise(word).tokens if lang in UNSPACED else (word,)


def _by_stem(stems: Stemmer, joins: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """The shares by form, and by stem (marked) for forms that were never seen."""
    table: dict[str, tuple[float, float]] = {}
    for word, (before, after) in joins.items():
        table[stems.fold(word)] = before, after
        name = "~" + stems.stem(word)
        old = table.get(name, (0.0, 0.0))
        table[name] = max(before, old[0]), max(after, old[1])
    return table


def plain_number(token: str) -> str:
    """A number in ASCII digits, without grouping marks and with a point for the decimals.

    >>> plain_number("१०,००,०००"), plain_number("3,5%"), plain_number("9:30")
    ('1000000', '3.5%', '9:30')
    """
    text = "".join([str(digit(c, c)) for c in key(token)])
    return _GROUPING.sub("", text).replace(",", ".")
