"""Inducing a lexicon from sentence pairs."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Sentence, TokenisedPair
from cswitch.core.lexicon import Lexicon, Translation
from cswitch.generators.alignment.induction import (
    align,
    induce,
    is_word,
    merge_core,
    part_clitics,
    project_closed,
)
from cswitch.generators.alignment.unit_counts import Evidence

NOUNS = {"house": "casa", "dog": "perro", "table": "mesa", "river": "río", "tree": "árbol", "cloud": "nube"}
VERBS = {"sees": "ve", "wants": "quiere", "paints": "pinta", "sells": "vende"}


def pair(left: str, right: str, langs: Sequence[str] = ("en", "es")) -> TokenisedPair:
    sides = [
        Sentence(lang, tuple(text.split()), (None,) * len(text.split()))
        for lang, text in zip(langs, (left, right), strict=True)
    ]
    return TokenisedPair("", sides[0], sides[1])


def corpus(size: int, langs: Sequence[str] = ("en", "es")) -> list[TokenisedPair]:
    """Sentences of a subject, a verb and an object, all combinations mixed."""
    bits = random.Random(7)
    rows = []
    for _ in range(size):
        one, two = bits.sample(sorted(NOUNS), 2)
        verb = bits.choice(sorted(VERBS))
        rows.append(pair(f"the {one} {verb} a {two} .", f"el {NOUNS[one]} {VERBS[verb]} un {NOUNS[two]} .", langs))
    return rows


@pytest.mark.parametrize("langs", [("en", "es"), ("xx", "qq"), ("es", "en")])
def test_words_of_a_small_corpus_are_found(langs: tuple[str, str]) -> None:
    lexicon = induce(corpus(200, langs), *langs)
    assert (lexicon.source, lexicon.target) == langs
    for word, other in {**NOUNS, **VERBS}.items():
        best = lexicon.translations(word)[0]
        assert best.word == other
        assert best.prob > 0.8
        assert best.back > 0.8
    assert "." not in lexicon


def test_the_same_pairs_give_the_same_bytes() -> None:
    assert induce(corpus(120), "en", "es").encode() == induce(iter(corpus(120)), "en", "es").encode()


def test_closed_classes_come_through_the_links() -> None:
    lexicon = induce(corpus(120, ("en", "qq")), "en", "qq", closed={"en": frozenset({"the", "a"})})
    assert lexicon.closed["qq"] == {"el", "un"}
    turned = induce(corpus(120, ("xx", "es")), "xx", "es", closed={"es": frozenset({"el", "un"})})
    assert turned.closed["xx"] == {"the", "a"}


def test_what_shipped_lexicons_know_of_a_language_is_used() -> None:
    lexicon = induce(corpus(120, ("en", "xx")), "en", "xx")
    assert "although" in lexicon.closed["en"]
    assert lexicon.joins["en"]
    assert lexicon.closed["xx"] == {"el", "un"}


def test_without_any_closed_class_the_frequent_words_pass_for_one() -> None:
    lexicon = induce(corpus(120, ("xx", "qq")), "xx", "qq")
    assert {"the", "a"} <= lexicon.closed["xx"]


def test_a_core_list_is_merged_and_corrected() -> None:
    core = Lexicon(
        "en",
        "es",
        {
            "house": [Translation("mesa", 0.8, 0.8)],
            "zebra": [Translation("cebra", 0.8, 0.8)],
            "good morning": [Translation("buenos días", 0.8, 0.8)],
        },
        closed={"en": frozenset({"the"}), "es": frozenset({"el"})},
        joins={"en": {"up": (0.9, 0.0)}},
    )
    lexicon = induce(corpus(400), "en", "es", core=core)
    found = {t.word: t.prob for t in lexicon.translations("house")}
    assert found["casa"] > found["mesa"]
    assert lexicon.translations("zebra")[0].word == "cebra"
    assert lexicon.translations("good morning")[0].word == "buenos días"
    assert lexicon.closed["es"] == {"el"}
    assert lexicon.joins["en"]["up"] == (0.9, 0.0)


def test_units_are_judged_by_the_links() -> None:
    left, right = ["they", "gave", "up", "today"], ["hoy", "se", "rindieron"]
    links = np.zeros((4, 3))
    links[1, 2], links[3, 0] = 0.9, 0.9
    evidence = Evidence([left] * 40, [right] * 40, [links] * 40)
    units = {"gave up": [Translation("rindieron", 0.5, 0.5)], "up today": [Translation("se rindieron", 0.5, 0.5)]}
    entries: dict[str, list[Translation]] = {}
    merge_core(entries, evidence, Lexicon("en", "es", units))
    assert entries["gave up"][0].prob > 0.7
    assert entries["up today"][0].prob < 0.3


def test_clitics_are_parted_where_text_shows_them() -> None:
    french = [[f"l'{word}"] for word in ("eau", "arbre", "école", "union", "homme", "amitié")]
    assert part_clitics(french)[0] == ["l'", "eau"]
    turkish = [[f"abd'{end}"] for end in ("nin", "ye", "de", "den", "yi", "li", "ce")]
    assert part_clitics(turkish) == turkish
    names = [[f"{chr(97 + n)}ohn's"] for n in range(26)] + [[f"{chr(97 + n)}ohn"] for n in range(26)]
    assert part_clitics(names)[0] == ["aohn", "'s"]
    assert part_clitics([["don't", "'tis", "o'"]]) == [["don't", "'tis", "o'"]]


@settings(max_examples=30)
@given(st.lists(st.lists(st.text("abl'", min_size=1, max_size=6), max_size=5), max_size=12))
def test_parting_clitics_loses_nothing(sentences: list[list[str]]) -> None:
    assert ["".join(tokens) for tokens in part_clitics(sentences)] == ["".join(tokens) for tokens in sentences]


@given(st.lists(st.tuples(st.lists(st.sampled_from("abc"), max_size=4), st.lists(st.sampled_from("xyz"), max_size=4))))
def test_any_pairs_give_a_lexicon(rows: list[tuple[list[str], list[str]]]) -> None:
    pairs = [pair(" ".join(left), " ".join(right)) for left, right in rows]
    lexicon = induce(pairs, "en", "es")
    for word in lexicon:
        for translation in lexicon.translations(word):
            assert 0 < translation.prob <= 1
            assert 0 < translation.back <= 1


def test_rare_words_are_of_no_closed_class() -> None:
    evidence = align([["the", "house"]] * 3, [["el", "gato"]] * 3, "en", "es")
    assert isinstance(evidence, Evidence)
    assert project_closed(evidence, frozenset({"the"}), 1) == frozenset()


@pytest.mark.parametrize(
    ("token", "wanted"), [("casa", True), ("'s", True), ("42", False), ("...", False), ("a.", False)]
)
def test_what_a_lexicon_can_hold(token: str, wanted: bool) -> None:
    assert is_word(token) is wanted
