"""Records of human annotation: what each annotator said of a sample, and the gold that was made of it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Decision = Literal["accept", "edit", "reject"]
Origin = Literal["manual", "prediction", "prediction-changed"]
GoldSource = Literal["unanimous", "majority", "adjudicated", "single", "fixed", "none", "tie"]


class Judgement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one annotator said of one sample; lists are parallel to the sample's tokens."""

    annotator: str
    """Who it was: e-mail address or user name on the server, or ``user 7`` when the server knows no more."""
    langs: list[str | None]
    """A tag a token; None where the annotator gave none."""
    layers: dict[str, list[str | None]] = msgspec.field(default_factory=dict)
    """Further labels a token by the name of their layer, such as ``pos``."""
    decision: Decision | None = None
    """Whether the text may stay as it is."""
    naturalness: int | None = None
    """1 (nobody would say it) to 5 (as people talk); None when it was not rated."""
    corrected: str | None = None
    """The text as it should be, when the decision is ``edit``."""
    origin: Origin = "manual"
    """Whether it began as a pre-annotation, and whether that was changed."""
    seconds: float | None = None
    """Time it took, as the server measured it."""
    created: str = ""
    """When it was submitted, ISO 8601 in UTC."""
    annotation: int | None = None
    """Id of the annotation on the server."""
    spans: dict[str, int] = msgspec.field(default_factory=dict)
    """How the annotator's spans lay on tokens: ``whole``, ``several``, ``part``, ``none``, ``double``, ``moved``."""


class Annotated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A sample with everything that annotators said of it: a line of what ``cswitch studio pull`` writes."""

    id: str
    """Id of the sample."""
    text: str
    """The text that was shown."""
    tokens: list[str]
    """Its tokens."""
    offsets: list[tuple[int, int]]
    """``[start, end)`` in Unicode code points: ``text[start:end]`` is the token."""
    suggested: list[str] | None = None
    """The tags that were shown as a pre-annotation; None where the annotators saw none."""
    languages: list[str]
    """The languages in play, the matrix language first."""
    sample: dict[str, Any] = msgspec.field(default_factory=dict)
    """The record it was pushed from, whole."""
    judgements: list[Judgement] = msgspec.field(default_factory=list)
    """One an annotator, in the order they were submitted; of an annotator who submitted twice, the last."""
    batch: str = ""
    """Name of the push it came with."""
    round: int = 1
    """1 for the first project; adjudication and edited texts come in later rounds."""
    task: int | None = None
    """Id of the task on the server."""


class Gold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A verified sample; lists are parallel to its tokens."""

    id: str
    """Id of the sample."""
    text: str
    """The text; the corrected one when annotators corrected it."""
    tokens: list[str]
    """Tokens in order."""
    langs: list[str]
    """A tag a token."""
    offsets: list[tuple[int, int]]
    """``[start, end)`` in Unicode code points: ``text[start:end]`` is the token."""
    gold_source: list[GoldSource]
    """Where each tag comes from: all agreed, most did, an adjudicator decided, one annotator was asked, it is a mark or
    number that nobody labels, nobody said anything and the pre-annotation stands, or annotators were split and a rule
    (``--tie``) decided."""
    votes: list[dict[str, str | None]]
    """For each token what every annotator said, by name; adjudicators included."""
    layers: dict[str, list[str | None]] = msgspec.field(default_factory=dict)
    """Further labels a token by the name of their layer."""
    layer_source: dict[str, list[GoldSource]] = msgspec.field(default_factory=dict)
    """Where each of these labels comes from, by the name of their layer."""
    layer_votes: dict[str, list[dict[str, str | None]]] = msgspec.field(default_factory=dict)
    """For each layer and token what every annotator of the layer said; None is no label."""
    naturalness: float | None = None
    """Mean rating, 1 to 5."""
    ratings: dict[str, int] = msgspec.field(default_factory=dict)
    """Rating by annotator."""
    decision: Decision | None = None
    """What most annotators decided of the text; None without decisions or when they are split evenly."""
    languages: list[str]
    """The languages in play, the matrix language first."""
    matrix: str | None = None
    """The matrix language: that of most language tokens."""
    measures: dict[str, float | int | None] = msgspec.field(default_factory=dict)
    """Measures of the gold tags by name, as defined in docs/measures.md."""
    sample: dict[str, Any] = msgspec.field(default_factory=dict)
    """The record that was pushed, whole."""
