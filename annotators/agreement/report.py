"""All that a file of annotations tells of agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from cswitch.annotators.agreement.disputes import disputed
from cswitch.annotators.agreement.library import check_library
from cswitch.annotators.agreement.measuring import measured, rated
from cswitch.annotators.agreement.pairs import pair_agreements
from cswitch.annotators.agreement.people import people
from cswitch.annotators.agreement.periods import By, periods
from cswitch.annotators.agreement.ratings import Mask
from cswitch.annotators.agreement.resampling import Plan
from cswitch.annotators.agreement.results import Agreement, Measure
from cswitch.annotators.agreement.suggestions import anchoring, kept
from cswitch.annotators.agreement.tables import RATINGS, Tables, tables
from cswitch.schemas.annotation import Annotated


def agreement(
    records: Iterable[Annotated],
    *,
    by: By = "batch",
    bootstrap: int = 0,
    seed: int = 0,
    confidence: float = 0.95,
) -> Agreement:
    """How far annotators agree. Definitions: docs/agreement.md.

    Args:
        records: Tasks with what annotators said; each list as long as the tokens. Of records of the same sample, round,
            batch and task the last counts, and of two judgements of an annotator in a record the last.
        by: What a period is.
        bootstrap: Replicates for intervals; 0 for none.
        seed: Seed of the replicates; the same seed and records give the same intervals.
        confidence: Share of the replicates inside an interval, above 0 and below 1.

    Raises:
        MissingExtraError: The ``krippendorff`` library is not installed.
        InputError: A tag is none that docs/measures.md knows.

    >>> from cswitch.schemas.annotation import Judgement
    >>> said = [Judgement(annotator="ann", langs=["en", "hi"]), Judgement(annotator="bo", langs=["en", "en"])]
    >>> record = Annotated(
    ...     id="1", text="ok bhai", tokens=["ok", "bhai"], offsets=[(0, 2), (3, 7)], languages=["hi", "en"],
    ...     judgements=said,
    ... )
    >>> found = agreement([record])
    >>> found.measures["tokens"].agreement.value, found.measures["tokens"].alpha.value, found.annotators
    (0.5, 0.0, ['ann', 'bo'])
    """
    check_library()
    kept_records, repeated = latest(records)
    found = tables(kept_records)
    plan = Plan(bootstrap, seed, confidence)
    judged = _judged(kept_records, found.annotators)
    every, confusion = people(kept_records, found, judged, plan)
    spans, drift = periods(kept_records, found.tokens, by, plan)
    return Agreement(
        tasks=len(kept_records),
        judged=dict(sorted(Counter(judged.sum(axis=1).tolist()).items())),
        tokens=len(found.tokens.codes),
        judgements=int(judged.sum()),
        repeated=repeated,
        annotators=list(found.annotators),
        measures=_measures(found, plan),
        pairs=pair_agreements(found.tokens, found.annotators, plan),
        by=by,
        periods=spans,
        drift=drift,
        kept=kept(found, judged, plan),
        anchoring=anchoring(found, plan),
        people=every,
        confusion_labels=list(found.tokens.labels),
        confusion=confusion.tolist(),
        disputed=disputed(kept_records, found.tokens),
        bootstrap=bootstrap,
        seed=seed,
        confidence=confidence,
    )


def latest(records: Iterable[Annotated]) -> tuple[list[Annotated], int]:
    """The last record of each sample, round, batch and task, in the order of the first; how many were left out.

    Of two judgements of an annotator in a record only the last stays.

    >>> one, two = (Annotated(id="1", text=text, tokens=[], offsets=[], languages=[]) for text in ("old", "new"))
    >>> kept, left = latest([one, two])
    >>> [record.text for record in kept], left
    (['new'], 1)
    """
    found: dict[tuple[str, int, str, int | None], Annotated] = {}
    count = 0
    for record in records:
        count += 1
        said = {one.annotator: one for one in record.judgements}
        if len(said) < len(record.judgements):
            record = msgspec.structs.replace(record, judgements=list(said.values()))
        found[record.id, record.round, record.batch, record.task] = record
    return list(found.values()), count - len(found)


def _judged(records: Sequence[Annotated], annotators: Sequence[str]) -> Mask:
    place = {name: number for number, name in enumerate(annotators)}
    judged = np.zeros((len(records), len(annotators)), dtype=np.bool_)
    for number, record in enumerate(records):
        judged[number, [place[one.annotator] for one in record.judgements]] = True
    return judged


def _measures(found: Tables, plan: Plan) -> dict[str, Measure]:
    """Every kind of unit; those that nobody was asked about are left out."""
    measures = [
        measured(found.tokens, "tokens", plan),
        measured(found.tokens.of(found.contested), "contested", plan),
        measured(found.switches, "switches", plan, ne="neutral", mixed="neutral"),
    ]
    if found.naturalness.counts().any():
        measures.append(rated(found.naturalness, [float(step) for step in RATINGS], "naturalness", plan))
    if found.decision.counts().any():
        measures.append(measured(found.decision, "decision", plan))
    measures += [measured(ratings, f"layer:{name}", plan) for name, ratings in found.layers.items()]
    return {measure.name: measure for measure in measures}
