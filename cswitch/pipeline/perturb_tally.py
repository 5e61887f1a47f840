"""What a run of ``perturb`` gave, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from cswitch.pipeline.perturb_work import ERROR_UNIT


class FieldSummary(msgspec.Struct, kw_only=True):
    """What became of one field."""

    texts: int
    """Texts, or sentences in tokens."""
    mixed: int
    """Those that were mixed."""
    met: int
    """Those mixed within the tolerance of their CMI."""
    mean_cmi: float | None
    """Mean CMI of those that were mixed."""
    mean_cmi_error: float | None
    """Mean distance of those that were mixed from the CMI asked for."""
    left: dict[str, int]
    """Those that were left as they were, by reason."""


class Summary(msgspec.Struct, kw_only=True):
    """What a run gave."""

    rows: int = 0
    """Rows read, and written."""
    done: int = 0
    """Rows perturbed by this run; fewer than all where it was taken up."""
    changed: int = 0
    """Rows in which something was mixed."""
    fields: dict[str, FieldSummary] = {}
    """Each field."""
    rows_left: dict[str, int] = {}
    """Rows at fault, left whole as they were, by reason."""
    examples: dict[str, str] = {}
    """For each reason, the first case in this run."""
    config: str = ""
    """Hash of everything but the input that decides the output."""
    seconds: float = 0.0
    """Wall time of this run."""
    already_complete: bool = False
    """Whether a resumed run found everything done."""


def summary(
    counts: Mapping[str, int],
    rows: int,
    fields: list[str],
    *,
    done: int = 0,
    examples: dict[str, str] | None = None,
    config: str = "",
    seconds: float = 0.0,
) -> Summary:
    """The summary of what was counted.

    Args:
        counts: By name, as a journal has them.
        rows: Rows of the table.
        fields: Names of the fields.
        done: Rows of this run.
        examples: For each reason, the first case.
        config: Hash of the settings.
        seconds: Wall time of this run.

    >>> found = summary({"changed": 1, "texts.q": 2, "mixed.q": 1, "left.q.no_units": 1}, 2, ["q"])
    >>> found.fields["q"].left, found.fields["q"].mean_cmi
    ({'no_units': 1}, 0.0)
    """
    found = Counter(counts)
    return Summary(
        rows=rows,
        done=done,
        changed=found["changed"],
        fields={name: _field(found, name) for name in fields},
        rows_left=_under(found, "row."),
        examples=examples or {},
        config=config,
        seconds=round(seconds, 3),
    )


def _field(counts: Counter[str], name: str) -> FieldSummary:
    mixed = counts[f"mixed.{name}"]
    return FieldSummary(
        texts=counts[f"texts.{name}"],
        mixed=mixed,
        met=counts[f"met.{name}"],
        mean_cmi=counts[f"cmi.{name}"] / ERROR_UNIT / mixed if mixed else None,
        mean_cmi_error=counts[f"error.{name}"] / ERROR_UNIT / mixed if mixed else None,
        left=_under(counts, f"left.{name}."),
    )


def _under(counts: Counter[str], prefix: str) -> dict[str, int]:
    """Counts whose name begins so, without the beginning."""
    return {name.removeprefix(prefix): n for name, n in counts.most_common() if name.startswith(prefix)}
