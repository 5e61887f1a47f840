"""What annotators said, from the export of a project to records of ours; every odd case has a name and is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

import msgspec

from cswitch.annotators.labelstudio.config import CORRECTED, DECISION, LANG, NATURALNESS, RATINGS, Labelling
from cswitch.annotators.labelstudio.spans import Mapped, mapped
from cswitch.core.errors import InputError
from cswitch.core.measures.tags import tag_reader
from cswitch.schemas.annotation import Annotated, Decision, Judgement, Origin

Task = Mapping[str, Any]
Region = Mapping[str, Any]

UNKNOWN = "user unknown"
"""Who wrote an annotation whose user was deleted."""


class Pulled(msgspec.Struct, kw_only=True):
    """What was found; everything that is not as it should be has a count."""

    tasks: int = 0
    """Tasks of ours that somebody annotated."""
    records: int = 0
    """Samples with at least one judgement, a record each."""
    judgements: int = 0
    """Judgements in them."""
    annotators: dict[str, int] = msgspec.field(default_factory=dict)
    """Judgements by annotator."""
    skipped: dict[str, int] = msgspec.field(default_factory=dict)
    """Samples that an annotator skipped, by annotator."""
    drafts: int = 0
    """Drafts that nobody has submitted; they are left out."""
    replaced: int = 0
    """Annotations left out because the same annotator submitted a later one."""
    imported: int = 0
    """Annotations marked as ground truth, as imported ones are; they count like all others."""
    unknown_users: int = 0
    """Annotations whose user is none, or no member any more."""
    foreign: int = 0
    """Tasks that come from elsewhere, left out."""
    joined: int = 0
    """Tasks that hold the sample of another one; their judgements are joined."""
    changed_texts: int = 0
    """Tasks whose text was changed on the server; spans were laid on the text that was pushed."""
    damaged: int = 0
    """Tasks whose tokens lie on no text any more, left out."""
    unknown_labels: dict[str, int] = msgspec.field(default_factory=dict)
    """Labels that the configuration does not have, as ``lang=xx``; those that are no tags at all were left out."""
    odd_answers: int = 0
    """Ratings and decisions that are none, left out."""
    untouched: int = 0
    """Corrected texts that are the text itself, or belong to no edit; Label Studio stores a box that was only shown."""
    edits_without_text: int = 0
    """Decisions to edit that came without another text."""
    spans: dict[str, int] = msgspec.field(default_factory=dict)
    """How the spans lay on tokens, all layers together."""


class _Data(msgspec.Struct, frozen=True):
    """What we put into a task."""

    id: str
    text: str
    tokens: list[str]
    offsets: list[tuple[int, int]]
    langs: list[str]
    languages: list[str] = []
    batch: str = ""
    round: int = 1
    blind: bool = False
    sample: dict[str, Any] = {}


class Puller:
    """Makes records of tasks.

    Args:
        labelling: What annotators are asked; None where the project's configuration cannot be read.
        users: Names by id.
        everything: Give a record for samples without a judgement too.
    """

    def __init__(self, labelling: Labelling | None, users: Mapping[int, str], *, everything: bool = False) -> None:
        self.counts = Pulled()
        """What was found so far."""
        self._labelling, self._users, self._everything = labelling, users, everything

    def records(self, groups: Iterable[Sequence[Task]]) -> Iterator[Annotated]:
        """A record for each sample.

        Args:
            groups: Tasks as the export has them, those of one sample together.
        """
        for tasks in groups:
            record = self._record(tasks)
            if record is not None and (record.judgements or self._everything):
                self.counts.records += 1
                self.counts.judgements += len(record.judgements)
                for judgement in record.judgements:
                    _count(self.counts.annotators, judgement.annotator)
                yield record

    def _record(self, tasks: Sequence[Task]) -> Annotated | None:
        found = None
        judged: list[tuple[str, int, Judgement]] = []
        for task in tasks:
            data = self._data(task)
            if data is None:
                continue
            self.counts.joined += found is not None
            found = found or (task, data)
            self.counts.drafts += sum(_is_open(draft) for draft in task.get("drafts") or ())
            judged += self._judgements(task, data)
        if found is None:
            return None
        task, data = found
        return Annotated(
            id=data.id,
            text=data.text,
            tokens=data.tokens,
            offsets=data.offsets,
            suggested=data.langs if _shown(task, data) else None,
            languages=data.languages,
            sample=data.sample,
            judgements=self._last_of_each(judged),
            batch=data.batch,
            round=data.round,
            task=int(task["id"]),
        )

    def _data(self, task: Task) -> _Data | None:
        try:
            data = msgspec.convert(task.get("data"), _Data)
        except msgspec.ValidationError:
            self.counts.foreign += 1
            return None
        if not _fits(data):
            found = _as_pushed(data)
            if found is None:
                self.counts.damaged += 1
                return None
            self.counts.changed_texts += 1
            data = found
        self.counts.tasks += 1
        return data

    def _judgements(self, task: Task, data: _Data) -> Iterator[tuple[str, int, Judgement]]:
        for annotation in task.get("annotations") or ():
            name = self._name(annotation.get("completed_by"))
            if annotation.get("was_cancelled"):
                _count(self.counts.skipped, name)
                continue
            self.counts.imported += bool(annotation.get("ground_truth"))
            when = str(annotation.get("updated_at") or annotation.get("created_at") or "")
            yield when, int(annotation["id"]), self._judgement(annotation, task, data, name)

    def _name(self, user: Any) -> str:
        """Who an annotation is by."""
        if isinstance(user, Mapping):  # some exports give the whole user
            user = user.get("email") or user.get("id")
        name = user if isinstance(user, str) else self._users.get(user)
        if name:
            return name
        self.counts.unknown_users += 1
        return UNKNOWN if user is None else f"user {user}"

    def _judgement(self, annotation: Mapping[str, Any], task: Task, data: _Data, name: str) -> Judgement:
        result = [item for item in annotation.get("result") or () if isinstance(item, Mapping)]
        regions = [item for item in result if item.get("type") == "labels" and self._is_label(item)]
        tags = self._mapped(data, regions, LANG)
        layers: list[str] = [] if self._labelling is None else list(self._labelling.layers)
        layers += [str(item["from_name"]) for item in regions if item.get("from_name") != LANG]
        decision = self._decision(result)
        return Judgement(
            annotator=name,
            langs=tags.tags,
            layers={layer: self._mapped(data, regions, layer).tags for layer in dict.fromkeys(layers)},
            decision=decision,
            naturalness=self._naturalness(result),
            corrected=self._corrected(result, data.text, decision),
            origin=_origin(annotation, regions, shown=_shown(task, data)),
            seconds=annotation.get("lead_time"),
            created=str(annotation.get("created_at") or ""),
            annotation=int(annotation["id"]),
            spans=tags.counts,
        )

    def _mapped(self, data: _Data, regions: Sequence[Region], layer: str) -> Mapped:
        found = mapped(data.text, data.tokens, data.offsets, regions, layer)
        for kind, count in found.counts.items():
            _count(self.counts.spans, kind, count)
        return found

    def _is_label(self, region: Region) -> bool:
        """Whether a region has a label that can stand in a record; one that the configuration lacks is counted."""
        layer, value = str(region.get("from_name")), region.get("value")
        labels = value.get("labels") if isinstance(value, Mapping) else None
        if not labels:
            return False
        label = str(labels[0])
        if self._labelling is not None and label not in self._labelling.controls.get(layer, ()):
            _count(self.counts.unknown_labels, f"{layer}={label}")
        return layer != LANG or _is_tag(label)

    def _decision(self, result: Sequence[Region]) -> Decision | None:
        said = _answer(result, DECISION, "choices")
        if said is None:
            return None
        first = said[0] if isinstance(said, list) and said else said
        if first in get_args(Decision):
            decision: Decision = first
            return decision
        self.counts.odd_answers += 1
        return None

    def _naturalness(self, result: Sequence[Region]) -> int | None:
        said = _answer(result, NATURALNESS, "rating")
        if said is None:
            return None
        if type(said) is int and 1 <= said <= RATINGS:
            return said
        self.counts.odd_answers += 1
        return None

    def _corrected(self, result: Sequence[Region], text: str, decision: Decision | None) -> str | None:
        said = _answer(result, CORRECTED, "text")
        lines = [said] if isinstance(said, str) else [line for line in said or () if isinstance(line, str)]
        written = "\n".join(lines).strip()
        asked = decision == "edit" or (self._labelling is not None and not self._labelling.decision)
        if written and written != text.strip() and asked:
            return written
        self.counts.untouched += bool(written)
        self.counts.edits_without_text += decision == "edit"
        return None

    def _last_of_each(self, judged: list[tuple[str, int, Judgement]]) -> list[Judgement]:
        """The last judgement of each annotator; those of deleted users are told apart by a number."""
        last: dict[str, Judgement] = {}
        unknown = 0
        for _, _, judgement in sorted(judged, key=lambda found: found[:2]):
            if judgement.annotator == UNKNOWN:
                unknown += 1
                if unknown > 1:
                    judgement = msgspec.structs.replace(judgement, annotator=f"{UNKNOWN} {unknown}")
            elif last.pop(judgement.annotator, None) is not None:
                self.counts.replaced += 1
            last[judgement.annotator] = judgement
        return list(last.values())


def _answer(result: Sequence[Region], control: str, field: str) -> Any:
    """What was answered to a question; the last, where there are several."""
    found = None
    for item in result:
        value = item.get("value")
        if item.get("from_name") == control and isinstance(value, Mapping):
            found = value.get(field)
    return found


def _origin(annotation: Mapping[str, Any], regions: Sequence[Region], *, shown: bool) -> Origin:
    """Whether an annotation began as the prediction, and whether that was changed.

    Label Studio marks each region, but a region that was deleted has left no mark: so the regions are compared with
    those of the prediction, where the export has it.
    """
    marks = {str(region["origin"]) for region in regions if region.get("origin")}
    if not shown or marks == {"manual"}:
        return "manual"
    prediction = annotation.get("prediction")
    predicted = prediction.get("result") if isinstance(prediction, Mapping) else None
    if isinstance(predicted, list):
        return "prediction" if _said(predicted) == _said(regions) else "prediction-changed"
    return "prediction" if marks == {"prediction"} else "prediction-changed"


def _said(regions: Sequence[Region]) -> set[tuple[Any, ...]]:
    return {
        (region["from_name"], value.get("start"), value.get("end"), *value.get("labels", ()))
        for region in regions
        if region.get("type") == "labels" and isinstance(value := region.get("value"), Mapping)
    }


def _shown(task: Task, data: _Data) -> bool:
    return not data.blind and bool(task.get("predictions"))


def _fits(data: _Data) -> bool:
    """Whether each token stands where it says, with a tag."""
    if not len(data.tokens) == len(data.offsets) == len(data.langs):
        return False
    return all(data.text[start:end] == token for token, (start, end) in zip(data.tokens, data.offsets, strict=True))


def _as_pushed(data: _Data) -> _Data | None:
    """The data with text and tokens of the sample that was pushed; None when they do not fit either."""
    kept: dict[str, Any] = {
        name: getattr(data, name) for name in ("id", "languages", "batch", "round", "blind", "sample")
    }
    pushed = {name: data.sample.get(name) for name in ("text", "tokens", "offsets", "langs")}
    try:
        found = msgspec.convert({**kept, **pushed}, _Data)
    except msgspec.ValidationError:
        return None
    return found if _fits(found) else None


def _is_open(draft: Any) -> bool:
    """Whether a draft belongs to no annotation that was submitted."""
    return not isinstance(draft, Mapping) or draft.get("annotation") is None


def _is_tag(label: str) -> bool:
    try:
        tag_reader()[label]
    except InputError:
        return False
    return True


def _count(counts: dict[str, int], name: str, number: int = 1) -> None:
    counts[name] = counts.get(name, 0) + number
