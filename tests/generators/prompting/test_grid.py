"""Grids: cells spread evenly, none twice before all have come, and every mistake in a file is one line."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from math import prod
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import InputError, UsageError
from cswitch.generators.prompting.grid import Grid, grid_names

RELEASED = {"everyday.v1": "0fddc38ad8ce37d8"}
"""A released grid is never changed: a better one gets the next number."""


def made(sizes: list[int], **more: object) -> Grid:
    axes = {f"a{axis}": [f"v{value}" for value in range(size)] for axis, size in enumerate(sizes)}
    return Grid("small", yaml.safe_dump({"about": "x", "axes": axes, **more}), path="small.yaml")


def frozen(cell: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(cell.items()))


def test_released_grids_never_change() -> None:
    assert {name: Grid.load(name).digest for name in grid_names()} == RELEASED


@given(st.lists(st.integers(1, 7), min_size=1, max_size=4), st.text(max_size=3))
@settings(max_examples=60, deadline=None)
def test_no_cell_comes_twice_before_all_have_come(sizes: list[int], config: str) -> None:
    size = prod(sizes)
    cells = [frozen(cell) for cell in made(sizes).cells(2 * size, config)]
    assert len(set(cells[:size])) == size
    assert set(cells[size:]) == set(cells[:size])


@given(st.lists(st.integers(2, 12), min_size=2, max_size=4), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_every_axis_is_covered_evenly_at_any_length(sizes: list[int], count: int) -> None:
    grid = made(sizes)
    count = min(count, grid.size)
    cells = list(grid.cells(count, "run"))
    for axis, size in enumerate(sizes):
        often = Counter(cell[f"a{axis}"] for cell in cells)
        fair = count / size
        assert max(often.values()) <= 2 * fair + 3
        if fair >= 8:
            assert min(often.get(f"v{n}", 0) for n in range(size)) >= fair / 2


def test_cells_are_stable_and_another_run_has_another_order() -> None:
    grid = Grid.load("everyday.v1")
    first = list(grid.cells(50, "run"))
    assert list(islice(grid.cells(10**9, "run"), 20)) == first[:20]
    assert list(grid.cells(50, "other")) != first


def test_the_shipped_grid_is_varied_and_has_no_figures() -> None:
    cells = list(Grid.load("everyday.v1").cells(400, "run"))
    assert len({frozen(cell) for cell in cells}) == 400
    assert len({cell["subtopic"] for cell in cells}) >= 40
    assert set(cells[0]) == {"topic", "subtopic", "persona", "relation", "function", "register", "mood"}
    for pair in (("persona", "relation"), ("topic", "function"), ("topic", "persona")):
        assert len({tuple(cell[axis] for axis in pair) for cell in cells}) > 80
    words = " ".join(" ".join(cell.values()) for cell in cells)
    assert re.search(r"\d|%", words) is None


def test_rules_leave_cells_out() -> None:
    grid = Grid.load("everyday.v1")
    for cell in grid.cells(3000, "run"):
        assert not (cell["register"] == "formal email" and cell["relation"] in ("a couple", "close friends"))


def test_rules_may_leave_a_single_cell() -> None:
    grid = made([2, 2], leave_out=[{"a0": ["v0"]}, {"a1": ["v1"]}])
    assert list(grid.cells(3, "run")) == [{"a0": "v1", "a1": "v0"}] * 3


def test_members_of_a_group_are_spread_over_the_axis() -> None:
    groups = {"few": ["f0", "f1"], "many": [f"m{n}" for n in range(8)]}
    grid = Grid("small", yaml.safe_dump({"about": "x", "axes": {"topic": groups}}), path="small.yaml")
    cells = list(grid.cells(10, "run"))
    assert sorted(cell["subtopic"] for cell in cells) == sorted(groups["few"] + groups["many"])
    few = [n for n, cell in enumerate(cells) if cell["topic"] == "few"]
    assert few[1] - few[0] >= 3


WRONG = {
    "no axes": ("about: x\n", ":1: field 'axes': missing"),
    "empty axes": ("about: x\naxes: {}\n", ":2: field 'axes': it is empty"),
    "unknown key": ("about: x\naxis: {}\n", ":2: field 'axis': unknown field"),
    "no list": ("about: x\naxes:\n  topic: food\n", ":3: field 'axes.topic': no values"),
    "an empty list": ("about: x\naxes:\n  topic: []\n", ":3: field 'axes.topic': no list of values"),
    "yes and no": ("about: x\naxes:\n  topic:\n  - food\n  - no\n", ":5: field 'axes.topic[1]': False is no text"),
    "a number": ("about: x\naxes:\n  topic:\n  - 7\n", ":4: field 'axes.topic[0]': 7 is no text"),
    "a colon": (
        "about: x\naxes:\n  topic:\n  - food: good\n",
        ":4: field 'axes.topic[0]': {'food': 'good'} is no text",
    ),
    "twice": ("about: x\naxes:\n  topic:\n  - food\n  - food\n", ":5: field 'axes.topic[1]': 'food' stands there"),
    "an axis twice": ("about: x\naxes:\n  topic: [a]\n  topic: [b]\n", ":4: field 'axes.topic': it stands there"),
    "an empty group": ("about: x\naxes:\n  topic:\n    food:\n", ":4: field 'axes.topic.food': no list"),
    "a name that is none": ("about: x\naxes:\n  my topic: [a]\n", ":3: field 'axes.my topic': not a name"),
    "two of a name": ("about: x\naxes:\n  topic: [a]\n  subtopic: [a]\n", ":4: field 'axes.subtopic': not a name"),
    "a rule without its axis": (
        "about: x\naxes:\n  topic: [a]\nleave_out:\n- topics: [a]\n",
        ":5: field 'leave_out[0].topics': no such axis; did you mean 'topic'",
    ),
    "a rule without its value": (
        "about: x\naxes:\n  topic: [food]\nleave_out:\n- topic: [foods]\n",
        ":5: field 'leave_out[0].topic[0]': 'foods' is not on the axis; did you mean 'food'",
    ),
    "all left out": (
        "about: x\naxes:\n  topic: [a]\nleave_out:\n- topic: [a]\n",
        ":4: field 'leave_out': it leaves out",
    ),
    "broken YAML": ("about: x\naxes:\n  topic: [a\n", ":4: not YAML"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        Grid("small", text, path="small.yaml")
    assert str(caught.value).startswith(f"small.yaml{said}")
    assert "\n" not in str(caught.value)


def test_a_grid_of_ones_own_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.v1.yaml"
    path.write_text("about: x\naxes: {topic: [food, travel]}\n", encoding="utf-8")
    grid = Grid.load(str(path))
    assert (grid.name, grid.size) == ("mine.v1", 2)
    with pytest.raises(UsageError, match=r"unknown grid 'everyday'; did you mean 'everyday\.v1'"):
        Grid.load("everyday")
    with pytest.raises(InputError, match="No such file"):
        Grid.load(str(tmp_path / "absent.yaml"))
