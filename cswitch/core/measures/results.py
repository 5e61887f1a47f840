"""What a corpus gives: each number with its signature."""

from __future__ import annotations

from typing import Any

import msgspec


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a corpus, and what is needed to compare it."""

    value: float | None
    """The number; None when it is undefined for this corpus."""
    utterances: int
    """How many utterances it rests on: those where the measure is defined (or, pooled, that add to it)."""
    interval: tuple[float, float] | None = None
    """Bootstrap interval by utterances; None when none was asked for, or below two utterances."""
    signature: str
    """Measure, options, tag policy, form and version, see :func:`signature`."""


class CorpusMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """Every measure of a corpus."""

    utterances: int
    """Utterances, those without language tokens included."""
    mixed: int
    """Utterances with two languages or more."""
    empty: int
    """Utterances without a language token."""
    tokens: int
    """Tokens, neutral ones included."""
    language_tokens: int
    """Tokens that count for a language."""
    switches: int
    """Switch points."""
    languages: dict[str, int]
    """Language to tokens, the most frequent first."""
    measures: dict[str, dict[str, Number]]
    """Measure to form to number. Forms: ``pooled``, ``mean-all``, ``mean-mixed``; ``all`` for cc."""
    symcom: dict[str, Number]
    """Part of speech to its pooled symcom; empty unless parts of speech were given."""

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries, lists, strings and numbers, ready for JSON.

        >>> from cswitch.core.measures import corpus_measures
        >>> corpus_measures([["en", "hi"]]).to_dict()["measures"]["cmi"]["pooled"]["value"]
        50.0
        """
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found
