"""The input record: two sentences that translate each other."""

from __future__ import annotations

from typing import Any

import msgspec


class Pair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A parallel pair, with what is already known about it."""

    id: str
    """Unique within the input; samples carry it as ``source_id``."""
    texts: dict[str, str]
    """Language (BCP-47 primary subtag) to text, the first side of the pair first."""
    tokens: dict[str, list[str]] | None = None
    """Language to tokens, when the input is tokenised already; the tokens are then kept as they are."""
    links: list[tuple[int, int]] | None = None
    """Word-alignment links ``(i, j)``, 0-based, i on the first side of ``texts``, j on the second."""
    confidences: list[float] | None = None
    """How sure each of ``links`` is, 0 to 1; None when all are taken for sure."""
    labels: dict[str, Any] = msgspec.field(default_factory=dict)
    """Task labels that must survive, copied to every sample."""
    meta: dict[str, Any] = msgspec.field(default_factory=dict)
    """Anything else; copied to nothing."""
