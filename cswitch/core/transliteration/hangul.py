"""Korean by Revised Romanisation, the official system of 2000, with the sounds that letters have where they meet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from unicodedata import normalize

from cswitch.core.text.scripts import rows
from cswitch.core.transliteration.words import WordRomaniser, floor

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_SPLIT = dict(
    zip("ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ", "ㄱㅅ ㄴㅈ ㄴㅎ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅂㅅ".split(), strict=True)
)
_PLAIN = {"ㄲ": "ㄱ", "ㅋ": "ㄱ", "ㅅ": "ㄷ", "ㅆ": "ㄷ", "ㅈ": "ㄷ", "ㅊ": "ㄷ", "ㅌ": "ㄷ", "ㅎ": "ㄷ", "ㅍ": "ㅂ"}
_BREATHED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
_SYLLABLES = range(0xAC00, 0xD7A4)

_Syllable = tuple[str, str, str]
"""Initial, vowel and final; the final may be empty."""


class HangulRomaniser(WordRomaniser):
    """Spells Korean as it sounds: finals move to a silent initial, stops become nasals before nasals, ``nl`` is ``ll``.

    Han characters and letters that stand alone are written letter by letter, by anyascii.

    Args:
        lang: BCP-47 primary subtag, ``ko``.

    >>> HangulRomaniser(lang="ko").romanise(["안녕하세요", "감사합니다", "같이", "신라", "좋아", "ok"])
    ['annyeonghaseyo', 'gamsahamnida', 'gachi', 'silla', 'joa', 'ok']
    """

    name = "hangul"

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The official spelling, and those that write one letter as many people do (``saranghae``, ``sarangha e``)."""
        syllables: list[_Syllable] = []
        out: list[tuple[tuple[str, str], ...]] = []
        for character in normalize("NFC", run):
            if ord(character) in _SYLLABLES:
                syllables.append(_taken_apart(character))
            else:
                out += _sounded(syllables)
                syllables = []
                out.append((("", floor(character)),))
        out += _sounded(syllables)
        jamo = [part for parts in out for part in parts]
        latin = _latin()
        usual = "".join(_joined(place, letter, latin) for place, letter in jamo)
        found = [(usual, 4.0)]
        for key in dict.fromkeys(jamo):
            for other in latin.get(key, ())[1:]:
                found.append(("".join(other if part == key else _joined(*part, latin) for part in jamo), 1.0))
        return found


def _joined(place: str, letter: str, latin: dict[tuple[str, str], tuple[str, ...]]) -> str:
    return latin[place, letter][0] if place else letter


def _taken_apart(syllable: str) -> _Syllable:
    code = ord(syllable) - _SYLLABLES.start
    return _INITIALS[code // 588], _VOWELS[code % 588 // 28], _FINALS[code % 28]


def _sounded(syllables: Sequence[_Syllable]) -> list[tuple[tuple[str, str], ...]]:
    """Letters by place as they are said, for syllables that follow each other."""
    out: list[tuple[tuple[str, str], ...]] = []
    initial = syllables[0][0] if syllables else ""
    before = ""
    for at, (_, vowel, final) in enumerate(syllables):
        following = syllables[at + 1] if at + 1 < len(syllables) else None
        if following is None:
            said, after = _alone(final), ""
        else:
            said, after = _met(final, following[0], following[1])
        onset = "ll" if initial == "ㄹ" and before == "ㄹ" else ""
        first = (("", "l"),) if onset else ((("initial", initial),))
        out.append((*first, ("vowel", vowel), *((("final", said),) if said else ())))
        initial, before = after, said
    return out


def _alone(final: str) -> str:
    """The sound of a final before a consonant or a pause."""
    if not final:
        return ""
    single = _meetings().get((final, "*"), final)
    return _PLAIN.get(single, single)


def _met(final: str, initial: str, vowel: str) -> tuple[str, str]:
    """A final and the initial of the next syllable, as they sound together."""
    if not final:
        return "", initial
    if initial == "ㅇ":
        return _carried(final, vowel)
    rest, last = _parts(final)
    if last == "ㅎ" and initial in _BREATHED:
        return _alone(rest) if rest else "", _BREATHED[initial]
    if last == "ㅎ" and initial == "ㅅ":
        return _alone(rest) if rest else "", "ㅆ"
    if initial == "ㅎ" and _PLAIN.get(last, last) in _BREATHED:
        said = "ㅈ" if last == "ㅈ" else _PLAIN.get(last, last)
        if (said, vowel) == ("ㄷ", "ㅣ"):
            said = "ㅈ"
        return _alone(rest) if rest else "", _BREATHED[said]
    said = _alone(final)
    met = _meetings().get((said, initial))
    return (met[0], met[1]) if met else (said, initial)


def _carried(final: str, vowel: str) -> tuple[str, str]:
    """A final before a silent initial: it is said there, its first half stays."""
    palatal = _meetings().get((final, "ㅇ" + vowel))
    if palatal:
        return "", palatal[1]
    rest, last = _parts(final)
    if final == "ㅇ":
        return "ㅇ", "ㅇ"
    if last == "ㅎ":
        return ("", rest) if rest else ("", "ㅇ")
    return rest, last


def _parts(final: str) -> tuple[str, str]:
    split = _SPLIT.get(final, final)
    return split[:-1], split[-1]


@cache
def _latin() -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (place, jamo): tuple("" if option == "-" else option for option in latin.split())
        for place, jamo, latin in rows("transliteration/hangul.tsv")
    }


@cache
def _meetings() -> dict[tuple[str, str], str]:
    return {(final, initial): becomes for final, initial, becomes in rows("transliteration/hangul-sounds.tsv")}
