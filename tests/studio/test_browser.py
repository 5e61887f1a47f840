"""A person at work: what they see of a pre-annotation, what they change with the mouse, and what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from cswitch.annotators.labelstudio.labels import described
from tests.studio.browser import Browser, until
from tests.studio.commands import Studio, read, tagged, write
from tests.studio.studio_server import OWNER, LabelStudio

WORDS = {
    "Yaar": "hi", "मुझे": "hi", "cafe\u0301": "en", "में": "hi", "كتاب": "ar", "مَرْحَبًا": "ar", "meeting": "en", "karo": "hi",
}  # fmt: skip
TEXT = "Yaar 👍🏽 मुझे 👨‍👩‍👧 cafe\u0301 में كتاب مَرْحَبًا, meeting 👩🏽‍🚀 karo!"
"""An emoji with a skin tone, a family joined by ZWJ, Devanagari, Arabic with vowel marks, a word in NFD."""
SPANS = """
    const shown = document.querySelector(".lsf-htx-richtext");
    return [...(shown ? shown.querySelectorAll(".htx-highlight") : [])].map(span => {
        const before = document.createRange(), box = span.getBoundingClientRect();
        before.setStart(shown, 0);
        before.setEndBefore(span);
        return {
            text: span.textContent, before: before.toString(), label: span.dataset.label.split(":")[1],
            colour: getComputedStyle(span).backgroundColor,
            x: box.x + box.width / 2, y: box.y + box.height / 2, wide: box.width,
        };
    });
"""
"""What is highlighted, and what stands before it in the text as it is shown."""


class Seen(NamedTuple):
    """A highlighted stretch of the text."""

    text: str
    before: str
    label: str
    colour: str
    x: float
    y: float
    wide: float


def seen(browser: Browser) -> list[Seen]:
    """What is highlighted, once anything is."""
    found = until(lambda: browser.run(SPANS), "nothing is highlighted")
    return [Seen(**one) for one in found]


def printed(text: str) -> str:
    """Without white space, of which the page has its own."""
    return "".join(text.split())


def log_in(browser: Browser, server: LabelStudio) -> None:
    browser.open(f"{server.url}/user/login/")
    if browser.run("return location.pathname").startswith("/user/login"):
        browser.type("input[name=email]", OWNER.email)
        browser.type("input[name=password]", OWNER.password)
        browser.click("[type=submit]")
    until(lambda: "login" not in browser.run("return location.pathname"), "could not log in")


def click_text(browser: Browser, selector: str, starts: str) -> None:
    """Clicks the first element of a selector whose text starts so."""
    script = """
        const all = [...document.querySelectorAll(arguments[0])];
        const found = all.find(one => one.textContent.startsWith(arguments[1]));
        if (!found) return null;
        const box = found.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    """
    x, y = until(lambda: browser.run(script, selector, starts), f"no {starts!r} to click")
    browser.click_at(x, y)


@pytest.mark.parametrize("layout", ["one line", "several lines"])
def test_every_token_is_highlighted_on_its_characters_and_one_change_comes_back(
    label_studio: LabelStudio, studio: Studio, browser: Browser, tmp_path: Path, layout: str
) -> None:
    text = TEXT if layout == "one line" else TEXT.replace(" में", "\nमें").replace(" meeting", "\r\n\r\nmeeting")
    sample = tagged("1.0", text, WORDS)
    source = write(tmp_path / "tagged.jsonl", [sample])
    title = f"Browser, {layout}"
    studio("init", "--project", title, "--labels", "hi,en,ar,other,ne")
    studio("push", source, "--project", title, "--blind", 0)
    number = next(one["id"] for one in label_studio.call("GET", "/api/projects")["results"] if one["title"] == title)

    log_in(browser, label_studio)
    browser.open(f"{label_studio.url}/projects/{number}/data?labeling=1")
    spans = seen(browser)
    browser.screenshot(tmp_path / "opened.png")

    wanted = [
        (token, printed(text[:start]), described(tag)[0])
        for token, (start, _), tag in zip(sample["tokens"], sample["offsets"], sample["langs"], strict=True)
        if tag != "other"
    ]
    assert [(span.text, printed(span.before), span.label) for span in spans] == wanted
    assert len({span.colour for span in spans}) == 3
    assert all(span.wide > 5 for span in spans)

    chosen = next(span for span in spans if span.text == "मुझे")
    browser.click_at(chosen.x, chosen.y)
    until(lambda: browser.run("return document.querySelector('.lsf-label_selected')"), "no region was chosen")
    click_text(browser, ".lsf-label_clickable", "English")
    until(lambda: next(s for s in seen(browser) if s.text == "मुझे").label == "English", "the label did not change")
    browser.screenshot(tmp_path / "changed.png")
    click_text(browser, "button[aria-label='Submit current annotation']", "Submit")
    until(lambda: browser.run("return !document.querySelector('.htx-highlight')"), "it was not submitted")

    studio("pull", "--project", title, "-o", tmp_path / "annotated.jsonl")
    (annotated,) = read(tmp_path / "annotated.jsonl")
    (judgement,) = annotated.judgements
    given = [None if tag == "other" else tag for tag in sample["langs"]]
    given[sample["tokens"].index("मुझे")] = "en"
    assert judgement.langs == given
    assert (judgement.annotator, judgement.origin) == (OWNER.email, "prediction-changed")
    assert judgement.spans == {"whole": len(wanted)}
    assert judgement.corrected is None
    assert annotated.text == text
