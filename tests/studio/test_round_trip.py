"""Any text there and back: every token keeps its tag."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from tests.studio.annotating import number_of
from tests.studio.browser import Browser, until
from tests.studio.commands import Studio, read, write
from tests.studio.random_text import LABELS, sentences
from tests.studio.studio_server import LabelStudio
from tests.studio.test_browser import click_text, log_in

TAKE_OVER = {"selectedItems": {"all": True, "excluded": []}}


def there_and_back(
    server: LabelStudio, studio: Studio, folder: Path, title: str, records: list[dict[str, Any]]
) -> dict[str, list[str | None]]:
    """The tags of each sample after its predictions became annotations at the server."""
    source = write(folder / f"{title}.jsonl", records)
    studio("init", "--project", title, "--labels", ",".join(LABELS))
    studio("push", source, "--project", title, "--blind", 0, "--all-tokens")
    project = number_of(server, title)
    server.call("POST", f"/api/dm/actions?id=predictions_to_annotations&project={project}", TAKE_OVER)
    return pulled(studio, folder, title)


def pulled(studio: Studio, folder: Path, title: str) -> dict[str, list[str | None]]:
    """What pull brings, which must be spans on whole tokens alone."""
    studio("pull", "--project", title, "-o", folder / "back.jsonl", "--force")
    found = read(folder / "back.jsonl")
    assert {kind for one in found for kind in one.judgements[0].spans} <= {"whole"}
    return {one.id: one.judgements[0].langs for one in found}


def test_every_tag_of_random_sentences_comes_back(label_studio: LabelStudio, studio: Studio, tmp_path: Path) -> None:
    records = sentences(300)
    back = there_and_back(label_studio, studio, tmp_path, "Unicode", records)
    assert back == {one["id"]: one["langs"] for one in records}


def test_a_browser_gives_random_sentences_back_as_they_were(
    label_studio: LabelStudio, studio: Studio, browser: Browser, tmp_path: Path
) -> None:
    records = sentences(8, seed=1)
    studio("init", "--project", "Unicode seen", "--labels", ",".join(LABELS))
    source = write(tmp_path / "tagged.jsonl", records)
    studio("push", source, "--project", "Unicode seen", "--blind", 0, "--all-tokens")
    log_in(browser, label_studio)
    browser.open(f"{label_studio.url}/projects/{number_of(label_studio, 'Unicode seen')}/data?labeling=1")
    for number, one in enumerate(records, start=1):
        shown = partial(
            browser.run, f"return document.querySelectorAll('.htx-highlight').length == {len(one['tokens'])}"
        )
        until(shown, f"not every token of {one['id']} is highlighted")
        click_text(browser, "button[aria-label='Submit current annotation']", "Submit")
        until(partial(submitted, label_studio, "Unicode seen", number), f"{one['id']} was not submitted")
    assert pulled(studio, tmp_path, "Unicode seen") == {one["id"]: one["langs"] for one in records}


def submitted(server: LabelStudio, title: str, number: int) -> bool:
    """Whether a project has so many annotations."""
    found = server.call("GET", f"/api/projects/{number_of(server, title)}")
    return bool(found["total_annotations_number"] == number)
