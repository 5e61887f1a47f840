"""What ``cswitch perturb`` tells about a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cswitch.cli.options import counted, percent

if TYPE_CHECKING:
    from cswitch.perturb.settings import PerturbSettings
    from cswitch.pipeline.perturb_tally import FieldSummary, Summary

_TOLD = 1000
"""Rows from which on their speed is told: below, it is that of loading."""


def summary_lines(found: Summary, settings: PerturbSettings, output: str) -> str:
    """What a run gave, in a line for the rows, one for each field and one for each reason."""
    if found.already_complete:
        return f"{output} is complete already"
    speed = f", {found.done / found.seconds:,.0f} rows/s" if found.done >= _TOLD else ""
    lines = [f"{counted(found.rows, 'row')} in {output}, {found.changed:,} changed{speed}"]
    lines += [_field(name, one, settings) for name, one in found.fields.items()]
    if found.rows_left:
        total = sum(found.rows_left.values())
        lines.append(f"{counted(total, 'row')} at fault, left as they were: {_reasons(found.rows_left)}")
    lines += [f"  {reason}, first at {example}" for reason, example in found.examples.items()]
    return "\n".join(lines)


def _field(name: str, found: FieldSummary, settings: PerturbSettings) -> str:
    asked = settings.cmi_of(name)
    if not asked:
        return f"{name}: CMI 0 asked for, {counted(found.texts, 'text')} left as they were"
    line = f"{name}: {found.mixed:,} of {counted(found.texts, 'text')} mixed"
    if found.mixed:
        met = percent(found.met, found.mixed)
        line += f", mean CMI {found.mean_cmi:.1f} for {asked:g}, {met} within {settings.tolerance:g} points"
        if settings.by == "lexicon" and settings.words == "natural" and 2 * found.met < found.mixed:
            line += "; words that people switch alone reach no further: a translation does (--by), or --words content"
    return f"{line}; left: {_reasons(found.left)}" if found.left else line


def _reasons(left: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in left.items())
