"""Each annotator: how much, how fast, how near to the others, and what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from cswitch.annotators.agreement.coefficients import nominal_alpha, nominal_sums
from cswitch.annotators.agreement.estimates import estimate, share_estimate, signed
from cswitch.annotators.agreement.pairs import against_others
from cswitch.annotators.agreement.ratings import MISSING, Integers, Mask, Ratings, by_task
from cswitch.annotators.agreement.resampling import Plan
from cswitch.annotators.agreement.results import Confusion, Estimate, Person
from cswitch.annotators.agreement.tables import Tables
from cswitch.schemas.annotation import Annotated

_ALONE = "nobody else tagged a token of this annotator"
_FEW = "the others have no token in common, or gave one tag only"
_SHOWN = 5


def people(records: Sequence[Annotated], tables: Tables, judged: Mask, plan: Plan) -> tuple[list[Person], Integers]:
    """Every annotator, and how often one tag met another: labels x labels, summed over annotators.

    Args:
        records: The tasks.
        tables: What was said.
        judged: Tasks x annotators: who judged which task.
        plan: How intervals are made.
    """
    tokens = tables.tokens
    counts = tokens.counts()
    met = [against_others(tokens, counts, column) for column in range(len(tables.annotators))]
    found = []
    for column, name in enumerate(tables.annotators):
        own = tokens.codes[:, column]
        asked = judged[tokens.task, column]
        seconds, each, rate = _speed(records, name)
        found.append(
            Person(
                annotator=name,
                tasks=int(judged[:, column].sum()),
                tokens=int((own != MISSING).sum()),
                left=int((asked & tables.words & (own == MISSING)).sum()),
                with_others=_with_others(tokens, counts, column, name, plan),
                alpha_without=_without(tokens, column),
                confusions=confusions(met[column], tokens.labels),
                seconds=seconds,
                seconds_a_task=each,
                tokens_a_minute=rate,
            )
        )
    return found, sum(met, start=np.zeros((len(tokens.labels), len(tokens.labels)), np.int64))


def confusions(met: Integers, labels: Sequence[str], most: int = _SHOWN) -> list[Confusion]:
    """The most frequent pairs of different tags, own and other.

    >>> import numpy as np
    >>> [(one.own, one.other, one.times) for one in confusions(np.array([[9, 2], [1, 9]]), ["en", "hi"])]
    [('en', 'hi', 2), ('hi', 'en', 1)]
    """
    apart = met - np.diag(met.diagonal())
    total = int(apart.sum())
    rows = [
        (int(times), labels[own], labels[other])
        for own, line in enumerate(apart.tolist())
        for other, times in enumerate(line)
        if times
    ]
    rows.sort(key=lambda row: (-row[0], row[1], row[2]))
    return [Confusion(own=own, other=other, times=times, share=times / total) for times, own, other in rows[:most]]


def _with_others(tokens: Ratings, counts: Integers, column: int, name: str, plan: Plan) -> Estimate:
    own = tokens.codes[:, column]
    others = counts.sum(axis=1) - 1
    both = np.flatnonzero((own != MISSING) & (others > 0))
    same = (counts[both, own[both]] - 1) / others[both]
    sums = by_task(tokens.task[both], np.stack([same, np.ones(len(both))], axis=1))
    return share_estimate(sums, "agreement", _ALONE, plan, f"person\x1f{name}", units="tokens", of="one-others")[0]


def _without(tokens: Ratings, column: int) -> Estimate:
    rest = tokens._replace(codes=np.delete(tokens.codes, column, axis=1))
    sums = nominal_sums(rest)
    value = float(nominal_alpha(sums.met.sum(axis=0), sums.given.sum(axis=0)))
    return estimate(
        value, _FEW, drawn=None, plan=Plan(), units=rest.compared(), tasks=int(np.count_nonzero(sums.compared)),
        signature=signed("alpha", Plan(), level="nominal", units="tokens", of="without-one"),
    )  # fmt: skip


def _speed(records: Sequence[Annotated], name: str) -> tuple[float | None, float | None, float | None]:
    """Seconds in all, median seconds a task, tokens a minute, over the tasks that were timed."""
    timed = [
        (one.seconds, len(record.tokens))
        for record in records
        for one in record.judgements
        if one.annotator == name and one.seconds is not None and one.seconds > 0
    ]
    if not timed:
        return None, None, None
    seconds = sum(time for time, _ in timed)
    return seconds, median(time for time, _ in timed), 60 * sum(tokens for _, tokens in timed) / seconds
