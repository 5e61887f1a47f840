"""Operations that write a word otherwise: short forms, by sound, with digits, without marks, in small letters."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import category, normalize

from cswitch.core.noise.draws import Bits
from cswitch.core.noise.tables import Rule, kept, rules, spellings, unmarked

_BARE = frozenset({"Latn", "Grek", "Hebr"})
"""Scripts in which people leave out any mark."""
_LENGTHS = {True: range(3, 9), False: range(5, 8)}
"""Letters of words whose vowels go by rule, where the language has a rule of its own and where not; nobody shortens
`international` by its vowels alone."""
_DOTTED = {"I": "ı", "İ": "i"}
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxzñç")


class Word(NamedTuple):
    """A word that an operation may change."""

    token: str
    """As it is written."""
    lang: str
    """BCP-47 primary subtag."""
    script: str
    """ISO 15924 code of its letters."""


def numerals(word: Word, bits: Bits) -> str:
    """Digits for number words, and for syllables that sound like one (`gr8`).

    >>> numerals(Word("Great", "en", "Latn"), Bits(0)), numerals(Word("skated", "en", "Latn"), Bits(0))
    ('Gr8', 'sk8d')
    """
    return _listed("numerals", word, bits) or _by_rule("numerals", word, bits)


def phonetic(word: Word, bits: Bits) -> str:
    """A spelling by sound or habit, from the table of words or else by a rule of letters.

    >>> phonetic(Word("you", "en", "Latn"), Bits(0)), phonetic(Word("theek", "ur", "Latn"), Bits(0))
    ('u', 'thik')
    """
    return _listed("phonetic", word, bits) or _by_rule("phonetic", word, bits)


def drop_vowels(word: Word, bits: Bits) -> str:
    """A word without inner vowels, as in `pls` and `mtlb`: from the table of short forms or else by rule.

    >>> drop_vowels(Word("please", "en", "Latn"), Bits(0)), drop_vowels(Word("karna", "hi", "Latn"), Bits(0))
    ('pls', 'krna')
    """
    listed = _listed("short", word, bits)
    if listed:
        return listed
    token, own = word.token, _has_own_rule(word.lang)
    fits = word.script == "Latn" and token.isalpha() and len(token) in _LENGTHS[own]
    if not fits or token.lower() in kept("drop-vowels", word.lang):
        return token
    short = _by_rule("drop-vowels", word, bits)
    if own:
        return short
    short = _undoubled(short)
    return short if len(short) >= 3 else token


def drop_apostrophe(word: Word, bits: Bits) -> str:
    """A contraction in one piece.

    >>> drop_apostrophe(Word("Don't", "en", "Latn"), Bits(0))
    'Dont'
    """
    if "'" not in word.token and "’" not in word.token:
        return word.token
    if word.token.lower().replace("’", "'") in kept("drop-apostrophe", word.lang):
        return word.token
    return _by_rule("drop-apostrophe", word, bits)


def strip_diacritics(word: Word, bits: Bits) -> str:
    """A word without the marks that people leave out.

    >>> [strip_diacritics(Word(token, "es", "Latn"), Bits(0)) for token in ("niño", "años")]
    ['nino', 'años']
    >>> strip_diacritics(Word("हूँ", "hi", "Deva"), Bits(0))
    'हूं'
    """
    if word.token.isascii() or word.token.lower() in kept("strip-diacritics", word.lang):
        return word.token
    return _without_marks(word.token, word.lang, word.script)


def lower_case(word: Word, bits: Bits) -> str:
    """A word in small letters; acronyms stay.

    >>> [lower_case(Word(token, "en", "Latn"), Bits(0)) for token in ("I", "Rahul", "NASA")]
    ['i', 'rahul', 'NASA']
    """
    token = word.token
    if token.islower() or (token.isupper() and len(token) > 1):
        return token
    if word.lang in {"tr", "az"}:
        token = "".join(_DOTTED.get(letter, letter) for letter in token)
    return token.lower()


def _listed(table: str, word: Word, bits: Bits) -> str:
    """A spelling of a table, the first the likeliest; nothing when the word is not in it."""
    found = spellings(table).get((word.lang, word.token.lower().replace("’", "'")))
    if not found:
        return ""
    return _cased(bits.weighted(found, range(len(found), 0, -1)), word.token)


def _by_rule(operation: str, word: Word, bits: Bits) -> str:
    """The word changed by one of the rules that match it."""
    matching = _matching(operation, word.lang, word.token.lower())
    if not matching:
        return word.token
    rule = bits.weighted(matching, [rule.weight for rule in matching])
    return _cased(rule.pattern.sub(rule.replacement, word.token.lower()), word.token)


@lru_cache(maxsize=1 << 14)
def _matching(operation: str, lang: str, word: str) -> tuple[Rule, ...]:
    """The rules that change a word; none does where letters carry marks apart, which would be left alone."""
    if any("\u0300" <= character <= "\u036f" for character in word):
        return ()
    return tuple(rule for rule in rules(operation, lang) if rule.pattern.search(word))


@cache
def _has_own_rule(lang: str) -> bool:
    """Whether there is a rule for the vowels of the language; then words as short as `kr` are left by it."""
    return rules("drop-vowels", lang) != rules("drop-vowels", "*")


def _cased(spelt: str, token: str) -> str:
    """A spelling with the capital of the word it stands for."""
    return spelt[0].upper() + spelt[1:] if token[0].isupper() and spelt else spelt


def _undoubled(word: str) -> str:
    """The word with each doubled consonant written once."""
    return "".join(
        letter for at, letter in enumerate(word) if not at or letter != word[at - 1] or letter not in _CONSONANTS
    )


@lru_cache(maxsize=1 << 14)
def _without_marks(token: str, lang: str, script: str) -> str:
    """The word without marks; a mark goes only with the letter it stands on."""
    plain = normalize("NFC", token).translate(unmarked(lang, script))
    apart = normalize("NFD", plain).translate(unmarked(lang, script))
    if script in _BARE:
        apart = "".join(character for character in apart if category(character) != "Mn")
    elif script == "Arab":
        apart = "".join(c for c in apart if not "\u064b" <= c <= "\u0652" and c != "\u0670")
    return normalize("NFC", apart)
