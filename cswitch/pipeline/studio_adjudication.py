"""From answers to a second look: tasks of what annotators disagree on, one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from cswitch.annotators.labelstudio.adjudication import adjudication_task, adjudication_xml, dispute, labelling_for
from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.connection import Server
from cswitch.annotators.labelstudio.projects import Made, ProjectSettings, find, init_project
from cswitch.annotators.labelstudio.pushing import Pushed, push_tasks
from cswitch.core.errors import InputError
from cswitch.pipeline.studio_cases import Cases


class Adjudication:
    """What annotators disagree on, as tasks for an adjudicator.

    Files are gone through once to see which labels there are, and once more for the tasks; memory holds one sample.

    Args:
        paths: What was pulled of the project, and of adjudications that went before.
        labels: Tags in the order they are shown; tags that annotators used are added. Empty for those of the records.
        names: Show the adjudicator who said what.

    Raises:
        InputError: A record does not fit; file and line are named.
        UsageError: A label is no tag.
    """

    def __init__(self, paths: Sequence[str], *, labels: Sequence[str] = (), names: bool = False) -> None:
        self._cases = Cases(paths)
        self._names = names
        self.labelling = labelling_for((record for case in self._cases for record in case.records), labels)
        """What the adjudicator is asked."""
        self.counts: Counter[str] = Counter(samples=0, tasks=0, tokens=0, decisions=0, corrections=0)
        """Samples, those that are open, and in them the tokens, decisions and corrections to decide on."""

    @property
    def xml(self) -> str:
        """The labelling configuration, with what is to be decided above each text."""
        return adjudication_xml(self.labelling)

    def widen(self, there: Labelling) -> None:
        """Asks for what a project asks already too, so that nothing that was answered there is lost."""
        layers = {name: (*tags, *self.labelling.layers.get(name, ())) for name, tags in there.layers.items()}
        self.labelling = Labelling.of(
            [*there.labels, *self.labelling.labels],
            layers={**self.labelling.layers, **layers},
            naturalness=there.naturalness,
            decision=there.decision or self.labelling.decision,
            correction=there.correction or self.labelling.correction,
        )

    def tasks(self) -> Iterator[dict[str, Any]]:
        """The task of each sample that is open, in the order of the files.

        Raises:
            InputError: A task does not fit the labelling; the sample is named.
        """
        self.counts.update({name: -count for name, count in self.counts.items()})
        for case in self._cases:
            self.counts["samples"] += 1
            found = dispute(case)
            if found is None:
                continue
            self.counts.update(
                tasks=1, tokens=len(found.settled.open_tokens), decisions=found.decision, corrections=found.corrected
            )
            try:
                yield adjudication_task(found, self.labelling, names=self._names)
            except InputError as error:
                raise InputError(f"{error.message} of an annotator", hint=error.hint) from error


def push_adjudication(server: Server, project: str, found: Adjudication) -> tuple[Made, Pushed]:
    """Brings what annotators disagree on to a project of its own, which is made when there is none.

    What is there already is not sent again. The project asks one adjudicator for each sample.

    Args:
        server: Where.
        project: Title or id.
        found: What annotators disagree on.

    Returns:
        What became of the project, and what was brought.

    Raises:
        InputError: A task does not fit the labelling.
        RunError: The server refused tasks, or stopped.
        UsageError: The project cannot be meant, or its configuration was edited by hand.
    """
    there = find(server, project, missing_ok=True)
    held = _ours("" if there is None else str(there.get("label_config") or ""))
    if held is not None:
        found.widen(held)
    made = init_project(server, project, ProjectSettings(labelling=found.labelling), force=held is not None)
    if made.created or held is not None:
        server.update_project(made.project, {"label_config": found.xml})
    return made, push_tasks(server, made.project, found.tasks())


def _ours(xml: str) -> Labelling | None:
    """The labelling of a configuration that an earlier adjudication wrote, and nobody edited."""
    try:
        labelling = Labelling.from_xml(xml)
    except InputError:
        return None
    return labelling if adjudication_xml(labelling) == xml else None
