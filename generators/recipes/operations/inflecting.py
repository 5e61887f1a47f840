"""Number and gender of words that come in: told by a tagger and endings, made by rules and a table of exceptions."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from cswitch.core.wordlists import table

Number = Literal["Sing", "Plur", ""]
Gender = Literal["m", "f", ""]
OBLIQUE = "ों"
"""The ending of a Hindi plural before a postposition, which has no place in a sentence of another language."""
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
_CONSONANT_Y = re.compile(r"[^aeiou]y$")
_STRESSED_END = (("ción", "ciones"), ("sión", "siones"), ("ón", "ones"), ("án", "anes"), ("és", "eses"), ("ín", "ines"))
_MASCULINE_A = re.compile(r"(?:ema|oma|ama|día|mapa|clima|planeta|atleta|ista)$")
_FEMININE = re.compile(r"(?:a|ción|sión|zón|dad|tad|tud|umbre|idez)$")
_HINDI_ENDINGS = frozenset("ाीे")
_UNCHANGING = frozenset({"en", "zh", "ja", "ko", "th", "vi", "id", "ms", "tr", "fil"})
"""Languages whose adjectives do not agree."""
_FEMININE_O = frozenset({"mano", "foto", "moto"})


def plural(word: str, lang: str) -> str | None:
    """The plural of a singular noun; None for a language without rules here.

    >>> [plural(word, "en") for word in ("ticket", "bus", "city", "day", "child")]
    ['tickets', 'buses', 'cities', 'days', 'children']
    >>> [plural(word, "es") for word in ("casa", "color", "luz", "estación", "lunes")], plural("Haus", "de")
    (['casas', 'colores', 'luces', 'estaciones', 'lunes'], None)
    >>> [plural(word, "hi") for word in ("घंटा", "लड़की", "दिन")]
    ['घंटे', 'लड़कियाँ', 'दिन']
    """
    known = _plurals().get((lang, word))
    if known:
        return known
    if lang == "en":
        if _CONSONANT_Y.search(word):
            return word[:-1] + "ies"
        return word + ("es" if _SIBILANT.search(word) else "s")
    if lang == "hi":
        return word[:-1] + {"ा": "े", "ी": "ियाँ"}[word[-1]] if word[-1:] in "ाी" else word
    if lang == "es":
        for ending, new in _STRESSED_END:
            if word.endswith(ending):
                return word[: -len(ending)] + new
        if word.endswith("z"):
            return word[:-1] + "ces"
        return word + ("s" if word[-1:] in "aeiouáéó" else "es")
    return None


def gender(word: str, lang: str) -> Gender:
    """The gender of a Spanish noun by its ending; empty where the ending does not tell.

    >>> [gender(word, "es") for word in ("casa", "problema", "mano", "libros", "luz")]
    ['f', 'm', 'f', 'm', '']
    """
    if lang != "es":
        return ""
    base = re.sub(r"([cs])iones$", r"\1ión", word)
    base = re.sub(r"(?<=[aeo])s$", "", base)
    if base in _FEMININE_O or base in stressed_a():
        return "f"
    if base.endswith("o") or _MASCULINE_A.search(base) or re.search(r"(?:or|aje|án|és)$", base):
        return "m"
    return "f" if _FEMININE.search(base) else ""


def agreeing(adjective: str, lang: str, wanted: Gender, number: Number) -> str | None:
    """An adjective in the gender and number of its noun; None where its form is not sure.

    >>> agreeing("rojo", "es", "f", "Plur"), agreeing("azules", "es", "m", "Sing"), agreeing("big", "en", "", "Plur")
    ('rojas', 'azul', 'big')
    >>> agreeing("terribles", "es", "m", "Sing"), agreeing("rojo", "es", "", "Sing"), agreeing("गंदा", "hi", "", "Sing")
    ('terrible', None, None)
    """
    if lang == "hi":
        return None if adjective[-1:] in _HINDI_ENDINGS else adjective
    if lang != "es":
        return adjective if lang in _UNCHANGING else None
    base = _singular(adjective)
    if base[-1:] in "oa" and not base.endswith("ista"):
        if not wanted:
            return None
        base = base[:-1] + ("a" if wanted == "f" else "o")
    elif base.endswith(("dor", "tor", "és", "ón", "án")):
        return None
    return plural(base, lang) if number == "Plur" else base


def _singular(adjective: str) -> str:
    if adjective.endswith("ces"):
        return adjective[:-3] + "z"
    if re.search(r"[aeiouáéíóú][lrn]es$", adjective):
        return adjective[:-2]
    return adjective[:-1] if re.search(r"[aeo]s$", adjective) else adjective


@cache
def _plurals() -> dict[tuple[str, str], str]:
    return {(lang, one): many for lang, one, many in table("plurals.tsv")}


@cache
def stressed_a() -> frozenset[str]:
    """Feminine Spanish nouns that take el and un for their stressed a: el agua fría.

    >>> "agua" in stressed_a()
    True
    """
    return frozenset(row[0] for row in table("stressed-a-es.tsv"))
