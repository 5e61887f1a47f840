"""Labels carried."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import InputError, UsageError
from cswitch.training.labels import Layer, carried_labels, is_bio, mentions_of


@pytest.mark.parametrize(
    ("labels", "size", "carried"),
    [
        (["B-X"], 3, ["B-X", "I-X", "I-X"]),
        (["I-X"], 2, ["I-X", "I-X"]),
        (["B-X", "I-X", "I-X"], 1, ["B-X"]),
        (["S-X"], 1, ["S-X"]),
        (["S-X"], 2, ["B-X", "E-X"]),
        (["U-X"], 3, ["B-X", "I-X", "L-X"]),
        (["B-X", "E-X"], 1, ["S-X"]),
        (["B-X", "L-X"], 1, ["U-X"]),
        (["I-X", "E-X"], 3, ["I-X", "I-X", "E-X"]),
        (["O", "O"], 3, ["O", "O", "O"]),
        (["NOUN"], 2, ["NOUN", "NOUN"]),
        ([None], 2, [None, None]),
        (["B-X", "B-X"], 2, None),
        (["B-X", "O"], 1, None),
        (["B-X", "I-Y"], 1, None),
        (["E-X", "I-X"], 1, None),
        (["NOUN", "ADJ"], 1, None),
        ([None, "O"], 1, None),
    ],
)
def test_carried(labels: list[str | None], size: int, carried: list[str] | None) -> None:
    assert carried_labels(labels, size) == carried


@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from(["BIE", "BI", "BIL"]))
def test_a_whole_mention_stays_one_mention(before: int, after: int, scheme: str) -> None:
    last = scheme[-1]
    alone = {"E": "S", "L": "U", "I": "B"}[last]
    labels = [f"{alone}-X"] if before == 1 else ["B-X", *["I-X"] * (before - 2), f"{last}-X"]
    carried = carried_labels(labels, after)
    assert carried is not None
    assert mentions_of(["O", *carried, "O"]) == [(1, 1 + after)]


def test_numbers_need_their_names() -> None:
    with pytest.raises(UsageError, match="labels of 'ner' are numbers"):
        Layer("ner").carry([1], 2)
    assert Layer("pos", []).carry([7], 2) == [7, 7]
    assert Layer("ner", ["O", "B-X", "I-X"]).carry([-100], 2) == [-100, -100]
    assert Layer("ner", ["O", "B-X"]).carry([1], 2) is None, "there is no number for I-X"
    with pytest.raises(InputError, match="label 5 has no name"):
        Layer("ner", ["O"]).carry([5], 2)


def test_strings_stay_strings_where_numbers_are_known() -> None:
    assert Layer("ner", ["O", "B-X", "I-X"]).carry(["B-X"], 2) == ["B-X", "I-X"]


def test_schemes_are_told_by_their_labels() -> None:
    assert is_bio(["O", None, "B-X"])
    assert not is_bio(["NOUN", "O"])
    assert not is_bio([])
    assert mentions_of(["I-X", "I-X", "I-Y", "O", "S-X", "S-X"]) == [(0, 2), (2, 3), (4, 5), (5, 6)]
