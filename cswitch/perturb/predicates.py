"""What is said of a subject: which noun that is, and the form in which an adjective agrees with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cswitch.generators.recipes.operations.inflecting import Gender, Number, agreeing

UNCHANGING = frozenset(
    "en de nl af hu fi et tr id ms vi zh yue ja ko th fa bn ta te kn ml fil ha ig yo ka hy eu cy".split()
)
"""Languages whose adjectives have one form after a verb."""
_BOUND = {"de": ("e", "en", "em", "es", "er"), "nl": ("e",)}
"""Endings that an adjective has only before a noun."""
_BARE = frozenset(
    "bitter finster heiter lecker munter sauber sicher tapfer teuer ungeheuer böse leise müde offen trocken".split()
)
"""German adjectives that end so by themselves."""
_SHORT = frozenset({"buen", "gran", "mal", "san", "primer", "tercer"})
"""Spanish adjectives in the form that only stands before a noun."""
_NOMINAL = frozenset({"ADJ", "DET", "NUM", "PRON"})
_PRONOUNS = {"he": ("m", "Sing"), "she": ("f", "Sing"), "they": ("", "Plur"), "these": ("", "Plur"), "it": ("", "Sing")}
_GENDERS: Mapping[str, Gender] = {"m": "m", "f": "f", "": ""}
_NUMBERS: Mapping[str, Number] = {"Sing": "Sing", "Plur": "Plur"}


def subject(labels: Sequence[str], words: Sequence[str], at: int) -> tuple[int | None, str, str]:
    """The subject of an adjective after a linking verb: where its noun stands, its gender and number.

    A pronoun is no noun, but may tell both; gender and number are empty where they are not known.

    Args:
        labels: Parts of speech of an English sentence, as the windowed tagger has them.
        words: Its words in lower case.
        at: The adjective.

    >>> words = "the fees of the fund are low".split()
    >>> labels = ["DET", "NOUN.Plur", "ADP", "DET", "NOUN.Sing", "AUX.Fin", "ADJ"]
    >>> subject(labels, words, 6), subject(["PRON", "AUX.Fin", "ADJ"], ["she", "was", "sick"], 2)
    ((1, '', 'Plur'), (None, 'f', 'Sing'))
    """
    noun: tuple[int | None, str, str] | None = None
    inner = False
    for place in range(at - 2, -1, -1):
        kind, _, number = labels[place].partition(".")
        if kind in ("NOUN", "PROPN"):
            noun = noun or (place if kind == "NOUN" else None, "", number or "Sing")
        elif kind == "ADP" and noun:
            noun, inner = None, True  # the fees of the fund: what it depends on is still to come
        elif kind == "PRON" and not noun:
            return (None, "", "") if inner else (None, *_PRONOUNS.get(words[place], ("", "")))
        elif kind not in _NOMINAL:
            break
    return noun or (None, "", "")


def form_of(adjective: str, lang: str, gender: str, number: str) -> str:
    """The form of an adjective that its subject asks for; empty where it is not sure.

    Args:
        adjective: The adjective in any form.
        lang: Its language.
        gender: ``m`` or ``f``; empty where it is not known.
        number: ``Sing`` or ``Plur``; empty where it is not known.

    >>> form_of("bajo", "es", "f", "Plur"), form_of("bajo", "es", "", "Plur"), form_of("fácil", "es", "", "Plur")
    ('bajas', '', 'fáciles')
    >>> form_of("niedrige", "de", "", "Sing"), form_of("kalt", "de", "", "Sing"), form_of("ख़राब", "hi", "", "Sing")
    ('', 'kalt', 'ख़राब')
    """
    if lang in _BOUND:
        return adjective if adjective in _BARE or not adjective.endswith(_BOUND[lang]) else ""
    if lang in UNCHANGING:
        return adjective
    if number and lang in ("es", "hi") and adjective not in _SHORT:
        return agreeing(adjective, lang, _GENDERS[gender], _NUMBERS[number]) or ""
    return ""
