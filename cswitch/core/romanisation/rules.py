"""Latin letters for sounds by rule alone: the floor under the networks."""

from __future__ import annotations

from functools import cache

from cswitch.core.romanisation.indic import HALF_VOWEL
from cswitch.core.text.schwa import NASALS, SILENT, SPOKEN, letters
from cswitch.core.text.scripts import rows

_LABIALS = frozenset("पफबभम\u095eव")
_NARROW = {"ई": "ee", "ऊ": "oo"}
"""Long vowels that are written double in a word that is one closed syllable (`teen`, `door`)."""
_DOUBLED = "ॱ"
"""The sign that doubles the next consonant."""


def spell(spoken: str, lang: str = "hi") -> str:
    """Latin letters for the sounds of a word by rule alone.

    Args:
        spoken: What :func:`cswitch.core.text.schwa.sounds` gives.
        lang: Language whose habits of data/models/indic-plain.tsv count.

    >>> from cswitch.core.text.schwa import sounds
    >>> spell(sounds("मुंबई")), spell(sounds("संस्कृति")), spell(sounds("आएगा"))
    ('mumbai', 'sanskriti', 'aayega')
    """
    latin, vowels = plain(lang), letters().vowels
    narrow = _is_closed_syllable(spoken)
    out: list[str] = []
    for at, char in enumerate(spoken):
        before = spoken[at - 1] if at else ""
        after = spoken[at + 1] if at + 1 < len(spoken) else ""
        if char == SILENT:
            continue
        if char == _DOUBLED:
            out.append(latin.get(after, "")[:1])
        elif char in NASALS:
            labial = after in _LABIALS or (not after and before == SPOKEN)
            out.append("m" if labial and char == "ं" else latin[char])
        elif char in vowels:
            glide = "y" if before in ("आ", "इ", "ओ") and char == "ए" else ""
            long = _NARROW.get(char) if narrow else "aa" if char == "आ" and not at else None
            out.append(glide + (long or latin[char]))
        else:
            out.append(_consonant(char, before, after) or latin.get(char, ""))
    return "".join(out)


@cache
def plain(lang: str) -> dict[str, str]:
    """The plain spelling of each sound in a language."""
    own = {sound: latin for code, sound, latin in rows("models/indic-plain.tsv") if code == lang}
    return {SPOKEN: "a", HALF_VOWEL: "u", **letters().latin, **own}


def _consonant(char: str, before: str, after: str) -> str:
    """The spelling of a consonant that its neighbours change, or nothing."""
    if char == "ज" and after == "ञ":
        return "g"
    if char == "ञ" and before == "ज":
        return "y"
    if char == "च" and after in ("च", "छ"):
        return "c"
    return "x" if char == "क" and after == "स" else ""


def _is_closed_syllable(spoken: str) -> bool:
    """Whether the word is one syllable that ends in a consonant."""
    known = letters()
    return sum(c in known.vowels or c == SPOKEN for c in spoken) == 1 and spoken[-1] not in known.vowels
