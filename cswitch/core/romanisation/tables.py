"""Words whose spelling is known: by habit, or because many people wrote them."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

from cswitch.core.romanisation.indic import compose
from cswitch.core.text.scripts import rows

Spellings = tuple[tuple[str, float], ...]
"""Spellings of a word with their shares, the most usual first."""


@cache
def fixed(name: str, lang: str) -> dict[str, str]:
    """The words of a language in data/models/NAME-spellings.tsv.gz, with the shares of their spellings as it has them.

    >>> shared(fixed("deva", "hi")["भारत"])[0][0]
    'bharat'
    """
    packed = files("cswitch.data.models").joinpath(f"{name}-spellings.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()[1:]
    start = f"{lang}\t"
    return dict(line[len(start) :].split("\t") for line in lines if line.startswith(start))


@cache
def conventions(lang: str, iso: str) -> dict[str, str]:
    """The words of data/models/indic-conventions.tsv: most of them function words.

    Args:
        lang: Language of the words.
        iso: ISO 15924 code of their script.

    >>> conventions("hi", "Deva")["मैं"], conventions("bn", "Beng")["আমি"]
    ('main', 'ami')
    """
    table = rows("models/indic-conventions.tsv")
    return {compose(word, iso): latin for code, word, latin in table if code == lang}


@cache
def varied(lang: str, iso: str) -> dict[str, str]:
    """The words of data/models/indic-variants.tsv: everyday words with the spellings that people use.

    Args:
        lang: Language of the words.
        iso: ISO 15924 code of their script.

    >>> shared(varied("hi", "Deva")["तो"])
    (('to', 0.75), ('toh', 0.25))
    """
    table = rows("models/indic-variants.tsv")
    return {compose(word, iso): spellings for code, word, spellings in table if code == lang}


def shared(text: str) -> Spellings:
    """Spellings with their shares, from percentages.

    >>> shared("nahin=70 nahi=30")
    (('nahin', 0.7), ('nahi', 0.3))
    """
    pairs = (spelling.partition("=") for spelling in text.split())
    return tuple((latin, int(share) / 100) for latin, _, share in pairs)
