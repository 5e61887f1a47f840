"""Tagged records to a project on a Label Studio server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import Any, Literal

import msgspec

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.connection import Server
from cswitch.annotators.labelstudio.projects import edited, labelling_of, need
from cswitch.annotators.labelstudio.pushing import Pushed, push_tasks
from cswitch.annotators.labelstudio.tasks import is_blind, task_of
from cswitch.core.errors import InputError
from cswitch.pipeline.tagged_records import Record, read_records

Order = Literal["input", "uncertainty", "random", "diverse"]
Numbered = tuple[int, Record]


class PushOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How records become tasks of a project."""

    batch: str = ""
    """Name that the tasks carry."""
    blind: float = 0.0
    """Share of samples that are shown without tags, 0 to 1."""
    seed: int = 0
    """Another seed makes others blind, and another order of those that are random."""
    order: Order = "input"
    """Which samples come first."""
    limit: int | None = None
    """How many samples of that order are pushed, with those that are there already."""
    made_by: str = ""
    """Name of the tagger, for records that do not say what made them."""
    fixed: bool = False
    """Give marks and numbers tagged ``other`` a region too."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a push."""

    project: int
    """Id of the project."""
    title: str
    """Its title."""
    pushed: Pushed
    """What was pushed."""
    empty: int
    """Records without tokens, which were left out."""
    notes: tuple[str, ...]
    """What the user should know."""


def push(
    server: Server,
    project: str,
    source: str,
    options: PushOptions,
    *,
    watched: Callable[[Iterator[Any]], Iterator[Any]] = iter,
) -> Report:
    """Pushes the records of a file to a project, each sample once however often it is run.

    Args:
        server: Where.
        project: Title or id of the project.
        source: A file of tagged records, or ``-`` for standard input.
        options: How records become tasks.
        watched: Hands tasks on and shows how many there were.

    Raises:
        InputError: The file cannot be read, a record does not fit, or the project's configuration cannot be used.
        UsageError: There is no such project.
        RunError: The server refused tasks or has gone; what arrived is not sent again.
    """
    found = need(server, project)
    labelling = labelling_of(found)
    maker = _Maker(labelling, options, source)
    records = _chosen(read_records(source), options)
    pushed = push_tasks(server, int(found["id"]), watched(maker.tasks(records)), ahead=source != "-")
    return Report(
        project=int(found["id"]),
        title=str(found.get("title")),
        pushed=pushed,
        empty=maker.empty,
        notes=tuple(_notes(found, pushed)),
    )


class _Maker:
    def __init__(self, labelling: Labelling, options: PushOptions, source: str) -> None:
        self.empty = 0
        self._labelling, self._options, self._source = labelling, options, source

    def tasks(self, records: Iterable[Numbered]) -> Iterator[dict[str, Any]]:
        options = self._options
        for place, record in records:
            if not record["tokens"]:
                self.empty += 1
                continue
            blind = is_blind(str(record["id"]), options.blind, options.seed)
            try:
                yield task_of(
                    record, self._labelling,
                    batch=options.batch, blind=blind, made_by=options.made_by, fixed=options.fixed,
                )  # fmt: skip
            except InputError as error:
                raise InputError(error.message, path=self._source, line=place, hint=error.hint) from error


def _chosen(records: Iterator[Numbered], options: PushOptions) -> Iterator[Numbered]:
    """The records in the order that is asked for, as many as are asked for."""
    if options.order != "input":
        places = {}
        held = []
        for place, record in records:
            places[str(record["id"])] = place
            held.append(record)
        ordered = import_module("cswitch.annotators.labelstudio.order").ordered
        records = ((places[str(record["id"])], record) for record in ordered(held, options.order, options.seed))
    return islice(records, options.limit)


def _notes(project: dict[str, Any], pushed: Pushed) -> Iterator[str]:
    if edited(project):
        yield "the labelling configuration is other than cswitch writes it; its labels were used as they are"
    if project.get("show_collab_predictions") is False and pushed.sent > pushed.blind:
        yield "the project shows no pre-annotations; cswitch studio init switches them on"
    if pushed.changed:
        yield f"{pushed.changed:,} samples are there with another text and were left as they are"
    if pushed.removed:
        yield f"{pushed.removed:,} tasks were there twice; the later ones without annotations were taken away"
    if pushed.doubled:
        yield f"{pushed.doubled:,} samples are there twice with annotations on both; pull joins them"
