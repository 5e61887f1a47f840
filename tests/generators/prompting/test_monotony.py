"""A run that only drops single nouns into the matrix language is told from one that switches in many ways."""

from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.registry import load
from cswitch.generators.prompting.monotony import Monotony, embedded_runs

POS = {"office": "NOUN.Sing", "meeting": "NOUN.Sing", "phone": "NOUN.Sing", "late": "ADJ", "because": "SCONJ"}


class Table:
    """Labels by a table; everything else is a verb."""

    name = "table"

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def tag(self, batch: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        self.asked += batch
        return [tuple(POS.get(word, "VERB.Fin") for word in words) for words in batch]


def counted(texts: Sequence[str], monotony: Monotony | None = None) -> Monotony:
    """Texts whose English words stand between underscores."""
    found = monotony or Monotony({"en": Table()})
    for text in texts:
        words = text.split()
        langs = ["en" if word.startswith("_") else "other" if word == "," else "hi" for word in words]
        found.count([word.strip("_") for word in words], langs, "hi")
    return found


def test_single_nouns_in_every_text_are_monotonous() -> None:
    report = counted(["main _office_ ja raha hoon", "_meeting_ kal hai aur _phone_ bhi"] * 15).summary()
    assert (report.single_nouns, report.nouns, report.samples, report.words) == (1.0, 1.0, 30, 45)
    assert report.upos == {"NOUN": 45}
    assert report.warning.startswith("monotonous: 100 % of 30 samples switch by single nouns alone")
    assert "\n" not in report.warning


def test_nouns_in_phrases_are_monotonous_too() -> None:
    report = counted(["kal _office_ _meeting_ hai", "_phone_ _office_ mein"] * 15).summary()
    assert report.single_nouns == 0.0
    assert "100 % of 60 embedded words are nouns" in report.warning


def test_the_same_few_words_are_monotonous() -> None:
    report = counted(["main _late_ hoon _because_ bus nahi aayi", "wo _going_ hai"] * 15).summary()
    assert "embedded words are because, going, late" in report.warning


def test_many_ways_of_switching_are_not() -> None:
    texts = [f"main _office_ ja raha _because_ _so{n % 7}_ _word{n}_ _went{n}_ hai" for n in range(30)]
    report = counted(texts).summary()
    assert report.warning == ""
    assert (report.distinct, report.commonest[0]) == (69, ("because", 30))
    assert report.nouns == 0.2


def test_a_few_texts_are_not_judged() -> None:
    assert counted(["main _office_ ja raha hoon"] * 19).summary().warning == ""


def test_without_a_tagger_words_alone_are_counted() -> None:
    report = counted(["main _office_ ja raha hoon"] * 30, Monotony()).summary()
    assert (report.nouns, report.single_nouns, report.upos) == (None, None, {"X": 30})
    assert "embedded words are office" in report.warning


def test_monolingual_texts_count_for_nothing() -> None:
    report = counted(["main ghar ja raha hoon"] * 30).summary()
    assert (report.samples, report.words, report.entropy, report.warning) == (0, 0, 0.0, "")


def test_stretches_are_labelled_together_and_each_once() -> None:
    table = Table()
    counted(["kal _big_ , _meeting_ hai"] * 600, Monotony({"en": table})).report()
    assert set(map(tuple, table.asked)) == {("big", "meeting")}
    assert len(table.asked) <= 3


def test_entropy_is_that_of_the_words() -> None:
    assert counted(["_a_ hai", "_b_ hai", "_c_ hai", "_d_ hai"]).summary().entropy == 2.0


def test_runs_are_parted_by_the_matrix_and_by_other_languages() -> None:
    tokens = ["so", "kal", "the", "bus", "gracias", "yaar"]
    assert embedded_runs(tokens, ["en", "hi", "en", "en", "es", "hi"], "hi") == [
        ("en", ("so",)),
        ("en", ("the", "bus")),
        ("es", ("gracias",)),
    ]


def test_the_real_tagger_tells_nouns_from_clauses() -> None:
    english = load("pos", "windowed").load("en")
    nouns = counted(["main _office_ ja raha", "ye _phone_ kharab hai"] * 15, Monotony({"en": english}))
    clauses = counted(["wo bola _that_ _he_ _will_ _come_ _later_ yaar"] * 30, Monotony({"en": english}))
    assert nouns.report()["single_nouns"] == 1.0
    assert clauses.report()["single_nouns"] == 0.0
