"""What a tagger sees of one word, whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

BOUNDARY = ""
"""Stands before the first and after the last word of a sentence."""

_DIGITS = re.compile(r"\d")
_LAST_PART = re.compile(r"[-–/']([^-–/']+)$")
_SPELLINGS = str.maketrans({"’": "'", "‘": "'", "‑": "-", "़": None, "ँ": "ं", "\u200c": None, "\u200d": None})
_ENDINGS = {"ये": "ए", "यी": "ई"}
_MENTION, _HASHTAG, _URL, _PICTURE = "@name", "#tag", "http://", "☺"
EXTRAS = (_MENTION, _HASHTAG, _URL, _PICTURE)
"""What stands for every @mention, #hashtag, URL and emoji."""


def features(word: str, cased: bool = True) -> list[str]:
    """The features of a word form, as short keys whose first character names the kind.

    ``=`` the form in lower case, ``>`` endings of 1 to 5 letters, ``<`` beginnings of 1 to 4, ``#`` capitals and
    length, ``@`` script, ``-`` the part after the last hyphen, slash or apostrophe and its last three letters. Digits
    count as 0, and curly apostrophes as straight ones.

    Args:
        word: A token.
        cased: False in a sentence without a capital, where a small first letter says nothing.

    >>> features("Works")
    ['=works', '<w', '<wo', '<wor', '<work', '>s', '>ks', '>rks', '>orks', '#T5', '@0']
    >>> features("COVID-19")[-4:]
    ['#U7', '@0', '-00', '-00']
    """
    low = word.lower()
    letters = low.isalpha()
    plain = low if letters else plain_form(low)
    size = len(plain)
    if size > 5:
        keys = ["=" + plain, "<" + plain[0], "<" + plain[:2], "<" + plain[:3], "<" + plain[:4]]
        keys += (">" + plain[-1], ">" + plain[-2:], ">" + plain[-3:], ">" + plain[-4:], ">" + plain[-5:])
    else:
        keys = ["=" + plain]
        keys += ["<" + plain[:i] for i in range(1, min(size, 5))]
        keys += [">" + plain[-i:] for i in range(1, size)]
    keys.append(_shape(word, low, min(size, 7)))
    if not cased:
        keys.append("#")
    keys.append(f"@{ord(plain[0]) >> 7}" if plain else "@")
    if not letters and (part := _LAST_PART.search(plain)):
        keys += ("-" + part[1], "-" + part[1][-3:])
    return keys


def is_cased(tokens: Sequence[str]) -> bool:
    """Whether capitals mean something in a sentence; they do not where all letters are small.

    >>> is_cased(["I", "agree"]), is_cased(["i", "agree"]), is_cased(["हाँ"])
    (True, False, True)
    """
    return not "".join(tokens).islower()


def plain_form(low: str) -> str:
    """A lower-case form with 0 for digits, ASCII apostrophes and hyphens, and one form for each kind of web token.

    Devanagari loses what writers vary: the nukta, candrabindu (written as anusvara), -ये and -यी (written as -ए, -ई).

    >>> [plain_form(low) for low in ("don’t", "1,250", "@asha", "https://example.org", "👍🏽")]
    ["don't", '0,000', '@name', 'http://', '☺']
    >>> [plain_form(low) for low in ("हूँ", "ज़रा", "गये", "ये")]
    ['हूं', 'जरा', 'गए', 'ये']
    """
    first = low[:1]
    if first in ("@", "#") and len(low) > 1:
        return _MENTION if first == "@" else _HASHTAG
    if "://" in low or low.startswith("www."):
        return _URL
    if "\u2190" <= first <= "\u2bff" or first >= "\U0001f000":
        return _PICTURE if first < "\U00020000" or first > "\U0003ffff" else low
    plain = _DIGITS.sub("0", low.translate(_SPELLINGS))
    if len(plain) > 2 and (ending := _ENDINGS.get(plain[-2:])):
        return plain[:-2] + ending
    return plain


def _shape(word: str, low: str, size: int) -> str:
    """Capitals (n: the script has none, l: none, T: the first letter, U: all, M: some) and length."""
    if word == low:
        return f"#l{size}" if word.upper() != word else f"#n{size}"
    if word == word.upper():
        return f"#U{size}"
    return f"#T{size}" if word[1:] == low[1:] else f"#M{size}"
