"""The tasks that annotators see most differently."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cswitch.annotators.agreement.ratings import Ratings
from cswitch.annotators.agreement.results import Dispute, DisputedToken
from cswitch.schemas.annotation import Annotated

MOST = 50
"""Tasks that are listed."""


def disputed(records: Sequence[Annotated], tokens: Ratings, most: int = MOST) -> list[Dispute]:
    """The most disputed tasks, by the sum over tokens of the share of pairs of judgements that differ.

    Args:
        records: The tasks.
        tokens: Their tags; task numbers are places in ``records``.
        most: How many to list; those without a dispute are never listed.
    """
    counts = tokens.counts()
    judged = counts.sum(axis=1)
    pairs = judged * (judged - 1)
    apart = np.divide(pairs - (counts * (counts - 1)).sum(axis=1), pairs, out=np.zeros(len(counts)), where=pairs > 0)
    scores = np.bincount(tokens.task, weights=apart, minlength=len(records))
    order = sorted(range(len(records)), key=lambda place: (-scores[place], records[place].id, place))
    return [_dispute(records[place], float(scores[place])) for place in order[:most] if scores[place] > 0]


def _dispute(record: Annotated, score: float) -> Dispute:
    said = record.judgements
    return Dispute(
        id=record.id,
        text=record.text,
        batch=record.batch,
        disagreement=score,
        tokens=[
            DisputedToken(token=token, votes=_votes([(one.annotator, one.langs[place]) for one in said]))
            for place, token in enumerate(record.tokens)
        ],
        naturalness={one.annotator: one.naturalness for one in said if one.naturalness is not None},
        decisions={one.annotator: one.decision for one in said if one.decision is not None},
    )


def _votes(given: Sequence[tuple[str, str | None]]) -> dict[str, list[str]]:
    votes: dict[str, list[str]] = {}
    for name, tag in given:
        if tag is not None:
            votes.setdefault(tag, []).append(name)
    return dict(sorted(votes.items(), key=lambda item: (-len(item[1]), item[0])))
