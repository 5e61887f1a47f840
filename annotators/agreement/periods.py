"""Agreement by batch or by week, so that drift shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from cswitch.annotators.agreement.coefficients import Floats
from cswitch.annotators.agreement.estimates import difference, estimate, signed
from cswitch.annotators.agreement.measuring import Corpus
from cswitch.annotators.agreement.ratings import Ratings
from cswitch.annotators.agreement.resampling import Plan
from cswitch.annotators.agreement.results import Estimate, Period
from cswitch.schemas.annotation import Annotated

By = Literal["batch", "week"]

_ONE = "fewer than two periods have an alpha"


def periods(records: Sequence[Annotated], tokens: Ratings, by: By, plan: Plan) -> tuple[list[Period], Estimate]:
    """Alpha of the tokens in each period, and how far the last is from the first.

    Args:
        records: The tasks.
        tokens: Their tags; task numbers are places in ``records``.
        by: ``batch``: the name of the push; ``week``: the ISO week in which the last judgement of a task was made.
        plan: How intervals are made.

    Returns:
        Periods in the order of time, and the difference of the last to the first, of those that have an alpha.
    """
    groups: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        groups.setdefault(name_of(record, by), []).append(place)
    found, spread = [], []
    for name in sorted(groups, key=lambda name: _order(name, [records[place] for place in groups[name]], by)):
        inside = np.zeros(len(records), dtype=np.bool_)
        inside[groups[name]] = True
        corpus = Corpus(tokens.of(inside[tokens.task]), plan, f"period\x1f{name}")
        found.append(_period(name, [records[place] for place in groups[name]], corpus))
        if name and found[-1].alpha.value is not None:
            spread.append((found[-1].alpha, corpus.alpha_drawn()))
    return found, _drift(spread, plan)


def name_of(record: Annotated, by: By) -> str:
    """The period of a task; empty when it is unknown.

    >>> from cswitch.schemas.annotation import Judgement
    >>> times = "2025-02-10T09:00:00Z", "2025-02-20T09:00:00Z"
    >>> said = [Judgement(annotator="ann", langs=[], created=time) for time in times]
    >>> record = Annotated(id="1", text="", tokens=[], offsets=[], languages=[], judgements=said, batch="pilot")
    >>> name_of(record, "batch"), name_of(record, "week")
    ('pilot', '2025-W08')
    """
    if by == "batch":
        return record.batch
    times = _times(record)
    if not times:
        return ""
    year, week, _ = max(times).isocalendar()
    return f"{year}-W{week:02d}"


def moment(created: str) -> datetime | None:
    """When a judgement was made, in UTC; None when the record does not say so in ISO 8601.

    >>> moment("2025-02-10T09:00:00+02:00").isoformat(), moment("yesterday")
    ('2025-02-10T07:00:00+00:00', None)
    """
    try:
        found = datetime.fromisoformat(created)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _times(record: Annotated) -> list[datetime]:
    return [time for one in record.judgements if (time := moment(one.created)) is not None]


def _order(name: str, records: Sequence[Annotated], by: By) -> tuple[bool, datetime, str]:
    """Periods without a name last; batches by their first judgement; weeks by name."""
    times = [time for record in records for time in _times(record)] if by == "batch" else []
    return not name, min(times, default=datetime.max.replace(tzinfo=UTC)), name


def _period(name: str, records: Sequence[Annotated], corpus: Corpus) -> Period:
    times = [time for record in records for time in _times(record)]
    return Period(
        name=name,
        first=min(times).date().isoformat() if times else "",
        last=max(times).date().isoformat() if times else "",
        tasks=len(records),
        judgements=sum(len(record.judgements) for record in records),
        annotators=sorted({one.annotator for record in records for one in record.judgements}),
        alpha=corpus.alpha(units="tokens"),
        agreement=corpus.agreement(units="tokens"),
    )


def _drift(spread: Sequence[tuple[Estimate, Floats | None]], plan: Plan) -> Estimate:
    told = {"level": "nominal", "units": "tokens", "of": "last-first"}
    if len(spread) > 1:
        return difference(spread[-1], spread[0], "alpha", plan, **told)
    units, tasks = (spread[0][0].units, spread[0][0].tasks) if spread else (0, 0)
    return estimate(
        None, _ONE, drawn=None, plan=plan, units=units, tasks=tasks, signature=signed("alpha", plan, **told)
    )
