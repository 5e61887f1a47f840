"""Japanese in Hepburn letters as people type them: kana by table, Han characters by their reading in context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import regex as re

from cswitch.core.errors import MissingExtraError
from cswitch.core.text.cjk import installed
from cswitch.core.text.scripts import rows
from cswitch.core.transliteration.words import WordRomaniser, floor

_HAN = re.compile(r"[\p{Han}々〆ヶ]")
_DOUBLED = "っ"
_LONG = re.compile("(?<=o)u|(?<=u)u")


class KanaRomaniser(WordRomaniser):
    """Spells Japanese as it is typed: ``toukyou`` with its long vowels as written, ``koohii`` without its bar.

    Readings of Han characters come from SudachiPy with SudachiDict-core (both Apache-2.0); the particles は, へ are
    ``wa`` and ``e``. A variant leaves the second half of long vowels out.

    Args:
        lang: BCP-47 primary subtag, ``ja``.

    Raises:
        MissingExtraError: SudachiPy or its dictionary is not installed.

    >>> if installed("ja"):  # what the extra brings
    ...     words = KanaRomaniser(lang="ja").romanise(["学校", "ありがとう", "コーヒー", "は", "食べました", "ok"])
    ...     assert words == ["gakkou", "arigatou", "kohi", "wa", "tabemashita", "ok"], words
    """

    name = "kana"

    def __init__(self, *, lang: str) -> None:
        super().__init__(lang=lang)
        if not installed("ja"):
            raise MissingExtraError("reading Japanese", extra="romanise")

    def spellings(self, run: str) -> Sequence[tuple[str, float]]:
        """The usual spelling, and the one with short vowels for long ones."""
        kana = _reading()(run) if _HAN.search(run) else run
        spelt = spell(kana)
        return [(spelt, 3.0), (_LONG.sub("", spelt), 1.0)]


def spell(kana: str) -> str:
    """Kana in Latin letters.

    >>> spell("がっこう"), spell("マッチャ"), spell("シャシン"), spell("つかっ")
    ('gakkou', 'matcha', 'shashin', 'tsukat')
    """
    table = _table()
    text = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in kana)
    out: list[str] = []
    at, doubled = 0, False
    while at < len(text):
        if text[at] == _DOUBLED:
            doubled, at = True, at + 1
            continue
        length = 2 if text[at : at + 2] in table else 1
        latin = table.get(text[at : at + length])
        latin = floor(text[at : at + length]) if latin is None else latin
        if doubled and latin:
            latin = ("t" if latin.startswith("ch") else latin[0] if latin[0] not in "aiueo" else "") + latin
        out.append(latin)
        at, doubled = at + length, False
    return "".join(out) + ("t" if doubled else "")  # cut off from what it doubles, most often た or て


@cache
def _table() -> dict[str, str]:
    return {kana: latin.split()[0].replace("-", "") for kana, latin in rows("transliteration/kana.tsv")}


@cache
def _reading() -> Callable[[str], str]:
    """The function that reads: text to katakana; the dictionary is loaded once, in half a second."""
    from sudachipy import Dictionary, SplitMode

    dictionary = Dictionary(dict="core")
    tokenizer = getattr(dictionary, "tokenizer", dictionary.create)(mode=SplitMode.A)
    return lambda text: "".join(each.reading_form() or each.surface() for each in tokenizer.tokenize(text))
