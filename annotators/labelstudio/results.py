"""The check of one ``result``, the list of spans and answers that a prediction consists of."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from cswitch.annotators.labelstudio.config import CORRECTED, DECISION, DECISIONS, NATURALNESS, RATINGS, TEXT, Labelling
from cswitch.core.errors import InputError

Place = tuple[int, int]


def check_result(text: str, result: Any, labelling: Labelling, name: str) -> None:
    """Refuses spans and answers that do not fit a text and a labelling.

    Args:
        text: The text that is shown.
        result: The ``result`` of a prediction.
        labelling: What annotators are asked.
        name: What an error calls it.

    Raises:
        InputError: A label, control, offset, text or id is wrong.

    >>> value = {"start": 0, "end": 2, "text": "ok", "labels": ["en"]}
    >>> item = {"id": "a", "from_name": "lang", "to_name": "text", "type": "labels", "value": value}
    >>> check_result("ok", [item], Labelling.of(["hi"]), "sample 7")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.InputError: sample 7: unknown label 'en' in 'lang'; add it by --labels hi,other,...,en, ...
    """
    if not isinstance(result, list):
        raise InputError(f"{name}: no list of results", hint="write an empty list where nothing is said")
    places: dict[str, list[Place]] = {}
    ids: dict[str, tuple[Place | None, set[str]]] = {}
    for item in result:
        if not isinstance(item, Mapping) or not isinstance(item.get("value"), Mapping):
            raise InputError(f"{name}: an item without a value", hint="make it by cswitch export")
        control = _check_control(item, labelling, name)
        place = None
        if item["type"] == "labels":
            place = _check_span(text, item["value"], labelling.controls[control], control, name)
            places.setdefault(control, []).append(place)
        else:
            _check_answer(item, name)
        _check_id(item.get("id"), control, place, ids, name)
    for control, found in places.items():
        _check_overlap(text, control, found, name)


def _check_control(item: Mapping[str, Any], labelling: Labelling, name: str) -> str:
    control, kind = str(item.get("from_name")), str(item.get("type"))
    asked = dict.fromkeys(labelling.controls, "labels")
    asked |= {NATURALNESS: "rating"} if labelling.naturalness else {}
    asked |= {DECISION: "choices"} if labelling.decision else {}
    asked |= {CORRECTED: "textarea"} if labelling.correction else {}
    if control not in asked:
        hint = f"the configuration has {', '.join(asked)}; add a layer by --layers, or leave it out of the records"
        raise InputError(f"{name}: no control {control!r} in the configuration", hint=hint)
    if kind != asked[control] or item.get("to_name") != TEXT:
        told = f"{name}: {control!r} gives {kind} on {item.get('to_name')!r}"
        raise InputError(told, hint=f"it must give {asked[control]} on 'text'")
    return control


def _check_span(text: str, value: Mapping[str, Any], known: tuple[str, ...], control: str, name: str) -> Place:
    labels = value.get("labels")
    if not isinstance(labels, list) or len(labels) != 1:
        raise InputError(f"{name}: a span of {control!r} has labels {labels!r}", hint="give it exactly one")
    if labels[0] not in known:
        option = "--labels" if control == "lang" else f"the labels of {control}"
        hint = f"add it by {option} {','.join([*known, str(labels[0])])}, or leave it out of the records"
        raise InputError(f"{name}: unknown label {labels[0]!r} in {control!r}", hint=hint)
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        told = f"{name}: a span of {control!r} is [{start}, {end}) in a text of {len(text)}"
        raise InputError(told, hint="offsets are whole numbers and count Unicode code points")
    if text[start:end] != value.get("text"):
        told = f"{name}: [{start}, {end}) of the text is {text[start:end][:30]!r}, the span says {value.get('text')!r}"
        raise InputError(told, hint="offsets count Unicode code points, not bytes or UTF-16 units")
    return start, end


def _check_answer(item: Mapping[str, Any], name: str) -> None:
    kind, value = item["type"], item["value"]
    if kind == "rating":
        stars = value.get("rating")
        good = type(stars) is int and 1 <= stars <= RATINGS
    elif kind == "choices":
        choices = value.get("choices")
        good = isinstance(choices, list) and len(choices) == 1 and choices[0] in DECISIONS
    else:
        lines = value.get("text")
        good = isinstance(lines, list) and all(isinstance(line, str) for line in lines)
    if not good:
        hint = f"a rating is 1 to {RATINGS}, a decision one of {', '.join(DECISIONS)}, a corrected text a list with it"
        raise InputError(f"{name}: {item['from_name']!r} says {dict(value)!r}", hint=hint)


def _check_id(
    found: object, control: str, place: Place | None, ids: dict[str, tuple[Place | None, set[str]]], name: str
) -> None:
    """An id may stand in several layers, for one region with several labels; then its place is the same in each."""
    if not isinstance(found, str) or not found:
        raise InputError(f"{name}: a region of {control!r} has no id", hint="give each an id of its own")
    held, controls = ids.setdefault(found, (place, set()))
    if held != place or control in controls:
        raise InputError(f"{name}: id {found!r} stands for two regions", hint="give each an id of its own")
    controls.add(control)


def _check_overlap(text: str, control: str, places: list[Place], name: str) -> None:
    ordered = sorted(places)
    for (start, end), (following, last) in pairwise(ordered):
        if following < end:
            told = f"{name}: spans {text[start:end][:30]!r} and {text[following:last][:30]!r} of {control!r} overlap"
            raise InputError(told, hint="give each part of the text one span at most in each layer")
