"""The choice of what is replaced, against plain enumeration."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.training.choosing import Aim, Choices

SIZES = st.lists(st.sampled_from([(1, 1), (1, 1), (1, 2), (2, 1), (1, 3), (0, 1), (2, 2)]), max_size=7)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[tuple[int, int]], Aim]:
    sizes = draw(SIZES)
    frame = sum(removed for removed, _ in sizes) + draw(st.integers(0, 4))
    if draw(st.booleans()):
        return sizes, Aim("rate", draw(st.sampled_from([0.0, 0.2, 0.5, 1.0])), max(frame, 1))
    return sizes, Aim("cmi", draw(st.sampled_from([0.0, 12.5, 25.0, 40.0, 50.0])), frame, draw(st.integers(0, 2)))


def cell(sizes: list[tuple[int, int]], picked: tuple[int, ...]) -> tuple[int, int]:
    return sum(sizes[at][0] for at in picked), sum(sizes[at][1] for at in picked)


def legal(aim: Aim, cell: tuple[int, int]) -> bool:
    """With a CMI, the matrix language keeps as many tokens as the others have."""
    removed, came = cell
    return aim.kind == "rate" or cell == (0, 0) or aim.embedded + came <= aim.matrix - removed


@settings(max_examples=200, deadline=None)
@given(problems())
def test_no_legal_choice_lies_nearer(problem: tuple[list[tuple[int, int]], Aim]) -> None:
    sizes, aim = problem
    every = [picked for n in range(len(sizes) + 1) for picked in combinations(range(len(sizes)), n)]
    cells = [cell(sizes, picked) for picked in every]
    values = [aim.of(each) for each in cells if legal(aim, each)]
    choices = Choices(sizes, aim)
    drawn = tuple(choices.draw(Random(1)))
    assert legal(aim, cell(sizes, drawn))
    assert round(abs(aim.of(cell(sizes, drawn)) - aim.value), 9) == round(min(abs(v - aim.value) for v in values), 9)
    assert choices.reachable == (min(values), max(values))


def test_equally_near_choices_are_equally_likely() -> None:
    sizes, aim = [(1, 1), (1, 2), (1, 1), (1, 2), (1, 1)], Aim("rate", 0.4, 5)
    random = Random(3)
    seen = Counter(tuple(Choices(sizes, aim).draw(random)) for _ in range(4000))
    assert set(seen) == set(combinations(range(5), 2))
    assert min(seen.values()) > 300
    assert max(seen.values()) < 500


def test_many_units_are_counted_not_enumerated() -> None:
    choices = Choices([(1, 1)] * 300 + [(1, 2)] * 40, Aim("cmi", 33.0, 500))
    picked = choices.draw(Random(1))
    came = sum(1 if at < 300 else 2 for at in picked)
    assert abs(100 * came / (500 - len(picked) + came) - 33.0) < 0.1
