"""Tags to regions and back: exact on any text, and forgiving of what people and other programs do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cswitch.annotators.labelstudio.spans import is_fixed, is_mark, mapped, region_id, regions_of

TAGS = ("hi", "en", "other", "ne", "mixed", "fw", "unk", "ne:hi")

HARD = [
    "👨‍👩‍👧‍👦 family नमस्ते 👍🏽 ok",
    "cafe\u0301 e\u0301te\u0301 🇮🇳 मैं happy हूँ",
    "مرحبا hello بالعالم ،",
    "one\r\nदो\r\n three\n\n",
    "  \u00a0spaces\u2003everywhere ",
    "𝒜𝓃 क्\u200dष क्\u200cष \u202bשלום\u202c",
    "a\\nb literal \\n",
]


def span(start: int, end: int, label: str, text: str | None = None, control: str = "lang") -> dict[str, Any]:
    value: dict[str, Any] = {"start": start, "end": end, "labels": [label]}
    if text is not None:
        value["text"] = text
    return {"id": "a", "from_name": control, "to_name": "text", "type": "labels", "value": value}


def pieces(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Tokens as somebody might cut them: runs of letters and digits, and each other character that is no space."""
    found = list(re.finditer(r"\w+|[^\w\s]", text))
    return [match[0] for match in found], [match.span() for match in found]


def utf16(text: str, place: int) -> int:
    return len(text[:place].encode("utf-16-le")) // 2


