"""Case in languages that write it as an ending: it is the matrix language's to give (Myers-Scotton, 1993).

* An inserted noun enters bare, পার্টির "of the party" as পার্টি: what the frame says with a postposition would be said
  twice if the noun brought its own ending along.
* So does a phrase whose article elision has made a part of its first word: l'aide enters as aide, as determiners stay
  with the frame.
* Where the matrix noun that gives way had an ending, the ending stays, as a word of its own: বাজারে becomes *market এ*.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from cswitch.core.lexicon import PIVOT, Lexicon, route
from cswitch.core.wordlists import table
from cswitch.generators.switching.lattice import EMBEDDED, Glue, Piece
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

_SHORTEST = 2
"""Letters that are left of a word at least."""
_CLEAR = 3
"""An ending of so many letters is taken for one also where the noun without it is not known."""
_DOUBTFUL = frozenset({"র", "রা"})
"""Endings that many nouns only seem to have; these are taken off where the two words mean the same."""
_ELIDED = {
    "fr": re.compile(r"[ld]['’](?=\w)", re.I),
    "ca": re.compile(r"[ld]['’](?=\w)", re.I),
    "it": re.compile(r"(?:[ld]|un|(?:de|a|da|ne|su)ll)['’](?=\w)", re.I),
}
"""Articles and prepositions that are written as one word with the word after them."""
_NOTHING, _ITSELF = "-", "="


class Ending(NamedTuple):
    """An ending of case."""

    text: str
    instead: tuple[str, ...]
    """What may stand in its place in the bare noun."""
    genitive: bool
    """Whether a noun that has it is a part of the phrase of the noun after it."""
    glue: str
    """How it is written after a word of another language; empty when it is not."""


@cache
def endings(lang: str) -> tuple[Ending, ...]:
    """The endings of case of a language, the longest first; none for most languages."""
    found = [
        Ending(ending, tuple(map(_read, bare.split())), case == "genitive", _read(glue))
        for code, ending, bare, case, glue in table("case-endings.tsv")
        if code == lang and bare != _ITSELF
    ]
    return tuple(sorted(found, key=lambda ending: len(ending.text), reverse=True))


def _read(cell: str) -> str:
    return "" if cell == _NOTHING else cell


def fit(view: View, unit: Unit, *, glue: bool) -> tuple[Piece | Glue, ...] | None:
    """The words of a noun or noun phrase as they enter the matrix sentence.

    Args:
        view: The pair.
        unit: The noun phrase on both sides.
        glue: Keep the ending of case that the matrix noun had.

    Returns:
        Its words, with the ending of the matrix noun behind where it had one; None when a noun may have an ending of
        case that cannot be told from it, or when the words are no phrase.
    """
    pieces = list(view.y_pieces[unit.y1 : unit.y2])
    lang, opening = view.embedded.lang, view.embedded.tokens[unit.y1]
    word = without_elision(opening, lang)
    if word != opening:
        pieces[0] = Piece(EMBEDDED, unit.y1, word)
    if endings(lang):
        *before, last = view.embedded.tokens[unit.y1 : unit.y2]
        noun = bare(last, lang)
        if noun is None or any(parts_phrase(word, lang) for word in before):
            return None
        pieces[-1] = Piece(EMBEDDED, unit.y2 - 1, noun)
    case: str | None = ""
    if glue and endings(view.matrix.lang):
        case = case_glue(view.matrix.tokens[unit.x2 - 1], view.matrix.lang)
    if case is None:
        return None
    return (*pieces, Glue(case, "postposition")) if case else tuple(pieces)


def bare(word: str, lang: str) -> str | None:
    """A noun without its ending of case.

    Args:
        word: The noun in its sentence.
        lang: Its language.

    Returns:
        The noun as it is when it has no such ending; None when it may have one, but the noun without it cannot be told.

    >>> [bare(word, "bn") for word in ("পার্টির", "বাজারে", "ঘর", "ঘরের", "সদস্যদের", "শহর", "মেয়ে")]
    ['পার্টি', 'বাজার', 'ঘর', 'ঘর', 'সদস্য', 'শহর', 'মেয়ে']
    >>> bare("markets", "en")
    'markets'
    """
    if not endings(lang):
        return word
    found = _analysis(word, lang)
    return None if found is None else found[0]


def without_elision(word: str, lang: str) -> str:
    """The first word of a phrase without an article that elision has joined to it.

    >>> [without_elision(word, "fr") for word in ("l’aide", "d'eau", "aujourd'hui")]
    ['aide', 'eau', "aujourd'hui"]
    """
    elided = _ELIDED.get(lang)
    found = elided.match(word) if elided else None
    return word[found.end() :] if found else word


def case_glue(word: str, lang: str) -> str | None:
    """What is left to say of a noun's case when another noun stands in its place.

    Returns:
        The ending as a word; empty when it has none, None when it may have one that cannot be told from the noun.

    >>> [case_glue(word, "bn") for word in ("বাজারে", "পার্টির", "শহর")]
    ['এ', 'এর', '']
    """
    found = _analysis(word, lang)
    if found is None:
        return None
    return found[1].glue if found[1] else ""


def parts_phrase(word: str, lang: str) -> bool:
    """Whether a noun has a case that no noun inside a phrase has, so that a phrase ends with it (স্কুলে | সঙ্গীত).

    >>> parts_phrase("স্কুলে", "bn"), parts_phrase("গ্রামের", "bn"), parts_phrase("নতুন", "bn")
    (True, False, False)
    """
    found = _analysis(word, lang) if endings(lang) else None
    return found is not None and found[1] is not None and not found[1].genitive


def _analysis(word: str, lang: str) -> tuple[str, Ending | None] | None:
    """A noun's bare form and its ending; None when it may have one that cannot be told from the noun."""
    if word in _wholes(lang):
        return word, None
    candidates = [
        (word.removesuffix(ending.text) + part, ending)
        for ending in endings(lang)
        if word.endswith(ending.text) and len(word) - len(ending.text) >= _SHORTEST
        for part in ending.instead
    ]
    if not candidates:
        return word, None
    meanings = _meanings(lang)
    own = meanings.get(word)
    known = [(noun, ending) for noun, ending in candidates if noun in meanings]
    alike = [found for found in known if own is None or own & meanings[found[0]]]
    alike += [found for found in known if found[1].text not in _DOUBTFUL]
    if alike:
        return alike[0]
    clear = [found for found in candidates if len(found[1].text) >= _CLEAR]
    if own is None:
        return clear[0] if clear else None
    certain = clear or any(ending.text not in _DOUBTFUL for _, ending in candidates)
    return None if certain else (word, None)  # শহর "city" only ends as if it had a case


@cache
def _wholes(lang: str) -> frozenset[str]:
    """Nouns that end as if they had a case."""
    return frozenset(word for code, word, bare, *_ in table("case-endings.tsv") if code == lang and bare == _ITSELF)


@cache
def _meanings(lang: str) -> dict[str, frozenset[str]]:
    """The words of a language that the shipped lexicon knows, with the first letters of what they mean."""
    if not route(PIVOT, lang):
        return {}
    words = Lexicon.load(PIVOT, lang).reversed()
    return {word: frozenset(t.word[:4] for t in words.translations(word)) for word in words}
