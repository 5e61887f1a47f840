"""What a word of a seed sentence becomes in another language: analysed, looked up, and made to agree."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from cswitch.core.contracts import PosTagger
from cswitch.core.lexicon import Lexicon, key
from cswitch.core.text.scripts import script_of, scripts_for
from cswitch.core.verbs import lemma
from cswitch.core.wordlists import fixed_expressions, function_words, table
from cswitch.generators.recipes.operations.inflecting import OBLIQUE, Gender, Number, agreeing, gender, plural
from cswitch.generators.recipes.operations.texts import cased
from cswitch.generators.switching.glue import hindi_light_verb, light_verbs

HEAD_FIRST = frozenset({"es", "fr", "it", "pt", "ca", "ro", "ar", "id", "ms", "vi", "sw", "he", "fa"})
"""Languages whose adjectives follow their noun."""
_LONGEST = 4
"""Words of the longest expression that is looked up."""
_BEFORE_NOUN = {"en": ("the",), "es": ("la",), "de": ("die",)}
_MANY = {
    "hi": frozenset("दो तीन चार पाँच पांच छह छः सात आठ नौ दस बीस तीस पचास सौ दोनों कई".split()),
    "en": frozenset(),
}
"""Words after which a noun that looks singular is not."""
_ONE = frozenset({"1", "१", "एक", "one", "un", "una", "uno"})
_MORE = frozenset(
    {"más", "menos", "muy", "ज़्यादा", "ज्यादा", "सबसे", "बहुत", "इतना", "इतनी", "इतने", "more", "most", "very", "so"}
)
_STAYING = frozenset("बजे बार tonight today tomorrow yesterday".split())
"""Words that a tagger calls nouns and that do not change their language alone: नौ बजे, तीन बार."""
_COPULAS = frozenset("है हैं हूँ हूं हो था थी थे थीं".split())
"""Forms of होना that say what something is, and make no conjunct verb."""
_ATTRIBUTIVE = frozenset({"हुआ", "हुए", "हुई"})
_NOUN, _ADJECTIVE, _VERB = "NOUN", "ADJ", "VERB"


class Word(NamedTuple):
    """A word that is written."""

    text: str
    """Its form."""
    lang: str
    """Its language."""


class Unit(NamedTuple):
    """Tokens of a seed sentence, and what may come instead."""

    start: int
    """First token."""
    end: int
    """One past the last."""
    words: tuple[Word, ...]
    """What comes instead."""


class Analyser:
    """Finds the units of sentences: nouns with their adjectives, predicates, verbs where a light verb takes them up.

    Args:
        lexicon: From the language of the sentences to the other.
        tagger: Parts of speech of the sentences.
        there: Parts of speech of the other language; None where there is no tagger.
        min_prob: A translation less probable than this is none.
    """

    def __init__(self, lexicon: Lexicon, tagger: PosTagger, there: PosTagger | None, min_prob: float) -> None:
        self.lexicon, self.tagger, self.there, self.min_prob = lexicon, tagger, there, min_prob
        self.source, self.target = lexicon.source, lexicon.target
        self.closed = function_words(self.source).union(lexicon.closed.get(self.source, ()))
        self.closed_there = function_words(self.target).union(lexicon.closed.get(self.target, ()))
        self._scripts = frozenset(scripts_for(self.target))
        self._classes: dict[str, tuple[str, str]] = {}

    def units(self, tokens: Sequence[str], free: Sequence[bool]) -> list[Unit]:
        """The units of a sentence, in order, without overlaps.

        Args:
            tokens: The sentence.
            free: Whether each token may be replaced.
        """
        labels = self.tagger.tag([tokens])[0]
        fixed = self._expressions(tokens)
        free = [may and at not in fixed for at, may in enumerate(free)]
        found: list[Unit] = []
        at = 0
        while at < len(tokens):
            unit = self._unit(tokens, labels, free, at)
            if unit is not None and unit.words:
                found.append(unit)
            at = unit.end if unit else at + 1
        return found

    def _expressions(self, tokens: Sequence[str]) -> set[int]:
        """Tokens of expressions that stay whole: fixed ones, and those that the lexicon knows as a whole.

        A word with nothing but closed-class words behind it (रात में) is free: it stands in a frame.
        """
        low = [key(token) for token in tokens]
        found = [(start, end) for start, end in fixed_expressions(low, self.source) if end - start > 1]
        for start in range(len(low)):
            for end in range(start + 2, min(start + _LONGEST, len(low)) + 1):
                framed = low[start] not in self.closed and self.closed.issuperset(low[start + 1 : end])
                if not framed and self.lexicon.translations(" ".join(low[start:end])):
                    found.append((start, end))
        return {at for start, end in found for at in range(start, end)}

    def _unit(self, tokens: Sequence[str], labels: Sequence[str], free: Sequence[bool], at: int) -> Unit | None:
        """The unit that begins at a token; one without words where what begins there must stay whole."""
        if not free[at]:
            return None
        upos = labels[at].partition(".")[0]
        if upos in (_NOUN, _ADJECTIVE):
            if self._conjunct(tokens, labels, at):
                after = labels[at + 2].partition(".")[0] if at + 2 < len(labels) else ""
                if tokens[at + 1] in _ATTRIBUTIVE and after in (_NOUN, _ADJECTIVE):
                    return Unit(at, at + 1, ())
                return Unit(at, at + 1, self._nominal(tokens[at]))
            return self._phrase(tokens, labels, free, at)
        if upos == _VERB and self.source == "hi" and self.target == "en":
            return self._verb(tokens, labels, at)
        return None

    def _conjunct(self, tokens: Sequence[str], labels: Sequence[str], at: int) -> bool:
        """Whether a word is the nominal part of a conjunct verb: रद्द in रद्द करना."""
        if self.source != "hi" or at + 1 == len(tokens):
            return False
        verb = labels[at + 1].partition(".")[0] in (_VERB, "AUX")
        return verb and tokens[at + 1] in light_verbs() - _COPULAS

    def _nominal(self, token: str) -> tuple[Word, ...]:
        """A bare English verb, or a noun or adjective as it is, before करना or होना."""
        if self.target != "en":
            return ()
        for word in self._candidates(token):
            bare = lemma(word)
            if bare is not None and _use(bare) != "never":
                return (Word(bare, self.target),)
            if bare is None and self._class(word) in (_ADJECTIVE, _NOUN):
                return (Word(cased(word, self.target), self.target),)
        return ()

    def _verb(self, tokens: Sequence[str], labels: Sequence[str], at: int) -> Unit | None:
        """A simple Hindi verb becomes a bare English verb with a form of करना or होना."""
        form = tokens[at]
        if form in light_verbs() or (at and tokens[at - 1] == "से"):
            return None
        bare = next(filter(None, map(lemma, self._candidates(form, near=True))), None)
        if bare is None or _use(bare) == "never":
            return None
        compound = at + 1 < len(labels) and labels[at + 1].partition(".")[0] in (_VERB, "AUX")
        light = hindi_light_verb(form, labels[at], _use(bare), compound=compound)
        return Unit(at, at + 1, (Word(bare, self.target), Word(light, self.source))) if light else None

    def _phrase(self, tokens: Sequence[str], labels: Sequence[str], free: Sequence[bool], at: int) -> Unit | None:
        """A run of adjectives and nouns that holds together."""
        end = at
        while end < len(tokens) and free[end] and labels[end].partition(".")[0] in (_NOUN, _ADJECTIVE):
            if end > at and self._conjunct(tokens, labels, end):
                break
            end += 1
        classes = [labels[n].partition(".")[0] for n in range(at, end)]
        nouns = [at + n for n, upos in enumerate(classes) if upos == _NOUN]
        if nouns and self.source not in HEAD_FIRST:  # what follows the noun is said of it: चप्पलें छोटी हैं
            last = next(n for n in range(nouns[0], end) if n + 1 == end or n + 1 not in nouns)
            end, nouns = last + 1, [n for n in nouns if n <= last]
        named = "PROPN" in (labels[at - 1] if at else "", *labels[end : end + 1])
        if not nouns:
            return Unit(at, end, self._predicate(tokens, labels, at, end))
        framed = at > 0 and labels[at - 1] == "ADP" and " ".join(tokens[end : end + 1]) in ("de", "del")
        joined = labels[end : end + 2] == ("CCONJ", _ADJECTIVE) and self.source in HEAD_FIRST  # limpia y seca
        if len(nouns) != 1 or named or joined or framed:  # a causa de
            return Unit(at, end, ())  # a compound: taking a part of it would leave the rest
        return self._noun_phrase(tokens, labels, (at, end), nouns[0])

    def _predicate(self, tokens: Sequence[str], labels: Sequence[str], at: int, end: int) -> tuple[Word, ...]:
        """An adjective alone, before a Hindi copula; English adjectives agree with nothing."""
        copula = self.source == "hi" and end < len(labels) and labels[end] == "AUX.Fin"
        if end - at != 1 or not copula or self.target != "en" or (at and tokens[at - 1] in _MORE):
            return ()
        word = next((word for word in self._candidates(tokens[at]) if self._class(word) == _ADJECTIVE), None)
        return (Word(word, self.target),) if word else ()

    def _noun_phrase(self, tokens: Sequence[str], labels: Sequence[str], span: tuple[int, int], head: int) -> Unit:
        """A noun with its adjectives, else the noun alone where these may stay beside it."""
        start, end = span
        number = self._number(tokens, labels, start, head)
        noun = self._noun(tokens[head], number)
        if noun is None:
            return Unit(start, end, ())
        kind = gender(noun, self.target)
        others = [at for at in range(start, end) if at != head]
        made = [self._adjective(tokens[at], kind, number) for at in others]
        graded = start > 0 and tokens[start - 1] in _MORE
        if others and all(made) and not graded:
            adjectives = [word for word in made if word]
            words = [noun, *adjectives] if self.target in HEAD_FIRST else [*adjectives, noun]
            return Unit(start, end, tuple(Word(word, self.target) for word in words))
        if others and self.source in HEAD_FIRST:
            return Unit(start, end, ())
        return Unit(head, head + 1, (Word(noun, self.target),)) if head + 1 == end else Unit(start, end, ())

    def _number(self, tokens: Sequence[str], labels: Sequence[str], start: int, head: int) -> Number:
        before = tokens[start - 1] if start else ""
        numeral = start > 0 and labels[start - 1] == "NUM" and before not in _ONE
        if numeral or before in _MANY.get(self.source, ()):
            return "Plur"
        feature = labels[head].partition(".")[2]
        return "Plur" if feature == "Plur" else "Sing" if feature == "Sing" else ""

    def _noun(self, token: str, number: Number) -> str | None:
        """A noun of the other language in a number."""
        known = [word for word in self._candidates(token, near=True) if self._class(word) in (_NOUN, "")]
        if self.target == "hi":
            known = [word for word in known if not word.endswith(OBLIQUE)]
        told = [(word, self._feature(word)) for word in known]
        best = next((word for word, feature in told if not number or feature in (number, "")), None)
        if known and number == "Plur" and told[0][1] == "Sing":
            made = plural(known[0], self.target)
            best = made if made and (self.target == "hi" or self._feature(made) != "Sing") else best
        if best and self.target == "de":
            return best[:1].upper() + best[1:]
        return cased(best, self.target) if best else None

    def _adjective(self, token: str, kind: Gender, number: Number) -> str | None:
        word = next(
            (word for word in self._candidates(token, near=True) if self._class(word) in (_ADJECTIVE, "")), None
        )
        return agreeing(word, self.target, kind, number) if word else None

    def _candidates(self, token: str, *, near: bool = False) -> list[str]:
        """Translations of one word by one word, the most probable first.

        Args:
            token: The word.
            near: Leave out those that are less than half as probable as the best.
        """
        known = self.lexicon.translations(token)
        if key(token) in self.closed or token in _STAYING or not known:
            return []
        floor = max(self.min_prob, known[0].prob / 2 if near else 0.0)
        return [t.word for t in known if t.prob >= floor and self._fits(t.word, token)]

    def _fits(self, word: str, token: str) -> bool:
        plain = word.isalpha() or not word.isascii()
        told = plain and " " not in word and script_of(word) in self._scripts and word not in self.closed_there
        return told and key(word) != key(token)

    def _class(self, word: str) -> str:
        """The class of a word of the other language; empty where nothing can tell."""
        framed, alone = self._labels(word)
        if not framed:
            return ""
        if _ADJECTIVE in (framed, alone):
            return _ADJECTIVE
        return framed.partition(".")[0]

    def _feature(self, word: str) -> str:
        return self._labels(word)[0].partition(".")[2]

    def _labels(self, word: str) -> tuple[str, str]:
        """What a word is behind an article, and alone."""
        if self.there is None:
            return "", ""
        if word not in self._classes:
            before = _BEFORE_NOUN.get(self.target, ())
            framed, alone = self.there.tag([(*before, word), (word,)])
            self._classes[word] = framed[-1], alone[-1]
        return self._classes[word]


def _use(verb: str) -> str:
    """``do``, ``be`` or ``never`` where an English verb says so itself."""
    return _uses().get(verb, "")


@cache
def _uses() -> dict[str, str]:
    return {row[0]: row[1] for row in table("light-verbs-en.tsv")}
