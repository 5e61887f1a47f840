"""What a tagger sees of one word, whatever stands around it."""

from __future__ import annotations

import re

BOUNDARY = ""
"""Stands before the first and after the last word of a sentence."""

_DIGITS = re.compile(r"\d")
_LAST_PART = re.compile(r"[-‑–/'’]([^-‑–/'’]+)$")
_TYPOGRAPHIC = str.maketrans("’‘‑–", "''--")


def features(word: str) -> list[str]:
    """The features of a word form, as short keys whose first character names the kind.

    ``=`` the form in lower case, ``>`` endings of 1 to 5 letters, ``<`` beginnings of 1 to 4, ``#`` capitals and
    length, ``@`` script, ``-`` the part after the last hyphen, slash or apostrophe. Digits count as 0, and curly
    apostrophes as straight ones.

    >>> features("Works")
    ['=works', '>s', '>ks', '>rks', '>orks', '<w', '<wo', '<wor', '<work', '#T5', '@0']
    """
    low = word.lower()
    plain = low
    if not low.isalpha():
        plain = low.translate(_TYPOGRAPHIC)
        if _DIGITS.search(plain):
            plain = _DIGITS.sub("0", plain)
    length = len(plain)
    keys = [f"={plain}"]
    keys += [f">{plain[-i:]}" for i in range(1, min(length, 6))]
    keys += [f"<{plain[:i]}" for i in range(1, min(length, 5))]
    keys.append(f"#{_capitals(word, low)}{min(length, 7)}")
    keys.append(f"@{ord(plain[0]) >> 7}" if plain else "@")
    if not low.isalpha() and (part := _LAST_PART.search(plain)):
        keys.append(f"-{part[1]}")
        keys.append(f"-{part[1][-3:]}")
    return keys


def _capitals(word: str, low: str) -> str:
    if word == low:
        return "l" if word.upper() != word else "n"
    if word == word.upper():
        return "U"
    return "T" if word[1:] == low[1:] else "M"
