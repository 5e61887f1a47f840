"""Romanisation of Devanagari: well-known words, whole-input promises, odd input."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core import registry
from cswitch.core.contracts import Romaniser
from cswitch.core.errors import UsageError
from cswitch.core.text.devanagari import DevanagariRomaniser
from cswitch.core.text.schwa import compose_nukta
from cswitch.core.text.scripts import rows

WORDS = [
    line.split("\t")
    for line in Path(__file__).with_name("romanised_words.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
DEVANAGARI = re.compile("[\u0900-\u097f\ua8e0-\ua8ff\u1cd0-\u1cff\U00011b00-\U00011b5f]")
LETTERS = st.characters(min_codepoint=0x0900, max_codepoint=0x097F)
RARE = st.characters(min_codepoint=0xA8E0, max_codepoint=0xA8FF) | st.characters(
    min_codepoint=0x1CD0, max_codepoint=0x1CFF
)
DEVANAGARI_WORDS = st.text(LETTERS | RARE | st.sampled_from("\u200c\u200d"), min_size=1).filter(DEVANAGARI.search)


@pytest.fixture(scope="module")
def hindi() -> DevanagariRomaniser:
    return DevanagariRomaniser()


def test_the_registered_romaniser_meets_the_contract() -> None:
    romaniser = registry.load("romaniser", "deva")()
    assert isinstance(romaniser, Romaniser)
    assert romaniser.name == "deva"


@pytest.mark.parametrize(("word", "accepted"), WORDS)
def test_well_known_words_are_spelt_as_people_type_them(hindi: DevanagariRomaniser, word: str, accepted: str) -> None:
    assert hindi.romanise([word])[0] in accepted.split()


def test_a_sentence(hindi: DevanagariRomaniser) -> None:
    assert " ".join(hindi.romanise(["मैं", "घर", "जा", "रहा", "हूँ", "।"])) == "main ghar ja raha hoon ."


@pytest.mark.parametrize(
    ("word", "latin"),
    [
        ("ऑफिस", "office"),
        ("ऑफ़िस", "office"),
        ("मीटिंग", "meeting"),
        ("स्कूल", "school"),
        ("प्रोजेक्ट", "project"),
        ("डॉक्टर", "doctor"),
        ("कंप्यूटर", "computer"),
        ("मोबाइल", "mobile"),
        ("इंटरनेट", "internet"),
        ("पार्टी", "party"),
        ("टिकट", "ticket"),
        ("होटल", "hotel"),
        ("बैंक", "bank"),
        ("पुलिस", "police"),
    ],
)
def test_loan_words_come_back_in_english_spelling(hindi: DevanagariRomaniser, word: str, latin: str) -> None:
    assert hindi.romanise([word]) == [latin]


@pytest.mark.parametrize(
    ("word", "latin"),
    [
        ("०१२३४५६७८९", "0123456789"),
        ("२०२४-२५", "2024-25"),
        ("।", "."),
        ("॥", "."),
        ("डॉ॰", "dr."),
        ("राम-राम", "ram-ram"),
        ("घर,", "ghar,"),
        ("फोनs", "phones"),
        ("#भारत", "#bharat"),
        ("@घर_वाला", "@ghar_wala"),
        ("घर\u200dघर", "gharghar"),
        ("क\u094d\u200dया", "kya"),
        ("क\u094d\u200cया", "kya"),
        ("ॐ", "om"),
        ("दुः\u0951ख", "dukh"),
        ("ऽ", "'"),
        ("\u094d", "'"),
        ("\u093c", "'"),
        ("ꣳ", "m"),
    ],
)
def test_digits_marks_and_mixed_words(hindi: DevanagariRomaniser, word: str, latin: str) -> None:
    assert hindi.romanise([word]) == [latin]


@pytest.mark.parametrize(
    "word", ["phone", "don't", "42", "!", "電話", "ফোন", "café", "👨\u200d👩\u200d👧", "", "\u200d"]
)
def test_other_scripts_pass_unchanged(hindi: DevanagariRomaniser, word: str) -> None:
    assert hindi.romanise([word]) == [word]


@pytest.mark.parametrize("word", ["फ़ोन", "ज़रूर", "लड़की", "पढ़ाई", "क़लम", "ख़बर", "ग़लत"])
def test_normal_forms_of_the_nukta_are_the_same_word(hindi: DevanagariRomaniser, word: str) -> None:
    one, two = unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)
    joined = "".join(chr(0x0958 + "कखगजडढफय".index(c)) if d == "़" else c for c, d in _pairs(two))
    assert len(set(hindi.romanise([one, two, joined]))) == 1


def _pairs(word: str) -> list[tuple[str, str]]:
    """Each character that is no nukta, with the one after it."""
    return [(c, d) for c, d in zip(word, [*word[1:], ""], strict=True) if c != "़"]


def test_each_convention_is_written_once_in_plain_letters() -> None:
    table = rows("models/indic-conventions.tsv")
    keys = [(lang, compose_nukta(word)) for lang, word, _ in table]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[a-z]+", latin) for _, _, latin in table)


def test_empty_and_long_input(hindi: DevanagariRomaniser) -> None:
    assert hindi.romanise([]) == []
    [latin] = hindi.romanise(["कमल" * 20_000])
    assert latin.isascii()
    assert len(latin) > 60_000


@pytest.mark.parametrize(
    ("lang", "words", "latin"),
    [
        ("mr", ["मी", "आहे", "नाही"], ["mi", "aahe", "naahi"]),
        ("ne", ["मेरो", "गर्छ", "छ"], ["mero", "garcha", "chha"]),
        ("sa", ["राम", "फल"], ["rama", "fala"]),
    ],
)
def test_other_languages_have_their_own_habits(lang: str, words: list[str], latin: list[str]) -> None:
    assert DevanagariRomaniser(lang=lang).romanise(words) == latin


@pytest.mark.parametrize(("lang", "message"), [("es", "not written in Devanagari"), ("xyz", "unknown language")])
def test_a_language_of_another_script_is_refused(lang: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        DevanagariRomaniser(lang=lang)


@settings(deadline=None)
@given(st.lists(DEVANAGARI_WORDS, max_size=5))
def test_devanagari_comes_out_in_ascii_and_never_empty(words: list[str]) -> None:
    latin = DevanagariRomaniser().romanise(words)
    assert len(latin) == len(words)
    assert all(word and word.isascii() and word == word.lower() for word in latin)


@given(st.text())
def test_no_devanagari_is_left_and_the_rest_is_kept(word: str) -> None:
    [latin] = DevanagariRomaniser().romanise([word])
    assert not DEVANAGARI.search(latin)
    assert bool(latin) == bool(word)
    if not DEVANAGARI.search(word):
        assert latin == word


@settings(deadline=None)
@given(st.lists(DEVANAGARI_WORDS, min_size=1, max_size=6))
def test_a_spelling_depends_on_the_word_alone(words: list[str]) -> None:
    shared = DevanagariRomaniser()
    together = shared.romanise(words)
    assert together == [DevanagariRomaniser().romanise([word])[0] for word in words]
    assert shared.romanise(words[::-1]) == together[::-1]
