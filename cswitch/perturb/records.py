"""What is written about a row: the column that is added, and what the run keeps of it."""

from __future__ import annotations

from typing import Any

import msgspec

VERSION = "perturb.v1"
"""Names what was done; another way of mixing gets another name."""


class FieldRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to a field."""

    field: str
    """Its name."""
    item: int | None = None
    """0-based number of the text, where a field is a list of texts."""
    asked: float
    """CMI asked for."""
    cmi: float | None = None
    """CMI got; null where nothing was measured."""
    low: float | None = None
    """Lowest CMI that it can have."""
    high: float | None = None
    """Highest CMI that it can have."""
    met: bool = False
    """Whether the CMI got lies within the tolerance."""
    replaced: int = 0
    """Tokens of the matrix language that were replaced."""
    spans: list[tuple[int, int, str]] = []
    """What came in: start, end and language; in characters, for tokens in tokens."""
    reason: str = ""
    """Why it was left as it was, a name of :data:`cswitch.schemas.reject.REASONS`; empty where it was not."""
    detail: str = ""
    """The reason, with figures."""


class RowRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to a row: the value of the column that is added."""

    recipe: str = VERSION
    """How."""
    by: str
    """``lexicon``, ``links``, ``translator`` or ``prompt``."""
    pair: tuple[str, str]
    """Language of the fields, and the one mixed with it."""
    matrix: str
    """The matrix language."""
    preset: str = ""
    """The preset."""
    config: str
    """Hash of everything that decides the output."""
    seed: int
    """The seed."""
    reason: str = ""
    """Why the whole row was left as it was; empty where it was not."""
    detail: str = ""
    """The reason, in a line."""
    fields: list[FieldRecord] = []
    """What was done to each field."""

    @property
    def changed(self) -> bool:
        """Whether anything of the row was mixed."""
        return not self.reason and any(field.replaced for field in self.fields)


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row in the journal of a run: what changes in it."""

    id: str
    """Id of the row."""
    changes: dict[str, Any] = {}
    """Column to its new value."""
    record: RowRecord
    """The value of the added column."""
    provenance: dict[str, str]
    """The hash of the settings, where resuming looks for it."""
