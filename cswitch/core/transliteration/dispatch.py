"""The romaniser of a language, and conditional transliteration: only the tokens whose tag asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from cswitch.core.contracts import Romaniser
from cswitch.core.errors import UsageError
from cswitch.core.registry import load
from cswitch.core.text.scripts import check_language, languages, rows, scripts_for

FLOOR = "anyascii"
"""The romaniser of scripts that have none of their own."""


def romaniser_for(lang: str) -> Romaniser:
    """A romaniser for the words of a language.

    Args:
        lang: Code of a language that is written in another script than Latin, or in another one beside it.

    Raises:
        UsageError: The language is unknown, or written in Latin letters alone.
        MissingExtraError: Its romaniser needs an extra that is not installed.

    >>> romaniser_for("ru").romanise(["Привет", ",", "OK"])
    ['Privet', ',', 'OK']
    >>> romaniser_for("es")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: es (Spanish) is written in Latin letters already; ...
    """
    code = check_language(lang)
    found: Romaniser = load("romaniser", romaniser_name(code))(lang=code)
    return found


def romaniser_name(lang: str) -> str:
    """The registered name of the romaniser of a language.

    Raises:
        UsageError: The language is unknown, or written in Latin letters alone.

    >>> romaniser_name("hi"), romaniser_name("yue"), romaniser_name("km")
    ('deva', 'jyutping', 'anyascii')
    """
    code = check_language(lang)
    script = next((script for script in scripts_for(code) if script != "Latn"), None)
    if script is None:
        name = languages()[code].name
        raise UsageError(f"{code} ({name}) is written in Latin letters already", hint="name a language to be romanised")
    known = _names()
    return known.get((code, script)) or known.get(("*", script)) or FLOOR


def romanise_tokens(tokens: Sequence[str], langs: Sequence[str], romanisers: Mapping[str, Romaniser]) -> list[str]:
    """The tokens, those whose tag has a romaniser in Latin letters, the others as they are.

    Args:
        tokens: Tokens in order.
        langs: A tag a token.
        romanisers: Romaniser by tag.

    Raises:
        ValueError: The two lists are not of the same length.

    >>> romanise_tokens(["да", "κ", "ok"], ["ru", "el", "en"], {"ru": romaniser_for("ru")})
    ['da', 'κ', 'ok']
    """
    out = list(tokens)
    places: dict[str, list[int]] = {lang: [] for lang in romanisers}
    for index, (_, lang) in enumerate(zip(tokens, langs, strict=True)):
        if lang in places:
            places[lang].append(index)
    for lang, romaniser in romanisers.items():
        spelt = romaniser.romanise([tokens[index] for index in places[lang]])
        for index, word in zip(places[lang], spelt, strict=True):
            out[index] = word
    return out


@cache
def _names() -> dict[tuple[str, str], str]:
    return {(lang, script): name for lang, script, name in rows("transliteration/romanisers.tsv")}
