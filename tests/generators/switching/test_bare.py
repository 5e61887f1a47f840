"""Case that is written as an ending is written once: the inserted noun is bare, the ending of the frame stays."""

from __future__ import annotations

import pytest

from cswitch.core.contracts import Link, Sentence
from cswitch.core.wordlists import table
from cswitch.generators.switching.bare import bare, case_glue, endings, parts_phrase, without_elision
from cswitch.generators.switching.constraints import constraint
from cswitch.generators.switching.lattice import MATRIX, Arc, Glue, Piece
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import AlignedPair, View

GLUE = frozenset({"light-verb", "article", "postposition"})
BARE = {
    "পার্টির": "পার্টি", "বাজারে": "বাজার", "ঘরের": "ঘর", "সদস্যদের": "সদস্য", "মায়ের": "মা", "বইটা": "বই", "বৃষ্টিতে": "বৃষ্টি",
    "বন্ধুকে": "বন্ধু", "পরীক্ষার": "পরীক্ষা",
}  # fmt: skip
WHOLE = ("ঘর", "শহর", "খবর", "কুকুর", "টাকা", "দরজা", "মেয়ে", "ছেলে", "উপায়")


@pytest.mark.parametrize(("word", "noun"), BARE.items())
def test_case_is_taken_off_bangla_nouns(word: str, noun: str) -> None:
    assert bare(word, "bn") == noun


@pytest.mark.parametrize("word", WHOLE)
def test_nouns_that_only_seem_to_have_a_case_stay(word: str) -> None:
    assert bare(word, "bn") == word
    assert case_glue(word, "bn") == ""


@pytest.mark.parametrize(
    ("lang", "word", "noun"),
    [
        ("mr", "बाजारात", "बाजार"),
        ("mr", "शाळेत", "शाळा"),
        ("mr", "पाणी", "पाणी"),
        ("ne", "बजारमा", "बजार"),
        ("hi", "घरों", "घरों"),
    ],
)
def test_other_languages(lang: str, word: str, noun: str) -> None:
    assert bare(word, lang) == noun


def test_an_elided_article_stays_behind() -> None:
    arc = arc_of(("es", "ayuda", "NOUN.Sing"), ("fr", "l’aide", "NOUN.Sing"))
    assert arc is not None
    assert arc.pieces == (Piece(1, 0, "aide"),)
    assert without_elision("dell'acqua", "it") == "acqua"


def test_what_cannot_be_told_is_none() -> None:
    assert bare("আকাশে", "bn") is None


def test_a_noun_in_the_genitive_is_part_of_a_phrase_and_one_in_another_case_is_not() -> None:
    assert not parts_phrase("গ্রামের", "bn")
    assert parts_phrase("স্কুলে", "bn")


def test_the_table_is_well_formed() -> None:
    rows = table("case-endings.tsv")
    assert len({(lang, ending) for lang, ending, *_ in rows}) == len(rows)
    assert {case for *_, case, _ in rows} == {"genitive", "other", "none"}
    assert all(ending.text for lang in ("bn", "mr", "ne", "gu") for ending in endings(lang))
    assert endings("en") == endings("hi") == ()


def arc_of(matrix: tuple[str, str, str], embedded: tuple[str, str, str], glue: frozenset[str] = GLUE) -> Arc | None:
    """The arc that the first noun of one sentence becomes in another: each is its language, words and labels."""
    one, other = (
        Sentence(lang, tuple(text.split()), (True,) * len(text.split())) for lang, text, _ in (matrix, embedded)
    )
    links = (Link(0, 0, 0.95),)
    pair = AlignedPair("1", one, other, links, tuple(matrix[2].split()), tuple(embedded[2].split()))
    return constraint("matrix-frame", View(pair, flip=False), glue, "phrase").admit(Unit(0, 1, 0, 1))


def test_a_bangla_noun_enters_hindi_without_its_ending() -> None:
    arc = arc_of(("hi", "बाज़ार में", "NOUN ADP"), ("bn", "বাজারে", "NOUN"))
    assert arc is not None
    assert arc.pieces == (Piece(1, 0, "বাজার"),)


def test_a_noun_whose_ending_cannot_be_told_does_not_enter() -> None:
    assert arc_of(("hi", "आसमान में", "NOUN ADP"), ("bn", "আকাশে", "NOUN")) is None


def test_the_ending_of_a_bangla_noun_stays_when_another_takes_its_place() -> None:
    arc = arc_of(("bn", "বাজারে যাব", "NOUN VERB"), ("en", "market", "NOUN.Sing"))
    assert arc is not None
    assert arc.pieces == (Piece(1, 0), Glue("এ", "postposition"))
    assert (arc.removed, arc.embedded, arc.first, arc.last, arc.switches) == (0, 1, 1, MATRIX, 1)


def test_without_the_switch_it_goes() -> None:
    arc = arc_of(("bn", "বাজারে যাব", "NOUN VERB"), ("en", "market", "NOUN.Sing"), frozenset())
    assert arc is not None
    assert arc.pieces == (Piece(1, 0),)
