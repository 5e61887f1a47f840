"""Romanisation of all South Asian scripts: well-known words, promises for any input, variants."""

from __future__ import annotations

import re
from importlib import import_module
from math import fsum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import VariedRomaniser
from cswitch.core.errors import UsageError
from cswitch.core.romanisation import romaniser as romanisers
from cswitch.core.romanisation.romaniser import SouthAsianRomaniser

WORDS = [
    line.split("\t") for line in Path(__file__).with_name("words.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
CLASSES: dict[str, type[SouthAsianRomaniser]] = {
    each.name: each
    for each in vars(romanisers).values()
    if isinstance(each, type) and issubclass(each, SouthAsianRomaniser) and each is not SouthAsianRomaniser
}
LANGS = {
    **dict.fromkeys(("hi", "mr", "ne", "sa"), "deva"),
    **{each.usual: name for name, each in CLASSES.items()},
    "as": "beng",
    "pnb": "urdu",
}
BLOCKS = {
    "deva": (0x0900, 0x097F),
    "beng": (0x0980, 0x09FF),
    "guru": (0x0A00, 0x0A7F),
    "gujr": (0x0A80, 0x0AFF),
    "taml": (0x0B80, 0x0BFF),
    "telu": (0x0C00, 0x0C7F),
    "knda": (0x0C80, 0x0CFF),
    "mlym": (0x0D00, 0x0D7F),
    "urdu": (0x0620, 0x06FF),
}
MADE = {lang: CLASSES[name](lang=lang) for lang, name in LANGS.items()}


def native(name: str) -> st.SearchStrategy[str]:
    first, last = BLOCKS[name]
    return st.text(
        st.characters(min_codepoint=first, max_codepoint=last) | st.sampled_from("\u200c\u200d"),
        min_size=1,
        max_size=12,
    ).filter(lambda word: any(first <= ord(char) <= last for char in word))


ANY_WORD = st.sampled_from(sorted(LANGS)).flatmap(lambda lang: st.tuples(st.just(lang), native(LANGS[lang])))


def test_each_script_has_its_romaniser() -> None:
    assert set(CLASSES) == set(BLOCKS)
    assert all(isinstance(made, VariedRomaniser) for made in MADE.values())


@pytest.mark.parametrize(("lang", "word", "accepted"), WORDS)
def test_well_known_words_are_spelt_as_people_type_them(lang: str, word: str, accepted: str) -> None:
    assert MADE[lang].romanise([word])[0] in accepted.split()


@pytest.mark.parametrize(
    ("lang", "word", "latin"),
    [
        ("bn", "১২৩", "123"),
        ("bn", "।", "."),
        ("pa", "੧੯੪੭", "1947"),
        ("gu", "૨૦૨૪-૨૫", "2024-25"),
        ("ta", "௨௦௨௪", "2024"),
        ("te", "౨౦", "20"),
        ("kn", "೧೦೦", "100"),
        ("ml", "൧൦", "10"),
        ("ur", "۱۹۴۷", "1947"),
        ("ur", "۔", "."),
        ("ur", "؟", "?"),
        ("ur", "،", ","),
        ("bn", "্", "'"),
        ("ta", "்", "'"),
        ("bn", "ফোনs", "phones"),
        ("ta", "#தமிழ்,", "#tamil,"),
        ("ur", "گھر,", "ghar,"),
        ("ml", "ന്‍", "n"),
        ("pa", "ੴ", "ikonkar"),
        ("ta", "௰", "10"),
    ],
)
def test_digits_marks_and_mixed_words(lang: str, word: str, latin: str) -> None:
    assert MADE[lang].romanise([word]) == [latin]


@pytest.mark.parametrize("lang", sorted(LANGS))
@pytest.mark.parametrize(
    "word", ["phone", "don't", "42", "!", "電話", "café", "Привет", "👨\u200d👩\u200d👧", "", "\u200d"]
)
def test_what_is_of_another_script_stays(lang: str, word: str) -> None:
    assert MADE[lang].romanise([word]) == [word]
    assert MADE[lang].variants([word]) == [((word, 1.0),)]


@pytest.mark.parametrize(
    ("lang", "one", "two"),
    [("bn", "ক\u09cb", "ক\u09c7\u09be"), ("ta", "க\u0bca", "க\u0bc6\u0bbe"), ("ur", "كتاب", "کتاب")],
)
def test_two_ways_to_write_a_letter_are_one_word(lang: str, one: str, two: str) -> None:
    assert MADE[lang].romanise([one]) == MADE[lang].romanise([two])


@pytest.mark.parametrize(
    ("name", "lang"), [("beng", "hi"), ("deva", "ta"), ("urdu", "ar"), ("urdu", "fa"), ("taml", "xyz")]
)
def test_a_language_of_another_script_is_refused(name: str, lang: str) -> None:
    with pytest.raises(UsageError, match=r"is not written in|unknown language"):
        CLASSES[name](lang=lang)


@settings(deadline=None)
@given(ANY_WORD)
def test_words_come_out_in_ascii_and_never_empty(pair: tuple[str, str]) -> None:
    lang, word = pair
    [latin] = MADE[lang].romanise([word])
    assert latin
    assert latin.isascii()
    assert latin == latin.lower()


@settings(deadline=None)
@given(ANY_WORD)
def test_romanised_words_stay_as_they_are(pair: tuple[str, str]) -> None:
    lang, word = pair
    once = MADE[lang].romanise([word])
    assert MADE[lang].romanise(once) == once


@settings(deadline=None)
@given(ANY_WORD)
def test_variants_begin_with_the_spelling_and_add_up_to_one(pair: tuple[str, str]) -> None:
    lang, word = pair
    [found] = MADE[lang].variants([word])
    spellings, shares = [latin for latin, _ in found], [share for _, share in found]
    assert [spellings[0]] == MADE[lang].romanise([word])
    assert len(set(spellings)) == len(spellings) <= 8
    assert abs(fsum(shares) - 1) < 1e-9
    assert shares == sorted(shares, reverse=True)
    assert all(spellings)
    assert min(shares) >= 0.02


@settings(deadline=None)
@given(
    st.sampled_from(sorted(LANGS)).flatmap(
        lambda lang: st.tuples(st.just(lang), st.lists(native(LANGS[lang]), max_size=5))
    )
)
def test_a_spelling_depends_on_the_word_alone(pair: tuple[str, list[str]]) -> None:
    lang, words = pair
    shared, fresh = CLASSES[LANGS[lang]](lang=lang), CLASSES[LANGS[lang]]
    together, varied = shared.romanise(words), shared.variants(words)
    assert together == [fresh(lang=lang).romanise([word])[0] for word in words]
    assert varied == [fresh(lang=lang).variants([word])[0] for word in words]


def test_variants_of_a_usual_word() -> None:
    [found] = MADE["hi"].variants(["नहीं"])
    assert {"nahi", "nahin"} <= {latin for latin, _ in found}


def test_the_module_of_old_still_gives_the_romaniser_of_devanagari() -> None:
    assert import_module("cswitch.core.text.devanagari").DevanagariRomaniser is CLASSES["deva"]


def test_conventions_are_plain_letters() -> None:
    from cswitch.core.text.scripts import rows

    assert all(re.fullmatch("[a-z]+", latin) for _, _, latin in rows("models/indic-conventions.tsv"))
