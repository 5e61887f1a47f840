"""Units are consistent with the links, whichever choice they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence
from cswitch.core.registry import BUILT_IN
from cswitch.core.seeds import rng
from cswitch.generators.switching.unit_choices import choose
from cswitch.generators.switching.units import (
    Unit,
    chunks,
    close,
    entities,
    grow,
    islands,
    phrases,
    project,
    random_spans,
    words,
)
from cswitch.generators.switching.view import AlignedPair, View

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See

CHOICES = tuple(BUILT_IN["units"])
LABELS = (
    "NOUN.Sing",
    "PROPN",
    "ADJ",
    "NUM",
    "VERB.Fin",
    "VERB.Ger",
    "VERB.Part",
    "DET",
    "ADP",
    "CCONJ",
    "ADV",
    "PUNCT",
)
WORDS = {"DET": "the", "ADP": "of", "CCONJ": "and", "PUNCT": ","}


@st.composite
def views(draw: st.DrawFn) -> View:
    sizes = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    labels = [draw(st.lists(st.sampled_from(LABELS), min_size=n, max_size=n)) for n in sizes]
    cells = draw(st.sets(st.tuples(*(st.integers(0, n - 1) for n in sizes)), max_size=10))
    langs = draw(st.sampled_from([("es", "en"), ("hi", "en"), ("en", "es"), ("en", "hi")]))
    sides = [
        Sentence(lang, tuple(WORDS.get(label, f"w{n}") for n, label in enumerate(of)), (None,) * len(of))
        for lang, of in zip(langs, labels, strict=True)
    ]
    links = tuple(Link(i, j) for i, j in sorted(cells))
    pair = AlignedPair("1", sides[0], sides[1], links, tuple(labels[0]), tuple(labels[1]))
    return View(pair, flip=False)


def links_of(view: View) -> list[tuple[int, int]]:
    return [(x, y) for x, ys in enumerate(view.links_of_x) for y in ys]


def is_consistent(view: View, unit: Unit) -> bool:
    """Och and Ney's definition, word for word: a link inside, and none with one end inside only."""
    inside = [(unit.x1 <= x < unit.x2, unit.y1 <= y < unit.y2) for x, y in links_of(view)]
    return (True, True) in inside and all(a == b for a, b in inside)


@given(views(), st.sampled_from(CHOICES))
def test_units_of_every_choice_are_consistent_and_inside(view: View, choice: str) -> None:
    units = choose(view, choice, "key")
    assert units == sorted(set(units))
    for unit in units:
        assert 0 <= unit.x1 < unit.x2 <= len(view.x_tags)
        assert 0 <= unit.y1 < unit.y2 <= len(view.y_tags)
        assert is_consistent(view, unit)


@given(views(), st.data())
def test_project_finds_the_consistent_unit_over_a_span_if_there_is_one(view: View, data: st.DataObject) -> None:
    y1 = data.draw(st.integers(0, len(view.y_tags) - 1))
    y2 = data.draw(st.integers(y1 + 1, len(view.y_tags)))
    size = len(view.x_tags)
    able = [
        unit
        for x1 in range(size)
        for x2 in range(x1 + 1, size + 1)
        if is_consistent(view, unit := Unit(x1, x2, y1, y2))
    ]
    found = project(view, y1, y2)
    assert found == (min(able, key=lambda unit: unit.x2 - unit.x1) if able else None)


@given(views(), st.data())
def test_close_gives_the_smallest_consistent_unit_around_a_span(view: View, data: st.DataObject) -> None:
    size, width = len(view.x_tags), len(view.y_tags)
    x1 = data.draw(st.integers(0, size - 1))
    x2 = data.draw(st.integers(x1 + 1, size))
    if not any(view.links_of_x[x1:x2]):
        assert close(view, x1, x2) is None
        return
    around = [
        unit
        for a in range(x1 + 1)
        for b in range(x2, size + 1)
        for c in range(width)
        for d in range(c + 1, width + 1)
        if is_consistent(view, unit := Unit(a, b, c, d))
    ]
    assert close(view, x1, x2) == min(around, key=lambda u: (u.x2 - u.x1, u.y2 - u.y1))