@st.composite
def tagged(draw: st.DrawFn) -> tuple[str, list[str], list[tuple[int, int]], list[str]]:
    text = draw(st.sampled_from(HARD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
    tokens, offsets = pieces(text)
    return text, tokens, offsets, [draw(st.sampled_from(TAGS)) for _ in tokens]


def answered(tokens: list[str], tags: list[str | None]) -> list[str | None]:
    """What is read from an answer: tokens that nobody labels are ``other``."""
    return [
        "other" if tag is None and is_fixed(token, "other") else tag for token, tag in zip(tokens, tags, strict=True)
    ]


@given(tagged())
@settings(max_examples=300)
def test_every_tag_survives_the_way_there_and_back(
    case: tuple[str, list[str], list[tuple[int, int]], list[str]],
) -> None:
    text, tokens, offsets, tags = case
    regions = regions_of(text, tokens, offsets, tags, key="1")
    assert all(text[found["value"]["start"] : found["value"]["end"]] == found["value"]["text"] for found in regions)
    found = mapped(text, tokens, offsets, regions)
    assert answered(tokens, found.tags) == tags
    assert found.counts == ({"whole": len(regions)} if regions else {})


@given(tagged(), st.randoms())
def test_the_order_of_regions_does_not_matter(
    case: tuple[str, list[str], list[tuple[int, int]], list[str]], chance: Any
) -> None:
    text, tokens, offsets, tags = case
    regions = regions_of(text, tokens, offsets, tags, fixed=True)
    chance.shuffle(regions)
    assert mapped(text, tokens, offsets, regions).tags == tags


@given(tagged())
@example(("👍🏽👍🏽 ok 😀 ok", ["ok", "ok"], [(5, 7), (10, 12)], ["en", "hi"]))
def test_offsets_in_utf16_units_are_understood(case: tuple[str, list[str], list[tuple[int, int]], list[str]]) -> None:
    text, tokens, offsets, tags = case
    regions = regions_of(text, tokens, offsets, tags, fixed=True)
    moved = 0
    for region in regions:
        value = region["value"]
        said = (value["start"], value["end"])
        value["start"], value["end"] = (utf16(text, place) for place in said)
        moved += said != (value["start"], value["end"])
    found = mapped(text, tokens, offsets, regions)
    assert found.tags == tags
    assert found.counts.get("moved", 0) == moved


def test_a_span_that_fits_by_chance_is_read_as_the_others_are() -> None:
    """In UTF-16 the first ok is [4, 6), where in code points the second one stands."""
    text, tokens, offsets = "🙂🙂okok", ["🙂🙂", "ok", "ok"], [(0, 2), (2, 4), (4, 6)]
    regions = [span(0, 4, "other", "🙂🙂"), span(4, 6, "hi", "ok"), span(6, 8, "en", "ok")]
    assert mapped(text, tokens, offsets, regions) == (["other", "hi", "en"], {"whole": 3, "moved": 3})


TEXT = "haan , bilkul sahi"
TOKENS, OFFSETS = pieces(TEXT)
LONG, WORD, PART = span(0, 18, "hi", TEXT), span(7, 13, "en", "bilkul"), span(7, 9, "hi", "bi")


@pytest.mark.parametrize(
    ("regions", "tags", "counts"),
    [
        ([], [None] * 4, {}),
        ([span(0, 4, "hi", "haan")], ["hi", None, None, None], {"whole": 1}),
        ([span(0, 3, "hi", "haa")], ["hi", None, None, None], {"part": 1}),
        ([span(0, 5, "hi", "haan ")], ["hi", None, None, None], {"whole": 1}),
        ([span(0, 6, "hi", "haan ,")], ["hi", None, None, None], {"whole": 1}),
        ([span(0, 13, "hi", "haan , bilkul")], ["hi", None, "hi", None], {"several": 1}),
        ([span(5, 6, "other", ",")], [None, "other", None, None], {"whole": 1}),
        ([span(4, 5, "hi", " ")], [None] * 4, {"none": 1}),
        ([span(2, 10, "hi", "an , bil")], ["hi", None, "hi", None], {"several": 1}),
        # a word corrected within a long span, whatever the order
        ([LONG, WORD], ["hi", None, "en", "hi"], {"whole": 1, "several": 1, "double": 1}),
        ([WORD, LONG], ["hi", None, "en", "hi"], {"whole": 1, "several": 1, "double": 1}),
        # more of the token before less, whatever the order
        ([WORD, PART], [None, None, "en", None], {"whole": 1, "part": 1, "double": 1}),
        ([PART, WORD], [None, None, "en", None], {"whole": 1, "part": 1, "double": 1}),
        # twice the same: the later
        ([WORD, span(7, 13, "hi", "bilkul")], [None, None, "hi", None], {"whole": 2, "double": 1}),
        # the text stands elsewhere
        ([span(2, 6, "hi", "haan")], ["hi", None, None, None], {"whole": 1, "moved": 1}),
        ([span(17, 40, "hi", "sahi")], [None, None, None, "hi"], {"whole": 1, "moved": 1}),
        ([span(0, 4, "hi", "nahi")], [None] * 4, {"lost": 1}),
        ([span(9, 4, "hi", "")], [None] * 4, {"lost": 1}),
        ([span(-3, 4, "hi", "haan")], [None] * 4, {"lost": 1}),
        ([span(16, 40, "hi")], [None] * 4, {"lost": 1}),
        ([span(0, 4, "hi")], ["hi", None, None, None], {"whole": 1}),
        # not of this layer
        ([span(0, 4, "NOUN", "haan", "pos")], [None] * 4, {}),
        ([{"from_name": "lang", "type": "choices", "value": {"choices": ["accept"]}}], [None] * 4, {}),
        ([{"from_name": "lang", "type": "labels", "value": {"start": 0, "end": 4, "labels": []}}], [None] * 4, {}),
    ],
)  # fmt: skip
def test_spans_that_people_make(regions: list[dict[str, Any]], tags: list[str | None], counts: dict[str, int]) -> None:
    assert mapped(TEXT, TOKENS, OFFSETS, regions) == (tags, counts)


def test_the_nearest_of_several_places_is_taken_and_none_that_is_far() -> None:
    text = "ok " * 3 + "x" * 200 + " far"
    tokens, offsets = pieces(text)
    assert mapped(text, tokens, offsets, [span(4, 6, "en", "ok")]).tags[:3] == [None, "en", None]
    assert mapped(text, tokens, offsets, [span(0, 3, "en", "far")]).counts == {"lost": 1}


@pytest.mark.parametrize("said", ["one\\ntwo", "one\ntwo", "one\\n\\ntwo", "one\r\ntwo"])
def test_line_breaks_may_be_written_in_any_way(said: str) -> None:
    """A browser gives a line break within a span as a backslash and an n."""
    found = mapped("one\r\ntwo", ["one", "two"], [(0, 3), (5, 8)], [span(0, 8, "en", said)])
    assert found == (["en", "en"], {"several": 1})


@given(tagged(), st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70), st.text(max_size=5)), max_size=6))
def test_no_span_is_passed_over_in_silence(
    case: tuple[str, list[str], list[tuple[int, int]], list[str]], spans: list[tuple[int, int, str]]
) -> None:
    text, tokens, offsets, _ = case
    regions = [span(start, end, "hi", said) for start, end, said in spans]
    tags, counts = mapped(text, tokens, offsets, regions)
    assert len(tags) == len(tokens)
    assert sum(counts.get(kind, 0) for kind in ("whole", "several", "part", "none", "lost")) == len(regions)
    assert set(tags) <= {None, "hi"}


def test_marks_and_numbers_have_regions_only_on_request() -> None:
    text, tokens, offsets = "ok 42 !", ["ok", "42", "!"], [(0, 2), (3, 5), (6, 7)]
    tags = ["other", "other", "other"]
    assert [found["value"]["text"] for found in regions_of(text, tokens, offsets, tags)] == ["ok"]
    assert len(regions_of(text, tokens, offsets, tags, fixed=True)) == 3
    assert len(regions_of(text, tokens, offsets, ["other", "hi", None])) == 2


def test_regions_are_named_by_sample_and_place_alone() -> None:
    text, tokens, offsets = "ok ok", ["ok", "ok"], [(0, 2), (3, 5)]
    one = regions_of(text, tokens, offsets, ["en", "en"], key="7")
    other = regions_of(text, tokens, offsets, ["hi", "hi"], "pos", key="7")
    assert [found["id"] for found in one] == [found["id"] for found in other] == ["0577f09827", "07fec93e65"]
    assert region_id("8", 0, 2) != region_id("7", 0, 2)


@pytest.mark.parametrize(
    ("token", "mark"), [("।", True), ("٣٤", True), ("👩‍👩‍👧", True), ("ß", False), ("é", False), ("\u0301", True)]
)
def test_a_mark_has_no_letter(token: str, mark: bool) -> None:
    assert is_mark(token) is mark
