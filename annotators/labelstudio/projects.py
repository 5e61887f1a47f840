"""Projects: found by title or id, made and changed from settings, and what of them somebody changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from xml.etree import ElementTree

import msgspec

from cswitch.annotators.labelstudio.config import CORRECTED, DECISION, NATURALNESS, Labelling
from cswitch.annotators.labelstudio.config_reading import differences
from cswitch.annotators.labelstudio.connection import Server
from cswitch.core.errors import InputError, UsageError

Sampling = Literal["input", "random", "uncertainty"]

SAMPLINGS: dict[Sampling, str] = {
    "input": "Sequential sampling",
    "random": "Uniform sampling",
    "uncertainty": "Uncertainty sampling",
}
"""In which order annotators get tasks: our name, the server's."""

_SHORTEST, _LONGEST = 3, 50
_NAMES = {
    "title": "title",
    "label_config": "labelling configuration",
    "maximum_annotations": "overlap",
    "show_skip_button": "skipping",
    "sampling": "order",
    "show_collab_predictions": "pre-annotations",
    "expert_instruction": "guidelines",
    "show_instruction": "guidelines",
}


class ProjectSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a project is made from."""

    labelling: Labelling
    """What annotators are asked."""
    overlap: int = 1
    """How many annotators each sample is given to."""
    guidelines: str | None = None
    """What annotators read first, as HTML; None leaves what is there."""
    skip: bool = True
    """Whether a sample may be skipped."""
    order: Sampling = "input"
    """In which order annotators get samples."""

    def fields(self) -> dict[str, Any]:
        """The fields of the server, without the title.

        >>> ProjectSettings(labelling=Labelling.of(["hi"]), overlap=3).fields()["maximum_annotations"]
        3
        """
        fields: dict[str, Any] = {
            "label_config": self.labelling.xml(),
            "maximum_annotations": self.overlap,
            "show_skip_button": self.skip,
            "sampling": SAMPLINGS[self.order],
            "show_collab_predictions": True,
        }
        if self.guidelines is not None:
            fields |= {"expert_instruction": self.guidelines, "show_instruction": bool(self.guidelines.strip())}
        return fields


class Made(NamedTuple):
    """What became of a project."""

    project: int
    """Its id."""
    title: str
    """Its title."""
    created: bool
    """Whether it is new."""
    changed: tuple[str, ...]
    """What was changed of a project that was there, in words."""
    notes: tuple[str, ...]
    """What the user should know."""


def init_project(server: Server, project: str, settings: ProjectSettings, *, force: bool = False) -> Made:
    """Makes a project, or gives one that is there these settings; its tasks and annotations stay.

    Args:
        server: Where.
        project: Title or id. A title that nobody has yet makes a project.
        settings: What it is to be.
        force: Put our labelling configuration in the place of one that was edited by hand.

    Raises:
        UsageError: The title cannot be meant; the configuration was edited by hand; or labels that annotators have
            used would be gone from it, ``force`` or not.
    """
    there = find(server, project, missing_ok=True)
    if there is None:
        made = server.create_project({"title": _title(project), **settings.fields()})
        return Made(int(made["id"]), str(made["title"]), True, (), ())
    wanted = settings.fields()
    notes: tuple[str, ...] = ()
    kept = _kept_config(there, settings.labelling, force=force)
    if kept is not None:
        wanted["label_config"] = there["label_config"]
        notes = (kept,) if kept else ()
    else:
        _refuse_orphans(server, there, settings.labelling)
    new = {name: value for name, value in wanted.items() if there.get(name) != value}
    after = {**there, **(server.update_project(int(there["id"]), new) if new else {})}
    # The server cleans the guidelines, so that only what it made of them tells whether they have changed.
    changed = dict.fromkeys(_NAMES[name] for name in new if there.get(name) != after.get(name))
    return Made(int(there["id"]), str(there["title"]), False, tuple(changed), notes)


def find(server: Server, project: str, *, missing_ok: bool = False) -> dict[str, Any] | None:
    """A project by its id or its title.

    Args:
        server: Where.
        project: Digits are an id, everything else is the whole title.
        missing_ok: Give None where there is no such title; an id must be there.

    Raises:
        UsageError: There is none, or several have the title.
    """
    name = project.strip()
    if name.isdecimal():
        return server.project(int(name))
    if not name:
        raise UsageError("no project is named", hint="add --project TITLE")
    found = [each for each in server.projects(name) if each.get("title") == name]
    if len(found) > 1:
        ids = ", ".join(str(each["id"]) for each in sorted(found, key=lambda each: int(each["id"])))
        raise UsageError(f"projects {ids} are all called {name!r}", hint="name one by its number: --project NUMBER")
    if found:
        return server.project(int(found[0]["id"]))
    if missing_ok:
        return None
    others = [str(each.get("title")) for each in server.projects("")]
    known = f"; there are {', '.join(map(repr, others[:10]))}" if others else ""
    raise UsageError(f"there is no project {name!r} on {server.url}{known}", hint="cswitch studio init makes one")


def need(server: Server, project: str) -> dict[str, Any]:
    """A project that must be there; see :func:`find`."""
    found = find(server, project)
    assert found is not None
    return found


def labelling_of(project: Mapping[str, Any]) -> Labelling:
    """What a project asks, read from its configuration.

    Raises:
        InputError: It cannot be used; every reason is named.
    """
    try:
        return Labelling.from_xml(str(project.get("label_config") or ""))
    except InputError as error:
        raise InputError(f"project {project['id']}: {error.message}", hint=error.hint) from error


def edited(project: Mapping[str, Any]) -> bool:
    """Whether a configuration is other than this program writes one, such as after work in the browser.

    >>> edited({"label_config": Labelling.of(["hi"]).xml()}), edited({"label_config": "<View/>"})
    (False, True)
    """
    xml = str(project.get("label_config") or "")
    try:
        return not _same(xml, Labelling.from_xml(xml).xml())
    except InputError:
        return True


def html_of(text: str, name: str) -> str:
    r"""Guidelines as HTML, from a file of HTML or Markdown.

    Args:
        text: What the file holds.
        name: Its name: ``.html`` and ``.htm`` are HTML, everything else is Markdown.

    >>> html_of("# Read *this*", "guide.md"), html_of("<b>Read</b>", "guide.html")
    ('<h1>Read <em>this</em></h1>\n', '<b>Read</b>')
    """
    if name.lower().endswith((".html", ".htm")):
        return text
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark").enable("table").render(text))


def _title(name: str) -> str:
    title = name.strip()
    if not _SHORTEST <= len(title) <= _LONGEST:
        raise UsageError(
            f"a project cannot be called {title!r}", hint=f"a title has {_SHORTEST} to {_LONGEST} characters"
        )
    return title


def _kept_config(there: Mapping[str, Any], wanted: Labelling, *, force: bool) -> str | None:
    """A note, perhaps empty, when the configuration that is there stays; None when ours is to replace it."""
    xml, name = str(there.get("label_config") or ""), f"project {there['id']}"
    if _is_empty(xml):
        return None
    if _same(xml, wanted.xml()):
        return ""
    if force:
        return None
    told = differences(wanted, xml)
    if not told:
        return f"{name} asks the same but looks other than cswitch writes it, and stays so; --force puts ours back"
    if edited(there):
        raise UsageError(
            f"the labelling configuration of {name} was edited by hand: {'; '.join(told)}",
            hint="add --force to put ours back, or ask for what it has by --labels and --layers",
        )
    return None


def _refuse_orphans(server: Server, there: Mapping[str, Any], wanted: Labelling) -> None:
    asked = {NATURALNESS: wanted.naturalness, DECISION: wanted.decision, CORRECTED: wanted.correction}
    orphans = []
    for control, labels in sorted(server.used(int(there["id"])).items()):
        if control in asked:
            orphans += [] if asked[control] else [f"{sum(labels.values())} answers of {control!r}"]
            continue
        known = wanted.controls.get(control, ())
        orphans += [
            f"{label!r} of {control!r} ({count} times)" for label, count in labels.items() if label not in known
        ]
    if orphans:
        raise UsageError(
            f"annotators of project {there['id']} have used what would be gone: {', '.join(orphans)}",
            hint="keep it among --labels and --layers, or make another project",
        )


def _is_empty(xml: str) -> bool:
    try:
        return not xml.strip() or len(ElementTree.fromstring(xml)) == 0
    except ElementTree.ParseError:
        return False


def _same(one: str, other: str) -> bool:
    try:
        return _canonical(one) == _canonical(other)
    except ElementTree.ParseError:
        return False


def _canonical(xml: str) -> str:
    return ElementTree.canonicalize(xml, strip_text=True)
