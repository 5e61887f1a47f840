"""Every coefficient of one kind of unit, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cswitch.annotators.agreement.coefficients import (
    Floats,
    Sums,
    coincidences,
    gwet_ac1,
    label_alpha,
    metric_alpha,
    nominal_alpha,
    nominal_sums,
    raw_agreement,
    specific_agreement,
)
from cswitch.annotators.agreement.estimates import NOT_COMPARED, ONE_LABEL, estimate, signed
from cswitch.annotators.agreement.library import Level, krippendorff_alpha
from cswitch.annotators.agreement.ratings import Ratings
from cswitch.annotators.agreement.resampling import Plan, replicates
from cswitch.annotators.agreement.results import Estimate, LabelAgreement, Measure


class Corpus:
    """The sums of a corpus of ratings, of its tasks together and of each resampled corpus.

    Args:
        ratings: Who gave what.
        plan: How intervals are made.
        stream: Name of the corpus.
    """

    def __init__(self, ratings: Ratings, plan: Plan, stream: str) -> None:
        self.ratings, self.plan, self.stream = ratings, plan, stream
        sums = nominal_sums(ratings)
        judged = sums.rated > 0
        sums = Sums(*(part[judged] for part in sums))
        size = len(ratings.labels)
        flat = sums.flat()
        self.total = Sums.split(flat.sum(axis=0, keepdims=True), size)
        self.units = ratings.compared()
        self.tasks = int(np.count_nonzero(sums.compared))
        weighted = replicates(flat, plan, stream)
        self.drawn = None if weighted is None else Sums.split(weighted, size)

    @property
    def why(self) -> str:
        """Why a coefficient that takes chance off may be undefined."""
        return ONE_LABEL if self.units else NOT_COMPARED

    def estimate(
        self, value: float | None, drawn: Floats | None, measure: str, reason: str, **options: str | int
    ) -> Estimate:
        """A number that rests on the compared units of this corpus."""
        return estimate(
            value, reason, drawn=drawn, plan=self.plan, units=self.units, tasks=self.tasks,
            signature=signed(measure, self.plan, **options),
        )  # fmt: skip

    def alpha_drawn(self) -> Floats | None:
        """Nominal alpha of each resampled corpus."""
        return None if self.drawn is None else nominal_alpha(self.drawn.met, self.drawn.given)

    def alpha(self, value: float | None = None, **options: str | int) -> Estimate:
        """Krippendorff's alpha, nominal; a value that the library gave may be handed in."""
        found = float(nominal_alpha(self.total.met, self.total.given)[0]) if value is None else value
        return self.estimate(found, self.alpha_drawn(), "alpha", self.why, level="nominal", **options)

    def agreement(self, **options: str | int) -> Estimate:
        """Raw agreement."""
        drawn = None if self.drawn is None else raw_agreement(self.drawn.agreed, self.drawn.compared)
        value = float(raw_agreement(self.total.agreed, self.total.compared)[0])
        return self.estimate(value, drawn, "agreement", NOT_COMPARED, **options)

    def ac1(self, **options: str | int) -> Estimate:
        """Gwet's AC1; how many labels there are is part of its definition and so of its signature."""
        drawn = None if self.drawn is None else _ac1(self.drawn)
        size = len(self.ratings.labels)
        return self.estimate(float(_ac1(self.total)[0]), drawn, "ac1", self.why, labels=size, **options)

    def labels(self, **options: str | int) -> list[LabelAgreement]:
        """Each label against the others."""
        one, many = self.total, self.drawn
        alphas, specific = label_alpha(one.met, one.given)[0], specific_agreement(one.met, one.given)[0]
        drawn = None if many is None else (label_alpha(many.met, many.given), specific_agreement(many.met, many.given))
        found = []
        for place, label in enumerate(self.ratings.labels):
            given = int(one.given[0, place])
            alpha, share = (None, None) if drawn is None else (drawn[0][:, place], drawn[1][:, place])
            why = "no compared judgement has this label" if not given else "every compared judgement has this label"
            row = LabelAgreement(
                label=label,
                given=given,
                alpha=self.estimate(alphas[place], alpha, "alpha", why, level="nominal", label=label, **options),
                specific=self.estimate(specific[place], share, "specific", why, label=label, **options),
            )
            found.append(row)
        return sorted(found, key=lambda row: -row.given)


def measured(ratings: Ratings, name: str, plan: Plan, **options: str | int) -> Measure:
    """Every coefficient of labels without an order.

    Args:
        ratings: Who gave what.
        name: Kind of unit; it is in the signatures.
        plan: How intervals are made.
        options: What else the signatures tell.

    Raises:
        MissingExtraError: The ``krippendorff`` library is not installed.

    >>> from cswitch.annotators.agreement.ratings import gather
    >>> found = measured(gather([(4, {0: ["en", "hi", "hi", "en"], 1: ["en", "hi", "en", None]})], 2), "tokens", Plan())
    >>> found.units, found.compared, round(found.alpha.value, 4), round(found.agreement.value, 4)
    (4, 3, 0.4444, 0.6667)
    """
    corpus = Corpus(ratings, plan, name)
    told: dict[str, str | int] = {"units": name, **options}
    return Measure(
        name=name,
        level="nominal",
        units=round(float(corpus.total.rated[0])),
        compared=corpus.units,
        alpha=corpus.alpha(krippendorff_alpha(ratings), **told),
        ac1=corpus.ac1(**told),
        agreement=corpus.agreement(**told),
        labels=corpus.labels(**told),
    )


def rated(ratings: Ratings, values: Sequence[float], name: str, plan: Plan) -> Measure:
    """Every coefficient of ratings on a scale.

    Args:
        ratings: Who gave what; its labels are the steps of the scale in their order.
        values: The number of each step.
        name: Kind of unit.
        plan: How intervals are made.

    Raises:
        MissingExtraError: The ``krippendorff`` library is not installed.
    """
    corpus = Corpus(ratings, plan, name)
    matrices = coincidences(ratings)
    size = len(ratings.labels)
    weighted = replicates(matrices.reshape(len(matrices), -1), plan, name)
    drawn = None if weighted is None else weighted.reshape(-1, size, size)

    def alpha(level: Level) -> Estimate:
        numbers = None if level == "ordinal" else np.array(values, dtype=np.float64)
        spread = None if drawn is None else metric_alpha(drawn, numbers)
        value = krippendorff_alpha(ratings, level, list(values))
        return corpus.estimate(value, spread, "alpha", corpus.why, level=level, units=name)

    return Measure(
        name=name,
        level="ordinal",
        units=round(float(corpus.total.rated[0])),
        compared=corpus.units,
        alpha=alpha("ordinal"),
        alpha_interval=alpha("interval"),
        agreement=corpus.agreement(units=name),
    )


def _ac1(sums: Sums) -> Floats:
    return gwet_ac1(sums.agreed, sums.compared, sums.shares, sums.rated)
