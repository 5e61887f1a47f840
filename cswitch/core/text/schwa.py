"""Devanagari as it is spoken: a word to its sounds, with the inherent vowels that Hindi leaves unspoken marked.

Every Devanagari consonant carries the vowel *a* unless a sign says otherwise. Hindi drops it at the end of a word and
in many places inside one (Ohala, 1983; Narasimhan, Sproat and Kiraz, 2004); Sanskrit loans and names keep more of them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from cswitch.core.text.scripts import rows

SPOKEN = "ə"
"""An inherent vowel that is spoken."""
SILENT = "ᵊ"
"""An inherent vowel that is not spoken."""
NASALS = "ंँऀ"
"""Signs that nasalise a vowel, or stand for the nasal consonant before the next one."""

_NUKTA, _VIRAMA = "\u093c", "\u094d"
_DOTTED = re.compile(f"[{_NUKTA}\u0958-\u095f]")
_UNDOTTED = str.maketrans("\u0958\u0959\u095a\u095e", "कखगफ", _NUKTA)
_KEEPS_ALL = frozenset({"sa", "ta", "te", "kn", "ml"})
_KEEPS_AFTER_CLUSTER = frozenset({"ne", "bn", "as"})
_DOTS = frozenset({"pa"})
"""Languages that tell the four letters of `kalam`, `khabar`, `galat` and `film` from those without the dot."""
_HEAVY = frozenset("यरव")
"""Consonants after which a last inherent vowel is spoken when they end a cluster (`karya`, `mitra`, `tatva`)."""


class Letters(NamedTuple):
    """The letters of data/models/deva-letters.tsv by what they do."""

    latin: dict[str, str]
    """The plain Latin spelling of each consonant, independent vowel, sign, digit and mark."""
    consonants: frozenset[str]
    vowels: frozenset[str]
    matras: dict[str, str]
    """Each vowel sign to the independent vowel of the same sound."""
    silent: frozenset[str]
    """Signs that have no sound: avagraha, accents, joiners."""
    plain: dict[int, str]
    """Digits, dandas and silent signs by code point, for :meth:`str.translate`."""


@cache
def letters() -> Letters:
    """The table of letters.

    >>> letters().latin["क"], letters().matras["ी"], letters().plain[ord("।")]
    ('k', 'ई', '.')
    """
    table = rows("models/deva-letters.tsv")
    of_kind: dict[str, dict[str, str]] = {}
    for letter, kind, latin in table:
        of_kind.setdefault(kind, {})[letter] = latin
    spelt = {**of_kind["consonant"], **of_kind["vowel"], **of_kind["sign"]}
    plain = of_kind["digit"] | of_kind["mark"] | of_kind["silent"]
    return Letters(
        latin=spelt,
        consonants=frozenset(of_kind["consonant"]),
        vowels=frozenset(of_kind["vowel"]),
        matras=of_kind["matra"],
        silent=frozenset(of_kind["silent"]),
        plain={ord(letter): latin for letter, latin in plain.items()},
    )


def sounds(word: str, *, lang: str = "hi") -> str:
    """The sounds of a Devanagari word, one character each, in order.

    Vowel signs become their independent vowels, the virama goes, and the inherent vowel stands as ``ə`` where it is
    spoken and as ``ᵊ`` where it is dropped. Characters without a sound are left out.

    Args:
        word: Letters and signs of one word, in any normal form.
        lang: Sanskrit (``sa``) and the Dravidian languages drop no vowel; Nepali (``ne``) and Bengali (``bn``) keep the
            last one after a cluster of consonants.

    >>> sounds("नमक"), sounds("समझना"), sounds("मित्र")
    ('नəमəकᵊ', 'सəमəझᵊनआ', 'मइतरə')
    """
    spoken = _spell_out(compose_nukta(word, bare=lang not in _DOTS))
    return spoken if lang in _KEEPS_ALL else drop_schwas(spoken, keep_after_cluster=lang in _KEEPS_AFTER_CLUSTER)


def compose_nukta(word: str, *, bare: bool = True) -> str:
    """Each letter with its nukta as one character; a nukta that makes no known letter goes.

    Unicode normal forms write most of these letters as two characters. Four letters that Latin spelling does not tell
    from those without the nukta (`kalam`, `khabar`, `galat`, `film`), as most writers of Hindi do not, lose it unless
    ``bare`` is false.

    >>> len("ज\u093cरा"), len(compose_nukta("ज\u093cरा")), compose_nukta("\u095eन")
    (4, 3, 'फन')
    """
    if not _DOTTED.search(word):
        return word
    for base, letter in _composed().items():
        word = word.replace(base + _NUKTA, letter)
    return word.translate(_UNDOTTED) if bare else word.replace(_NUKTA, "")


def drop_schwas(spoken: str, *, keep_after_cluster: bool = False) -> str:
    """Marks the inherent vowels that are not spoken: the last one, and those between two syllables with vowels.

    A vowel inside the word goes when one consonant stands between it and the vowel before it, and one consonant and a
    spoken vowel follow it. Read from the end, so that no two neighbours go.

    Args:
        spoken: Sounds with every inherent vowel as ``ə``.
        keep_after_cluster: Whether the last vowel is spoken after any two consonants, not only in `karya` and `mitra`.

    >>> drop_schwas("सəरəकआरə"), drop_schwas("जəनəमᵊ")
    ('सəरᵊकआरᵊ', 'जəनəमᵊ')
    """
    chars = list(spoken)
    if _ends_in_silence(chars, keep_after_cluster):
        chars[-1] = SILENT
    consonants = letters().consonants
    for at in range(len(chars) - 3, 1, -1):
        if (
            chars[at] == SPOKEN
            and chars[at + 1] in consonants
            and _is_vowel(chars[at + 2])
            and chars[at - 1] in consonants
            and _vowel_before(chars, at - 2)
        ):
            chars[at] = SILENT
    return "".join(chars)


def _spell_out(word: str) -> str:
    """Sounds with every inherent vowel as ``ə``."""
    consonants, vowels, matras = letters().consonants, letters().vowels, letters().matras
    out: list[str] = []
    open_consonant = False
    for char in word:
        if char in matras:
            out.append(matras[char])
            open_consonant = False
        elif char == _VIRAMA:
            open_consonant = False
        elif char in consonants or char in vowels or char in letters().latin:
            if open_consonant:
                out.append(SPOKEN)
            out.append(char)
            open_consonant = char in consonants
    if open_consonant:
        out.append(SPOKEN)
    return "".join(out)


def _ends_in_silence(chars: list[str], keep_after_cluster: bool) -> bool:
    """Whether the word ends in an inherent vowel that is silent: not in one-syllable words, nor after -ty-, -tr-."""
    if len(chars) < 3 or chars[-1] != SPOKEN or not any(map(_is_vowel, chars[:-1])):
        return False
    last, before = chars[-2], chars[-3]
    cluster = before in letters().consonants
    return not (cluster and (keep_after_cluster or (last in _HEAVY and before != last)))


def _vowel_before(chars: list[str], at: int) -> bool:
    """Whether a spoken vowel, or a long nasal one, stands at a place."""
    if _is_vowel(chars[at]):
        return True
    return at > 0 and chars[at] == "ँ" and _is_vowel(chars[at - 1])


def _is_vowel(char: str) -> bool:
    return char == SPOKEN or char in letters().vowels


@cache
def _composed() -> dict[str, str]:
    """Base letter to the single letter with nukta."""
    apart = {normalize("NFD", letter): letter for letter in letters().consonants}
    return {pair[0]: letter for pair, letter in apart.items() if pair.endswith(_NUKTA)}
