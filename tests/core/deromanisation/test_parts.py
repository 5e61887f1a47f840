"""The parts: packed words, the back-off model, the search, neighbours."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.deromanisation.context import Bigrams, best_path
from cswitch.core.deromanisation.network import UNIT, Choice
from cswitch.core.deromanisation.pairs import GRAIN, PairModel
from cswitch.core.deromanisation.search import read_letters
from cswitch.core.deromanisation.words import pack_words, unpack_words
from scripts.deromanisation_pairs import PairCounts, pack

RUNS = [((0, 1), 4.0), ((0, 2), 1.0), ((2, 1, 0), 3.0)]


@given(st.lists(st.text("abc", max_size=40), max_size=12))
def test_packed_words_come_back(words: list[str]) -> None:
    assert unpack_words(pack_words(words, "abc"), "abc") == words


def test_probabilities_add_up() -> None:
    counts = PairCounts(RUNS, size=3, order=3)
    for context in [(), (4,), (0,), (4, 0), (2, 1), (9,)]:
        assert sum(counts.probability(context, pair) for pair in range(4)) == pytest.approx(1)


@pytest.mark.parametrize("run", list(product(range(3), repeat=3)))
def test_packed_model_costs_what_was_counted(run: tuple[int, ...]) -> None:
    counts = PairCounts(RUNS, size=3, order=3)
    model = PairModel(pack(counts, (0.0, 0.0), 1.0))
    context: tuple[int, ...] = (4,)
    node = model.start
    for pair in (*run, model.end):
        cost, node = model.step(node, pair)
        assert abs(cost + np.log(counts.probability(context[-2:], pair)) * UNIT) <= 2 * GRAIN
        context = (*context, pair)


def test_search_finds_the_cheapest() -> None:
    model = PairModel(pack(PairCounts(RUNS, size=3, order=3), (0.0, 0.0), 1.0))
    choices = [[Choice(0, 0, "a"), Choice(9, 2, "c")], [Choice(0, 1, "b"), Choice(20, 2, "c")]]
    brute = {}
    for first, second in product(*choices):
        one, node = model.step(model.start, first.token)
        two, node = model.step(node, second.token)
        brute[first.signs + second.signs] = first.cost + second.cost + one + two + model.step(node, model.end)[0]
    assert read_letters(choices, model) == brute


readings = st.lists(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1, max_size=3, unique_by=lambda r: r[0]),
    min_size=1,
    max_size=4,
)
worths = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), st.integers(-9, 9))


@given(readings, worths, st.dictionaries(st.sampled_from("abc"), st.integers(-9, 0)))
def test_path_is_the_best_of_all(
    choices: list[list[tuple[str, int]]], worth: dict[tuple[str, str], int], unseen: dict[str, int]
) -> None:
    bigrams = Bigrams(worth, unseen)

    def cost(path: tuple[tuple[str, int], ...]) -> int:
        pairs = pairwise(path)
        return sum(c for _, c in path) - sum(bigrams.after(left, right) for (left, _), (right, _) in pairs)

    found = best_path(choices, bigrams)
    taken = tuple(next(r for r in options if r[0] == word) for options, word in zip(choices, found, strict=True))
    assert cost(taken) == min(cost(path) for path in product(*choices))
