"""What became of a brief: a sample or a reject, every version of its text, and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from cswitch.generators.prompting.contracts import Brief, Candidate
from cswitch.schemas.prompting import Attempt, Finding, Usage
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Provenance, Sample, Target

GRAVITY = (
    "low_score",
    "cmi_missed",
    "near_duplicate",
    "wrong_matrix",
    "repetition",
    "wrong_length",
    "lost_meaning",
    "lost_content",
    "wrong_language",
    "wrong_script",
    "empty_answer",
)
"""Reasons, the gravest last: of several versions of a text, the one with the least grave findings is the best."""


class Paid(NamedTuple):
    """Tokens and money."""

    usage: Usage = Usage()
    cost: float | None = 0.0
    """None when the price of an answer is not known."""

    def plus(self, usage: Usage, cost: float | None) -> Paid:
        """Both together.

        >>> Paid().plus(Usage(answers=1), 0.5).plus(Usage(answers=1), None)
        Paid(usage=Usage(prompt=0, cached=0, completion=0, answers=2), cost=None)
        >>> Paid().plus(Usage(), None).cost
        0.0
        """
        if cost is None and usage.answers == 0:  # nothing was paid for
            cost = 0.0
        return Paid(self.usage + usage, None if cost is None or self.cost is None else self.cost + cost)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a brief."""

    sample: Sample | None = None
    """The sample, when a text was accepted."""
    reject: Reject | None = None
    """Why there is none."""
    attempts: tuple[Attempt, ...] = ()
    """Every version of the text, in order."""
    usage: Usage = Usage()
    """Tokens of all answers for the brief, judges' and unusable ones included."""
    cost: float | None = 0.0
    """Money for ``usage``; None when the price of an answer is not known."""
    candidate: Candidate | None = None
    """The accepted text as it was measured."""
    reprompts: int = 0
    """Re-prompts that were made."""
    requests: tuple[bytes, ...] = ()
    """Digests of the requests for texts that were made, so that none gets the same answer twice."""
    unkept: Paid = Paid()
    """What was paid for answers that gave no version of the text."""


class Version(NamedTuple):
    """A version of the text."""

    number: int
    """Index of its attempt."""
    candidate: Candidate
    findings: tuple[Finding, ...]


def badness(brief: Brief, version: Version) -> tuple[int, float, int]:
    """How far a version is from being accepted: its gravest finding, its distance in CMI; the earlier of two equals."""
    grave = max((_grave(found.check) for found in version.findings), default=-1)
    away = abs(version.candidate.cmi - brief.cmi) if brief.cmi is not None else 0.0
    return grave, away, version.number


def _grave(check: str) -> int:
    """Its place in :data:`GRAVITY`; a check that is not there is taken for the gravest."""
    return GRAVITY.index(check) if check in GRAVITY else len(GRAVITY)


def sample_of(brief: Brief, candidate: Candidate, attempts: Sequence[Attempt], provenance: Provenance) -> Sample:
    """The record of an accepted text.

    Args:
        brief: What was asked.
        candidate: The text as it was measured.
        attempts: Every version of it, the accepted one last.
        provenance: What the samples of a run have in common.
    """
    prompts = [attempt.prompt for attempt in attempts if attempt.prompt is not None]
    stage = attempts[-1].stage
    return Sample(
        id=brief.name,
        source_id=brief.id,
        text=candidate.text,
        tokens=list(candidate.tokens),
        langs=list(candidate.langs),
        offsets=list(candidate.offsets),
        origins=list(candidate.origins),
        languages=list(brief.languages),
        matrix=brief.matrix,
        measures={name: _rounded(candidate.measures[name]) for name in ("cmi", "switches", "spf")},
        target=Target(cmi=brief.cmi, tolerance=None if brief.cmi is None else brief.tolerance),
        met=True,
        reachable={},
        scores=dict(attempts[-1].scores),
        labels={**brief.cell, **brief.labels},
        provenance=msgspec.structs.replace(
            provenance,
            draw=brief.draw,
            aligner=brief.pair.aligner if brief.pair else None,
            attempts=len(attempts),
            prompt=prompts[-1] if prompts else None,
            repair=None if stage == "propose" else stage,
        ),
    )


def _rounded(value: float | int | None) -> float | int | None:
    return round(value, 4) if isinstance(value, float) else value
