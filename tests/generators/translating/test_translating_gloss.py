"""Glosses: what becomes of each kind of token, and links that are right whatever the text."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Translated, Translator
from cswitch.core.errors import InputError, UsageError
from cswitch.core.lexicon import Lexicon, Translation
from cswitch.core.text.tokens import tokenise
from cswitch.generators.translating.dictionary import Dictionary, Gloss
from cswitch.generators.translating.gloss import GlossTranslator
from cswitch.generators.translating.glossing import UNSURE, Glosser


@cache
def glosser(source: str, target: str) -> Glosser:
    return Glosser(Lexicon.load(source, target))


def gloss(text: str, source: str = "en", target: str = "es") -> Translated:
    return glosser(source, target).gloss(text)


def paired(text: str, found: Translated, source: str, target: str) -> list[tuple[str, str]]:
    """Linked tokens, as words."""
    left, right = tokenise(text, source).tokens, tokenise(found.text, target).tokens
    return [(left[link.source], right[link.target]) for link in found.links or ()]


@pytest.mark.parametrize(
    ("source", "target", "text", "expected"),
    [
        ("en", "es", "The house is red.", "El casa es rojo."),
        ("en", "es", "good morning, friend!", "buenos días, amigo!"),
        ("en", "hi", "good morning", "सुप्रभात"),
        ("en", "hi", "the house", "हाउस"),
        ("en", "es", "They saw Zubrowski (in Spain).", "Visto Zubrowski (en España)."),
        ("en", "hi", "my house in Kanpur", "मेरा हाउस में कानपुर"),
        ("en", "es", "HOUSE", "CASA"),
        ("en", "es", "pay %d to {name} <b>today</b>", "pagar %d a {name} <b>hoy</b>"),
        ("en", "es", "see https://a.in/x, @ravi #ok 10,000 😀", "ver https://a.in/x, @ravi #ok 10,000 😀"),
        ("es", "en", "¿La casa?", "The house?"),
        ("hi", "en", "घर।", "Home."),
        ("fr", "en", "l'eau", "the water"),
        ("en", "es", "friend's house", "amigo del casa"),
        ("de", "en", "mit Angela Merkel", "with Angela Merkel"),
    ],
)
def test_what_becomes_of_a_text(source: str, target: str, text: str, expected: str) -> None:
    found = gloss(text, source, target)
    assert found.text == expected
    assert not found.problem


def test_roman_hindi_is_looked_up_in_its_native_spelling() -> None:
    assert gloss("mera ghar", "hi", "en").text == gloss("मेरा घर", "hi", "en").text == "My home"


def test_units_of_words_link_all_of_their_words() -> None:
    text = "good morning"
    assert paired(text, gloss(text), "en", "es") == [
        ("good", "buenos"), ("good", "días"), ("morning", "buenos"), ("morning", "días"),
    ]  # fmt: skip


def test_an_unknown_word_is_left_out_and_a_name_is_not() -> None:
    found = gloss("the house of Zubrowski has big frobnicators")
    assert "Zubrowski" in found.text
    assert "frobnicators" not in found.text
    assert ("Zubrowski", "Zubrowski") in paired("the house of Zubrowski has big frobnicators", found, "en", "es")


def test_a_word_that_may_be_a_name_stays_out_of_mixtures() -> None:
    text = "घर और खटपटाल"
    found = gloss(text, "hi", "en")
    assert found.text.split()[-1].isascii()
    assert found.links
    assert found.links[-1].confidence == UNSURE


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the text is empty"),
        ("  ", "the text is empty"),
        ("42 !!", "the text has no word"),
        ("blarg frob the nitch house", "the lexicon knows 1 of 4 content words"),
        ("blarg", "the lexicon knows 0 of 1 content words"),
    ],
)
def test_why_there_is_no_gloss(text: str, problem: str) -> None:
    assert gloss(text) == Translated("", problem=problem)


def test_half_of_the_content_words_is_enough() -> None:
    assert gloss("the frob house").text == "el casa"
    assert glosser("en", "es").gloss("the frob house", 0.51).problem == "the lexicon knows 1 of 2 content words"


WORDS = ["the", "house", "Good", "morning", "L'eau", "well-known", "Rahul", "घर", "मैं", "U.S.", "don't", "我", "x2"]
MARKS = [",", ".", "!", "(", ")", "¿", '"', "{name}", "%s", "<b>", "5", "https://a.in", "@a", "😀", "-", "।"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(WORDS + MARKS), st.sampled_from(["", " "])), max_size=12), st.text(max_size=6)
)
def test_links_lead_from_token_to_token_once_each(parts: list[tuple[str, str]], odd: str) -> None:
    text = "".join(a + b for a, b in parts) + odd
    for source, target in (("en", "hi"), ("hi", "en"), ("en", "es")):
        found = gloss(text, source, target)
        assert bool(found.text) != bool(found.problem)
        links = [(link.source, link.target) for link in found.links or ()]
        assert links == sorted(set(links))
        left, right = tokenise(text, source).tokens, tokenise(found.text, target).tokens
        assert {j for _, j in links} == set(range(len(right)))
        assert all(i < len(left) for i, _ in links)
        assert all(0 < link.confidence <= 1 for link in found.links or ())
        assert found == gloss(text, source, target)


@given(st.lists(st.sampled_from(["the", "house", "5", "१०", "10,000", "{name}", "<b>", "https://a.in/x", "@a", "#b"])))
def test_numbers_urls_and_placeholders_are_kept(words: list[str]) -> None:
    found = gloss(" ".join(words), "en", "hi")
    kept = [word for word in words if word not in {"the", "house"}]
    assert found.problem or [word for word in found.text.split() if word != "हाउस"] == kept


def test_a_lexicon_of_ones_own_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("house\tcasota\nfrob nitch\tcosa rara\n", encoding="utf-8")
    for translator in (GlossTranslator.load(str(path)), GlossTranslator(lexicons=[path])):
        [found] = asyncio.run(translator.translate(["my house frob nitch"], "en", "es"))
        assert found.text == "mi casota cosa rara"


def test_two_languages_without_a_lexicon_need_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "en-mi.tsv"
    path.write_text("house\twhare\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"no lexicon for en-mi; .*en-hi"):
        asyncio.run(GlossTranslator().translate(["house"], "en", "mi"))
    assert asyncio.run(GlossTranslator.load(str(path)).translate(["the house"], "en", "mi"))[0].text == "whare"


@pytest.mark.parametrize(("source", "target"), [("en", "klingon"), ("english", "es"), ("en", "en")])
def test_languages_that_cannot_be_meant(source: str, target: str) -> None:
    with pytest.raises(UsageError, match=r"language|no lexicon"):
        asyncio.run(GlossTranslator().translate(["house"], source, target))


def test_a_lexicon_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.tsv"):
        asyncio.run(GlossTranslator.load(str(tmp_path / "none.tsv")).translate(["house"], "en", "es"))


def test_it_is_a_translator_and_keeps_the_order() -> None:
    translator = GlossTranslator()
    assert isinstance(translator, Translator)
    found = asyncio.run(translator.translate(["house", "", "water"], "en", "es"))
    assert [each.text for each in found] == ["casa", "", "agua"]


def test_the_form_goes_before_the_stem_and_a_likely_word_before_an_unlikely_one() -> None:
    lexicon = Lexicon("en", "es", {
        "houses": [Translation("casas", 0.6, 0.5), Translation("viviendas", 0.9, 0.1)],
        "walk": [Translation("andar", 0.5, 0.5)],
        "walks": [Translation("dar un paseo", 0.9, 0.5)],
        "run out": [Translation("acabarse", 1.0, 1.0)],
        "of": [Translation("de", 0.05, 0.5)],
    }, closed={"en": frozenset({"of"})})  # fmt: skip
    known = Dictionary(lexicon)
    assert known.word("houses") == Gloss("viviendas", 0.9**0.5)
    assert known.word("house") == Gloss("viviendas", 0.9**0.5 * 0.8, exact=False)
    assert known.word("walking") == Gloss("andar", 0.5**0.5 * 0.8, exact=False)
    assert known.unit(["ran", "out", "of"], 0) == (2, Gloss("acabarse", 0.8, exact=False))
    assert known.unit(["out", "run"], 0) is None
    assert known.word("of") == Gloss("", 0.0)
    assert known.word("blarg") is None
