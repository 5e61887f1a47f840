"""Where draws aim."""

from __future__ import annotations

from collections import Counter

import pytest

from cswitch.generators.switching.targets import Aim, EmpiricalTarget, FixedTarget


def test_a_value_is_the_aim_of_every_draw() -> None:
    target = FixedTarget((25, 25), 2, 3)
    assert {target.aim(f"r{n}", n) for n in range(20)} == {Aim(25.0, 2, 3.0)}


def test_any_cmi_leaves_it_free() -> None:
    assert FixedTarget(None, 2, 3).aim("r", 0) == Aim(None, 2, 3.0)


def test_values_of_a_range_fill_it() -> None:
    aims = [FixedTarget((20, 40), None, 3).aim(f"r{n}", n % 3).cmi or 0.0 for n in range(1000)]
    assert all(20 <= value < 40 for value in aims)
    assert all(60 < number < 140 for number in Counter(int(value - 20) // 2 for value in aims).values())


def test_every_draw_of_a_record_takes_a_value_of_its_own() -> None:
    target = FixedTarget((20, 40), None, 3)
    assert len({target.aim("r", draw) for draw in range(50)}) == 50
    assert target.aim("r", 7) == FixedTarget((20, 40), None, 3).aim("r", 7)


def test_a_corpus_is_followed_in_its_proportions() -> None:
    observed = [(20.0, 1), (20.0, 1), (20.0, 1), (40.0, 5)]
    aims = Counter(EmpiricalTarget(observed, 3).aim(f"r{n}", 0) for n in range(2000))
    assert set(aims) == {Aim(20.0, 1, 3.0), Aim(40.0, 5, 3.0)}
    assert 1400 < aims[Aim(20.0, 1, 3.0)] < 1600


def test_a_corpus_may_be_followed_in_cmi_alone() -> None:
    assert EmpiricalTarget([(20.0, 4)], 3, with_switches=False).aim("r", 0) == Aim(20.0, None, 3.0)


def test_a_share_takes_the_place_of_a_cmi() -> None:
    assert FixedTarget(None, 2, 3, (0.6, 0.6)).aim("r", 0) == Aim(None, 2, 3.0, 0.6)
    shares = [FixedTarget(None, None, 3, (0.4, 0.6)).aim("r", n).share or 0.0 for n in range(300)]
    assert len(set(shares)) == 300
    assert 0.4 <= min(shares) < 0.42 < 0.58 < max(shares) < 0.6


def test_nothing_to_follow_is_an_error() -> None:
    with pytest.raises(ValueError, match="no mixed utterance"):
        EmpiricalTarget([], 3)
