"""Chinese in pinyin and Cantonese in jyutping, both without tones, as they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from cswitch.core.errors import MissingExtraError
from cswitch.core.transliteration.words import WordRomaniser, floor

EXTRA = "romanise"
"""The extra that brings the dictionaries of readings."""


class PinyinRomaniser(WordRomaniser):
    """Spells Mandarin in pinyin without tones, a word in one piece, ``v`` for ü as on keyboards.

    Readings follow the whole word (``银行`` yinhang, ``行走`` xingzou); they come from pypinyin (MIT).

    Args:
        lang: BCP-47 primary subtag: zh, or wuu, which has no dictionary of its own and is read as Mandarin.

    Raises:
        MissingExtraError: pypinyin is not installed.

    >>> if find_spec("pypinyin"):
    ...     assert PinyinRomaniser(lang="zh").romanise(["银行", "女人", "ok"]) == ["yinhang", "nvren", "ok"]
    """

    name = "pinyin"

    def __init__(self, *, lang: str) -> None:
        super().__init__(lang=lang)
        if find_spec("pypinyin") is None:
            raise MissingExtraError("pinyin", extra=EXTRA)

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The one spelling; a variant writes ü as u."""
        from pypinyin import lazy_pinyin

        syllables = lazy_pinyin(run, errors=floor)
        usual = "".join(syllables)
        return [(usual, 4.0), ("".join(each.replace("v", "u") for each in syllables), 1.0)]


class JyutpingRomaniser(WordRomaniser):
    """Spells Cantonese in jyutping without tones, a word in one piece, with readings from ToJyutping (BSD).

    Args:
        lang: BCP-47 primary subtag, ``yue``.

    Raises:
        MissingExtraError: ToJyutping is not installed.

    >>> if find_spec("ToJyutping"):
    ...     assert JyutpingRomaniser(lang="yue").romanise(["食飯", "聽日", "ok"]) == ["sikfaan", "tingjat", "ok"]
    """

    name = "jyutping"

    def __init__(self, *, lang: str) -> None:
        super().__init__(lang=lang)
        if find_spec("ToJyutping") is None:
            raise MissingExtraError("jyutping", extra=EXTRA)

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The usual spelling, and one by English ear: y for j, oe as eu, z as j."""
        from ToJyutping import get_jyutping_list

        read = get_jyutping_list(run)
        syllables = [sound.rstrip("123456") if sound else floor(character) for character, sound in read]
        usual = "".join(syllables)
        return [(usual, 3.0), ("".join(map(_by_ear, syllables)), 1.0)]


def _by_ear(syllable: str) -> str:
    """A syllable of jyutping as Hong Kong spells names.

    >>> _by_ear("jat"), _by_ear("hoeng"), _by_ear("zou")
    ('yat', 'heung', 'jou')
    """
    first = {"j": "y", "z": "j", "c": "ch"}.get(syllable[:1], syllable[:1])
    return first + syllable[1:].replace("oe", "eu").replace("eo", "eu")
