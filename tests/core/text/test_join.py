"""Tokens to text: offsets, case, paired marks."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.text.grammar import INVISIBLE
from cswitch.core.text.join import balance_marks, join, recase
from cswitch.core.text.tokens import tokenise

CHARACTERS = st.sampled_from(" \n\u200b\u200d\ufeff\u0301,\"'«¿?।-é我アก")
WORDS = "Hello नमस्ते ... $5 don't 👨\u200d👩 🇮🇳 @a #b http://a.b/c. U.S. 10,00,000 x@y.in"
PIECES = CHARACTERS | st.sampled_from(WORDS.split())
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))


def visible(text: str) -> str:
    """A text without invisible controls, its white space made single."""
    return " ".join(re.sub(f"[{INVISIBLE}]", "", text).split())


@given(TEXTS)
def test_a_text_comes_back_from_its_tokens(text: str) -> None:
    found = tokenise(text)
    assert visible(join(found.tokens, found.gaps).text) == visible(text)


@given(st.lists(st.tuples(st.text(min_size=1), st.sampled_from([True, False, None]))))
def test_offsets_are_exact(pairs: list[tuple[str, bool | None]]) -> None:
    tokens = [token for token, _ in pairs]
    text, offsets = join(tokens, [gap for _, gap in pairs])
    assert [text[start:end] for start, end in offsets] == tokens
    assert all(left[1] <= right[0] <= left[1] + 1 for left, right in pairwise(offsets))
    assert not offsets or (offsets[0][0] == 0 and offsets[-1][1] == len(text))


def test_the_first_gap_is_not_looked_at() -> None:
    assert join(["a", "b"], [True, True]).text == "a b"
    assert join([], []).text == ""


def test_gaps_of_another_length_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        join(["a", "b"], [True])
    with pytest.raises(ValueError, match="longer"):
        join(["a"], [None, None])


@pytest.mark.parametrize(
    ("token", "moved"),
    [
        ("The", "the"),
        ("A", "a"),
        ("Él", "él"),
        ("L'acqua", "l'acqua"),
        ("Well-known", "well-known"),
        ("I", "I"),
        ("I'm", "I'm"),
        ("I’ll", "I’ll"),
        ("USA", "USA"),
        ("OK", "OK"),
        ("U.S.", "U.S."),
        ("Mr.", "Mr."),
        ("iPhone", "iPhone"),
        ("McDonald", "McDonald"),
        ("COVID-19", "COVID-19"),
        ("Monday", "Monday"),
        ("Hindi", "Hindi"),
        ("India's", "India's"),
        ("@Asha", "@Asha"),
        ("#Diwali", "#Diwali"),
        ("Https://x.org", "Https://x.org"),
        ("मैं", "मैं"),
        ("5", "5"),
        (",", ","),
    ],
)
def test_leaving_the_start_of_a_sentence(token: str, moved: str) -> None:
    assert recase(token, was_initial=True, is_initial=False) == moved


@pytest.mark.parametrize(
    ("token", "moved"),
    [
        ("the", "The"),
        ("él", "Él"),
        ("é", "É"),
        ("e\u0301l", "E\u0301l"),
        ("'em", "'Em"),
        ("l'acqua", "L'acqua"),
        ("e.g.", "E.g."),
        ("iPhone", "iPhone"),
        ("USA", "USA"),
        ("2nd", "2nd"),
        ("@asha", "@asha"),
        ("#diwali", "#diwali"),
        ("www.x.org", "www.x.org"),
        ("मैं", "मैं"),
        ("我", "我"),
        ("ქართული", "ქართული"),
        ("ǆep", "ǅep"),
        ("!", "!"),
    ],
)
def test_coming_to_the_start_of_a_sentence(token: str, moved: str) -> None:
    assert recase(token, was_initial=False, is_initial=True) == moved


@pytest.mark.parametrize(
    ("token", "lang", "first", "moved"),
    [
        ("istanbul", "tr", True, "İstanbul"),
        ("Işık", "tr", False, "ışık"),
        ("ijs", "nl", True, "IJs"),
        ("ijs", "", True, "Ijs"),
        ("Latino", "es", False, "latino"),
        ("I", "it", False, "i"),
    ],
)
def test_languages_with_capitals_of_their_own(token: str, lang: str, first: bool, moved: str) -> None:
    assert recase(token, was_initial=not first, is_initial=first, lang=lang) == moved


def test_a_name_keeps_its_capital() -> None:
    assert recase("Asha", was_initial=True, is_initial=False, proper=True) == "Asha"
    assert recase("Asha", was_initial=True, is_initial=False) == "asha"


@given(st.text(min_size=1), st.booleans(), st.booleans())
def test_a_token_that_stays_is_not_changed(token: str, initial: bool, proper: bool) -> None:
    assert recase(token, was_initial=initial, is_initial=initial, proper=proper) == token


@given(st.text(min_size=1), st.booleans())
def test_only_case_changes(token: str, first: bool) -> None:
    assert recase(token, was_initial=not first, is_initial=first).casefold() == token.casefold() or "ı" in token


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("¿ Qué tal ?", []),
        ("¡ Hola !", []),
        ("¿ ¡ Qué !?", []),
        ("¿ Qué ?!", []),
        ("¿ Dónde is it .", [0]),
        ("¿ Dónde is it", [0]),
        ("Hola . ¿ Qué । vale ?", [2]),
        ("¿ ¿ Qué ?", [0]),
        ("Do you know qué hora es ?", []),
        ("a ( b ) c", []),
        ("a ( b c", [1]),
        ("a bc ) d", [2]),
        ("in 2019 ) d", [2]),
        ("a ( b [ c )", [3]),
        ("( ( a )", [0]),
        ("1 ) uno 2 ) dos a ) b", []),
        ("« a »", []),
        ("» a «", []),
        ("« a", [0]),
        ("a » b", [1]),
        ("“ a ” b ”", [4]),
        ("no marks here", []),
        ("", []),
    ],
)
def test_marks_without_a_partner(text: str, dropped: list[int]) -> None:
    assert balance_marks(text.split()) == dropped


@pytest.mark.parametrize(
    ("text", "langs", "dropped"),
    [
        ("¿ Where is it ?", "other en en en other", [0]),
        ("¿ Dónde is it ?", "other es en en other", []),
        ("¿ Ana ?", "other ne other", []),
        ("Sí , ¡ great ! ¿ vale ?", "es other other en other other es other", [2]),
        ("¿ ¡ Really !?", "other other en other", [0, 1]),
        ("¿ Unha casa ?", "other gl gl other", []),
    ],
)
def test_inverted_marks_belong_to_their_languages(text: str, langs: str, dropped: list[int]) -> None:
    assert balance_marks(text.split(), langs.split()) == dropped


def test_marks_to_be_kept_are_kept() -> None:
    assert balance_marks(["(", "a", "]"], kept={0}) == [2]


MARKS = st.lists(st.sampled_from([*"()[]«»“”¿¡?!.,", "a", "1", "?!"]))


@given(MARKS)
def test_dropping_leaves_nothing_to_drop(tokens: list[str]) -> None:
    dropped = set(balance_marks(tokens))
    left = [token for index, token in enumerate(tokens) if index not in dropped]
    assert all(tokens[index] in {*"()[]«»“”¿¡"} for index in dropped)
    if "«" not in tokens and "»" not in tokens and "1" not in tokens and "a" not in tokens:
        assert balance_marks(left) == []


@given(MARKS)
def test_indices_are_in_order_and_once(tokens: list[str]) -> None:
    dropped = balance_marks(tokens)
    assert dropped == sorted(set(dropped))
