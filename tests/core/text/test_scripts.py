"""Languages by code and scripts by character."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.text.scripts import check_language, languages, ranges, rows, script_of, scripts_for

# The languages of NTREX-128 that the project is tried on.
NTREX = (
    "arb ben ces deu eng fas fil fra guj hau heb hin ibo ind ita jpn kan kor mal mar msa nep nld pan pol por ron rus "
    "spa swa swe tam tel tha tur urd vie xho yor yue zho zul"
)


@pytest.mark.parametrize(
    ("token", "script"),
    [
        ("phone", "Latn"),
        ("Ñandú", "Latn"),
        ("फ़ोन", "Deva"),
        ("ক্ষমা", "Beng"),
        ("ਪੰਜਾਬ", "Guru"),
        ("ગુજરાત", "Gujr"),
        ("தமிழ்", "Taml"),
        ("తెలుగు", "Telu"),
        ("ಕನ್ನಡ", "Knda"),
        ("മലയാളം", "Mlym"),
        ("සිංහල", "Sinh"),
        ("كِتَابٌ", "Arab"),
        ("שלום", "Hebr"),
        ("привет", "Cyrl"),
        ("καλημέρα", "Grek"),
        ("電話", "Hani"),
        ("𠮷", "Hani"),
        ("ひらがな", "Hira"),
        ("コーヒー", "Kana"),
        ("ｶﾀｶﾅ", "Kana"),
        ("한국어", "Hang"),
        ("สวัสดี", "Thai"),
        ("မြန်မာ", "Mymr"),
        ("ខ្មែរ", "Khmr"),
        ("አማርኛ", "Ethi"),
        ("ᱥᱟᱱᱛᱟᱲᱤ", "Olck"),
        ("ꯃꯤꯇꯩ", "Mtei"),
        ("42", "Zyyy"),
        ("५००", "Zyyy"),
        ("।", "Zyyy"),
        ("👍", "Zyyy"),
        ("", "Zyyy"),
        ("\u0301", "Zyyy"),
    ],
)
def test_script_of_a_token(token: str, script: str) -> None:
    assert script_of(token) == script


@pytest.mark.parametrize(
    ("token", "script"), [("phoneों", "Latn"), ("फोनs", "Deva"), ("食べる", "Hira"), ("aब", "Latn")]
)
def test_most_letters_decide_and_the_first_on_a_tie(token: str, script: str) -> None:
    assert script_of(token) == script


@given(st.text())
def test_script_of_any_string_is_known(token: str) -> None:
    script = script_of(token)
    assert script == "Zyyy" or ranges(script)


@given(st.characters(categories=["L"]))
def test_script_agrees_with_the_name_of_the_character(letter: str) -> None:
    first = unicodedata.name(letter, "").partition(" ")[0]
    expected = {
        "DEVANAGARI": "Deva",
        "BENGALI": "Beng",
        "CYRILLIC": "Cyrl",
        "ARABIC": "Arab",
        "HANGUL": "Hang",
        "CJK": "Hani",
    }
    if first in expected:
        assert script_of(letter) == expected[first]


def test_ranges_are_disjoint_and_in_order() -> None:
    scripts = {name for name, _, _ in rows("unicode.tsv")} - {"mark", "pictograph"}
    everything = sorted(pair for script in scripts for pair in ranges(script))
    assert all(first <= last for first, last in everything)
    assert all(left[1] < right[0] for left, right in pairwise(everything))


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" hi ", "hi"),
        ("hin", "hi"),
        ("spa", "es"),
        ("cmn", "zh"),
        ("arb", "ar"),
        ("ger", "de"),
        ("iw", "he"),
        ("pt-BR", "pt"),
        ("zh_Hant", "zh"),
        ("fil", "fil"),
    ],
)
def test_codes_are_normalised(code: str, known: str) -> None:
    assert check_language(code) == known


@pytest.mark.parametrize("code", NTREX.split())
def test_every_ntrex_language_is_known(code: str) -> None:
    assert scripts_for(code)


@pytest.mark.parametrize(
    ("code", "near"), [("hindi", "'hi' (Hindi)"), ("spanish", "'es' (Spanish)"), ("enx", "'en'"), ("Tamill", "'ta'")]
)
def test_an_unknown_language_names_the_nearest(code: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_language(code)
    assert repr(code) in str(caught.value)
    assert near in str(caught.value)


@pytest.mark.parametrize("code", ["", "q", "qqqqqqqqqq", "12", "-", "😀"])
def test_nonsense_is_refused_in_one_line(code: str) -> None:
    with pytest.raises(UsageError, match="BCP-47") as caught:
        check_language(code)
    assert "\n" not in str(caught.value)


@given(st.one_of(st.text(), st.text("abcdefghijklmnopqrstuvwxyz-", max_size=4)))
def test_any_string_is_a_language_or_a_usage_error(code: str) -> None:
    with suppress(UsageError):
        assert check_language(code) in languages()


@pytest.mark.parametrize(
    ("lang", "scripts"),
    [
        ("hi", ("Deva",)),
        ("ja", ("Hira", "Kana", "Hani")),
        ("sr", ("Cyrl", "Latn")),
        ("pa", ("Guru",)),
        ("zh", ("Hani",)),
    ],
)
def test_scripts_of_a_language(lang: str, scripts: tuple[str, ...]) -> None:
    assert scripts_for(lang) == scripts


def test_the_table_of_languages_is_sound() -> None:
    table = list(languages().values())
    codes = [code for row in table for code in {row.code, row.iso639_3, *row.aliases}]
    assert len(codes) == len(set(codes)), "a code means two languages"
    assert [row.code for row in table] == sorted(row.code for row in table)
    assert all(len(row.iso639_3) == 3 and row.name for row in table)
    assert all(ranges(script) for row in table for script in row.scripts)
    assert len(table) >= 60


def test_each_table_says_where_it_comes_from() -> None:
    from cswitch import data

    folder = Path(data.__path__[0])
    note = (folder / "languages.md").read_text(encoding="utf-8")
    for name in ("languages.tsv", "unicode.tsv", "abbreviations.tsv", "capitals.tsv"):
        assert (folder / name).is_file()
        assert f"`{name}`" in note
