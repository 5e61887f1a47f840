"""What a comparison of annotators gives: each number with its interval, its signature, or why there is none."""

from __future__ import annotations

from typing import Any

import msgspec


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One number, and what is needed to judge and to compare it."""

    value: float | None
    """The number; None when it is undefined."""
    reason: str = ""
    """Why there is no number; empty when there is one."""
    interval: tuple[float, float] | None = None
    """Bootstrap interval by tasks; None when none was asked for, or below two tasks."""
    units: int
    """Units it rests on: those that two annotators or more judged, or that were compared with a suggestion."""
    tasks: int
    """Tasks that those units are in."""
    signature: str
    """Coefficient, units, options and version, as :class:`~cswitch.core.measures.signatures.Signature`."""


class LabelAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far annotators agree on one label."""

    label: str
    """The label."""
    given: int
    """How often it was given, in units that two annotators or more judged."""
    alpha: Estimate
    """Krippendorff's alpha of this label against all others."""
    specific: Estimate
    """When one annotator gives the label, the share of the others who give it too."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """How far annotators agree on one kind of unit."""

    name: str
    """``tokens``, ``contested``, ``switches``, ``naturalness``, ``decision``, or ``layer:`` and the name of a layer."""
    level: str
    """``nominal``, or ``ordinal`` for ratings."""
    units: int
    """Units with a judgement."""
    compared: int
    """Units that two annotators or more judged."""
    alpha: Estimate
    """Krippendorff's alpha."""
    alpha_interval: Estimate | None = None
    """For ratings, alpha with the distances between the numbers themselves."""
    ac1: Estimate | None = None
    """Gwet's AC1; None for ratings, whose order it does not know."""
    agreement: Estimate
    """Share of pairs of judgements that agree, no chance taken off."""
    labels: list[LabelAgreement] = []
    """Each label, the most frequent first; empty for ratings."""


class PairAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far two annotators agree on tokens."""

    annotators: tuple[str, str]
    """Who."""
    tasks: int
    """Tasks in which both tagged a token."""
    tokens: int
    """Tokens that both tagged."""
    kappa: Estimate
    """Cohen's kappa."""
    agreement: Estimate
    """Share of the tokens with the same tag."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A batch, or a week."""

    name: str
    """Name of the batch, or the week as ``2025-W07``; empty when the records do not say."""
    first: str
    """Day of the first judgement, ISO 8601; empty when unknown."""
    last: str
    """Day of the last judgement."""
    tasks: int
    """Tasks."""
    judgements: int
    """Judgements."""
    annotators: list[str]
    """Who judged."""
    alpha: Estimate
    """Krippendorff's alpha of the tokens."""
    agreement: Estimate
    """Share of pairs of judgements that agree."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What one annotator did with the tags that were suggested; marks and numbers are not counted."""

    annotator: str
    """Who."""
    tasks: int
    """Tasks judged that showed a suggestion."""
    kept: Estimate
    """Share of the tokens tagged whose tag is the suggested one."""
    removed: int
    """Tokens with a suggestion that the annotator left without a tag."""
    untouched: Estimate
    """Share of the tasks in which nothing was changed or removed."""


class Anchoring(msgspec.Struct, frozen=True, kw_only=True):
    """A number where the suggestion was shown, where it was hidden, and how far apart they are."""

    of: str
    """``suggestion``, ``suggestion:`` and an annotator, or ``annotators``: whose agreement it is."""
    shown: Estimate
    """In tasks that showed the suggestion."""
    blind: Estimate
    """In tasks that hid it."""
    difference: Estimate
    """Shown less blind; above 0 when the suggestion pulled."""


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """Two tags that were given to the same tokens."""

    own: str
    """The tag the annotator gave."""
    other: str
    """The tag another annotator gave."""
    times: int
    """How often, over the others."""
    share: float
    """Its share of the annotator's disagreements."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One annotator."""

    annotator: str
    """Who."""
    tasks: int
    """Tasks judged."""
    tokens: int
    """Tokens tagged."""
    left: int
    """Words of those tasks left without a tag."""
    with_others: Estimate
    """Mean over tokens of the share of the others who gave the same tag."""
    alpha_without: Estimate
    """Krippendorff's alpha of the tokens when this annotator is left out."""
    confusions: list[Confusion]
    """The most frequent disagreements."""
    seconds: float | None
    """Time over the tasks that were timed; None when none was."""
    seconds_a_task: float | None
    """Median time of a task."""
    tokens_a_minute: float | None
    """Tokens of the timed tasks, words or not, a minute."""


class DisputedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token and who voted for what."""

    token: str
    """The token."""
    votes: dict[str, list[str]]
    """Tag to annotators, the tag with most votes first."""


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """A task that annotators see differently."""

    id: str
    """Id of the sample."""
    text: str
    """The text."""
    batch: str
    """Its batch."""
    disagreement: float
    """Sum over its tokens of the share of pairs of judgements that differ."""
    tokens: list[DisputedToken]
    """Its tokens."""
    naturalness: dict[str, int]
    """Rating by annotator."""
    decisions: dict[str, str]
    """Decision by annotator."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Everything ``cswitch studio agreement`` tells. Definitions: docs/agreement.md."""

    tasks: int
    """Tasks."""
    judged: dict[int, int]
    """Number of annotators to how many tasks have just so many."""
    tokens: int
    """Tokens of the tasks."""
    judgements: int
    """Judgements: one a task and annotator."""
    repeated: int
    """Records left out because a later one is of the same sample, round, batch and task."""
    annotators: list[str]
    """Everyone who judged a task, by name."""
    measures: dict[str, Measure]
    """Name to what annotators agree on."""
    pairs: list[PairAgreement]
    """Every two annotators."""
    by: str
    """``batch`` or ``week``."""
    periods: list[Period]
    """Batches by their first judgement, or weeks; those without a name last."""
    drift: Estimate
    """Alpha of the last period less that of the first, over those where it is defined."""
    kept: list[Kept]
    """What each annotator did with suggestions; empty when none was shown."""
    anchoring: list[Anchoring]
    """Shown against blind; empty unless there are tasks of both kinds."""
    people: list[Person]
    """Each annotator."""
    confusion_labels: list[str]
    """Tags, the most frequent first."""
    confusion: list[list[int]]
    """How often one annotator gave the tag of the row and another that of the column; symmetric."""
    disputed: list[Dispute]
    """The most disputed tasks first."""
    bootstrap: int
    """Replicates of the intervals."""
    seed: int
    """Their seed."""
    confidence: float
    """Share of the replicates inside an interval."""

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries, lists, strings and numbers, ready for JSON."""
        found: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return found
