"""The labelling configuration: what annotators see and can say, as the XML of Label Studio."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from xml.etree import ElementTree

import msgspec

from cswitch.annotators.labelstudio.labels import (
    DEFAULT_NEUTRAL,
    LAYERS,
    HotKeys,
    Label,
    language_labels,
    layer_labels,
)
from cswitch.core.errors import InputError, UsageError
from cswitch.core.measures.tags import NEUTRAL, as_tags, tag_reader
from cswitch.core.text.scripts import scripts_for

TEXT = "text"
"""Name of the text that everything refers to."""
LANG = "lang"
"""Name of the layer of language tags."""
NATURALNESS, DECISION, CORRECTED = "naturalness", "decision", "corrected"
"""Names of the rating, of the choice and of the text that annotators may write."""
RATINGS = 5
"""The best rating."""
DECISIONS = {"accept": "y", "edit": "e", "reject": "x"}
"""What may be decided of a text, with the hot key of each."""

_NAME = re.compile(r"[A-Za-z][\w.-]*")
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RIGHT_TO_LEFT = {"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm"}
_LOOK = ".lsf-htx-richtext { font-size: 20px !important; line-height: 2.2 !important }"
"""How the text looks; Label Studio sets its own size there, which no enclosing element can change."""
_HEADER = "font-size: 1em; margin-top: 1em"
"""How a question looks; headers of every size look like titles otherwise."""


class Labelling(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What annotators are asked; :meth:`of` makes one from what a user writes.

    >>> labelling = Labelling.of(["hi", "en"])
    >>> labelling.labels
    ('hi', 'en', 'other', 'ne', 'ambiguous', 'mixed', 'fw')
    >>> Labelling.from_xml(labelling.xml()) == labelling
    True
    """

    labels: tuple[str, ...]
    """Tags of the layer ``lang``, in the order they are shown."""
    layers: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Further layers by name, with their labels in the order they are shown."""
    naturalness: bool = True
    """Whether a text is rated from 1 to 5."""
    decision: bool = True
    """Whether a text is accepted, edited or rejected."""
    correction: bool = True
    """Whether a text can be corrected; it can only where ``edit`` can be decided."""

    @classmethod
    def of(
        cls,
        labels: Iterable[str],
        *,
        layers: Iterable[str] | Mapping[str, Sequence[str]] = (),
        naturalness: bool = True,
        decision: bool = True,
        correction: bool = True,
    ) -> Labelling:
        """A labelling whose parts fit together.

        Args:
            labels: Language tags; other, ne, ambiguous, mixed and fw are added unless one that is no language is
                among them.
            layers: Names of known layers (``pos``, ``entity``), or names with labels of your own.
            naturalness: Ask for a rating.
            decision: Ask to accept, edit or reject.
            correction: Let people write the text as it should be; not without ``decision``.

        Raises:
            UsageError: A label or a layer cannot be meant.

        >>> Labelling.of(["es", "en", "other", "ne"], layers=["entity"]).layers
        {'entity': ('PER', 'LOC', 'ORG', 'MISC')}
        >>> Labelling.of(["hi"], layers=["poz"])
        Traceback (most recent call last):
        ...
        cswitch.core.errors.UsageError: unknown layer 'poz'; known: pos, entity
        """
        tags = tuple(dict.fromkeys(as_tags(labels if isinstance(labels, str) else [*labels])))
        if not NEUTRAL.intersection(tags):
            tags += DEFAULT_NEUTRAL
        found = dict(layers) if isinstance(layers, Mapping) else {name: _known_layer(name) for name in layers}
        chosen = {name: tuple(dict.fromkeys(values)) for name, values in found.items()}
        made = cls(
            labels=tags,
            layers=chosen,
            naturalness=naturalness,
            decision=decision,
            correction=correction and decision,
        )
        made.check()
        return made

    @classmethod
    def from_xml(cls, xml: str) -> Labelling:
        """The labelling of a configuration that may have been edited by hand.

        Colours, hints, hot keys and headings may be anything. What is asked must be there under its name, for
        answers could not be read otherwise; :func:`cswitch.annotators.labelstudio.config_reading.differences` tells
        what else differs from a labelling.

        Raises:
            InputError: It is no XML, or tags cannot be read from what people answer; every reason is named.
        """
        from cswitch.annotators.labelstudio.config_reading import read_config

        return read_config(xml)

    @cached_property
    def controls(self) -> dict[str, tuple[str, ...]]:
        """Every layer of labels, ``lang`` first, with the labels that may be given in it."""
        return {LANG: self.labels, **self.layers}

    def check(self) -> None:
        """Refuses what cannot be asked.

        Raises:
            UsageError: A label is no tag, is there twice, or holds what no XML can; or a layer has no fit name.
        """
        reader = tag_reader()
        for tag in self.labels:
            try:
                reader[tag]
            except InputError as error:
                raise UsageError(error.message, hint=error.hint) from error
        for name in self.layers:
            if not _NAME.fullmatch(name) or name in (LANG, TEXT, NATURALNESS, DECISION, CORRECTED):
                raise UsageError(f"a layer cannot be called {name!r}", hint="use letters, such as pos")
        for name, tags in self.controls.items():
            _check_labels(name, tags)

    def xml(self) -> str:
        """The labelling configuration.

        >>> print(Labelling.of(["hi", "other"], naturalness=False, decision=False).xml())
        <View>
          <Style>.lsf-htx-richtext { font-size: 20px !important; line-height: 2.2 !important }</Style>
          <Labels name="lang" toName="text" choice="single" showInline="true">
            <Label value="Hindi" alias="hi" showAlias="true" hint="A word of Hindi" background="#56b4e9" hotkey="1" />
            <Label value="Other" alias="other" ... hotkey="o" />
          </Labels>
          <View>
            <Text name="text" value="$text" valueType="text" granularity="word" saveTextResult="yes" />
          </View>
        </View>
        """
        root = ElementTree.Element("View")
        _add(root, "Style").text = _LOOK
        keys = HotKeys()
        decisions = {name: keys.take(key) for name, key in DECISIONS.items()} if self.decision else {}
        rating = keys.take("s") if self.naturalness else ""
        _add_labels(root, LANG, language_labels(self.labels, keys))
        for name, tags in self.layers.items():
            _add(root, "Header", value=name, size="6", style=_HEADER)
            _add_labels(root, name, layer_labels(name, tags, keys))
        shown = _add(root, "View", **self._direction())
        _add(shown, "Text", name=TEXT, value="$text", valueType="text", granularity="word", saveTextResult="yes")
        if self.naturalness:
            _add_rating(root, rating)
        if self.decision:
            _add_decision(root, decisions)
        if self.correction:
            _add_correction(root)
        ElementTree.indent(root)
        return ElementTree.tostring(root, encoding="unicode")

    def _direction(self) -> dict[str, str]:
        """Text whose first language is written from right to left begins at the right."""
        first = next((tag for tag in self.labels if tag not in NEUTRAL), "")
        try:
            scripts = scripts_for(first)
        except UsageError:
            return {}
        return {"style": "direction: rtl"} if scripts and scripts[0] in _RIGHT_TO_LEFT else {}


def _known_layer(name: str) -> tuple[str, ...]:
    if name not in LAYERS:
        raise UsageError(f"unknown layer {name!r}", hint=f"known: {', '.join(LAYERS)}")
    return tuple(LAYERS[name])


def _check_labels(name: str, tags: Sequence[str]) -> None:
    if not tags:
        raise UsageError(f"layer {name!r} has no labels", hint="name at least one")
    for tag in tags:
        if not tag or tag != tag.strip() or _NOT_XML.search(tag):
            raise UsageError(f"label {tag!r} of {name!r} cannot be written as XML", hint="use plain printable text")


def _add(parent: ElementTree.Element, element: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, element, attributes)


def _add_labels(root: ElementTree.Element, name: str, labels: list[Label]) -> None:
    """Label Studio stores the alias of a label where there is one, and shows its value."""
    block = _add(root, "Labels", name=name, toName=TEXT, choice="single", showInline="true")
    taken = {label.tag for label in labels}
    for label in labels:
        shown = {"value": label.tag}
        if label.name not in taken:
            taken.add(label.name)
            shown = {"value": label.name, "alias": label.tag, "showAlias": "true"}
        more = {"hint": label.hint, "background": label.colour, "hotkey": label.key}
        _add(block, "Label", **shown, **{key: value for key, value in more.items() if value})


def _add_rating(root: ElementTree.Element, key: str) -> None:
    _add(root, "Header", value="How natural is it? 1: nobody would say it; 5: as people talk", size="6", style=_HEADER)
    _add(root, "Rating", name=NATURALNESS, toName=TEXT, maxRating=str(RATINGS), hotkey=key)


def _add_decision(root: ElementTree.Element, keys: Mapping[str, str]) -> None:
    _add(root, "Header", value="May the text stay as it is?", size="6", style=_HEADER)
    block = _add(root, "Choices", name=DECISION, toName=TEXT, choice="single-radio", showInline="true")
    for name, key in keys.items():
        _add(block, "Choice", value=name, hotkey=key)


def _add_correction(root: ElementTree.Element) -> None:
    """The box opens with the text in it. What encloses it hides it; its own condition keeps it from being stored."""
    when = {"visibleWhen": "choice-selected", "whenTagName": DECISION, "whenChoiceValue": "edit"}
    box = {"value": "$text", "placeholder": "The text as it should be", "rows": "3", "editable": "true"}
    hidden = _add(root, "View", **when)
    _add(hidden, "TextArea", name=CORRECTED, toName=TEXT, maxSubmissions="1", **box, **when)
