"""A second look: tasks that hold only what annotators disagree on, with each annotator's answer as a prediction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree

from cswitch.annotators.labelstudio.cases import Case
from cswitch.annotators.labelstudio.config import CORRECTED, DECISION, LANG, TEXT, Labelling
from cswitch.annotators.labelstudio.gold import merge, standing
from cswitch.annotators.labelstudio.labels import DEFAULT_NEUTRAL
from cswitch.annotators.labelstudio.settling import Settled, correction, settle
from cswitch.annotators.labelstudio.spans import FIXED, is_fixed, region_id, regions_of
from cswitch.annotators.labelstudio.tasks import check_task, task_of
from cswitch.annotators.labelstudio.voting import Verdict
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.seeds import digest
from cswitch.schemas.annotation import Annotated, Judgement

BATCH = "adjudication"
"""Name of the push that adjudication tasks come with."""
DISPUTED = "disputed"
"""Field of a task's data that tells the adjudicator what to decide, in words."""
NO_LABEL = "-"
"""What is shown for an answer that gives no label."""


class Dispute(NamedTuple):
    """A sample that annotators disagree on."""

    case: Case
    """The sample with everything that was said of it."""
    settled: Settled
    """What is settled of it, and what is not."""

    @property
    def decision(self) -> bool:
        """Whether it is open if the text may stay."""
        return self.settled.decision.split

    @property
    def corrected(self) -> bool:
        """Whether most would correct the text, and it is open how."""
        return self.settled.decision.answer == "edit" and self.settled.correction.answer is None


def dispute(case: Case) -> Dispute | None:
    """What annotators disagree on; None when they agree, or nobody has said anything.

    >>> from cswitch.annotators.labelstudio.cases import case_of
    >>> said = [Judgement(annotator="jo", langs=["en"]), Judgement(annotator="li", langs=["hi"])]
    >>> case = case_of([Annotated(
    ...     id="7", text="ok", tokens=["ok"], offsets=[(0, 2)], languages=["en"], judgements=said,
    ... )])
    >>> dispute(case).settled.open_tokens
    [0]
    """
    return Dispute(case, settle(case)) if merge(case).fate == "open" else None


def labelling_for(records: Iterable[Annotated], labels: Sequence[str] = ()) -> Labelling:
    """What an adjudicator is asked: everything that annotators were, but for the rating.

    Args:
        records: Records as they were pulled; every tag in them can be given.
        labels: Tags in the order they are shown, when the order of the records will not do.
    """
    languages: dict[str, None] = {}
    tags: dict[str, None] = {}
    layers: dict[str, dict[str, None]] = {}
    decides = corrects = False
    for record in records:
        languages |= dict.fromkeys(record.languages)
        tags |= dict.fromkeys(standing_tags(record))
        for judgement in record.judgements:
            tags |= dict.fromkeys(tag for tag in judgement.langs if tag is not None)
            decides |= judgement.decision is not None
            corrects |= judgement.corrected is not None
            for name, found in judgement.layers.items():
                layers.setdefault(name, {}).update(dict.fromkeys(label for label in found if label is not None))
    spoken = [*languages, *(tag for tag in tags if tag not in NEUTRAL)]
    known = dict.fromkeys([*labels, *(() if labels else (*spoken, *DEFAULT_NEUTRAL)), *tags])
    asked = {name: tuple(sorted(found)) for name, found in layers.items() if found}
    return Labelling.of(known, layers=asked, naturalness=False, decision=decides, correction=corrects)


def standing_tags(record: Annotated) -> list[str]:
    """The tags that a record's tokens have before anybody judged them."""
    return standing(Case([record], {}))


def adjudication_xml(labelling: Labelling) -> str:
    """The configuration of an adjudication project: that of the labelling, with what is disputed above the text.

    >>> 'value="$disputed"' in adjudication_xml(Labelling.of(["hi", "en"]))
    True
    """
    root = ElementTree.fromstring(labelling.xml())
    root.insert(0, ElementTree.Element("Header", {"value": f"${DISPUTED}", "size": "5"}))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")


