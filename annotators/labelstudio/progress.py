"""How far the annotators of a project are, how fast, and what they change of what they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

import msgspec

from cswitch.annotators.labelstudio.pulling import Pulled
from cswitch.annotators.labelstudio.spans import is_fixed
from cswitch.schemas.annotation import Annotated, Judgement

_HOUR = 3600.0


class Kept(msgspec.Struct, kw_only=True):
    """How far judgements follow the suggested tags; whether they were shown or not."""

    judgements: int = 0
    """Judgements."""
    tokens: int = 0
    """Tokens that were given a tag where one was suggested, without marks and numbers that nobody labels."""
    same: int = 0
    """How many of those tags are the suggested ones."""

    @property
    def share(self) -> float | None:
        """Share of tags that are the suggested ones; None without tokens."""
        return self.same / self.tokens if self.tokens else None

    def add(self, record: Annotated, judgement: Judgement, suggested: Sequence[str]) -> None:
        """Take a judgement in."""
        self.judgements += 1
        for token, said, tag in zip(record.tokens, judgement.langs, suggested, strict=True):
            if said is not None and not is_fixed(token, tag):
                self.tokens += 1
                self.same += said == tag


class Annotator(msgspec.Struct, kw_only=True):
    """One person's work."""

    name: str
    """E-mail address or name on the server."""
    annotations: int = 0
    """Samples judged."""
    skipped: int = 0
    """Samples skipped."""
    seconds: float | None = None
    """Median time for a sample."""
    per_hour: float | None = None
    """Samples an hour of work, by the time that the server measured."""
    started: int = 0
    """Judgements that began as a pre-annotation."""
    changed: int = 0
    """How many of them changed it."""
    last: str = ""
    """When the last judgement was submitted."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a project is."""

    project: int
    """Its id."""
    title: str
    """Its title."""
    tasks: int
    """Tasks there are."""
    done: int
    """Tasks with as many annotations as are wanted."""
    overlap: int
    """How many annotators each sample is given to."""
    annotations: int
    """Judgements, of each annotator the last on a sample."""
    skipped: int
    """Times that a sample was skipped."""
    drafts: int
    """Drafts that nobody has submitted."""
    annotators: list[Annotator]
    """Each person's work, by name."""
    shown: Kept
    """Judgements of samples that were shown with tags."""
    blind: Kept
    """Judgements of samples that were shown without."""


def progress_of(project: Mapping[str, Any], records: Iterable[Annotated], pulled: Pulled) -> Progress:
    """How far a project is.

    Args:
        project: The project as the server describes it.
        records: Its records, as :class:`cswitch.annotators.labelstudio.pulling.Puller` gives them.
        pulled: What counts them.
    """
    people: dict[str, Annotator] = {}
    times: dict[str, list[float]] = {}
    shown, blind = Kept(), Kept()
    for record in records:
        suggested = record.suggested or _unseen(record)
        for judgement in record.judgements:
            person = people.setdefault(judgement.annotator, Annotator(name=judgement.annotator))
            _add(person, judgement, times.setdefault(person.name, []))
            if suggested is not None:
                (blind if record.suggested is None else shown).add(record, judgement, suggested)
    for name, count in pulled.skipped.items():
        people.setdefault(name, Annotator(name=name)).skipped = count
    for name, seconds in times.items():
        if seconds:
            people[name].seconds = round(median(seconds), 1)
            people[name].per_hour = round(_HOUR * len(seconds) / sum(seconds), 1)
    return Progress(
        project=int(project["id"]),
        title=str(project.get("title")),
        tasks=int(project.get("task_number") or 0),
        done=int(project.get("finished_task_number") or 0),
        overlap=int(project.get("maximum_annotations") or 1),
        annotations=sum(person.annotations for person in people.values()),
        skipped=sum(pulled.skipped.values()),
        drafts=pulled.drafts,
        annotators=[people[name] for name in sorted(people)],
        shown=shown,
        blind=blind,
    )


def _add(person: Annotator, judgement: Judgement, times: list[float]) -> None:
    person.annotations += 1
    person.started += judgement.origin != "manual"
    person.changed += judgement.origin == "prediction-changed"
    person.last = max(person.last, judgement.created)
    if judgement.seconds is not None and judgement.seconds > 0:
        times.append(judgement.seconds)


def _unseen(record: Annotated) -> list[str] | None:
    """The tags that a blind sample came with."""
    langs = record.sample.get("langs")
    return langs if isinstance(langs, list) and len(langs) == len(record.tokens) else None
