"""Reading a labelling configuration back, and telling what somebody changed in it by hand."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree

from cswitch.annotators.labelstudio.config import CORRECTED, DECISION, DECISIONS, LANG, NATURALNESS, TEXT, Labelling
from cswitch.core.errors import InputError

_HINT = "write the configuration again with cswitch studio init, or mend it in the project's settings"
_SINGLE = {NATURALNESS: "Rating", DECISION: "Choices", CORRECTED: "TextArea"}


class _Found(NamedTuple):
    """What a configuration holds."""

    faults: list[str]
    """Why answers could not be read back."""
    controls: dict[str, tuple[str, ...]]
    """Layers of labels."""
    singles: frozenset[str]
    """Those of rating, decision and correction that are there."""


def read_config(xml: str) -> Labelling:
    """The labelling of a configuration; see :meth:`Labelling.from_xml`.

    Raises:
        InputError: It is no XML, or tags cannot be read from what people answer; every reason is named.

    >>> read_config('<View><Text name="text" value="$text"/></View>')
    Traceback (most recent call last):
    ...
    cswitch.core.errors.InputError: the labelling configuration cannot be used: Text 'text' has granularity symbol, ...
    """
    found = _found(xml)
    if found.faults:
        raise InputError(f"the labelling configuration cannot be used: {'; '.join(found.faults)}", hint=_HINT)
    layers = {name: tags for name, tags in found.controls.items() if name != LANG}
    return Labelling(
        labels=found.controls[LANG],
        layers=layers,
        naturalness=NATURALNESS in found.singles,
        decision=DECISION in found.singles,
        correction=CORRECTED in found.singles,
    )


def differences(wanted: Labelling, xml: str) -> list[str]:
    """What a configuration asks otherwise than a labelling does, one short sentence each; colours do not count.

    Args:
        wanted: What was set up.
        xml: The configuration as the server has it.

    Raises:
        InputError: It is no XML.

    >>> wanted = Labelling.of(["hi", "en", "other"], naturalness=False, decision=False)
    >>> differences(wanted, wanted.xml().replace('value="Hindi" alias="hi"', 'value="Hindustani"'))
    ["label 'hi' of 'lang' was renamed 'Hindustani'"]
    """
    found = _found(xml)
    told = list(found.faults)
    for name, tags in wanted.controls.items():
        if name in found.controls:
            told += _label_changes(name, tags, found.controls[name])
        elif name != LANG:
            told.append(f"Labels {name!r} is missing")
    told += [f"Labels {name!r} was added" for name in found.controls if name not in wanted.controls]
    asked = {NATURALNESS: wanted.naturalness, DECISION: wanted.decision, CORRECTED: wanted.correction}
    for name, there in asked.items():
        if there != (name in found.singles) and not any(f"{name!r} is a " in fault for fault in found.faults):
            told.append(f"{_SINGLE[name]} {name!r} {'is missing' if there else 'was added'}")
    return told


def _found(xml: str) -> _Found:
    try:
        root = ElementTree.fromstring(xml)
    except (ElementTree.ParseError, ValueError) as error:
        raise InputError(f"the labelling configuration is no XML: {error}", hint=_HINT) from error
    named = {name: element for element in root.iter() if (name := element.get("name")) and element.get("toName")}
    faults = _text_faults(root)
    controls: dict[str, tuple[str, ...]] = {}
    for name, element in named.items():
        if element.get("toName") != TEXT:
            faults.append(f"{element.tag} {name!r} belongs to {element.get('toName')!r}, not to 'text'")
        elif element.tag == "Labels":
            controls[name] = tags = tuple(_stored(label) for label in element.iter("Label"))
            faults += [f"label {tag!r} of {name!r} is there twice" for tag in sorted(_twice(tags))]
    if not controls.get(LANG):
        faults.append(f"Labels {LANG!r} is missing or empty")
    singles = frozenset(name for name, kind in _SINGLE.items() if name in named and named[name].tag == kind)
    faults += [
        f"{name!r} is a {named[name].tag}, not a {kind}"
        for name, kind in _SINGLE.items()
        if name in named and named[name].tag != kind
    ]
    return _Found([*faults, *_choice_faults(named.get(DECISION))], controls, singles)


def _text_faults(root: ElementTree.Element) -> list[str]:
    text = next((element for element in root.iter() if element.get("name") == TEXT), None)
    if text is None:
        return [f"Text {TEXT!r} is missing"]
    if text.tag != "Text":
        return [f"{TEXT!r} is a {text.tag}, not a Text"]  # Paragraphs counts in UTF-16, HyperText in XPath
    faults = []
    if text.get("value") != f"${TEXT}":
        faults.append(f"Text {TEXT!r} shows {text.get('value')!r}, not '$text'")
    if (how := text.get("granularity", "symbol")) != "word":
        faults.append(f"Text {TEXT!r} has granularity {how}, not word")
    if text.get("saveTextResult", "yes") != "yes":
        faults.append(f"Text {TEXT!r} does not save the text of a span")
    return faults


def _choice_faults(choices: ElementTree.Element | None) -> list[str]:
    if choices is None or choices.tag != "Choices":
        return []
    there = [_stored(choice) for choice in choices.iter("Choice")]
    if set(there) == set(DECISIONS):
        return []
    return [f"Choices {DECISION!r} offers {', '.join(there) or 'nothing'}, not {', '.join(DECISIONS)}"]


def _label_changes(name: str, wanted: tuple[str, ...], found: tuple[str, ...]) -> list[str]:
    gone = [tag for tag in wanted if tag not in found]
    new = [tag for tag in found if tag not in wanted]
    told = []
    if len(wanted) == len(found):
        pairs = [(old, now) for old, now in zip(wanted, found, strict=True) if old in gone and now in new]
        told = [f"label {old!r} of {name!r} was renamed {now!r}" for old, now in pairs]
        gone = [tag for tag in gone if tag not in {old for old, _ in pairs}]
        new = [tag for tag in new if tag not in {now for _, now in pairs}]
    told += [f"label {tag!r} of {name!r} is missing" for tag in gone]
    return told + [f"label {tag!r} of {name!r} was added" for tag in new]


def _stored(label: ElementTree.Element) -> str:
    """What Label Studio stores when this is chosen."""
    return label.get("alias") or label.get("value") or ""


def _twice(tags: tuple[str, ...]) -> set[str]:
    return {tag for tag in tags if tags.count(tag) > 1}
