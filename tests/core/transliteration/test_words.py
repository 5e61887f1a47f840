"""Words with the spelling that people give them, language by language."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Romaniser, VariedRomaniser
from cswitch.core.errors import MissingExtraError, UsageError
from cswitch.core.registry import names
from cswitch.core.text.scripts import languages, script_of
from cswitch.core.text.tokens import tokenise
from cswitch.core.transliteration import romanise_tokens, romaniser_for
from cswitch.core.transliteration.dispatch import romaniser_name
from cswitch.core.transliteration.records import is_romanisable

MODULES = {"jyutping": "ToJyutping", "kana": "sudachipy", "pinyin": "pypinyin", "thai": "pythainlp"}

LINES = (Path(__file__).parent / "typed.tsv").read_text(encoding="utf-8").splitlines()[2:]
TYPED = {lang: [row.split("\t")[1:] for row in rows] for lang, rows in groupby(LINES, lambda row: row.split("\t")[0])}


def romaniser(lang: str) -> Romaniser:
    """The romaniser of a language; the test is left out where its extra is missing."""
    name = romaniser_name(lang)
    if name in MODULES and find_spec(MODULES[name]) is None:
        pytest.skip(f"{MODULES[name]} is not installed")
    return romaniser_for(lang)


@pytest.mark.parametrize("lang", TYPED)
def test_words_are_spelt_as_people_type_them(lang: str) -> None:
    pairs = TYPED[lang]
    assert romaniser(lang).romanise([word for word, _ in pairs]) == [latin for _, latin in pairs]


ROMANISABLE = sorted(filter(is_romanisable, languages()))


@pytest.mark.parametrize("lang", ROMANISABLE)
def test_every_language_with_a_script_of_its_own_has_a_romaniser(lang: str) -> None:
    assert romaniser_name(lang) in names("romaniser")


@pytest.mark.parametrize("lang", ROMANISABLE)
def test_latin_numbers_and_marks_come_back(lang: str) -> None:
    stay = ["office", "Café", "42", "3.5", "!", "...", "🙂", "@asha", "don't", "’", "“", "👍🏽", ":)"]
    assert romaniser(lang).romanise(stay) == stay


LETTERS = (
    "привіт ёђқ καλή ϊ Բև ქარ ሰላም سلام ‌می ةئ שלום ״ 안녕값"
    "学校がっこうー々 我们行 食咗 สวัสดีเ ສະ မင် ស្ត ආයු ନମସ୍ ᱡᱚ བཀྲ a é 4 ٣ ' - \u200d \u0301 ㅋ"
)


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["ru", "el", "ar", "fa", "he", "yi", "ko", "am", "si", "km", "sat", "bo", "nan"]),
    st.text(LETTERS.replace(" ", ""), min_size=1, max_size=8),
)
def test_no_word_vanishes_and_no_letter_of_another_script_is_left(lang: str, word: str) -> None:
    found = romaniser_for(lang)
    (latin,) = found.romanise([word])
    assert latin
    assert not any(character.isspace() for character in latin)
    assert not any(character.isalpha() and script_of(character) not in ("Latn", "Zyyy") for character in latin), latin
    assert found.romanise([latin]) == [latin] or any(category(c)[0] == "M" for c in latin)
    assert isinstance(found, VariedRomaniser)
    (spellings,) = found.variants([word])
    assert spellings[0][0] == latin
    assert sum(share for _, share in spellings) == pytest.approx(1)
    assert all(share <= spellings[0][1] + 1e-9 for _, share in spellings)
    assert len({spelt for spelt, _ in spellings}) == len(spellings)


def test_variants_are_other_spellings_people_use() -> None:
    spelt = {spelling for spelling, _ in romaniser_for("ru").variants(["хорошо"])[0]}  # type: ignore[attr-defined]
    assert {"horosho", "khorosho", "xorosho"} <= spelt
    greek = {spelling for spelling, _ in romaniser_for("el").variants(["ευχαριστώ"])[0]}  # type: ignore[attr-defined]
    assert {"efxaristo", "euxaristo", "efharisto"} <= greek


def test_capitals_are_kept() -> None:
    assert romaniser_for("ru").romanise(["ЧТО", "Щука", "Ю", "МакДак"]) == ["CHTO", "Schuka", "Yu", "MakDak"]


def test_a_korean_name_that_joins_two_sounds() -> None:
    assert romaniser_for("ko").romanise(["한국A반", "2층"]) == ["hangukAban", "2cheung"]


@pytest.mark.parametrize(("lang", "message"), [("es", "es (Spanish) is written in Latin letters"), ("xx", "unknown")])
def test_a_language_without_romaniser_is_refused(lang: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("(", r"\(").replace(")", r"\)")):
        romaniser_for(lang)


@pytest.mark.parametrize(("lang", "module"), [("zh", "pypinyin"), ("yue", "ToJyutping"), ("th", "pythainlp")])
def test_a_missing_extra_is_named(lang: str, module: str) -> None:
    if find_spec(module):
        pytest.skip(f"{module} is installed")
    with pytest.raises(MissingExtraError, match="romanise"):
        romaniser_for(lang)


def test_only_tokens_whose_tag_asks_for_it_are_converted() -> None:
    tokens, langs = ["да", "κι", "да", "ok", "."], ["ru", "el", "en", "ru", "other"]
    assert romanise_tokens(tokens, langs, {"ru": romaniser_for("ru")}) == ["da", "κι", "да", "ok", "."]
    assert romanise_tokens(tokens, langs, {}) == tokens


def test_a_japanese_text_is_cut_and_read_together() -> None:
    tokens = tokenise("お願いします", "ja").tokens
    assert "".join(romaniser("ja").romanise(tokens)) in ("onegaishimasu",)


@pytest.mark.parametrize(("lang", "word"), [("he", 'צה"ל'), ("he", "ג'ירפה"), ("uz", "ўзбек"), ("fa", "۱۲۵\u200cام")])
def test_a_word_stays_one_token(lang: str, word: str) -> None:
    (latin,) = romaniser(lang).romanise([word])
    assert tokenise(word).tokens == (word,)
    assert tokenise(latin).tokens == (latin,)
