"""How far annotators are, how fast, and what they change."""

from __future__ import annotations

from tempfile import TemporaryFile

from cswitch.annotators.labelstudio.exported import Exported
from cswitch.annotators.labelstudio.progress import Progress, progress_of
from cswitch.annotators.labelstudio.pulling import Puller
from cswitch.annotators.labelstudio.spans import regions_of
from cswitch.cli.studio.status import as_object, summary
from tests.annotators.labelstudio.fake_studio import LABELLING, InProcess, Studio, task

TOKENS, OFFSETS = ["main", "happy", "hoon"], [(0, 4), (5, 10), (11, 15)]


def progress(studio: Studio) -> Progress:
    puller = Puller(LABELLING, studio.members)
    with TemporaryFile() as file:
        InProcess(studio).export(1, file)
        return progress_of(studio.told(1), puller.records(Exported(file)), puller.counts)


def annotated() -> Studio:
    studio = Studio()
    studio.make({"title": "Hinglish", "maximum_annotations": 2})
    studio.bring(1, [task(0), task(1), task(2, blind=True), task(3)])
    same, other = (regions_of("main happy hoon", TOKENS, OFFSETS, [first, "en", "hi"]) for first in ("hi", "ne"))
    for number, result, by, seconds in ((1, same, 1, 4.0), (1, other, 2, 10), (2, other, 1, 8.0), (3, other, 1, 30.0)):
        studio.annotate(number, result, by, lead_time=seconds)
    studio.annotate(4, [], 2, was_cancelled=True)
    return studio


def test_figures_of_a_project_and_of_each_annotator() -> None:
    found = progress(annotated())
    assert (found.tasks, found.done, found.overlap, found.annotations, found.skipped) == (4, 1, 2, 4, 1)
    first, second = found.annotators
    assert (first.name, first.annotations, first.skipped, first.seconds) == ("a@example.org", 3, 0, 8.0)
    assert first.per_hour == round(3600 * 3 / 42, 1)
    assert (first.started, first.changed) == (2, 1)  # the blind one began with nothing
    assert (second.annotations, second.skipped, second.started, second.changed) == (1, 1, 1, 1)
    assert second.last.startswith("2026-01-01")


def test_blind_and_shown_are_told_apart() -> None:
    found = progress(annotated())
    assert (found.shown.judgements, found.shown.tokens, found.shown.same) == (3, 9, 7)
    assert (found.blind.judgements, found.blind.tokens, found.blind.same) == (1, 3, 2)
    made = as_object(found)
    assert (made["blind"]["share"], made["shown"]["share"]) == (2 / 3, 7 / 9)


def test_the_table() -> None:
    text = summary(progress(annotated()))
    assert text.startswith("project 1, Hinglish: 1 of 4 tasks done, 2 annotators each\nannotator ")
    assert "50% of 2" in text
    assert "blind: 1 judgements, 66.7% of 3 tags are the suggested ones" in text


def test_a_project_without_annotations() -> None:
    studio = Studio()
    studio.make({"title": "Hinglish"})
    found = progress(studio)
    assert (found.annotators, found.shown.share) == ([], None)
    assert summary(found) == "project 1, Hinglish: 0 of 0 tasks done, 1 annotator each"
