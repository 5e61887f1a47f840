"""Every two annotators, and who is taken for whom."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from cswitch.annotators.agreement.coefficients import Floats, cohen_kappa, raw_agreement
from cswitch.annotators.agreement.estimates import estimate, signed
from cswitch.annotators.agreement.ratings import MISSING, Codes, Integers, Ratings, by_task
from cswitch.annotators.agreement.resampling import Plan, replicates
from cswitch.annotators.agreement.results import PairAgreement

_NOTHING = "they tagged no token in common"
_SAME = "both gave one and the same tag throughout, so that nothing can be told from chance"


def pair_agreements(tokens: Ratings, annotators: tuple[str, ...], plan: Plan) -> list[PairAgreement]:
    """How far every two annotators agree on tokens."""
    return [
        pair_agreement(tokens, (first, second), (annotators[first], annotators[second]), plan)
        for first, second in combinations(range(len(annotators)), 2)
    ]


def pair_agreement(tokens: Ratings, columns: tuple[int, int], names: tuple[str, str], plan: Plan) -> PairAgreement:
    """Cohen's kappa (Cohen, 1960) and raw agreement of two annotators, over the tokens that both tagged.

    >>> from cswitch.annotators.agreement.ratings import gather
    >>> table = gather([(4, {0: ["en", "hi", "hi", "en"], 1: ["en", "hi", "en", None]})], 2)
    >>> found = pair_agreement(table, (0, 1), ("ann", "bo"), Plan())
    >>> found.tokens, round(found.kappa.value, 4), round(found.agreement.value, 4)
    (3, 0.4, 0.6667)
    """
    first, second = (tokens.codes[:, column] for column in columns)
    both = (first != MISSING) & (second != MISSING)
    rows = _rows(first[both], second[both], len(tokens.labels))
    sums = by_task(tokens.task[both], rows)
    total = sums.sum(axis=0, keepdims=True)
    drawn = replicates(sums, plan, f"pair\x1f{names[0]}\x1f{names[1]}")
    units = round(float(total[0, 0]))

    kappa = estimate(
        float(_kappa(total)[0]), _SAME if units else _NOTHING, drawn=None if drawn is None else _kappa(drawn),
        plan=plan, units=units, tasks=len(sums), signature=signed("kappa", plan, units="tokens"),
    )  # fmt: skip
    agreement = estimate(
        float(_raw(total)[0]), _NOTHING, drawn=None if drawn is None else _raw(drawn),
        plan=plan, units=units, tasks=len(sums), signature=signed("agreement", plan, units="tokens"),
    )  # fmt: skip
    return PairAgreement(annotators=names, tasks=len(sums), tokens=units, kappa=kappa, agreement=agreement)


def against_others(tokens: Ratings, counts: Integers, annotator: int) -> Integers:
    """How often an annotator gave the tag of the row, and another that of the column: labels x labels.

    Args:
        tokens: Who gave what.
        counts: :meth:`Ratings.counts` of it.
        annotator: Column of the annotator.

    >>> from cswitch.annotators.agreement.ratings import gather
    >>> table = gather([(3, {0: ["en", "hi", "hi"], 1: ["en", "hi", "en"]})], 2)
    >>> table.labels, against_others(table, table.counts(), 0).tolist()
    (('en', 'hi'), [[1, 0], [1, 1]])
    """
    size = len(tokens.labels)
    own = tokens.codes[:, annotator]
    found = np.zeros((size, size), np.int64)
    for label in range(size):
        rows = counts[own == label]
        found[label] = rows.sum(axis=0)
        found[label, label] -= len(rows)
    return found


def _rows(first: Codes, second: Codes, size: int) -> Integers:
    """Units x columns: one, whether they agree, the label of the first and that of the second as indicators."""
    units = len(first)
    rows = np.zeros((units, 2 + 2 * size), np.int64)
    at = np.arange(units)
    rows[:, 0] = 1
    rows[:, 1] = first == second
    rows[at, 2 + first] = 1
    rows[at, 2 + size + second] = 1
    return rows


def _kappa(sums: Floats) -> Floats:
    size = (sums.shape[1] - 2) // 2
    return cohen_kappa(sums[:, 1], sums[:, 2 : 2 + size], sums[:, 2 + size :])


def _raw(sums: Floats) -> Floats:
    return raw_agreement(sums[:, 1], sums[:, 0])
