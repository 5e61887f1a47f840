"""The labelling configuration: what it says, and what is noticed when somebody edits it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.config_reading import differences
from cswitch.annotators.labelstudio.labels import KEYS, LAYERS, HotKeys, language_labels, layer_labels
from cswitch.core.errors import InputError, UsageError

OWN_KEYS = {"u", "h", "r", "enter", "escape", "backspace", "delete", "shift+r", "shift+1", "shift+2", "shift+."}
"""What Label Studio's key map does with text in view, and keys of its image tools."""


def everything() -> Labelling:
    tags = ["hi", "en", "other", "ne", "ambiguous", "mixed", "fw", "unk", "ne:hi"]
    return Labelling.of(tags, layers=["pos", "entity"])


def named(xml: str, name: str) -> ElementTree.Element:
    return next(found for found in ElementTree.fromstring(xml).iter() if found.get("name") == name)


def test_defaults_are_the_languages_and_five_neutral_tags() -> None:
    assert Labelling.of(["es", "en"]).labels == ("es", "en", "other", "ne", "ambiguous", "mixed", "fw")
    assert Labelling.of(["es", "en", "other"]).labels == ("es", "en", "other")


def test_what_is_stored_is_the_tag_and_what_is_shown_is_the_name() -> None:
    labels = named(Labelling.of(["hi", "npi", "xx"]).xml(), "lang").findall("Label")
    assert [(label.get("value"), label.get("alias")) for label in labels][:3] == [
        ("Hindi", "hi"),
        ("Nepali", "npi"),
        ("xx", None),
    ]


def test_a_name_that_is_also_a_tag_is_not_used() -> None:
    """Label Studio looks a label up by alias or value, whichever comes first."""
    labels = named(Labelling.of(["hi", "Hindi", "other"]).xml(), "lang").findall("Label")
    shown = [label.get("value") for label in labels]
    stored = [label.get("alias") or label.get("value") for label in labels]
    assert shown[:2] == ["hi", "Hindi"]
    assert stored == ["hi", "Hindi", "other"]


def test_controls_have_the_names_that_everything_else_reads() -> None:
    xml = everything().xml()
    assert {found.get("name"): found.tag for found in ElementTree.fromstring(xml).iter() if found.get("name")} == {
        "lang": "Labels",
        "pos": "Labels",
        "entity": "Labels",
        "text": "Text",
        "naturalness": "Rating",
        "decision": "Choices",
        "corrected": "TextArea",
    }
    assert named(xml, "text").get("granularity") == "word"
    assert [choice.get("value") for choice in named(xml, "decision")] == ["accept", "edit", "reject"]
    corrected = named(xml, "corrected")
    around = next(view for view in ElementTree.fromstring(xml).iter("View") if view.find("TextArea") is not None)
    assert around.get("visibleWhen") == "choice-selected"  # the condition of the box alone does not hide it
    assert corrected.get("visibleWhen") == "choice-selected"
    assert (corrected.get("whenTagName"), corrected.get("whenChoiceValue")) == ("decision", "edit")
    assert all(
        found.get("toName") == "text"
        for found in ElementTree.fromstring(xml).iter()
        if found.get("name") and found.tag != "Text"
    )


def test_every_hot_key_is_there_once_and_is_none_of_label_studio() -> None:
    keys = [key for found in ElementTree.fromstring(everything().xml()).iter() if (key := found.get("hotkey"))]
    assert len(keys) == len(set(keys)) == 9 + len(LAYERS["pos"]) + len(LAYERS["entity"]) + 3 + 1
    assert not OWN_KEYS.intersection(keys)


def test_languages_have_the_first_digits_and_neutral_tags_their_letters() -> None:
    labels = language_labels(["hi", "en", "mr", "other", "ne", "fw"], HotKeys())
    assert [label.key for label in labels] == ["1", "2", "3", "o", "n", "f"]


def test_parts_of_speech_leave_the_digits_to_languages() -> None:
    labels = layer_labels("pos", [*LAYERS["pos"]], HotKeys())
    assert all(label.key.startswith("shift+") for label in labels)


def test_keys_run_out_without_a_fault() -> None:
    keys = HotKeys()
    taken = [keys.take() for _ in range(100)]
    assert len(set(taken) - {""}) == len(KEYS) + sum(key.isalpha() for key in KEYS)
    assert taken[-1] == ""


def test_colours_of_a_layer_differ() -> None:
    for tags in (["hi", "en", "mr", "ta", "te", "bn", "gu"], ["other", "ne", "ambiguous", "mixed", "fw", "unk"]):
        colours = [label.colour for label in language_labels(tags, HotKeys())]
        assert len(set(colours)) == len(tags)


def test_text_of_a_language_written_from_the_right_begins_there() -> None:
    assert "direction: rtl" in Labelling.of(["ur", "en"]).xml()
    assert "direction" not in Labelling.of(["en", "ur"]).xml()


@pytest.mark.parametrize(
    "labelling",
    [
        Labelling.of(["hi", "en"]),
        everything(),
        Labelling.of(["hi"], naturalness=False),
        Labelling.of(["hi"], decision=False),
        Labelling.of(["hi"], correction=False),
        Labelling.of(["hi"], layers={"mood": ["<happy>", 'a "sad" & angry', "it's"]}),
    ],
)
def test_what_is_written_is_read_back(labelling: Labelling) -> None:
    assert Labelling.from_xml(labelling.xml()) == labelling
    assert differences(labelling, labelling.xml()) == []