def adjudication_task(found: Dispute, labelling: Labelling, *, names: bool = False) -> dict[str, Any]:
    """The task of a disagreement, one round later than what it is about.

    Each annotator's answer is a prediction. What is settled stands in all of them, so that who takes one over changes
    nothing by it; only what is disputed differs.

    Args:
        found: The disagreement.
        labelling: What the adjudicator is asked.
        names: Show who said what. Otherwise annotators are numbered, in each task anew, so that whom the adjudicator
            holds to be good does not matter.

    Raises:
        InputError: A label of an annotator is not in the labelling.
    """
    case, settled = found.case, found.settled
    record = case.record
    base = {
        **record.sample,
        "id": record.id,
        "text": record.text,
        "tokens": record.tokens,
        "langs": standing(case),
        "offsets": record.offsets,
        "languages": record.languages,
    }
    task = task_of(base, labelling, batch=BATCH, round=max(case.rounds) + 1, blind=True)
    said = _shown(case, names)
    task["data"].update(blind=False, disagreements=_listed(found, said))
    task["data"][DISPUTED] = _told(found, task["data"]["disagreements"])
    task["predictions"] = [
        {"model_version": name, "result": _result(one, case, settled, labelling)} for name, one in said.items()
    ]
    check_task(task, labelling)
    return task


def _shown(case: Case, names: bool) -> dict[str, Judgement]:
    """Judgements under the names that the adjudicator sees."""
    said = dict(zip(case.names, case.judgements, strict=True))
    if names:
        return said
    order = sorted(said, key=lambda name: digest("adjudicate", case.record.id, name))
    return {f"annotator {number}": said[name] for number, name in enumerate(order, start=1)}


def _listed(found: Dispute, said: Mapping[str, Judgement]) -> list[dict[str, Any]]:
    """What is disputed: tokens by layer, then the text."""
    record, listed = found.case.record, []
    for layer, verdicts in {LANG: found.settled.tags, **found.settled.layers}.items():
        for at, verdict in enumerate(verdicts):
            if verdict.split:
                answers = {name: _labels(one, layer)[at] for name, one in said.items() if _labels(one, layer)}
                place = {"token": at, "text": record.tokens[at], "offset": list(record.offsets[at])}
                listed.append({"layer": layer, **place, "answers": answers})
    if found.decision:
        listed.append({"layer": DECISION, "answers": {name: one.decision for name, one in said.items()}})
    if found.decision or found.corrected:
        texts = {name: text for name, one in said.items() if (text := correction(one))}
        listed.append({"layer": CORRECTED, "answers": texts})
    return listed


def _told(found: Dispute, listed: Sequence[Mapping[str, Any]]) -> str:
    """The same in words, such as ``report: hi or en``."""
    parts = []
    for one in listed:
        answers = " or ".join(dict.fromkeys(str(answer or NO_LABEL) for answer in one["answers"].values()))
        if one["layer"] == CORRECTED:
            parts.append("the corrected text")
        elif "token" in one:
            layer = "" if one["layer"] == LANG else f" ({one['layer']})"
            parts.append(f"{one['text']}{layer}: {answers}")
        else:
            parts.append(answers)
    return f"To decide: {'; '.join(parts)}"


def _labels(judgement: Judgement, layer: str) -> list[str | None]:
    return judgement.langs if layer == LANG else judgement.layers.get(layer, [])


def _result(one: Judgement, case: Case, settled: Settled, labelling: Labelling) -> list[dict[str, Any]]:
    """An annotator's answer as the ``result`` of a prediction."""
    record = case.record
    marks = [is_fixed(token, tag) for token, tag in zip(record.tokens, standing(case), strict=True)]
    tags = [
        _tag(verdict, said or (FIXED if mark else None))  # a disputed mark gets a region, or nobody would see it
        for verdict, said, mark in zip(settled.tags, one.langs, marks, strict=True)
    ]
    layers = {LANG: tags}
    for name, verdicts in settled.layers.items():
        labels = one.layers.get(name) or [None] * len(verdicts)
        layers[name] = [_tag(verdict, said) for verdict, said in zip(verdicts, labels, strict=True)]
    result = [
        region
        for name, labels in layers.items()
        for region in regions_of(record.text, record.tokens, record.offsets, labels, name, key=record.id, fixed=True)
    ]
    return [*result, *_on_text(one, settled, record, labelling)]


def _tag(verdict: Verdict, said: str | None) -> str | None:
    """The label that a token is shown with: what is settled, else what was said."""
    if verdict.split:
        return said
    return None if verdict.source == "fixed" else verdict.answer or None


def _on_text(one: Judgement, settled: Settled, record: Annotated, labelling: Labelling) -> list[dict[str, Any]]:
    """The decision and the corrected text, as items of a ``result``."""
    decision = settled.decision.answer or one.decision
    if decision is None or not labelling.decision:
        return []
    items = [(DECISION, "choices", {"choices": [decision]})]
    text = settled.correction.answer or correction(one)
    if decision == "edit" and text and labelling.correction:
        items.append((CORRECTED, "textarea", {"text": [text]}))
    return [
        {
            "id": region_id(f"{record.id} {control}", 0, 0),
            "from_name": control,
            "to_name": TEXT,
            "type": kind,
            "value": value,
        }
        for control, kind, value in items
    ]
