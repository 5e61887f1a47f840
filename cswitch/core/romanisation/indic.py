"""Brahmic scripts in the code of Devanagari, and words of them as sounds.

The Unicode blocks of the scripts of India are laid out in parallel, so that a letter of one stands at the place of the
same letter in Devanagari; data/models/indic-letters.tsv holds those that do not.
"""

from __future__ import annotations

from functools import cache
from unicodedata import name, normalize

from cswitch.core.text.schwa import compose_nukta, sounds
from cswitch.core.text.scripts import rows

BLOCKS = {
    "Deva": 0x0900,
    "Beng": 0x0980,
    "Guru": 0x0A00,
    "Gujr": 0x0A80,
    "Taml": 0x0B80,
    "Telu": 0x0C00,
    "Knda": 0x0C80,
    "Mlym": 0x0D00,
}
"""First code point of each script's block."""
_PARALLEL = 0x66
"""Places from here on hold digits and letters of one script only."""
_HALF_U = "\u0d4d"
"""The Malayalam virama; at the end of a word it is a short vowel, most often written `u`."""
HALF_VOWEL = "्"
"""The sound of a virama that ends a Malayalam word."""


@cache
def to_devanagari(script: str) -> dict[int, str]:
    """The Devanagari letters of each letter of a script, by code point, for :meth:`str.translate`.

    >>> "கமலா".translate(to_devanagari("Taml")), "ਪੱਕਾ".translate(to_devanagari("Guru"))
    ('कमला', 'पॱका')
    """
    start = BLOCKS[script]
    found = {start + at: chr(BLOCKS["Deva"] + at) for at in range(_PARALLEL) if name(chr(start + at), "")}
    own = {ord(letter): code for of, letter, code in rows("models/indic-letters.tsv") if of == script}
    return found | own


def heard(word: str, script: str, lang: str) -> str:
    """The sounds of a word of letters and signs, one character each; see :func:`cswitch.core.text.schwa.sounds`.

    >>> heard("কমলা", "Beng", "bn"), heard("கமலா", "Taml", "ta"), heard("അത്", "Mlym", "ml")
    ('कəमᵊलआ', 'कəमəलआ', 'अत्')
    """
    if script == "Deva":
        return sounds(word, lang=lang)
    word = normalize("NFC", word)
    spoken = sounds(word.translate(to_devanagari(script)), lang=lang)
    return spoken + HALF_VOWEL if word.endswith(_HALF_U) else spoken


def joined(run: str) -> str:
    """A run of Malayalam with the letters that older texts write with a virama and a joiner as one character.

    >>> joined("ന\u0d4d\u200d") == "ൻ"
    True
    """
    for pair, letter in _chillus().items():
        run = run.replace(pair, letter)
    return run


@cache
def _chillus() -> dict[str, str]:
    shift = BLOCKS["Mlym"] - BLOCKS["Deva"]
    table = ((letter, code) for of, letter, code in rows("models/indic-letters.tsv") if of == "Mlym")
    return {f"{chr(ord(code[0]) + shift)}{_HALF_U}\u200d": letter for letter, code in table if "CHILLU" in name(letter)}


def compose(word: str, script: str) -> str:
    """The word with each letter and sign in the form that tables and network know.

    >>> compose("ক\u09c7\u09be", "Beng") == "কো"
    True
    """
    return compose_nukta(word) if script == "Deva" else normalize("NFC", word)
