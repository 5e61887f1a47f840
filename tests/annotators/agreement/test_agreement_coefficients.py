"""What must hold of coefficients whatever the ratings."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cswitch.annotators.agreement.coefficients import Sums, coincidences, metric_alpha, nominal_alpha, nominal_sums
from cswitch.annotators.agreement.library import Level, from_sums, krippendorff_alpha
from cswitch.annotators.agreement.measuring import measured, rated
from cswitch.annotators.agreement.pairs import against_others, pair_agreement
from cswitch.annotators.agreement.ratings import MISSING, Ratings, gather
from cswitch.annotators.agreement.resampling import Plan, replicates
from tests.annotators.agreement.simulated_votes import alpha_by_definition, raw_by_definition

Values = list[list[list[str | None]]]

LABELS = ("1", "2", "3", "4")


@st.composite
def tasks(draw: st.DrawFn, missing: bool = True) -> Values:
    """Tasks x annotators x units."""
    annotators = draw(st.integers(2, 4))
    label = st.sampled_from([*LABELS, None] if missing else LABELS)
    return [
        [draw(st.lists(label, min_size=size, max_size=size)) for _ in range(annotators)]
        for size in draw(st.lists(st.integers(1, 4), min_size=1, max_size=6))
    ]


def table(values: Values, labels: tuple[str, ...] = ()) -> Ratings:
    return gather(((len(columns[0]), dict(enumerate(columns))) for columns in values), len(values[0]), labels)


def units(values: Values) -> list[list[str | None]]:
    return [list(unit) for columns in values for unit in zip(*columns, strict=True)]


def comparable(values: Values) -> bool:
    return any(sum(value is not None for value in unit) > 1 for unit in units(values))


@settings(max_examples=40)
@given(tasks(), st.sampled_from(["nominal", "ordinal", "interval"]))
def test_sums_give_what_the_library_gives(values: Values, level: Level) -> None:
    ratings = table(values, LABELS)
    numbers = [1.0, 2.0, 3.0, 5.0] if level == "interval" else []
    expected = krippendorff_alpha(ratings, level, numbers)
    found = from_sums(ratings, level, numbers)
    assert isnan(found) if expected is None else found == pytest.approx(expected, abs=1e-9)


@settings(max_examples=40)
@given(tasks())
def test_values_are_those_of_the_definitions(values: Values) -> None:
    assume(comparable(values))
    found = measured(table(values), "tokens", Plan())
    assert found.agreement.value == pytest.approx(raw_by_definition(units(values)))
    if found.alpha.value is not None:
        assert found.alpha.value == pytest.approx(alpha_by_definition(units(values)), abs=1e-9)


@settings(max_examples=40)
@given(tasks(), st.randoms(use_true_random=False))
def test_names_of_annotators_and_labels_do_not_matter(values: Values, random: object) -> None:
    order = list(range(len(values[0])))
    random.shuffle(order)  # type: ignore[attr-defined]
    renamed = dict(zip((*LABELS, None), ("x", "a", "m", "b", None), strict=True))
    other = [[[renamed[value] for value in columns[who]] for who in order] for columns in values]
    one, two = measured(table(values), "tokens", Plan()), measured(table(other), "tokens", Plan())
    assert one.alpha.value == pytest.approx(two.alpha.value) if one.alpha.value is not None else two.alpha.value is None
    assert one.agreement.value == two.agreement.value or one.agreement.value == pytest.approx(two.agreement.value)
    assert one.ac1 is not None
    assert two.ac1 is not None
    assert one.ac1.value == two.ac1.value or one.ac1.value == pytest.approx(two.ac1.value)


@settings(max_examples=40)
@given(tasks(missing=False))
def test_perfect_agreement_is_one(values: Values) -> None:
    same = [[columns[0]] * len(columns) for columns in values]
    several = len({value for columns in same for value in columns[0]}) > 1
    found = measured(table(same), "tokens", Plan())
    assert found.agreement.value == 1
    assert found.ac1 is not None
    assert (found.alpha.value, found.ac1.value) == ((1, 1) if several else (None, None))
    assert all(label.specific.value == 1 for label in found.labels)
    pair = pair_agreement(table(same), (0, 1), ("ann", "bo"), Plan())
    assert (pair.kappa.value, pair.agreement.value) == (1 if several else None, 1)
    scale = rated(table(same, LABELS), [1, 2, 3, 4], "naturalness", Plan())
    assert scale.alpha.value == (1 if several else None)


@settings(max_examples=40)
@given(tasks())
def test_every_number_is_defined_or_says_why_not(values: Values) -> None:
    ratings = table(values)
    plan = Plan(draws=20)
    found = measured(ratings, "tokens", plan)
    numbers = [found.alpha, found.ac1, found.agreement]
    numbers += [number for label in found.labels for number in (label.alpha, label.specific)]
    pair = pair_agreement(ratings, (0, 1), ("ann", "bo"), plan)
    scale = rated(table(values, LABELS), [1, 2, 3, 4], "naturalness", plan)
    for number in (*numbers, pair.kappa, pair.agreement, scale.alpha, scale.alpha_interval, scale.agreement):
        assert number is not None
        assert (number.value is None) == bool(number.reason)
        assert number.value is None or (number.value <= 1 + 1e-12 and not isnan(number.value))
        assert number.interval is None or number.interval[0] <= number.interval[1]
        assert number.interval is None or number.tasks > 1


@settings(max_examples=40)
@given(tasks())
def test_a_replicate_is_a_corpus_of_its_tasks(values: Values) -> None:
    """Weighting the sums of tasks gives the same as counting the drawn tasks one by one."""
    ratings = table(values, LABELS)
    weights = np.array([place % 3 for place in range(len(values))], dtype=np.float64)
    drawn = [columns for place, columns in enumerate(values) for _ in range(place % 3)]
    assume(drawn)
    again = table(drawn, LABELS)
    sums = Sums.split(weights[None, :] @ nominal_sums(ratings).flat(), len(LABELS))
    np.testing.assert_allclose(nominal_alpha(sums.met, sums.given)[0], from_sums(again), equal_nan=True, atol=1e-9)
    matrix = np.tensordot(weights, coincidences(ratings), axes=1)
    np.testing.assert_allclose(metric_alpha(matrix), from_sums(again, "ordinal"), equal_nan=True, atol=1e-9)


@settings(max_examples=40)
@given(tasks())
def test_part_of_a_table_is_the_table_of_the_part(values: Values) -> None:
    ratings = table(values)
    first = [place for place, task in enumerate(ratings.task.tolist()) if task == 0]
    part = ratings.of(ratings.task == 0)
    said = [[ratings.labels[code] if code != MISSING else None for code in ratings.codes[place]] for place in first]
    assert [[part.labels[code] if code != MISSING else None for code in row] for row in part.codes.tolist()] == said
    assert set(part.labels) == {label for row in said for label in row if label is not None}


@settings(max_examples=40)
@given(tasks())
def test_confusions_are_pairs_of_tags(values: Values) -> None:
    ratings = table(values, LABELS)
    found = against_others(ratings, ratings.counts(), 0)
    expected = np.zeros((4, 4), np.int64)
    for own, *others in units(values):
        for other in others:
            if own is not None and other is not None:
                expected[LABELS.index(own), LABELS.index(other)] += 1
    assert found.tolist() == expected.tolist()


def test_replicates_draw_tasks_with_replacement() -> None:
    sums = np.eye(50)
    drawn = replicates(sums, Plan(draws=400, seed=3), "tokens")
    assert drawn is not None
    assert (drawn.sum(axis=1) == 50).all()
    assert drawn.mean() == pytest.approx(1)
    assert drawn.var() == pytest.approx(1 - 1 / 50, abs=0.05)  # of a binomial with 50 draws of 1/50
    again, other = (replicates(sums, Plan(draws=400, seed=3), stream) for stream in ("tokens", "else"))
    assert again is not None
    assert other is not None
    assert (drawn == again).all()
    assert (drawn != other).any()
    assert replicates(sums[:1], Plan(draws=400), "tokens") is None
    assert replicates(sums, Plan(), "tokens") is None
