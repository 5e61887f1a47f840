"""``cswitch studio agreement``: how far annotators agree."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cswitch.cli.options import AsJson, Force, note, print_json
from cswitch.cli.streams import check_output, open_output, printable, progress, table
from cswitch.core.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cswitch.annotators.agreement.results import Agreement, Estimate

Row = tuple[str, ...]

_LABELS = 20
_PAIRS = 15
_DISPUTED = 5
"""Rows that a table on the terminal has at most; the page and the JSON object have all."""


def agreement(
    source: Annotated[str, typer.Argument(metavar="ANNOTATED", help="JSON Lines that studio pull wrote; - for stdin.")],
    as_json: AsJson = False,
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write a page that needs nothing but a browser.")
    ] = None,
    force: Force = False,
    bootstrap: Annotated[
        int, typer.Option("--bootstrap", metavar="N", min=0, help="Replicates for 95 % intervals; 0 for none.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the replicates.")] = 0,
    by: Annotated[Literal["batch", "week"], typer.Option("--by", help="What agreement is followed over.")] = "batch",
) -> None:
    """Tell how far annotators agree.

    Krippendorff's alpha, Gwet's AC1, Cohen's kappa and raw agreement; of tokens, contested tokens, switch points,
    ratings, decisions and layers; over time; each annotator; and whether suggestions pulled. Intervals are
    bootstrapped by tasks. Definitions: docs/agreement.md.

    Example: cswitch studio agreement annotated.jsonl --html agreement.html
    """
    # Products as small as ours only lose by threads; numpy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cswitch.annotators.agreement.library import check_library
    from cswitch.annotators.agreement.report import agreement as compare
    from cswitch.pipeline.studio_agreement import read_annotated

    check_library()
    if html is not None:
        check_output(html, force=force)
    found = compare(progress(read_annotated(source), "read"), by=by, bootstrap=bootstrap, seed=seed)
    if not found.judgements:
        raise RunError(
            f"{source}: nobody has judged any of its {found.tasks:,} tasks",
            hint="pull again once annotators have submitted something",
        )
    if found.repeated:
        note(f"{found.repeated:,} older records of the same sample, round, batch and task are left out")
    if html is not None:
        from cswitch.annotators.agreement.page import page

        with open_output(html, force=force) as stream:
            stream.write(page(found).encode())
    if as_json:
        print_json(found.to_dict())
    elif html != "-":
        typer.echo("\n".join(map(printable, "\n".join(lines(found)).split("\n"))))


def lines(found: Agreement) -> Iterator[str]:
    """What was found, as tables for a person."""
    several = sum(tasks for annotators, tasks in found.judged.items() if annotators > 1)
    yield (
        f"{found.tasks:,} tasks, {found.tokens:,} tokens, {found.judgements:,} judgements"
        f" by {len(found.annotators):,} annotators; {several:,} tasks judged by two or more"
    )
    for rows in (_measures(found), _labels(found), _pairs(found), _periods(found), _people(found), _kept(found),
                 _anchoring(found), _confusions(found)):  # fmt: skip
        if len(rows) > 1:
            yield ""
            yield table(rows)
    yield from _disputed(found)
    reasons = list(dict.fromkeys(_reasons(found)))
    if reasons:
        yield ""
        yield from reasons


def shown(number: float | None) -> str:
    """A coefficient as it is shown.

    >>> shown(0.73456), shown(None)
    ('0.735', '-')
    """
    return "-" if number is None else f"{number:.3f}"


def bounds(one: Estimate) -> str:
    """The interval of a number as it is shown; empty without one."""
    return "" if one.interval is None else "[{:.3f}, {:.3f}]".format(*one.interval)


def _flat(name: str) -> str:
    """A name of somebody's choosing on one line."""
    return " ".join(name.split()) or "(none)"


def _measures(found: Agreement) -> list[Row]:
    rows: list[Row] = [("measure", "compared", "alpha", "95 % interval", "AC1", "agreement")]
    for one in found.measures.values():
        ac1 = "" if one.ac1 is None else shown(one.ac1.value)
        name, agreed = _flat(one.name), shown(one.agreement.value)
        rows.append((name, f"{one.compared:,}", shown(one.alpha.value), bounds(one.alpha), ac1, agreed))
        if one.alpha_interval is not None:
            spaced = one.alpha_interval
            rows.append((f"{name}, as numbers", f"{one.compared:,}", shown(spaced.value), bounds(spaced), "", ""))
    return rows


def _labels(found: Agreement) -> list[Row]:
    rows: list[Row] = [("label", "given", "alpha", "95 % interval", "specific agreement")]
    for name in ("tokens", "switches"):
        for one in found.measures[name].labels[:_LABELS]:
            label = one.label if name == "tokens" else f"{one.label} ({name})"
            rows.append(
                (_flat(label), f"{one.given:,}", shown(one.alpha.value), bounds(one.alpha), shown(one.specific.value))
            )
    return rows