@given(views())
def test_every_linked_word_is_in_a_minimal_unit(view: View) -> None:
    found = list(words(view))
    linked = {x for x, _ in links_of(view)}
    assert linked <= {x for unit in found for x in range(unit.x1, unit.x2)}


@given(views())
def test_islands_hold_a_noun_phrase_and_more(view: View) -> None:
    cores = chunks(view)
    for unit in islands(view):
        assert any(unit.y1 <= y1 and y2 <= unit.y2 and y2 - y1 < unit.y2 - unit.y1 for y1, y2 in cores)


@given(views())
def test_random_spans_come_again_with_the_same_seed(view: View) -> None:
    assert list(random_spans(view, rng("a"))) == list(random_spans(view, rng("a")))


def test_words_of_skipped_classes_do_not_come(see: See) -> None:
    view = see("la casa", "the house", "0-0 1-1", "DET NOUN.Sing", "DET NOUN.Sing")
    assert list(words(view)) == [(0, 1, 0, 1), (1, 2, 1, 2)]
    assert list(words(view, skip="D")) == [(1, 2, 1, 2)]


def test_a_noun_phrase_comes_whole_and_short_of_its_modifiers(see: See) -> None:
    view = see(
        "el centro comercial nuevo abre", "the new shopping centre opens", "0-0 1-3 2-2 3-1 4-4",
        "DET NOUN.Sing ADJ ADJ VERB.Fin", "DET ADJ ADJ NOUN.Sing VERB.Fin",
    )  # fmt: skip
    assert chunks(view) == [(1, 4)]
    assert set(phrases(view)) == {(1, 4, 1, 4), (1, 3, 2, 4), (1, 2, 3, 4)}


def test_a_language_with_adjectives_after_the_noun_has_other_phrases(see: See) -> None:
    view = see(
        "the new house of Ana", "la casa nueva de Ana", "0-0 1-2 2-1 3-3 4-4",
        "DET ADJ NOUN.Sing ADP PROPN", "DET NOUN.Sing ADJ ADP PROPN", langs=("en", "es"),
    )  # fmt: skip
    assert chunks(view) == [(1, 3)]


def test_a_phrase_grows_over_the_counterpart_of_its_unlinked_word(see: See) -> None:
    """The aligner missed name-nombre; taking "change" alone would say half of it twice."""
    view = see(
        "el cambio de nombre sigue", "the name change goes on", "0-0 1-2 4-3",
        "DET NOUN.Sing ADP NOUN.Sing VERB.Fin", "DET NOUN.Sing NOUN.Sing VERB.Fin ADP",
    )  # fmt: skip
    assert grow(view, 1, 3) == (1, 4, 1, 3)


def test_a_span_that_leaves_a_word_behind_is_no_unit(see: See) -> None:
    view = see(
        "el cambio grande sigue", "the change goes on", "0-0 1-1 3-2",
        "DET NOUN.Sing ADJ VERB.Fin", "DET NOUN.Sing VERB.Fin ADP",
    )  # fmt: skip
    assert grow(view, 1, 2) == (1, 2, 1, 2)
    inside = see("el cambio muy grande", "the big change", "0-0 1-2 3-1", "DET NOUN.Sing NOUN.Sing ADJ", "DET ADJ NOUN")
    assert grow(inside, 1, 3) is None


def test_names_are_runs_of_proper_nouns(see: See) -> None:
    view = see("vive en Nueva York", "lives in New York", "0-0 1-1 2-2 3-3", None, "VERB.Fin ADP PROPN PROPN")
    assert list(entities(view)) == [(2, 4, 2, 4)]


@pytest.mark.parametrize("choice", CHOICES)
def test_a_pair_without_links_has_no_unit(see: See, choice: str) -> None:
    assert choose(see("la casa", "the house", "", "DET NOUN", "DET NOUN"), choice, "key") == []
