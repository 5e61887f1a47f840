"""A number with its interval and signature, or the reason why it is undefined."""

from __future__ import annotations

from math import isnan

from cswitch import __version__
from cswitch.annotators.agreement.coefficients import Floats, share
from cswitch.annotators.agreement.resampling import Plan, interval, replicates
from cswitch.annotators.agreement.results import Estimate
from cswitch.core.measures.signatures import Signature

NOT_COMPARED = "no unit was judged by two annotators"
ONE_LABEL = "only one label was given, so that nothing can be told from chance"


def signed(measure: str, plan: Plan, **options: str | int) -> str:
    """The signature of a number.

    >>> signed("alpha", Plan(draws=100), units="tokens", level="nominal")  # doctest: +ELLIPSIS
    'alpha|units:tokens|level:nominal|bs:100|seed:0|ci:95|v:...'
    """
    run = {"bs": plan.draws, "seed": plan.seed, "ci": f"{100 * plan.confidence:g}"} if plan.draws else {}
    told = {**options, **run, "v": __version__}
    return str(Signature(measure, tuple((key, str(value)) for key, value in told.items())))


def estimate(
    value: float | None,
    reason: str,
    *,
    drawn: Floats | None,
    plan: Plan,
    units: int,
    tasks: int,
    signature: str,
) -> Estimate:
    """A number, None when it is not a number.

    Args:
        value: The number.
        reason: Why there is none, when there is none.
        drawn: The number in each resampled corpus.
        plan: How intervals are made.
        units: Units it rests on.
        tasks: Tasks those are in.
        signature: See :func:`signed`.
    """
    if value is None or isnan(value):
        return Estimate(value=None, reason=reason, units=units, tasks=tasks, signature=signature)
    bounds = interval(drawn, plan) if tasks > 1 else None
    return Estimate(value=float(value), interval=bounds, units=units, tasks=tasks, signature=signature)


def share_estimate(
    sums: Floats, measure: str, reason: str, plan: Plan, stream: str, **options: str | int
) -> tuple[Estimate, Floats | None]:
    """A share, and its value in each resampled corpus.

    Args:
        sums: Tasks x 2: what counts, and out of how much.
        measure: Name of the measure in the signature.
        reason: Why there is no share when the whole is nothing.
        plan: How intervals are made.
        stream: Name of the corpus that is resampled.
        options: Options of the signature.

    >>> import numpy as np
    >>> share_estimate(np.array([[1.0, 2.0], [2.0, 2.0]]), "kept", "nothing shown", Plan(), "ann")[0].value
    0.75
    """
    sums = sums[sums[:, 1] > 0]
    total = sums.sum(axis=0, keepdims=True)
    weighted = replicates(sums, plan, stream)
    drawn = None if weighted is None else share(weighted[:, 0], weighted[:, 1])
    found = estimate(
        float(share(total[:, 0], total[:, 1])[0]), reason, drawn=drawn, plan=plan, units=round(float(total[0, 1])),
        tasks=len(sums), signature=signed(measure, plan, **options),
    )  # fmt: skip
    return found, drawn


def difference(
    more: tuple[Estimate, Floats | None], less: tuple[Estimate, Floats | None], measure: str, plan: Plan, **options: str
) -> Estimate:
    """One number less another from tasks of their own, with the interval of independent resamples."""
    (one, first), (other, second) = more, less
    value = None if one.value is None or other.value is None else one.value - other.value
    drawn = None if first is None or second is None else first - second
    return estimate(
        value, one.reason or other.reason, drawn=drawn, plan=plan, units=one.units + other.units,
        tasks=one.tasks + other.tasks, signature=signed(measure, plan, **options),
    )  # fmt: skip
