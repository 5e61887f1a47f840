"""The record of a pair that gave nothing, and why."""

from __future__ import annotations

import msgspec

REASONS: dict[str, str] = {
    "empty_side": "one side has no text",
    "same_text": "both sides have the same text",
    "too_long": "a side has more tokens than --max-tokens",
    "no_words": "a side holds no word, only numbers or marks",
    "no_links": "the aligner found no link it trusts",
    "no_units": "no linked unit may be switched under the constraint and the unit choice",
    "cmi_unreachable": "no choice of switches comes within the tolerance of the CMI asked for",
    "switches_unreachable": "no choice of switches has the number of switch points asked for",
    "wrong_script": "a side is not written in a script of its language",
}
"""Every reason and what it means. Names are stable: a released one is never changed."""


class Reject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Why a pair gave no sample."""

    source_id: str
    """Id of the pair."""
    reason: str
    """A name from :data:`REASONS`."""
    detail: str = ""
    """What exactly, with figures: for example the reachable range."""
    line: int | None = None
    """1-based line of the input, when it has lines."""
