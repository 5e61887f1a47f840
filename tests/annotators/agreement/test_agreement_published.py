"""Worked examples from papers and manuals, with the values printed there."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pytest

from cswitch.annotators.agreement.coefficients import cohen_kappa
from cswitch.annotators.agreement.library import Level, from_sums, krippendorff_alpha
from cswitch.annotators.agreement.measuring import measured
from cswitch.annotators.agreement.ratings import Ratings, gather
from cswitch.annotators.agreement.resampling import Plan

KRIPPENDORFF_B = ["aabbdcccedda", "babbbccceddd"]
"""Krippendorff (2011), section B: two observers, twelve units."""
KRIPPENDORFF_C = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
"""Krippendorff (2011), section C; also ``cac.raw4raters`` of irrCAC (Gwet, 2014). A point is a missing value."""

DISTRIBUTION = """0 0 0 6 0|0 3 0 0 3|0 1 4 0 1|0 0 0 0 6|0 3 0 3 0|2 0 4 0 0|0 0 4 0 2|2 0 3 1 0|2 0 0 4 0|0 0 0 0 6
1 0 0 5 0|1 1 0 4 0|0 3 3 0 0|1 0 0 5 0|0 2 0 3 1"""
"""``distrib.6raters`` of irrCAC (Gwet, 2014): the first half of the data of Fleiss (1971)."""

FLEISS = """444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"""
"""Fleiss (1971), table 1: 30 patients, six diagnoses each."""

ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
"""``cont3x3abstractors`` of irrCAC (Gwet, 2014): two abstractors, 100 pregnancies."""


def by_rater(rows: list[str]) -> Ratings:
    """A row an annotator, a unit a column."""
    units = len(rows[0])
    return gather([(units, {who: [None if v == "." else v for v in row] for who, row in enumerate(rows)})], len(rows))


def by_unit(units: list[str]) -> Ratings:
    """A string a unit, its letters what annotators gave."""
    return gather(((1, {who: [value] for who, value in enumerate(unit)}) for unit in units), len(units[0]))


def from_table(table: list[list[int]]) -> Ratings:
    """Two annotators from their contingency table."""
    return by_unit([
        f"{row}{column}" for row, cells in enumerate(table) for column, times in enumerate(cells) for _ in range(times)
    ])  # fmt: skip


def distribution() -> Ratings:
    rows = [list(map(int, row.split())) for row in DISTRIBUTION.replace("\n", "|").split("|")]
    return by_unit(["".join(str(label) * times for label, times in enumerate(row)) for row in rows])


@pytest.mark.parametrize(
    ("rows", "level", "printed"),
    [
        (["0100000010", "1110010000"], "nominal", 0.095),
        (KRIPPENDORFF_B, "nominal", 0.692),
        (KRIPPENDORFF_C, "nominal", 0.743),
        (KRIPPENDORFF_C, "ordinal", 0.815),
        (KRIPPENDORFF_C, "interval", 0.849),
    ],
    ids=["A", "B", "C", "D-ordinal", "D-interval"],
)
def test_krippendorff_2011(rows: list[str], level: Level, printed: float) -> None:
    found = by_rater(rows)
    order = sorted(found.labels)
    ratings = gather(
        [(len(rows[0]), {who: [None if v == "." else v for v in row] for who, row in enumerate(rows)})],
        len(rows),
        order,
    )
    values = [float(label) for label in order] if level == "interval" else []
    assert krippendorff_alpha(ratings, level, values) == pytest.approx(printed, abs=5e-4)
    assert from_sums(ratings, level, values) == pytest.approx(printed, abs=5e-4)


def test_cohen_1960() -> None:
    """Cohen (1960), table 2: 200 cases, 140 of them agreed upon, kappa .492."""
    table = np.array([[88.0, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert float(cohen_kappa(table.trace(), table.sum(axis=1), table.sum(axis=0))) == pytest.approx(0.492, abs=5e-4)


class Printed(NamedTuple):
    """Values of a manual."""

    alpha: float
    ac1: float
    raw: float


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("raters", Printed(alpha=0.74342, ac1=0.77544, raw=0.8181818)),
        ("distribution", Printed(alpha=0.4204384, ac1=0.4448007, raw=0.5511111)),
        ("abstractors", Printed(alpha=0.7972585, ac1=0.8493305, raw=0.89)),
    ],
)
def test_gwet_2014(name: Literal["raters", "distribution", "abstractors"], printed: Printed) -> None:
    """Gwet (2014), as printed in the manual of his package irrCAC."""
    raters, abstractors = by_rater(KRIPPENDORFF_C), from_table(ABSTRACTORS)
    ratings = {"raters": raters, "distribution": distribution(), "abstractors": abstractors}[name]
    found = measured(ratings, "tokens", Plan())
    assert found.ac1 is not None
    values = found.alpha.value, found.ac1.value, found.agreement.value
    assert values == pytest.approx(tuple(printed), abs=1e-6 if name != "raters" else 5e-6)


def test_gwet_2002_on_the_paradox_of_kappa() -> None:
    """Gwet (2002): raters agree on 118 of 125 subjects, kappa is -0.0234 and AC1 0.9408."""
    table = np.array([[118.0, 5], [2, 0]])
    assert float(cohen_kappa(table.trace(), table.sum(axis=1), table.sum(axis=0))) == pytest.approx(-0.0234, abs=5e-5)
    found = measured(from_table([[118, 5], [2, 0]]), "tokens", Plan())
    assert found.ac1 is not None
    assert (found.ac1.value, found.agreement.value) == pytest.approx((0.9408, 0.944), abs=5e-5)


def test_fleiss_1971() -> None:
    """Mean agreement .556, kappa .430; alpha corrects for the size n: 1 - alpha = (1 - kappa)(1 - 1/n)."""
    found = measured(by_unit(FLEISS.split()), "tokens", Plan())
    assert found.agreement.value == pytest.approx(0.556, abs=5e-4)
    assert found.alpha.value == pytest.approx(1 - (1 - 0.4302445) * (1 - 1 / 180), abs=1e-7)


def test_kappa_of_the_abstractors() -> None:
    table = np.array(ABSTRACTORS, dtype=np.float64)
    kappa = float(cohen_kappa(table.trace(), table.sum(axis=1), table.sum(axis=0)))
    assert kappa == pytest.approx(0.7964094, abs=1e-7)
