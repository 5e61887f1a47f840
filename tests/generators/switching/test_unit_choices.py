"""Unit choices by name: what each lets in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cswitch.core.errors import UsageError
from cswitch.generators.switching.key_phrases import candidates, key_phrases, runs, word_scores
from cswitch.generators.switching.unit_choices import choose

if TYPE_CHECKING:
    from cswitch.generators.switching.view import View
    from tests.generators.switching.conftest import See


@pytest.fixture
def house(see: See) -> View:
    return see(
        "Ana compró la casa vieja ayer", "Ana bought the old house yesterday", "0-0 1-1 2-2 3-4 4-3 5-5",
        "PROPN VERB.Fin DET NOUN.Sing ADJ ADV", "PROPN VERB.Fin DET ADJ NOUN.Sing ADV",
    )  # fmt: skip


def embedded(view: View, choice: str) -> list[str]:
    return [" ".join(view.embedded.tokens[unit.y1 : unit.y2]) for unit in choose(view, choice, "key")]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ("word", ["Ana", "bought", "the", "house", "old", "yesterday"]),
        ("content", ["bought", "house", "old", "yesterday"]),
        ("noun", ["house", "old house"]),
        ("noun-word", ["Ana", "house"]),
        ("noun-adjective", ["house", "old"]),
        ("entity", ["Ana"]),
        ("key-phrase", ["old house"]),
    ],
)
def test_what_a_choice_lets_in(house: View, choice: str, found: list[str]) -> None:
    assert sorted(embedded(house, choice)) == sorted(found)


def test_an_unknown_choice_names_the_nearest(house: View) -> None:
    with pytest.raises(UsageError, match="did you mean 'noun-word'"):
        choose(house, "noun-wrd", "key")


def test_possessives_and_counterparts_with_a_verb_do_not_come_alone(see: See) -> None:
    view = see(
        "सपने सच हों राम का घर", "dreams true Ram's home", "0-0 1-1 2-1 3-2 5-3",
        "NOUN.Plur ADJ VERB.Fin PROPN ADP NOUN.Sing", "NOUN.Plur ADJ NOUN.Sing NOUN.Sing", langs=("hi", "en"),
    )  # fmt: skip
    assert embedded(view, "noun-adjective") == ["dreams", "home"]


def test_a_noun_stands_for_no_verb_and_an_adjective_for_a_participle_at_most(see: See) -> None:
    view = see(
        "कुत्ता भौंकता है खिड़की टूटी", "dog barks window broken", "0-0 1-1 3-2 4-3",
        "NOUN.Sing VERB.Part AUX NOUN.Sing VERB.Part", "NOUN.Sing NOUN.Plur NOUN.Sing ADJ", langs=("hi", "en"),
    )  # fmt: skip
    assert embedded(view, "noun-adjective") == ["dog", "window", "broken"]
    assert embedded(view, "noun-word") == ["dog", "window"]


def test_a_key_phrase_is_linked_word_by_word(see: See) -> None:
    view = see("la pequeña casa", "the small red house", "0-0 1-1 2-3", "DET ADJ NOUN.Sing", "DET ADJ ADJ NOUN.Sing")
    assert list(key_phrases(view, "", "")) == []


def test_the_best_third_is_kept(see: See) -> None:
    words = "old stone bridge and river , town , sun"
    labels = "ADJ NOUN.Sing NOUN.Sing CCONJ NOUN.Sing PUNCT NOUN.Sing PUNCT NOUN.Sing"
    links = " ".join(f"{n}-{n}" for n in range(9))
    view = see(words, words, links, labels, labels)
    found = [view.y_low[unit.y1 : unit.y2] for unit in key_phrases(view, "", "")]
    assert found == [["old", "stone", "bridge"], ["river"]]  # six content words, the best third of them


def test_words_score_their_degree_over_their_frequency() -> None:
    phrases = ["linear constraints", "linear diophantine equations", "minimal generating sets", "sets", "minimal set"]
    scores = word_scores([phrase.split() for phrase in phrases])
    assert scores["linear"] == 2.5
    assert scores["diophantine"] == 3
    assert scores["sets"] == 2


def test_a_long_run_gives_three_neighbours_each() -> None:
    spans = runs("red blue green black cats run".split(), "AAAANV", "xx")
    assert spans == [(0, 5)]
    assert list(candidates(spans)) == [(0, 3), (1, 4), (2, 5)]
