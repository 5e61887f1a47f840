"""Light stemming: forms of a word meet, other words do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.generators.alignment.stems import PREFIX, Stemmer, stemmer


@pytest.mark.parametrize(
    ("lang", "forms"),
    [
        ("en", "stop stops stopped stopping"),
        ("en", "go goes went gone going"),
        ("en", "house houses house's Houses"),
        ("en", "study studies studied"),
        ("en", "make makes made making"),
        ("es", "niño niña niños niñas"),
        ("es", "canción canciones"),
        ("es", "luz luces"),
        ("es", "comprar compro compró compraron comprando comprarlo comprado"),
        ("es", "tener tengo tienes tuvo tendrá"),
        ("hi", "लड़का लड़के लड़की लड़कियों"),
        ("hi", "बात बातें बातों"),
        ("hi", "करना किया करता करेंगे कर"),
        ("hi", "जाना गया गई जाएगा जाते"),
        ("hi", "हिन्दी हिंदी"),
        ("hi", "खरीदना ख़रीदा खरीदे"),
        ("hi", "हूँ हूं"),
    ],
)
def test_forms_meet(lang: str, forms: str) -> None:
    assert len({stemmer(lang).stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("en", "thing", "think"),
        ("en", "bus", "but"),
        ("es", "casa", "caso"),
        ("es", "hora", "horno"),
        ("hi", "पानी", "पान"),
    ],
)
def test_other_words_do_not(lang: str, one: str, other: str) -> None:
    assert stemmer(lang).stem(one) != stemmer(lang).stem(other)


def test_a_language_without_a_table_keeps_the_beginning() -> None:
    assert Stemmer("xx").stem("Zzzaabbcc") == "zzzaabbcc"[:PREFIX]


@given(st.sampled_from(["en", "es", "hi", "xx"]), st.text(max_size=12))
def test_a_stem_is_never_longer_than_by_a_letter_and_never_lost(lang: str, word: str) -> None:
    stem = stemmer(lang).stem(word)
    assert bool(stem) == bool(stemmer(lang).fold(word))
    assert stemmer(lang).stem(word) == stem
