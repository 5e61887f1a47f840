"""The output record: one code-mixed utterance with a language tag on every token."""

from __future__ import annotations

from typing import Any

import msgspec


class Target(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was asked for."""

    cmi: float | None = None
    """Code-Mixing Index, 0 to 100; for a range or a distribution, the value drawn from it."""
    share: float | None = None
    """Share of the words that are in the embedded language, 0 to 1; for a range, the value drawn from it."""
    tolerance: float | None = None
    """How far from ``cmi`` a sample may lie and still count as met, in points of CMI; from ``share``, in percent."""
    switches: int | None = None
    """Number of switch points."""


class Provenance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a sample comes from and how to make it again."""

    generator: str
    """Registered name of the builder, such as ``insertion``, or ``prompt``."""
    version: str
    """Version of cswitch."""
    config: str
    """Hash of the settings that change output."""
    seed: int
    """The seed the user gave."""
    draw: int
    """0-based number of the draw within the pair."""
    aligner: str | None = None
    """Registered name of the aligner."""
    pos: str | None = None
    """Registered name of the part-of-speech tagger."""
    constraint: str | None = None
    """Registered name of the constraint."""
    script: str | None = None
    """``native`` or ``roman``."""
    noise: str | None = None
    """Names and rates of noise operations."""
    recipe: str | None = None
    """Versioned name of the recipe."""
    model: str | None = None
    """Language model, for prompted text."""
    attempts: int | None = None
    """Versions of the text it took, edits included, for prompted text."""
    prompt: str | None = None
    """Versioned name of the prompt that the text answers, for prompted text."""
    repair: str | None = None
    """What made it pass, when the first answer did not: ``edit``, ``reprompt`` or ``refine``."""
    tagger: str | None = None
    """Registered name of the tagger that measured it, for prompted text."""
    translator: str | None = None
    """Registered name of the translator that gave the other side."""


class Sample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A code-mixed utterance; the four lists are parallel, one entry a token."""

    id: str
    """``source_id`` and the draw, such as ``42.0``."""
    source_id: str
    """Id of the pair."""
    text: str
    """The utterance as a person would type it."""
    tokens: list[str]
    """Tokens in order."""
    langs: list[str]
    """A tag a token: a BCP-47 primary subtag, or other, ne, ambiguous, mixed, fw, unk."""
    offsets: list[tuple[int, int]]
    """``[start, end)`` in Unicode code points: ``text[start:end]`` is the token, always."""
    origins: list[tuple[str, int] | None]
    """Language of the side and index of the source token, or None for glue the generator added."""
    languages: list[str]
    """The languages in play, the matrix language first."""
    matrix: str
    """The matrix language: the one that gives the frame."""
    measures: dict[str, float | int | None]
    """Measures of this utterance by name, as defined in docs/measures.md."""
    target: Target
    """What was asked for."""
    met: bool
    """Whether the sample lies within the tolerance of the target."""
    reachable: dict[str, tuple[float, float]]
    """Lowest and highest reachable value of a measure for this pair under these settings."""
    scores: dict[str, float] = msgspec.field(default_factory=dict)
    """Quality scores by name."""
    labels: dict[str, Any] = msgspec.field(default_factory=dict)
    """Task labels of the pair."""
    provenance: Provenance
    """Where the sample comes from."""
