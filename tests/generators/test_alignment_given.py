"""Links that come with the input: Pharaoh lines, the given aligner, and scores against gold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.contracts import Aligner, Link, Sentence, TokenisedPair
from cswitch.core.errors import InputError
from cswitch.generators.alignment.evaluate import Score, evaluate
from cswitch.generators.alignment.given import GivenAligner
from cswitch.generators.alignment.pharaoh import format_pharaoh, parse_pharaoh

LINKS = st.sets(st.tuples(st.integers(0, 40), st.integers(0, 40)))


def pair(links: list[tuple[int, int]] | None) -> TokenisedPair:
    sides = Sentence("en", ("a", "b", "c"), (None,) * 3), Sentence("hi", ("क", "ख"), (None,) * 2)
    return TokenisedPair("p7", *sides, links=None if links is None else tuple(Link(i, j) for i, j in links))


@given(LINKS)
def test_pharaoh_round_trip(links: set[tuple[int, int]]) -> None:
    assert parse_pharaoh(format_pharaoh(links)) == sorted(links)


@pytest.mark.parametrize("text", ["1", "1-", "-1", "1-2-3", "a-b", "1--2", "1_2", "१-२", "1-2,", "0.5-1"])
def test_pharaoh_names_what_is_no_link(text: str) -> None:
    with pytest.raises(InputError, match="is not a link; write links as i-j"):
        parse_pharaoh(f"0-0 {text}")


def test_given_links_are_sorted() -> None:
    assert isinstance(GivenAligner(), Aligner)
    (links,) = GivenAligner().align([pair([(2, 0), (0, 1), (2, 1), (0, 0)])])
    assert [(link.source, link.target) for link in links] == [(0, 0), (0, 1), (2, 0), (2, 1)]
    assert {link.confidence for link in links} == {1.0}


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([(0, 0), (3, 1)], "pair 'p7': link 3-1 is out of range for 3 en tokens and 2 hi tokens; count tokens from 0"),
        ([(0, 2)], "pair 'p7': link 0-2 is out of range"),
        ([(-1, 0)], "pair 'p7': link -1-0 is out of range"),
        (
            [(1, 1), (0, 0), (1, 1)],
            r"pair 'p7': link 1-1 stands twice \(3 en tokens, 2 hi tokens\); give each link once",
        ),
        (None, "pair 'p7' has no links"),
    ],
)
def test_bad_links_are_refused_by_name(links: list[tuple[int, int]] | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        GivenAligner().align([pair([(0, 0)]), pair(links)])


@pytest.mark.parametrize(
    ("found", "gold", "score"),
    [
        ([[(0, 0)], [(1, 1)]], [[(0, 0)], [(1, 1)]], Score(1.0, 1.0, 0.0)),
        ([[(0, 0), (1, 1)], []], [[(0, 0)], [(0, 0), (2, 2)]], Score(0.5, 1 / 3, 0.6)),
        ([[]], [[(0, 0)]], Score(0.0, 0.0, 1.0)),
        ([], [], Score(0.0, 0.0, 0.0)),
    ],
)
def test_scores(found: list[list[tuple[int, int]]], gold: list[list[tuple[int, int]]], score: Score) -> None:
    assert evaluate(found, gold) == pytest.approx(score)


def test_possible_links_are_neither_wrong_nor_missed() -> None:
    assert evaluate([[(0, 0), (1, 1)]], [[(0, 0)]], [[(1, 1), (2, 2)]]) == Score(1.0, 1.0, 0.0)


def test_unequal_numbers_of_sentences_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        evaluate([[]], [[], []])