def test_nothing_can_be_corrected_where_nothing_is_decided() -> None:
    assert not Labelling.of(["hi"], decision=False).correction


WORDS = st.text(st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]), min_size=1, max_size=8)


@given(
    st.lists(WORDS.filter(lambda tag: ":" not in tag), min_size=1, max_size=5, unique=True),
    st.lists(st.text(max_size=8), min_size=1, max_size=5, unique=True),
)
def test_any_label_is_refused_or_survives_the_xml(tags: list[str], marks: list[str]) -> None:
    try:
        labelling = Labelling.of([*tags, "other"], layers={"mine": marks})
    except UsageError:
        return
    assert Labelling.from_xml(labelling.xml()) == labelling


@pytest.mark.parametrize("tag", ["<", "&amp;", "a\"b'c", "]]>", "<!--", "🙂", "$text"])
def test_labels_that_would_break_xml_survive_it(tag: str) -> None:
    assert Labelling.from_xml(Labelling.of([tag, "hi"]).xml()).labels[0] == tag


@pytest.mark.parametrize(
    ("tags", "layers", "told"),
    [
        (["hi there"], {}, "is not a language tag"),
        (["xx:hi"], {}, "is not a language tag"),
        (["hi"], {"pos": []}, "layer 'pos' has no labels"),
        (["hi"], {"lang": ["A"]}, "a layer cannot be called 'lang'"),
        (["hi"], {"two words": ["A"]}, "a layer cannot be called 'two words'"),
        (["hi"], {"pos": ["A\x01"]}, "cannot be written as XML"),
        (["hi\ufffe"], {}, "cannot be written as XML"),
    ],
)
def test_what_cannot_be_asked_is_refused(tags: list[str], layers: dict[str, list[str]], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Labelling.of(tags, layers=layers)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('granularity="word"', 'granularity="symbol"', "Text 'text' has granularity symbol, not word"),
        ('granularity="word"', "", "Text 'text' has granularity symbol, not word"),
        ('value="$text" valueType', 'value="$other" valueType', "Text 'text' shows '$other', not '$text'"),
        ("<Text ", "<Paragraphs ", "'text' is a Paragraphs, not a Text"),
        ('Labels name="lang"', 'Labels name="language"', "Labels 'lang' is missing or empty"),
        ('saveTextResult="yes"', 'saveTextResult="no"', "does not save the text of a span"),
        (
            '<Choice value="reject" hotkey="x" />',
            "",
            "Choices 'decision' offers accept, edit, not accept, edit, reject",
        ),
        ('value="English" alias="en"', 'value="Hindi" alias="hi"', "label 'hi' of 'lang' is there twice"),
        ('name="naturalness" toName="text"', 'name="naturalness" toName="texts"', "belongs to 'texts', not to 'text'"),
        ("Rating", "Number", "'naturalness' is a Number, not a Rating"),
    ],
)
def test_a_configuration_that_cannot_be_read_back_is_refused_in_one_line(old: str, new: str, told: str) -> None:
    labelling = Labelling.of(["hi", "en"])
    edited = labelling.xml().replace(old, new)
    assert edited != labelling.xml()
    with pytest.raises(InputError) as caught:
        Labelling.from_xml(edited)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "cswitch studio init" in str(caught.value)
    assert any(told in line for line in differences(labelling, edited))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('value="Hindi" alias="hi" showAlias="true"', 'value="Hindi"', "label 'hi' of 'lang' was renamed 'Hindi'"),
        ('<Label value="Name"', '<Label value="Brand"/><Label value="Name"', "label 'Brand' of 'lang' was added"),
        ('<Labels name="entity"', '<Labels name="names"', "Labels 'entity' is missing"),
        ('<Labels name="entity"', '<Labels name="names"', "Labels 'names' was added"),
        ('name="naturalness"', 'name="stars"', "Rating 'naturalness' is missing"),
        ('background="#56b4e9"', 'background="red"', None),
    ],
)
def test_what_somebody_changed_is_told(old: str, new: str, told: str | None) -> None:
    labelling = Labelling.of(["hi", "en"], layers=["entity"])
    edited = labelling.xml().replace(old, new)
    assert edited != labelling.xml()
    Labelling.from_xml(edited)
    found = differences(labelling, edited)
    assert told in found if told else found == []


def test_a_label_that_was_taken_away_is_missing() -> None:
    wanted = Labelling.of(["hi", "en", "other"])
    assert differences(wanted, Labelling.of(["hi", "other"]).xml()) == ["label 'en' of 'lang' is missing"]


def test_a_control_nobody_asked_for_is_told() -> None:
    wanted = Labelling.of(["hi"], naturalness=False)
    assert differences(wanted, Labelling.of(["hi"]).xml()) == ["Rating 'naturalness' was added"]


@pytest.mark.parametrize("xml", ["", "<View>", "no xml", "<View></Text>"])
def test_what_is_no_xml_is_one_line(xml: str) -> None:
    with pytest.raises(InputError, match="is no XML"):
        Labelling.from_xml(xml)
