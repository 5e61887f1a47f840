"""Forms of nouns: singulars and plurals by rules and a table of exceptions (data/lexicons/plurals.tsv)."""

from __future__ import annotations

from functools import cache, lru_cache

from cswitch.core.wordlists import table
from cswitch.generators.recipes.operations.inflecting import plural

ALIKE = frozenset({"id", "ms", "zh", "yue", "ja", "ko", "th", "vi"})
"""Languages whose nouns need no plural form."""
_ACCENTS = str.maketrans("áéíóú", "aeiou")
_ACUTE = dict(zip("aeiou", "áéíóú", strict=True))
_VOWELS = frozenset("aeiouáéíóúü")
_SIGNS = {"ा": "े", "ी": "ियाँ", "ि": "ियाँ"}
_FRENCH = (("eau", "eaux"), ("eu", "eux"), ("al", "aux"))


def plural_of(word: str, lang: str) -> str | None:
    """The plural of a noun; None for a language without rules here.

    >>> [plural_of(word, lang) for word, lang in (("baby", "en"), ("voz", "es"), ("घंटा", "hi"), ("Haus", "de"))]
    ['babies', 'voces', 'घंटे', None]
    >>> [plural_of(word, "fr") for word in ("maison", "journal", "bureau", "pays", "prix")]
    ['maisons', 'journaux', 'bureaux', 'pays', 'prix']
    """
    known = _exceptions().get((lang, word))
    if known:
        return known
    if lang == "es":
        return spanish_plural(word)
    if lang == "fr":
        ending = next((pair for pair in _FRENCH if word.endswith(pair[0])), None)
        if ending:
            return word[: -len(ending[0])] + ending[1]
        return word if word[-1] in "sxz" else word + "s"
    if lang == "hi":
        return word[:-1] + _SIGNS[word[-1]] if word[-1] in _SIGNS else word
    if lang in ALIKE:
        return word
    return plural(word, lang) if lang == "en" else None


@lru_cache(maxsize=1 << 14)
def singulars(word: str, lang: str = "en") -> tuple[str, ...]:
    """What a noun may be the plural of, likeliest first; for English and Spanish.

    >>> singulars("boxes"), singulars("cities"), singulars("loaves"), singulars("glass"), singulars("children")
    (('boxe', 'box'), ('city',), ('loaf',), (), ('child',))
    >>> singulars("flores", "es"), singulars("luces", "es"), singulars("estaciones", "es")
    (('flore', 'flor'), ('luce', 'luz'), ('estacione', 'estación'))
    """
    known = _singulars().get((lang, word))
    if known:
        return () if known == word else (known,)
    if lang == "es":
        return _spanish_singulars(word)
    if lang != "en" or len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y",)
    if word.endswith("ves"):
        return (word[:-1], word[:-3] + "f", word[:-3] + "fe")
    return (word[:-1], word[:-2]) if word.endswith("es") else (word[:-1],)


def _spanish_singulars(word: str) -> tuple[str, ...]:
    if len(word) < 4 or not word.endswith("s"):
        return ()
    if word.endswith(("ciones", "siones")):
        return (word[:-1], word[:-4] + "ón")
    if word.endswith("ces"):
        return (word[:-1], word[:-3] + "z")
    return (word[:-1], word[:-2]) if word.endswith("es") else (word[:-1],)


def spanish_plural(word: str) -> str:
    """The plural of a Spanish noun.

    >>> words = "casa café luz estación árbol joven lunes inglés país".split()
    >>> [spanish_plural(word) for word in words]
    ['casas', 'cafés', 'luces', 'estaciones', 'árboles', 'jóvenes', 'lunes', 'ingleses', 'países']
    """
    last, before = word[-1], word[-2:-1]
    if last in "aeiouáéó":
        return word + "s"
    if last == "z":
        return word[:-1] + "ces"
    if last in "sx" and before.translate(_ACCENTS) == before and sum(letter in _VOWELS for letter in word) > 1:
        return word
    if last in "ns" and before in "íú" and word[-3:-2] in "aeo":
        return word + "es"
    if last in "ns" and before in "áéíóú":
        return word[:-2] + before.translate(_ACCENTS) + last + "es"
    if word.endswith("en") and not set(word) & set("áéíóú"):
        at = next((at for at in range(len(word) - 3, -1, -1) if word[at] in _ACUTE), None)
        if at is not None:
            word = word[:at] + _ACUTE[word[at]] + word[at + 1 :]
    return word + "es"


@cache
def _exceptions() -> dict[tuple[str, str], str]:
    return {(lang, one): many for lang, one, many in table("plurals.tsv")}


@cache
def _singulars() -> dict[tuple[str, str], str]:
    return {(lang, many): one for (lang, one), many in _exceptions().items()}
