"""Words in Latin letters back to their script: everyday words, what stays as it is, promises of the contract."""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Deromaniser
from cswitch.core.deromanisation.spelling import SpellingDeromaniser, known_languages
from cswitch.core.errors import UsageError

TABLE = Path(__file__).with_name("words.tsv")
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[2:]]
UNTOUCHED = [
    "42",
    "3.5",
    "!",
    "...",
    "http://a.in/ghar",
    "www.a.in",
    "@ravi",
    "#ghar",
    "😀",
    "घर",
    "дом",
    "家",
    "",
    "gr8",
]
LANGS = ["bn", "gu", "hi", "kn", "ml", "mr", "ne", "pa", "ta", "te", "ur"]

latin = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14)
anything = st.text(max_size=8) | latin | st.sampled_from(UNTOUCHED)


def reader(lang: str = "hi") -> SpellingDeromaniser:
    """A reader that remembers nothing yet."""
    return SpellingDeromaniser(lang=lang)


@pytest.mark.parametrize(("lang", "word", "native"), ROWS)
def test_everyday_words(lang: str, word: str, native: str) -> None:
    assert reader(lang).deromanise([word]) == [native]


def test_every_language_is_there() -> None:
    assert known_languages() == LANGS
    assert {lang for lang, _, _ in ROWS} == set(LANGS)
    assert isinstance(reader(), Deromaniser)


@pytest.mark.parametrize("lang", LANGS)
def test_first_word_of_the_native_script(lang: str) -> None:
    for word in reader(lang).deromanise(["namaste", "qwxzj", "b"]):
        assert word
        assert not word.isascii()


@pytest.mark.parametrize("word", UNTOUCHED)
def test_what_is_no_latin_word_stays(word: str) -> None:
    assert reader().candidates([word]) == [((word, 1.0),)]
    assert reader().deromanise_sentences([[word]]) == [[word]]


def test_case_and_accents_do_not_matter() -> None:
    words = reader().deromanise(["ghar", "Ghar", "GHAR", "ghār"])
    assert words == ["घर"] * 4


@pytest.mark.parametrize(
    ("held", "plain"), [("yaaaar", "yaar"), ("bahuttt", "bahut"), ("nahiiiii", "nahi"), ("haaaan", "haan")]
)
def test_letters_held_for_stress(held: str, plain: str) -> None:
    assert reader().deromanise([held]) == reader().deromanise([plain])


def test_neighbours_decide() -> None:
    read = reader().deromanise_sentences
    assert read([["usne", "kaha", "ki", "vah", "aayega"]])[0][2] == "कि"
    assert read([["ram", "ki", "kitab"]])[0][1] == "की"
    assert read([["ve", "ja", "rahe", "hai"], ["vah", "ja", "raha", "hai"]]) == [
        ["वे", "जा", "रहे", "हैं"],
        ["वह", "जा", "रहा", "है"],
    ]


def test_marks_are_borders() -> None:
    read = reader().deromanise_sentences
    assert read([["ghar", ",", "ki", "42"]])[0][1::2] == [",", "42"]
    assert read([[], ["!"]]) == [[], ["!"]]


@pytest.mark.parametrize("lang", ["en", "fr", "si"])
def test_a_language_without_model_is_refused_by_name(lang: str) -> None:
    with pytest.raises(UsageError, match="bn, gu, hi, kn, ml, mr, ne, pa, ta, te, ur"):
        SpellingDeromaniser(lang=lang)


def test_codes_of_three_letters() -> None:
    assert SpellingDeromaniser(lang="tam").lang == "ta"


@given(st.lists(anything, max_size=6))
def test_as_many_words_and_none_lost(words: list[str]) -> None:
    for found in (reader().deromanise(words), *reader().deromanise_sentences([words])):
        assert len(found) == len(words)
        assert all(after for before, after in zip(words, found, strict=True) if before)


@given(st.lists(anything, max_size=6))
def test_candidates_are_probabilities(words: list[str]) -> None:
    read = reader()
    for best, found in zip(read.deromanise(words), read.candidates(words), strict=True):
        shares = [p for _, p in found]
        assert best == found[0][0]
        assert abs(sum(shares) - 1) < 1e-4
        assert all(left >= right for left, right in pairwise(shares))
        assert len({word for word, _ in found}) == len(found)


@given(st.lists(latin, min_size=1, max_size=8), st.sampled_from(LANGS))
def test_the_batch_does_not_matter(words: list[str], lang: str) -> None:
    together = reader(lang).candidates(words)
    assert together == [reader(lang).candidates([word])[0] for word in words]
    again = reader(lang)
    again.candidates(words[::-1])
    assert again.candidates(words) == together


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cswitch.core.deromanisation.spelling._REMEMBERED", 3)
    read = reader()
    words = ["ghar", "pani", "dost", "kal", "log"]
    assert read.deromanise(words) == reader().deromanise(words)
    assert len(read._memory) <= 3


DATA = Path(os.environ.get("CSWITCH_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")


@pytest.mark.skipif(not (DATA / "romanisation").is_dir(), reason="the shared data is not here")
@pytest.mark.parametrize("lang", [lang for lang in LANGS if lang != "ne"])
def test_frequent_words_come_back(lang: str) -> None:
    from scripts.deromanisation_data import attested, read_sentences

    seen = attested(read_sentences(DATA, lang))
    words = sorted(seen, key=lambda word: -sum(seen[word].values()))[:100]
    usual = [max(seen[word], key=lambda spelling: seen[word][spelling]) for word in words]
    back = reader(lang).candidates(usual)
    assert sum(word == found[0][0] for word, found in zip(words, back, strict=True)) >= 70
    assert sum(word in dict(found) for word, found in zip(words, back, strict=True)) >= 85
