"""What packs are built from; needs the folder of shared data."""

from __future__ import annotations

from pathlib import Path

import pytest

from cswitch.core.lexicon import available
from scripts import lexicon_data, lexicon_grammar

DATA = lexicon_data.default_data()
pytestmark = pytest.mark.skipif(not (DATA / "parallel" / "ntrex").is_dir(), reason=f"no shared data in {DATA}")


def test_every_language_of_the_corpus_has_a_pack() -> None:
    assert {("en", target) for target in lexicon_data.targets(DATA)} == set(available())


def test_varieties_are_one_language() -> None:
    found = lexicon_data.translations(DATA)
    assert found["pt"] == ["por-BR", "por"]
    assert lexicon_data.copies(DATA, "zh") == 2
    left, right = lexicon_data.read_parallel(DATA, "pt")
    assert len(left) == len(right) == 2 * 1997


def test_treebanks_know_closed_classes_and_joining_words() -> None:
    assert lexicon_data.treebanks(DATA) == ["de", "es", "hi", "id", "zh"]
    assert {"में", "है", "और"} <= lexicon_grammar.closed_class(DATA, "hi")
    assert "पानी" not in lexicon_grammar.closed_class(DATA, "hi")
    before, after = lexicon_grammar.joins(DATA, "hi")["गया"]
    assert before > 0.9 > after


def test_the_nearest_relative_has_the_surest_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon_grammar, "LINES", 60)
    monkeypatch.setattr(lexicon_grammar, "treebanks", lambda _: ["de", "es", "hi"])
    assert lexicon_grammar.relative(DATA, "ur") == "hi"
    assert lexicon_grammar.relative(DATA, "pt") == "es"


def test_panlex_adds_words_of_few_languages() -> None:
    assert "maji" in {t.word for t in lexicon_data.panlex(DATA, "sw")["water"]}
    assert lexicon_data.panlex(DATA, "fr") == {}


def test_the_first_translation_of_a_core_list_counts_most(tmp_path: Path) -> None:
    path = tmp_path / "en-xx.core.tsv"
    path.write_text("House\tcasa; hogar; casa\nhome\tcasa\n", encoding="utf-8")
    core = lexicon_data.core_list("xx", tmp_path)
    assert core is not None
    found = {t.word: (t.prob, t.back) for t in core.translations("house")}
    assert found["casa"][0] > found["hogar"][0]
    assert core.translations("home")[0].back < found["casa"][1]
    assert lexicon_data.core_list("yy", tmp_path) is None
