"""Tagged text of any layout to tasks of Label Studio, one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.labels import DEFAULT_NEUTRAL
from cswitch.annotators.labelstudio.spans import is_fixed
from cswitch.annotators.labelstudio.tasks import is_blind, languages_of, task_of
from cswitch.core.errors import InputError
from cswitch.core.measures.tags import NEUTRAL, tag_reader
from cswitch.pipeline.tagged_records import Record

MOST_LABELS = 40
"""More different tags are no labels but words in the wrong field."""


class TaskOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How records become tasks."""

    labels: tuple[str, ...] = ()
    """Tags that annotators choose from; empty for those of the records, and other, ne, ambiguous, mixed, fw."""
    layers: tuple[str, ...] = ()
    """Further layers, such as ``pos``."""
    naturalness: bool = True
    """Ask for a rating."""
    decision: bool = True
    """Ask to accept, edit or reject."""
    correction: bool = True
    """Let people correct the text."""
    blind: float = 0.0
    """Share of samples that are shown without tags, 0 to 1."""
    seed: int = 0
    """Another seed makes others blind."""
    batch: str = ""
    """Name that the tasks carry."""
    made_by: str = ""
    """Name of the tagger, for records that do not say what made them."""
    fixed: bool = False
    """Give marks and numbers tagged ``other`` a region too."""


class TaskWriter:
    """Makes tasks of records, and keeps what they have in common.

    Args:
        options: How records become tasks.

    Raises:
        UsageError: A label or a layer cannot be meant.
    """

    def __init__(self, options: TaskOptions) -> None:
        self._options = options
        self._languages: dict[str, None] = {}
        self._neutral: dict[str, None] = dict.fromkeys(DEFAULT_NEUTRAL)
        self._labelling = self._made(options.labels or DEFAULT_NEUTRAL)
        self.counts: Counter[str] = Counter(tasks=0, blind=0, empty=0, regions=0, tokens=0, fixed=0)
        """Tasks, blind ones, records without tokens that are left out, regions, tokens, and marks and numbers that
        nobody labels."""

    @property
    def labelling(self) -> Labelling:
        """What annotators are asked: what was given, else what the records so far need."""
        return self._labelling

    def tasks(self, records: Iterator[tuple[int, Record]], path: str) -> Iterator[dict[str, Any]]:
        """The task of each record, in order; one without tokens is left out and counted.

        Args:
            records: Records with their places, as :func:`read_records` gives them.
            path: Name of their file, for messages.

        Raises:
            InputError: A record does not fit; file, line, sample and remedy are named.
        """
        for place, record in records:
            if not record["tokens"]:
                self.counts["empty"] += 1
                continue
            try:
                yield self._task(record)
            except InputError as error:
                raise InputError(error.message, path=path, line=place, hint=error.hint) from error

    def _task(self, record: Record) -> dict[str, Any]:
        options = self._options
        if not options.labels:
            self._learn(record)
        name = str(record["id"])
        blind = is_blind(name, options.blind, options.seed)
        task = task_of(
            record, self.labelling, batch=options.batch, blind=blind, made_by=options.made_by, fixed=options.fixed
        )
        self._count(record, task)
        return task

    def _count(self, record: Record, task: Mapping[str, Any]) -> None:
        regions = sum(len(prediction["result"]) for prediction in task.get("predictions", ()))
        fixed = sum(map(is_fixed, record["tokens"], record["langs"]))
        self.counts.update(
            tasks=1, blind=task["data"]["blind"], regions=regions, tokens=len(record["tokens"]), fixed=fixed
        )

    def _learn(self, record: Record) -> None:
        """Takes in tags that are new, the languages of a record first."""
        known = len(self._languages) + len(self._neutral)
        reader = tag_reader()
        for tag in (*languages_of(record), *record["langs"]):
            if tag not in self._languages and tag not in self._neutral:
                reader[tag]
                seen = self._neutral if tag.partition(":")[0] in NEUTRAL else self._languages
                seen[tag] = None
        tags = [*self._languages, *self._neutral]
        if len(tags) > MOST_LABELS:
            hint = "check that langs holds tags, or name the labels by --labels"
            raise InputError(f"more than {MOST_LABELS} different tags: {', '.join(tags[:6])} ...", hint=hint)
        if len(tags) > known:
            self._labelling = self._made(tags)

    def _made(self, labels: Iterable[str]) -> Labelling:
        options = self._options
        return Labelling.of(
            labels,
            layers=options.layers,
            naturalness=options.naturalness,
            decision=options.decision,
            correction=options.correction,
        )
