"""The books of a brief on its way through the loop: every version of its text, what was found, what was paid."""

from __future__ import annotations

import msgspec

from cswitch.generators.prompting.contracts import Brief, Candidate, Edit
from cswitch.generators.prompting.outcomes import Outcome, Paid, Version, badness, sample_of
from cswitch.schemas.prompting import Attempt, Finding, Stage, Usage
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Provenance


class Books:
    """The versions of the text of a brief.

    Args:
        brief: What was asked.
        before: What became of it until now, when it is taken up again.
    """

    def __init__(self, brief: Brief, before: Outcome | None = None) -> None:
        self.brief = brief
        self.attempts: list[Attempt] = list(before.attempts) if before else []
        self.versions: list[Version] = []
        self.reprompts = before.reprompts if before else 0
        self.unkept = before.unkept if before else Paid()
        self._requests: list[bytes] = list(before.requests) if before else []

    def note(
        self,
        candidate: Candidate,
        findings: list[Finding],
        stage: Stage,
        *,
        removed: str = "",
        prompt: str | None = None,
        usage: Usage | None = None,
        cost: float | None = None,
        edit: Edit | None = None,
    ) -> Version:
        """Keeps a version.

        Args:
            candidate: The text as it was measured.
            findings: What the checks have against it.
            stage: How it came about.
            removed: What normalising took away.
            prompt: Name of the prompt it answers.
            usage: Tokens it took.
            cost: Money it took.
            edit: The edit that made it.
        """
        version = Version(len(self.attempts), candidate, tuple(findings))
        self.versions.append(version)
        self.attempts.append(
            Attempt(
                source_id=self.brief.id,
                draw=self.brief.draw,
                number=version.number,
                stage=stage,
                prompt=prompt,
                text=candidate.text,
                removed=removed,
                langs=list(candidate.langs),
                cmi=self.brief.cmi,
                realised=round(candidate.cmi, 4),
                changes=list(edit.changes) if edit else [],
                findings=findings,
                usage=usage or Usage(),
                cost=cost,
                labels=dict(self.brief.cell),
            )
        )
        return version

    def withdraw(self, candidate: Candidate, finding: Finding) -> None:
        """Takes back that the last version was accepted."""
        version = Version(len(self.attempts) - 1, candidate, (finding,))
        self.versions.append(version)
        self._amend(version, accepted=False, findings=[finding])

    def fault(self, version: Version, finding: Finding) -> Version:
        """The version with a finding more."""
        worse = version._replace(findings=(*version.findings, finding))
        self.versions[self.versions.index(version)] = worse
        self._amend(worse, findings=list(worse.findings))
        return worse

    def pay(self, version: Version, usage: Usage, cost: float | None) -> None:
        """Adds what a judge took to the version it judged."""
        attempt = self.attempts[version.number]
        total = Paid(attempt.usage, attempt.cost).plus(usage, cost)
        self._amend(version, usage=total.usage, cost=total.cost)

    def pay_for_nothing(self, usage: Usage, cost: float | None) -> None:
        """Adds what an answer took that gave no version."""
        self.unkept = self.unkept.plus(usage, cost)

    def score(self, version: Version, scores: dict[str, float]) -> None:
        """Notes what judges gave a version."""
        self._amend(version, scores={**self.attempts[version.number].scores, **scores})

    def times(self, request: bytes) -> int:
        """How often a request was made before; it counts from now on.

        Args:
            request: What tells it from others.
        """
        found = self._requests.count(request)
        self._requests.append(request)
        return found

    def best(self) -> Version | None:
        """The version nearest to being accepted."""
        return min(self.versions, key=lambda one: badness(self.brief, one), default=None)

    def accepted(self, version: Version, provenance: Provenance) -> Outcome:
        """The outcome with a sample.

        Args:
            version: The version, which is the last.
            provenance: What the samples of a run have in common.
        """
        self._amend(version, accepted=True)
        sample = sample_of(self.brief, version.candidate, self.attempts, provenance)
        return msgspec.structs.replace(self._outcome(), sample=sample, candidate=version.candidate)

    def rejected(self, reason: str, detail: str) -> Outcome:
        """The outcome without one, with figures: what was asked, the nearest that was reached, how often it was tried.

        Args:
            reason: A name from :data:`cswitch.schemas.reject.REASONS`.
            detail: What exactly.
        """
        asked, figures = self.brief.cmi, [detail] if detail else []
        if asked is not None and self.versions:
            nearest = min((one.candidate.cmi for one in self.versions), key=lambda cmi: abs(cmi - asked))
            figures.append(f"CMI asked for {asked:g} within {self.brief.tolerance:g}, nearest reached {nearest:.1f}")
        figures.append(f"attempts: {len(self.attempts)}, re-prompts: {self.reprompts}")
        reject = Reject(source_id=self.brief.id, reason=reason, detail="; ".join(figures))
        return msgspec.structs.replace(self._outcome(), reject=reject)

    def _amend(self, version: Version, **changes: object) -> None:
        self.attempts[version.number] = msgspec.structs.replace(self.attempts[version.number], **changes)

    def _outcome(self) -> Outcome:
        paid = self.unkept
        for attempt in self.attempts:
            paid = paid.plus(attempt.usage, attempt.cost)
        return Outcome(
            attempts=tuple(self.attempts),
            usage=paid.usage,
            cost=paid.cost,
            reprompts=self.reprompts,
            requests=tuple(self._requests),
            unkept=self.unkept,
        )
