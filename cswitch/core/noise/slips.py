"""Operations on single letters: repeated for emphasis, or dropped, swapped and mistyped.

A letter here is a grapheme cluster: marks and joiners go with what they stand on.
"""

from __future__ import annotations

from functools import lru_cache

import regex as re

from cswitch.core.noise.draws import Bits
from cswitch.core.noise.respelling import Word
from cswitch.core.noise.tables import kept, neighbours

_CLUSTERS = re.compile(r"\X")
_SPOKEN = frozenset("aeiouyàáâãéèêíìóòôõúùüıöаеёиоуыэюяіїєαεηιουωάέήίόύώاويیאוי")
"""Vowels, and the letters that stand for long ones."""
_HELD = frozenset("shmnrlzсшмнрхلمه")
"""Consonants that can be held at the end of a word (`yesss`, `hmmm`)."""
_SIGNS = re.compile(
    r"[\u093e-\u094c\u09be-\u09cc\u0a3e-\u0a4c\u0abe-\u0acc\u0bbe-\u0bcc\u0c3e-\u0c4c\u0cbe-\u0ccc\u0d3e-\u0d4c]"
)
"""Vowel signs of Indic scripts."""
_LONGEST = 7
"""Letters of the longest word that is drawn out."""
_SHORTEST = 4
"""Letters of the shortest word in which a slip leaves something to read."""
ALPHABETS = frozenset({"Latn", "Cyrl", "Grek", "Armn", "Geor", "Hebr", "Arab"})
"""Scripts whose letters stand side by side, each a key."""


@lru_cache(maxsize=1 << 14)
def clusters(token: str) -> tuple[str, ...]:
    """The letters of a word with the marks they carry.

    >>> clusters("हिंदी"), clusters("année")
    (('हिं', 'दी'), ('a', 'n', 'n', 'é', 'e'))
    """
    return tuple(token) if token.isascii() else tuple(_CLUSTERS.findall(token))


def repeat_letters(word: Word, bits: Bits) -> str:
    """A word drawn out: one to three more of a vowel, or of its last letter.

    >>> repeat_letters(Word("so", "en", "Latn"), Bits(2)), repeat_letters(Word("यार", "hi", "Deva"), Bits(4))
    ('soooo', 'याररर')
    """
    letters = clusters(word.token)
    if len(letters) > _LONGEST or word.token.lower() in kept("repeat-letters", word.lang):
        return word.token
    if word.script not in ALPHABETS:
        return _drawn_out_sign(letters, 1 + bits.below(3))
    places = _places(word.token)
    if not places:
        return word.token
    at = bits.pick(places)
    # One more letter inside a word looks like a slip, not like emphasis.
    more = 1 + bits.below(3) if at + 1 == len(letters) else 2 + bits.below(2)
    return "".join((*letters[: at + 1], *letters[at : at + 1] * more, *letters[at + 1 :]))


def drop_letters(word: Word, bits: Bits) -> str:
    """A word with a letter missing, never the first.

    >>> drop_letters(Word("tomorrow", "en", "Latn"), Bits(0)), drop_letters(Word("good", "en", "Latn"), Bits(1))
    ('tmorrow', 'god')
    """
    letters = clusters(word.token)
    if (
        word.script not in ALPHABETS
        or len(letters) < _SHORTEST
        or word.token.lower() in kept("drop-letters", word.lang)
    ):
        return word.token
    at = 1 + bits.below(len(letters) - 1)
    return "".join((*letters[:at], *letters[at + 1 :]))


def swap_letters(word: Word, bits: Bits) -> str:
    """A word with two neighbouring letters in the other order, never the first.

    >>> swap_letters(Word("baat", "hi", "Latn"), Bits(0)), swap_letters(Word("work", "en", "Latn"), Bits(1))
    ('bata', 'wokr')
    """
    letters = clusters(word.token)
    places = [at for at in range(1, len(letters) - 1) if letters[at] != letters[at + 1]]
    if word.script not in ALPHABETS or len(letters) < _SHORTEST or not places:
        return word.token
    at = bits.pick(places)
    return "".join((*letters[:at], letters[at + 1], letters[at], *letters[at + 2 :]))


def wrong_key(word: Word, bits: Bits) -> str:
    """A word with a letter that lies beside the one meant, never the first.

    >>> wrong_key(Word("work", "en", "Latn"), Bits(0))
    'wirk'
    """
    letters, near = clusters(word.token), neighbours()
    places = [at for at in range(1, len(letters)) if letters[at].lower() in near]
    if word.script != "Latn" or len(letters) < _SHORTEST or not places:
        return word.token
    at = bits.pick(places)
    key = bits.pick(near[letters[at].lower()])
    return "".join((*letters[:at], key.upper() if letters[at].isupper() else key, *letters[at + 1 :]))


@lru_cache(maxsize=1 << 14)
def _places(token: str) -> tuple[int, ...]:
    """Where a word may be drawn out: its last letter when it can be held, else its last vowels."""
    letters = [letter.lower() for letter in clusters(token)]
    last = len(letters) - 1
    if not last or not token.isalpha():
        return ()
    vowels = [at for at, letter in enumerate(letters) if letter[0] in _SPOKEN]
    held = letters[last] in _HELD and (letters[last] != "s" or last < _SHORTEST - 1)  # yesss, but no plural
    ends = [last] if letters[last][0] in _SPOKEN or held else []
    if not ends:
        return tuple(vowels[-1:])
    return (last, last, *vowels[-1:]) if held else (last,)


def _drawn_out_sign(letters: tuple[str, ...], more: int) -> str:
    """A word of another script with its last vowel sign repeated, or its last letter where that one is bare."""
    last = letters[-1]
    if len(letters) > 1 and len(last) == 1 and last.isalpha():
        return "".join((*letters, last * more))
    for at in range(len(letters) - 1, -1, -1):
        found = _SIGNS.search(letters[at])
        if found and found.start():  # a sign that stands on no letter stays as it is
            drawn = letters[at][: found.end()] + found[0] * more + letters[at][found.end() :]
            return "".join((*letters[:at], drawn, *letters[at + 1 :]))
    return "".join(letters)
