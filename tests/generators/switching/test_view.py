"""What the builders read of a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from cswitch.core.contracts import Link, Sentence
from cswitch.generators.switching.lattice import MATRIX, NEITHER
from cswitch.generators.switching.view import FAR, AlignedPair, View, language_tags

if TYPE_CHECKING:
    from tests.generators.switching.conftest import See

PAIR = AlignedPair(
    id="1",
    source=Sentence("en", ("Good", "day", "!"), (False, True, False)),
    target=Sentence("es", ("¡", "Buenos", "días", "!"), (False, False, True, False)),
    links=(Link(0, 1, 0.9), Link(1, 2, 0.4), Link(2, 0, 1.0), Link(2, 3, 1.0)),
)


@pytest.mark.parametrize(
    ("tokens", "lang", "expected"),
    [
        ("the office , 42 www.a.org 🙂", "en", "en en other other other other"),
        ("मैं office जाऊँगा ।", "hi", "hi fw hi other"),
        ("main office jaunga .", "hi", "hi hi hi other"),
        ("la oficina nueva", "es", "es es es"),
        ("это дом", "en", "en en"),
    ],
)
def test_tags_of_a_sentence_in_one_language(tokens: str, lang: str, expected: str) -> None:
    assert language_tags(tokens.split(), lang) == expected.split()


def test_flipping_turns_every_list_round() -> None:
    here, there = View(PAIR, flip=False), View(PAIR, flip=True)
    assert (here.matrix.lang, here.embedded.lang) == ("en", "es")
    assert (there.matrix.lang, there.embedded.lang) == ("es", "en")
    assert here.links_of_x == there.links_of_y == [[1], [2], [0, 3]]
    assert here.links_of_y == there.links_of_x == [[2], [0], [1], [2]]
    assert here.x_counts == [MATRIX, MATRIX, NEITHER]
    assert there.x_counts == [NEITHER, MATRIX, MATRIX, NEITHER]
    assert there.y_counts == [True, True, False]


def test_links_below_the_threshold_are_left_out() -> None:
    view = View(PAIR, flip=False, min_confidence=0.5)
    assert view.links_of_x == [[1], [], [0, 3]]
    assert view.x_confidence == [0.9, 0.0, 1.0]


def test_first_and_last_links_of_a_token(see: See) -> None:
    view = see("del informe", "of the report", "0-0 0-1 1-2")
    assert (view.x_first, view.x_last) == ([0, 2], [1, 2])
    assert (view.y_first, view.y_last) == ([0, 0, 1], [0, 0, 1])
    bare = see("del informe", "of the report", "1-2")
    assert (bare.x_first[0], bare.x_last[0]) == (FAR, -1)


def test_a_doubtful_link_between_function_word_and_noun_is_left_out() -> None:
    pair = AlignedPair(
        id="1",
        source=Sentence("en", ("the", "office"), (None, None)),
        target=Sentence("es", ("oficina", "de"), (None, None)),
        links=(Link(0, 0, 0.6), Link(1, 0, 0.6), Link(1, 1, 0.9)),
        source_pos=("DET", "NOUN.Sing"),
        target_pos=("NOUN.Sing", "ADP"),
    )
    assert View(pair, flip=False).links_of_x == [[], [0, 1]]
    untagged = msgspec.structs.replace(pair, source_pos=None, target_pos=None)
    assert View(untagged, flip=False).links_of_x == [[0], [0, 1]]
