"""Splits: nothing leaks, shares are kept, and CMI is spread alike."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import RunError, UsageError
from cswitch.export.splits import Groups, fingerprint, parse_splits
from tests.export.export_records import exporter, record

SHARES = (("train", 0.9), ("dev", 0.05), ("test", 0.05))


def distance(one: list[float], other: list[float]) -> float:
    """The largest difference of two distributions (Kolmogorov and Smirnov)."""
    values = np.array([*one, *other])
    ranks = [np.searchsorted(np.sort(part), values, side="right") / len(part) for part in (one, other)]
    return float(np.max(np.abs(ranks[0] - ranks[1])))


def skewed(count: int) -> list[float]:
    """CMIs of a corpus with few texts that are mixed much."""
    rng = random.Random(1)
    return [50 * rng.random() ** 3 for _ in range(count)]


def test_shares_are_right_and_cmi_is_spread_alike() -> None:
    cmis = skewed(2000)
    groups = Groups()
    for number, cmi in enumerate(cmis):
        groups.add(f"s{number}", f"text {number}", cmi=cmi)
    assigned = groups.assign(SHARES, 0)
    found = defaultdict(list)
    for number, cmi in enumerate(cmis):
        found[assigned.of(f"s{number}")].append(cmi)
    assert {name: len(values) for name, values in found.items()} == {"train": 1800, "dev": 100, "test": 100}
    for name in ("dev", "test"):
        assert distance(found[name], cmis) < 0.02
    # A plain draw of as many texts is farther off than this nearly always.
    rng = random.Random(2)
    plain = sorted(distance(rng.sample(cmis, 100), cmis) for _ in range(50))
    assert plain[2] > 0.02


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 30), st.one_of(st.none(), st.floats(0, 50))),
        min_size=30,
        max_size=120,
    ),
    st.integers(0, 5),
    st.randoms(use_true_random=False),
)
def test_no_source_and_no_text_is_in_two_splits_whatever_the_order(
    samples: list[tuple[int, int, float | None]], seed: int, rng: random.Random
) -> None:
    samples = [*samples, *[(100 + number, 1000 + number, 1.0) for number in range(60)]]
    shuffled = samples[:]
    rng.shuffle(shuffled)
    splits = []
    for order in (samples, shuffled):
        groups = Groups()
        for source, text, cmi in order:
            groups.add(f"s{source}", f"text {text}", cmi=cmi)
        assigned = groups.assign((("train", 0.5), ("test", 0.5)), seed)
        splits.append({source: assigned.of(f"s{source}") for source, _, _ in samples})
    assert splits[0] == splits[1]
    for source, text, _ in samples:
        for other, same, _ in samples:
            if text == same:
                assert splits[0][source] == splits[0][other]


def test_the_order_of_the_input_changes_nothing() -> None:
    samples = [(f"s{number // 3}", f"text {number}", float(number % 50)) for number in range(900)]
    found = []
    for seed in (None, 1, 2):
        order = samples[:]
        if seed:
            random.Random(seed).shuffle(order)
        groups = Groups()
        for source, text, cmi in order:
            groups.add(source, text, cmi=cmi)
        assigned = groups.assign(SHARES, 7)
        found.append([assigned.of(source) for source, _, _ in samples])
    assert found[0] == found[1] == found[2]


def test_equal_means_are_equal_in_any_order() -> None:
    rng = random.Random(3)
    values = [14.2857, 33.3333, 16.6667, 28.5714, 22.2222, 11.1111, 37.5]
    found = []
    for _ in range(6):
        groups = Groups()
        order = [*range(300)]
        rng.shuffle(order)
        for number in order:
            rng.shuffle(values)
            for cmi in values:
                groups.add(f"s{number}", f"text {number} {cmi}", cmi=cmi)
        assigned = groups.assign(SHARES, 7)
        found.append([assigned.of(f"s{number}") for number in range(300)])
    assert all(splits == found[0] for splits in found)


def test_a_source_may_have_any_number_of_samples_and_any_cmi() -> None:
    groups = Groups()
    for number in range(12_000):
        groups.add("large", f"a {number}", cmi=100.0)
    for number, cmi in enumerate((-5.0, 1e300, None, 0.0)):
        groups.add(f"s{number}", f"b {number}", cmi=cmi)
    assigned = groups.assign((("train", 0.5), ("test", 0.5)), 0)
    assert len({assigned.of(name) for name in ("large", "s0", "s1", "s2", "s3")}) == 2


def test_another_seed_gives_other_splits() -> None:
    groups = Groups()
    for number in range(400):
        groups.add(f"s{number}", f"text {number}", cmi=25.0)
    one, other = groups.assign(SHARES, 0), groups.assign(SHARES, 1)
    differ = sum(one.of(f"s{number}") != other.of(f"s{number}") for number in range(400))
    assert differ > 20


def test_texts_that_differ_in_marks_and_case_stay_together() -> None:
    groups = Groups()
    for number in range(200):
        groups.add(f"a{number}", f"Kal meeting hai {number}!", cmi=20.0)
        groups.add(f"b{number}", f"kal  MEETING hai, {number}", cmi=40.0)
    assigned = groups.assign((("train", 0.5), ("test", 0.5)), 0)
    assert assigned.joined == 200
    assert all(assigned.of(f"a{number}") == assigned.of(f"b{number}") for number in range(200))
    assert {assigned.of(f"a{number}") for number in range(200)} == {"train", "test"}


def test_marks_of_other_scripts_are_part_of_a_text() -> None:
    assert fingerprint("कि") != fingerprint("का")
    assert fingerprint("🙂") != fingerprint("🙁")
    assert fingerprint("☀️") != fingerprint("❤️")
    assert fingerprint("ok ❤️") == fingerprint("ok ❤")
    assert fingerprint("! !") == fingerprint("!!")


@pytest.mark.parametrize(
    "text",
    [
        "train",
        "train=0.5",
        "train=0.9,train=0.1",
        "train=1,test=0",
        "tr/ain=1",
        "a=0.5,A=0.5",
        "all=1",
        "train=0.6,dev=0.6",
        "a=x",
    ],
)
def test_shares_that_cannot_be_meant_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="split"):
        parse_splits(text)


def test_too_few_sources_are_told() -> None:
    groups = Groups()
    for number in range(2):
        groups.add(f"s{number}", f"text {number}", cmi=25.0)
    with pytest.raises(RunError, match="2 independent sources are too few: split test would be empty"):
        groups.assign(SHARES, 0)


@pytest.mark.parametrize("count", [3, 4, 5, 20])
def test_a_source_a_split_is_enough(count: int) -> None:
    groups = Groups()
    for number in range(count):
        for draw in range(number % 3 + 1):
            groups.add(f"s{number}", f"text {number} {draw}", cmi=25.0)
    assigned = groups.assign(SHARES, 0)
    assert {assigned.of(f"s{number}") for number in range(count)} == {name for name, _ in SHARES}


def test_sources_that_lack_a_side_have_nothing_in_common_by_that() -> None:
    groups = Groups()
    for number in range(20):
        groups.add(f"s{number}", f"text {number}", "", " ", cmi=25.0)
    assert groups.assign(SHARES, 0).joined == 0


def test_a_source_may_have_a_number_for_its_id() -> None:
    records = [record(f"w{number}/hi x/en", name=f"{number}.0") | {"source_id": number // 5} for number in range(20)]
    made = exporter(records, to="datasets", splits=(("train", 0.5), ("test", 0.5)))
    assert made.assignment is not None
    assert [made.assignment.of(str(number)) for number in range(4)].count("train") == 2
    with pytest.raises(RunError, match="was not there"):
        made.assignment.of("7.0")


def test_an_input_that_changed_is_told() -> None:
    groups = Groups()
    groups.add("a", "text", cmi=25.0)
    with pytest.raises(RunError, match="was not there a moment ago"):
        groups.assign((("train", 1.0),), 0).of("b")
