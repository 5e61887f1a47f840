"""The page: whole, safe whatever names, texts and tags hold, and without requests."""

from __future__ import annotations

from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.agreement.markup import el, text
from cswitch.annotators.agreement.page import page
from cswitch.annotators.agreement.report import agreement
from tests.annotators.agreement.simulated_votes import record, simulate

VOID = {"meta", "br"}
EVIL = "<script>alert(1)</script>\"'&\x00\u202e<img src=//x onerror=y>"


class Reader(HTMLParser):
    """Collects elements, attributes and text, and refuses what is not nested well."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.values += [value for _, value in attrs if value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def read(content: str) -> Reader:
    reader = Reader()
    reader.feed(content)
    reader.close()
    assert reader.open == []
    return reader


TAGS = {
    "html", "head", "body", "main", "meta", "title", "style", "h1", "h2", "h3", "p", "div", "span", "section",
    "article", "table", "caption", "thead", "tbody", "tr", "th", "td", "b", "i", "small", "bdi", "code", "details",
    "summary", "footer", "svg", "g", "rect", "line", "circle", "polyline", "text",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "style", "scope", "tabindex", "role", "aria-label",
    "dir", "title", "width", "height", "viewbox", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "points",
    "text-anchor",
}  # fmt: skip


def test_a_whole_page() -> None:
    found = agreement(simulate(60)[0], bootstrap=20)
    content = page(found)
    reader = read(content)
    assert reader.tags <= TAGS
    assert reader.attributes <= ATTRIBUTES
    assert any("default-src 'none'" in value for value in reader.values)
    assert "url(" not in content
    assert "http" not in content.replace("http-equiv", "")
    for heading in ("What annotators agree on", "By batch", "What is taken for what", "Annotators", "Two by two",
                    "Suggestions", "most disputed sentences", "Signatures"):  # fmt: skip
        assert heading in reader.text
    value = found.measures["tokens"].alpha.value
    assert value is not None
    assert f"{value:.3f}" in reader.text
    assert "यार" in reader.text


def test_names_texts_and_tags_are_data() -> None:
    tag = "<b>" + "x" * 5 + "</b>"
    made = record({EVIL: [tag, "en"], "bo": ["en", tag]}, [EVIL, "ok"], name=EVIL, batch=EVIL, suggested=["en", "en"])
    blind = msgspec.structs.replace(made, id="2", suggested=None, sample={"langs": ["en", "en"], "tokens": made.tokens})
    said = [
        msgspec.structs.replace(one, layers={EVIL: [EVIL, None]}, created=EVIL, naturalness=3)
        for one in made.judgements
    ]
    evil = msgspec.structs.replace(made, judgements=said)
    content = page(agreement([evil, blind], bootstrap=10))
    reader = read(content)
    assert reader.tags <= TAGS
    assert reader.attributes <= ATTRIBUTES
    assert "\x00" not in content
    assert tag in reader.text
    assert EVIL.replace("\x00", "\ufffd") in reader.text


@pytest.mark.parametrize("records", [[], [record({"ann": ["en"]})], [record({"ann": ["en"], "bo": [None]})]])
def test_pages_of_next_to_nothing(records: list[object]) -> None:
    reader = read(page(agreement(records)))  # type: ignore[arg-type]
    assert reader.tags <= TAGS
    assert "no unit was judged by two annotators" in reader.text


@settings(max_examples=60)
@given(st.text(st.characters()))
def test_text_stays_text(content: str) -> None:
    made = el("p", content, title=content)
    made.encode()
    reader = read(made)
    assert reader.tags == {"p"}
    assert reader.attributes == {"title"}
    assert "<" not in text(content)
