"""Which sense a word with several has where it stands, as far as the words around it tell."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from cswitch.core.lexicon import key
from cswitch.core.wordlists import table
from cswitch.perturb.forms import plural_of, singulars

_EVER, _STAYS, _OWN, _SET = ".", "-", "*", "@"
_BEFORE, _AFTER = "<", ">"
_REMEMBERED = 1 << 14
_TOGETHER = 2
"""Words of a set of cues that must stand in a text before it is of that field."""
_DETERMINERS = frozenset("a an the my your his her its our their this that these those".split())


class Sense(NamedTuple):
    """A sense of a word."""

    cues: tuple[str, ...]
    """What tells of it: words of the text, sets of words, the word before or after."""
    means: str | None
    """The word of the other language; empty where the word stays, None where the lexicon says it."""
    plural: str
    """Its plural; empty where there is none."""


class Senses:
    """Says what words of several senses mean in another language (data/lexicons/senses.tsv).

    A word that is listed is said in the other language where its neighbours or the field of the text show its sense,
    or where it has one sense that nearly always is meant. Else it stays: the choice of a lexicon, which sees the word
    alone, would be wrong as often as not.

    Args:
        source: Language of the words.
        target: The other language.

    >>> senses = Senses("en", "es")
    >>> senses.of("the bank of the river flooded".split(), 1, "NOUN", plural=False)
    'orilla'
    >>> senses.of("a bench near the bank".split(), 4, "NOUN", plural=False), senses.of(["cat"], 0, "NOUN", plural=False)
    ('', None)
    """

    def __init__(self, source: str, target: str) -> None:
        self.source = source
        self._listed = _listed(source, target)
        self.bare = lru_cache(maxsize=_REMEMBERED)(self._bare)
        """The form of a token that a list has: its singular where that is known."""

    def _bare(self, token: str) -> str:
        word = key(token)
        if (word, "NOUN") in self._listed or (word, "ADJ") in self._listed:
            return word
        return next((one for one in singulars(word, self.source) if (one, "NOUN") in self._listed), word)

    def said(self, tokens: Sequence[str]) -> frozenset[str]:
        """The words of a text in lower case, and what they may be the plural of."""
        found = set(tokens)
        for token in tokens:
            one = singulars(token, self.source)
            if one:
                found.update(one)
        return frozenset(found)

    def of(
        self, tokens: Sequence[str], at: int, wordclass: str, *, plural: bool, said: Container[str] | None = None
    ) -> str | None:
        """What a token may become, by its sense.

        Args:
            tokens: The sentence or text, in lower case.
            at: Which token.
            wordclass: Its class.
            plural: Whether the plural is wanted.
            said: What :meth:`said` found for the tokens; found here when not given.

        Returns:
            The word that it becomes; empty where it stays; None where the lexicon decides.
        """
        word = self.bare(tokens[at])
        senses = self._listed.get((word, wordclass))
        if senses is None:
            return None
        if said is None:
            said = self.said(tokens)
        for sense in senses:
            if any(cue != word and _holds(cue, tokens, at, said, word) for cue in sense.cues):
                return sense.plural if plural and sense.means else sense.means
        return ""


def _holds(cue: str, tokens: Sequence[str], at: int, said: Container[str], word: str) -> bool:
    """Whether a cue for a word is there; the word itself is none."""
    if cue == _EVER:
        return True
    if cue.startswith(_SET):
        return sum(one in said and one != word for one in _sets().get(cue[1:], ())) >= _TOGETHER
    if cue.startswith(_BEFORE):
        back = at - 1
        if back > 0 and tokens[back] in _DETERMINERS and cue[1:] not in _DETERMINERS:
            back -= 1
        return back >= 0 and tokens[back] == cue[1:]
    if cue.startswith(_AFTER):
        return at + 1 < len(tokens) and tokens[at + 1] == cue[1:]
    return cue in said


@cache
def _sets() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(words.split()) for name, words in table("sense-cues.tsv")}


@cache
def _listed(source: str, target: str) -> Mapping[tuple[str, str], tuple[Sense, ...]]:
    """Word and class to its senses, in the order in which they are tried."""
    found: dict[tuple[str, str], tuple[Sense, ...]] = {}
    for lang, word, wordclass, cues, means in table("senses.tsv"):
        if lang == source:
            sense = _sense(cues, means, target)
            found[word, wordclass] = (*found.get((word, wordclass), ()), sense)
    return found


def _sense(cues: str, means: str, target: str) -> Sense:
    items = means.split()
    own = next((item.partition("=")[2] for item in items if item.startswith(f"{target}=")), "")
    if own in ("", _STAYS):
        return Sense(tuple(cues.split()), None if not own and _OWN in items else "", "")
    one, slash, many = own.partition("/")
    return Sense(tuple(cues.split()), one, many if slash else plural_of(one, target) or "")
