"""What a run of ``prompt`` counts: whole numbers only, so that they can be kept in a journal and added up again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from cswitch.generators.prompting.outcomes import Outcome
from cswitch.schemas.prompting import Usage
from cswitch.schemas.reject import Reject

POINT = 10_000
"""Distances in points of CMI are added up in units of 1/10,000 point."""
MONEY = 10**9
"""Money is added up in units of 1/1,000,000,000."""
REPAIRS = ("answer", "edit", "reprompt", "refine")
"""What can make a text pass: the first answer, or a repair as the provenance names it."""
_REJECT, _PASSED, _USAGE = "reject.", "passed.", "usage."
_EXACT = 1e-6


class Distance(msgspec.Struct, kw_only=True):
    """How far realised CMIs are from those asked for, over some texts."""

    texts: int = 0
    """Texts that had a CMI to aim at."""
    mean_absolute: float | None = None
    """Mean distance in points."""
    mean_signed: float | None = None
    """Mean of realised less asked: above 0, more was mixed than asked."""
    within: int = 0
    """Texts within the tolerance."""


class Summary(msgspec.Struct, kw_only=True):
    """What a run gave, with what it gave before it was taken up again."""

    rows: int = 0
    """Rows read."""
    answered: int = 0
    """Rows with at least one accepted text."""
    samples: int = 0
    """Accepted texts."""
    fewer: int = 0
    """Rows that gave texts, but fewer than were asked for."""
    rejects: dict[str, int] = msgspec.field(default_factory=dict)
    """Rows without a text, by reason."""
    examples: dict[str, str] = msgspec.field(default_factory=dict)
    """For each reason, the first case in this run."""
    briefs: int = 0
    """Texts asked for: a row may ask for several."""
    first: Distance = msgspec.field(default_factory=Distance)
    """First answers, before any repair."""
    accepted: Distance = msgspec.field(default_factory=Distance)
    """Accepted texts, after all repairs."""
    passed: dict[str, int] = msgspec.field(default_factory=dict)
    """Accepted texts by what made them pass: ``answer`` for the first one, ``edit``, ``reprompt``, ``refine``."""
    accept_rate: float | None = None
    """Accepted texts of those asked for."""
    versions: int = 0
    """Versions of texts, edits included."""
    versions_per_sample: float | None = None
    """The same for each accepted text."""
    answers: int = 0
    """Answers that these rows took, judges' and unusable ones included, whether sent now or kept before."""
    answers_per_sample: float | None = None
    """The same for each accepted text."""
    usage: Usage = msgspec.field(default_factory=Usage)
    """Tokens of those answers."""
    cost: float | None = None
    """Money for them; None when a price is not known."""
    cost_per_sample: float | None = None
    """The same for each accepted text."""
    sent: int = 0
    """Answers that came over the wire during this command."""
    replayed: int = 0
    """Questions of this command that the cache had the answer to."""
    failures: dict[str, int] = msgspec.field(default_factory=dict)
    """Tries of this command that gave no answer, by kind."""
    total: Usage = msgspec.field(default_factory=Usage)
    """Tokens of all answers that the run was given so far: those of ``usage``, of probes, translations, and rows that
    are not done."""
    spent: float | None = None
    """Money for ``total``; None when it is not known."""
    currency: str = "USD"
    """In which money is."""
    monotony: dict[str, object] = msgspec.field(default_factory=dict)
    """How the accepted texts switch: fields of :class:`cswitch.generators.prompting.monotony.Report`."""
    seconds: float = 0.0
    """Wall time of this command."""
    waiting: int = 0
    """Rows that wait for answers out of batches, or come after one that does."""
    already_complete: bool = False
    """Whether the output was complete already, so that nothing was counted."""


