"""Projects are made and changed from settings, and nothing that annotators have done is orphaned."""

from __future__ import annotations

from typing import Any

import pytest

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.projects import (
    ProjectSettings,
    edited,
    find,
    html_of,
    init_project,
    labelling_of,
    need,
)
from cswitch.core.errors import InputError, UsageError
from tests.annotators.labelstudio.fake_studio import LABELLING, InProcess, Studio, task

SETTINGS = ProjectSettings(labelling=LABELLING, overlap=3, guidelines="<h1>Read</h1>", skip=False, order="random")


@pytest.fixture
def studio() -> Studio:
    return Studio()


def label(tag: str, control: str = "lang") -> dict[str, Any]:
    return {"from_name": control, "type": "labels", "value": {"start": 0, "end": 4, "labels": [tag]}}


def test_a_project_is_made_once_and_then_stays(studio: Studio) -> None:
    server = InProcess(studio)
    first, second = init_project(server, "Hinglish", SETTINGS), init_project(server, "Hinglish", SETTINGS)
    assert (first.project, first.created, second.created, second.changed) == (1, True, False, ())
    held = studio.held[1]
    assert (held["title"], held["maximum_annotations"], held["show_skip_button"]) == ("Hinglish", 3, False)
    assert (held["sampling"], held["expert_instruction"]) == ("Uniform sampling", "<h1>Read</h1>")
    assert (held["show_instruction"], held["show_collab_predictions"]) == (True, True)
    assert labelling_of(held) == LABELLING


def test_what_is_changed_is_told_and_the_rest_stays(studio: Studio) -> None:
    server = InProcess(studio)
    init_project(server, "Hinglish", SETTINGS)
    studio.held[1]["model_version"] = "v"
    again = ProjectSettings(labelling=Labelling.of(["hi", "en", "ur"], layers=["entity"]), overlap=2, order="input")
    assert init_project(server, "1", again).changed == ("labelling configuration", "overlap", "skipping", "order")
    assert studio.held[1]["expert_instruction"] == "<h1>Read</h1>"  # none were given
    assert studio.held[1]["model_version"] == "v"


def test_guidelines_that_the_server_cleans_count_as_the_same(studio: Studio) -> None:
    server = InProcess(studio)
    studio.change = lambda number, fields: {  # type: ignore[method-assign]
        **studio.told(number),
        **{name: value for name, value in fields.items() if name != "expert_instruction"},
    }
    init_project(server, "Hinglish", SETTINGS)
    studio.held[1]["expert_instruction"] = "Read"
    assert init_project(server, "Hinglish", SETTINGS).changed == ()


@pytest.mark.parametrize("title", ["ab", "x" * 51])
def test_titles_that_the_server_would_not_take(studio: Studio, title: str) -> None:
    with pytest.raises(UsageError, match="a title has 3 to 50 characters"):
        init_project(InProcess(studio), title, SETTINGS)


def test_projects_are_found_by_title_or_number(studio: Studio) -> None:
    server = InProcess(studio)
    for title in ("Hinglish", "Hinglish 2", "Spanglish", "Spanglish"):
        studio.make({"title": title})
    assert need(server, "Hinglish")["id"] == 1
    assert need(server, " 3 ")["title"] == "Spanglish"
    assert find(server, "Hing", missing_ok=True) is None
    with pytest.raises(UsageError, match="projects 3, 4 are all called 'Spanglish'; name one by its number"):
        find(server, "Spanglish")
    with pytest.raises(UsageError, match=r"there is no project 'Hing' on http://studio\.test; there are 'Hinglish'"):
        find(server, "Hing")
    with pytest.raises(UsageError, match="there is no project 9"):
        init_project(server, "9", SETTINGS)
    with pytest.raises(UsageError, match="no project is named"):
        find(server, " ")


def test_a_configuration_edited_by_hand_is_kept_unless_forced(studio: Studio) -> None:
    server = InProcess(studio)
    init_project(server, "Hinglish", SETTINGS)
    theirs = LABELLING.xml().replace('value="Hindi" alias="hi"', 'value="Hindustani"')
    studio.held[1]["label_config"] = theirs
    with pytest.raises(UsageError, match="edited by hand: label 'hi' of 'lang' was renamed 'Hindustani'; add --force"):
        init_project(server, "Hinglish", SETTINGS)
    assert studio.held[1]["label_config"] == theirs
    assert init_project(server, "Hinglish", SETTINGS, force=True).changed == ("labelling configuration",)
    assert labelling_of(studio.held[1]) == LABELLING


def test_looks_changed_by_hand_stay_and_are_told(studio: Studio) -> None:
    server = InProcess(studio)
    init_project(server, "Hinglish", SETTINGS)
    theirs = LABELLING.xml().replace("#56b4e9", "#ff0000")
    studio.held[1]["label_config"] = theirs
    made = init_project(server, "Hinglish", SETTINGS)
    assert (made.changed, "looks other than cswitch writes it" in made.notes[0]) == ((), True)
    assert edited(studio.held[1])
    assert init_project(server, "Hinglish", SETTINGS, force=True).notes == ()
    assert not edited(studio.held[1])


def test_a_configuration_that_is_broken_is_told(studio: Studio) -> None:
    server = InProcess(studio)
    init_project(server, "Hinglish", SETTINGS)
    studio.held[1]["label_config"] = '<View><Text name="text" value="$text"/></View>'
    with pytest.raises(UsageError, match="edited by hand: Text 'text' has granularity symbol"):
        init_project(server, "Hinglish", SETTINGS)
    with pytest.raises(InputError, match="project 1: the labelling configuration cannot be used"):
        labelling_of(studio.held[1])


def test_a_project_that_was_made_in_the_browser_gets_a_configuration(studio: Studio) -> None:
    studio.make({"title": "Hinglish"})
    assert "labelling configuration" in init_project(InProcess(studio), "Hinglish", SETTINGS).changed


@pytest.mark.parametrize("force", [False, True])
def test_labels_that_were_used_cannot_go(studio: Studio, force: bool) -> None:
    server = InProcess(studio)
    init_project(server, "Hinglish", SETTINGS)
    studio.bring(1, [task(0)])
    decision = {"from_name": "decision", "type": "choices", "value": {"choices": ["accept"]}}
    studio.annotate(1, [label("en"), label("PER", "entity"), decision])
    without = ProjectSettings(labelling=Labelling.of(["hi", "ur"], decision=False), overlap=3)
    with pytest.raises(UsageError) as told:
        init_project(server, "Hinglish", without, force=force)
    for part in ("'en' of 'lang' (1 times)", "'PER' of 'entity' (1 times)", "1 answers of 'decision'"):
        assert part in str(told.value)
    assert labelling_of(studio.held[1]) == LABELLING
    more = ProjectSettings(labelling=Labelling.of(["hi", "en", "ur"], layers=["entity", "pos"]), overlap=3)
    assert init_project(server, "Hinglish", more).changed


def test_guidelines_are_markdown_unless_they_are_html() -> None:
    assert html_of("| a |\n|---|\n| 1 |", "g.txt").startswith("<table>")
    assert html_of("# x", "g.HTM") == "# x"