def _pairs(found: Agreement) -> list[Row]:
    rows: list[Row] = [("two annotators", "tokens", "kappa", "95 % interval", "agreement")]
    met = sorted((one for one in found.pairs if one.tokens), key=lambda one: -one.tokens)
    for one in met[:_PAIRS]:
        names = " & ".join(map(_flat, one.annotators))
        rows.append((names, f"{one.tokens:,}", shown(one.kappa.value), bounds(one.kappa), shown(one.agreement.value)))
    return rows


def _periods(found: Agreement) -> list[Row]:
    rows: list[Row] = [(found.by, "first day", "tasks", "alpha", "95 % interval", "agreement")]
    for one in found.periods:
        agreed = shown(one.agreement.value)
        rows.append((_flat(one.name), one.first, f"{one.tasks:,}", shown(one.alpha.value), bounds(one.alpha), agreed))
    if found.drift.value is not None:
        rows.append(("last less first", "", "", f"{found.drift.value:+.3f}", bounds(found.drift), ""))
    return rows


def _people(found: Agreement) -> list[Row]:
    rows: list[Row] = [
        (
            "annotator",
            "tasks",
            "tokens",
            "left",
            "with others",
            "95 % interval",
            "alpha without",
            "s a task",
            "tokens/min",
        )
    ]
    for one in found.people:
        each = "" if one.seconds_a_task is None else f"{one.seconds_a_task:.1f}"
        rate = "" if one.tokens_a_minute is None else f"{one.tokens_a_minute:.0f}"
        rows.append((
            _flat(one.annotator), f"{one.tasks:,}", f"{one.tokens:,}", f"{one.left:,}", shown(one.with_others.value),
            bounds(one.with_others), shown(one.alpha_without.value), each, rate,
        ))  # fmt: skip
    return rows


def _kept(found: Agreement) -> list[Row]:
    rows: list[Row] = [("kept suggestions", "tasks", "kept", "95 % interval", "removed", "tasks untouched")]
    for one in found.kept:
        removed, untouched = f"{one.removed:,}", shown(one.untouched.value)
        kept = shown(one.kept.value)
        rows.append((_flat(one.annotator), f"{one.tasks:,}", kept, bounds(one.kept), removed, untouched))
    return rows


def _anchoring(found: Agreement) -> list[Row]:
    rows: list[Row] = [("agreement", "shown", "blind", "difference", "95 % interval")]
    for one in found.anchoring:
        gap = "-" if one.difference.value is None else f"{one.difference.value:+.3f}"
        rows.append((anchored(one.of), shown(one.shown.value), shown(one.blind.value), gap, bounds(one.difference)))
    return rows


def anchored(of: str) -> str:
    """Whose agreement a row of shown against blind is about, in words.

    >>> anchored("suggestion"), anchored("annotators"), anchored("suggestion:ann")
    ('with the suggestion', 'among annotators (alpha)', 'ann with the suggestion')
    """
    kind, _, name = of.partition(":")
    if kind == "annotators":
        return "among annotators (alpha)"
    return f"{_flat(name)} with the suggestion" if name else "with the suggestion"


def _confusions(found: Agreement) -> list[Row]:
    rows: list[Row] = [("annotator", "times", "share", "their tag, another's")]
    for one in found.people:
        for pair in one.confusions[:3]:
            tags = f"{_flat(pair.own)}, {_flat(pair.other)}"
            rows.append((_flat(one.annotator), f"{pair.times:,}", f"{pair.share:.0%}", tags))
    return rows


def _disputed(found: Agreement) -> Iterator[str]:
    if found.disputed:
        ids = ", ".join(_flat(one.id) for one in found.disputed[:_DISPUTED])
        yield ""
        yield f"most disputed: {ids} ({len(found.disputed)} on the page that --html writes)"


def _reasons(found: Agreement) -> Iterator[str]:
    """Why a number is missing."""
    for one in found.measures.values():
        for what, number in (("alpha", one.alpha), ("AC1", one.ac1), ("agreement", one.agreement)):
            if number is not None and number.reason:
                yield f"{what} of {_flat(one.name)}: {number.reason}"
    alone = sum(not one.tokens for one in found.pairs)
    if alone:
        yield f"{alone:,} of {len(found.pairs):,} pairs of annotators have no token in common"
    if len(found.pairs) - alone > _PAIRS:
        yield f"{_PAIRS} of {len(found.pairs) - alone:,} pairs are shown; --json and --html have all"
    if found.drift.reason:
        yield f"last less first {found.by}: {found.drift.reason}"
