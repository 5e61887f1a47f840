"""Records made in certain ways."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from cswitch.core.errors import UsageError
from cswitch.filters.contracts import Drop
from cswitch.filters.record import Record

_PARTS = {"generators": "generator", "recipes": "recipe", "models": "model"}


class Provenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keeps records whose provenance names one of each list that is given.

    >>> made = Record(tokens=["ok"], langs=["en"], provenance={"generator": "prompt", "recipe": "natural.v1"})
    >>> Provenance(generators=("insertion", "nested")).judge(made)
    Drop(reason='other_provenance', detail='generator prompt, insertion or nested asked for')
    """

    name: ClassVar[str] = "provenance"

    generators: tuple[str, ...] = ()
    """Builders such as ``insertion``, or ``prompt``; empty allows any."""
    recipes: tuple[str, ...] = ()
    """Versioned names of recipes; empty allows any."""
    models: tuple[str, ...] = ()
    """Names of language models; empty allows any."""

    def __post_init__(self) -> None:
        if not (self.generators or self.recipes or self.models):
            raise UsageError("the filter provenance allows anything", hint="name generators, recipes or models")

    def judge(self, record: Record) -> Drop | None:
        """Why the record is left out; None when it stays."""
        for setting, part in _PARTS.items():
            allowed: tuple[str, ...] = getattr(self, setting)
            found = record.under("provenance", part) if allowed else None
            if allowed and found not in allowed:
                wanted = " or ".join(allowed)
                return Drop("other_provenance", f"{part} {'not given' if found is None else found}, {wanted} asked for")
        return None
