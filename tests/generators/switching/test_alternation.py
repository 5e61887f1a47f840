"""Where a sentence may change language, and the stretches in between."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.alternation import AlternationBuilder, block_arcs, equivalence_points
from cswitch.generators.switching.constraints import is_equivalence_point
from cswitch.generators.switching.lattice import EMBEDDED, Piece
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.schemas.settings import SynthSettings

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See

LABELS = ("NOUN.Sing", "ADJ", "VERB.Fin", "DET", "ADP", "PRON", "CCONJ", "SCONJ", "ADV", "AUX", "PUNCT")


@st.composite
def views(draw: st.DrawFn) -> View:
    sizes = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    cells = draw(st.sets(st.tuples(*(st.integers(0, n - 1) for n in sizes)), max_size=10))
    langs = draw(st.sampled_from([("es", "en"), ("hi", "en"), ("en", "hi")]))
    labels = [tuple(draw(st.lists(st.sampled_from(LABELS), min_size=n, max_size=n))) for n in sizes]
    sides = [
        Sentence(lang, tuple("," if of[n] == "PUNCT" else f"{lang}{n}" for n in range(len(of))), (None,) * len(of))
        for lang, of in zip(langs, labels, strict=True)
    ]
    links = tuple(Link(i, j) for i, j in sorted(cells))
    return View(AlignedPair("1", sides[0], sides[1], links, labels[0], labels[1]), flip=False)


@given(views(), st.booleans())
def test_points_rise_from_end_to_end_and_no_link_crosses_one(view: View, speakable: bool) -> None:
    points = equivalence_points(view, speakable=speakable)
    assert points[0] == (0, 0)
    assert points[-1] == (len(view.x_tags), len(view.y_tags))
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(points))
    assert all(is_equivalence_point(view, x, y) for x, y in points)


@given(views())
def test_speakable_points_are_some_of_all_points(view: View) -> None:
    assert set(equivalence_points(view)) <= set(equivalence_points(view, speakable=False))


@given(views(), st.booleans())
def test_blocks_lie_between_neighbouring_points_and_do_not_overlap(view: View, speakable: bool) -> None:
    stretches = list(pairwise(equivalence_points(view, speakable=speakable)))
    arcs = block_arcs(view, speakable=speakable)
    for arc in arcs:
        ys = [piece.at for piece in arc.pieces if isinstance(piece, Piece) and piece.side == EMBEDDED]
        assert ys == list(range(ys[0], ys[-1] + 1))
        assert any(a <= arc.start and arc.end <= c and b <= ys[0] and ys[-1] < d for (a, b), (c, d) in stretches)
    assert all(left.end <= right.start for left, right in pairwise(arcs))


@given(views())
def test_marks_at_the_ends_of_a_block_stay_as_the_matrix_has_them(view: View) -> None:
    for arc in block_arcs(view):
        pieces = [piece for piece in arc.pieces if isinstance(piece, Piece)]
        assert "." not in (view.y_letters[pieces[0].at], view.y_letters[pieces[-1].at])
        assert "." not in (view.x_letters[arc.start], view.x_letters[arc.end - 1])


def test_crossing_links_leave_no_point_inside(see: See) -> None:
    view = see("la casa blanca", "the white house", "0-0 1-2 2-1")
    assert equivalence_points(view, speakable=False) == [(0, 0), (1, 1), (3, 3)]


@pytest.mark.parametrize(
    ("matrix", "embedded", "links", "matrix_pos", "embedded_pos", "langs", "points"),
    [
        # determiner and noun
        ("vi la casa", "saw the house", "0-0 1-1 2-2", "VERB.Fin DET NOUN", "VERB.Fin DET NOUN", ("es", "en"),
         [(0, 0), (1, 1), (3, 3)]),
        # preposition and its phrase
        ("vino con amigos", "came with friends", "0-0 1-1 2-2", "VERB.Fin ADP NOUN", "VERB.Fin ADP NOUN", ("es", "en"),
         [(0, 0), (1, 1), (3, 3)]),
        # noun and postposition
        ("घर में", "ghar me", "0-0 1-1", "NOUN ADP", "NOUN ADP", ("hi", "ur"), [(0, 0), (2, 2)]),
        # auxiliary and verb
        ("ha llegado", "has arrived", "0-0 1-1", "AUX VERB.Part", "AUX VERB.Part", ("es", "en"), [(0, 0), (2, 2)]),
        # a clause edge may be a switch
        ("vino porque quiso", "came because wanted", "0-0 1-1 2-2", "VERB.Fin SCONJ VERB.Fin",
         "VERB.Fin SCONJ VERB.Fin", ("es", "en"), [(0, 0), (1, 1), (3, 3)]),
    ],
)  # fmt: skip
def test_a_function_word_stays_with_what_it_governs(
    see: See, matrix: str, embedded: str, links: str, matrix_pos: str, embedded_pos: str, langs: tuple[str, str],
    points: list[tuple[int, int]],
) -> None:  # fmt: skip
    view = see(matrix, embedded, links, matrix_pos, embedded_pos, langs=langs)
    assert equivalence_points(view) == points


def test_an_unlinked_content_word_closes_the_boundary(see: See) -> None:
    """Nobody knows on which side its counterpart stands: taking one side may say it twice, or not at all."""
    view = see("vino gente ayer", "came yesterday", "0-0 2-1", "VERB.Fin NOUN ADV", "VERB.Fin ADV")
    assert equivalence_points(view, speakable=False) == [(0, 0), (3, 2)]


@given(views(), st.data())
def test_a_negation_is_neither_lost_nor_brought_in(view: View, data: st.DataObject) -> None:
    size, width = len(view.x_tags), len(view.y_tags)
    for x in data.draw(st.sets(st.integers(0, size - 1), max_size=2)):
        view.x_low[x] = {"en": "not", "es": "no", "hi": "नहीं"}[view.matrix.lang]
    for y in data.draw(st.sets(st.integers(0, width - 1), max_size=2)):
        view.y_low[y] = {"en": "not", "es": "no", "hi": "नहीं"}[view.embedded.lang]
    negations = {"not", "no", "नहीं"}
    for arc in block_arcs(view):
        ys = [piece.at for piece in arc.pieces if isinstance(piece, Piece)]
        here, there = view.x_low[arc.start : arc.end], [view.y_low[y] for y in ys]
        assert bool(negations & set(here)) == bool(negations & set(there))


def test_without_a_constraint_every_stretch_may_go_over(see: See) -> None:
    view = see("la casa", "the house", "0-0 1-1", "DET NOUN.Sing", "DET NOUN.Sing")
    plain = SynthSettings(pair=("en", "es"), method="alternation", constraint="none")
    [lattice] = AlternationBuilder(plain).lattices(view, "key")
    assert [(arc.start, arc.end) for arc in lattice.arcs] == [(0, 1), (1, 2)]
    [default] = AlternationBuilder(SynthSettings(pair=("en", "es"), method="alternation")).lattices(view, "key")
    assert [(arc.start, arc.end) for arc in default.arcs] in ([], [(0, 2)])