class Tally:
    """Counts of a run, by name.

    Args:
        counts: Those of a run that is taken up again.
        tolerance: How far from its CMI a text may lie.
    """

    def __init__(self, counts: Mapping[str, int], tolerance: float = 0.0) -> None:
        self.counts, self.tolerance = Counter(counts), tolerance
        self.examples: dict[str, str] = {}

    def add(self, line: int, result: Sequence[Outcome] | Reject, wanted: int) -> Reject | None:
        """Counts what became of a row, and gives its reject, when it has one.

        Args:
            line: Line of the row.
            result: An outcome a text that was asked for, or why the row was of no use.
            wanted: Texts that were asked for.
        """
        if isinstance(result, Reject):
            return self._reject(line, result)
        for outcome in result:
            self._count(outcome)
        samples = sum(outcome.sample is not None for outcome in result)
        if samples:
            self.counts["answered"] += 1
            self.counts["fewer"] += samples < wanted
            return None
        reject = next(outcome.reject for outcome in result if outcome.reject is not None)
        return self._reject(line, reject)

    def _reject(self, line: int, reject: Reject) -> Reject:
        self.counts[f"{_REJECT}{reject.reason}"] += 1
        self.examples.setdefault(reject.reason, f"line {line}" + (f": {reject.detail}" if reject.detail else ""))
        return msgspec.structs.replace(reject, line=line)

    def _count(self, outcome: Outcome) -> None:
        counts, sample = self.counts, outcome.sample
        counts["briefs"] += 1
        counts["versions"] += len(outcome.attempts)
        if outcome.attempts:
            self._measure("first", outcome.attempts[0].cmi, outcome.attempts[0].realised)
        if sample is not None:
            self._measure("accepted", sample.target.cmi, float(sample.measures["cmi"] or 0))
            counts[f"{_PASSED}{sample.provenance.repair or REPAIRS[0]}"] += 1
        for name in outcome.usage.__struct_fields__:
            counts[f"{_USAGE}{name}"] += getattr(outcome.usage, name)
        if outcome.cost is None:
            counts["unpriced"] += outcome.usage.answers
        else:
            counts["cost"] += round(outcome.cost * MONEY)

    def _measure(self, when: str, asked: float | None, realised: float | None) -> None:
        if asked is None or realised is None:
            return
        distance = realised - asked
        self.counts[when] += 1
        self.counts[f"{when}.absolute"] += round(abs(distance) * POINT)
        self.counts[f"{when}.signed"] += round(distance * POINT)
        self.counts[f"{when}.within"] += abs(distance) <= self.tolerance + _EXACT


def summary(tally: Tally, rows: int, samples: int) -> Summary:
    """The counts as figures to read.

    >>> found = summary(Tally({"first": 2, "first.absolute": 30_000, "first.signed": -10_000}), 2, 0)
    >>> found.first.mean_absolute, found.first.mean_signed, found.accepted.texts
    (1.5, -0.5, 0)
    """
    counts = tally.counts
    usage = Usage(**{name: counts[f"{_USAGE}{name}"] for name in Usage.__struct_fields__})
    cost = None if counts["unpriced"] else counts["cost"] / MONEY

    def each(total: float | None) -> float | None:
        return None if total is None or not samples else total / samples

    return Summary(
        rows=rows,
        answered=counts["answered"],
        samples=samples,
        fewer=counts["fewer"],
        rejects={name.removeprefix(_REJECT): n for name, n in counts.most_common() if name.startswith(_REJECT)},
        examples=tally.examples,
        briefs=counts["briefs"],
        first=_distance(counts, "first"),
        accepted=_distance(counts, "accepted"),
        passed={name: counts[f"{_PASSED}{name}"] for name in REPAIRS},
        accept_rate=samples / counts["briefs"] if counts["briefs"] else None,
        versions=counts["versions"],
        versions_per_sample=each(counts["versions"]),
        answers=usage.answers,
        answers_per_sample=each(usage.answers),
        usage=usage,
        cost=cost,
        cost_per_sample=each(cost),
    )


def _distance(counts: Counter[str], when: str) -> Distance:
    texts = counts[when]
    if not texts:
        return Distance()
    return Distance(
        texts=texts,
        mean_absolute=counts[f"{when}.absolute"] / POINT / texts,
        mean_signed=counts[f"{when}.signed"] / POINT / texts,
        within=counts[f"{when}.within"],
    )
