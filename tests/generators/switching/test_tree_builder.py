"""Lattices of the tree builder: all that the equivalence constraint allows, and nothing in the wrong order."""

from __future__ import annotations

import time
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.equivalence import TreeBuilder
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.generators.switching.lattice import EMBEDDED, Lattice, Piece
from cswitch.generators.switching.render import write
from cswitch.generators.switching.view import AlignedPair, View
from cswitch.schemas.settings import SynthSettings

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See


def paired(order: list[int]) -> AlignedPair:
    """A pair whose words are linked one to one, in the order given."""
    sides = [
        Sentence(
            lang, tuple(f"{lang}{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(len(order))), (None,) * len(order)
        )
        for lang in ("es", "en")
    ]
    return AlignedPair("1", sides[0], sides[1], tuple(Link(x, y) for x, y in enumerate(order)))


def lattice_of(view: View) -> Lattice:
    [lattice] = TreeBuilder(SynthSettings(pair=("es", "en"), method="tree")).lattices(view, "")
    return lattice


def texts(view: View) -> set[str]:
    lattice = lattice_of(view)
    return {" ".join(write(view, lattice, path).tokens).lower() for path in lattice.paths()}


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_words_in_the_same_order_switch_freely(size: int) -> None:
    lattice = lattice_of(View(paired(list(range(size))), flip=False))
    assert len(set(lattice.paths())) == (2**size if size > 1 else 1)


def test_in_a_turned_sentence_no_two_embedded_words_stand_side_by_side() -> None:
    view = View(paired([3, 2, 1, 0]), flip=False)
    for path in lattice_of(view).paths():
        starts = [lattice_of(view).arcs[index].start for index in path]
        assert all(other - one > 1 for one, other in pairwise(starts))
    assert len(set(lattice_of(view).paths())) == 8  # none, four of one word, three of two


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(7)), st.booleans())
def test_a_stretch_of_embedded_words_is_one_of_the_embedded_sentence(order: list[int], flip: bool) -> None:
    view = View(paired(order), flip=flip)
    lattice = lattice_of(view)
    for path in lattice.paths():
        origins = write(view, lattice, path).origins
        for one, other in pairwise(origins):
            if one and other and one[0] == other[0] == view.embedded.lang:
                assert other[1] == one[1] + 1
        assert len(set(origins)) == len(origins) == len(view.matrix.tokens)


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(6)))
def test_no_sentence_comes_by_two_paths(order: list[int]) -> None:
    view = View(paired(order), flip=False)
    lattice = lattice_of(view)
    written = [" ".join(write(view, lattice, path).tokens) for path in lattice.paths()]
    assert len(written) == len(set(written))


def test_a_verb_takes_its_unlinked_auxiliaries_along(see: See) -> None:
    view = see(
        "दादाजी कल गिर गए", "grandfather fell yesterday", "0-0 1-2 2-1",
        "NOUN.Sing ADV VERB.Part AUX", "NOUN.Sing VERB.Fin ADV", langs=("hi", "en"),
    )  # fmt: skip
    assert "दादाजी कल fell" in texts(view)
    assert not any("गए" in text and "fell" in text for text in texts(view))


def test_words_without_a_link_stay_with_their_sentence(see: See) -> None:
    view = see("la casa ya grande", "the house big", "0-0 1-1 3-2")
    assert {"the house ya big", "la house ya grande"} <= texts(view)
    assert all("ya" in text for text in texts(view))


def test_nothing_is_legal_in_a_pair_without_links(see: See) -> None:
    assert lattice_of(see("la casa", "the house", "")).arcs == ()


def test_pieces_come_from_the_embedded_sentence_alone() -> None:
    for arc in lattice_of(View(paired([1, 2, 0, 5, 4, 3]), flip=False)).arcs:
        assert all(isinstance(piece, Piece) and piece.side == EMBEDDED for piece in arc.pieces)


def test_a_hundred_shuffled_words_take_no_longer_than_their_number_says() -> None:
    order = list(range(100))
    Random(0).shuffle(order)
    generator = SwitchGenerator(SynthSettings(pair=("es", "en"), method="tree", cmi=None, matrix="both"))
    started = time.process_time()
    made = generator.generate(paired(order))
    assert isinstance(made, list)
    assert time.process_time() - started < 5
