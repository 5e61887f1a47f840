"""The stage ``romanise`` of a job file: what may be written short, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cswitch.core.errors import UsageError
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.text.scripts import check_language
from cswitch.pipeline.jobs.mistakes import Mistake
from cswitch.schemas.commands import RomaniseStage

FORMATS = ("text", "jsonl")
"""Layouts of what is read: lines of text, or samples."""


def written_out(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A stage as :class:`~cswitch.schemas.job.RomaniseStage` has it; what cannot be read stays as it is.

    >>> written_out({"lang": "hin", "tags": "hi, ne"}, Path())
    {'lang': 'hi', 'tags': ['hi', 'ne']}
    """
    found = dict(given)
    if isinstance(found.get("lang"), str):
        found["lang"] = _code(found["lang"])
    if isinstance(found.get("tags"), str):
        found["tags"] = [_code(tag.strip()) for tag in found["tags"].split(",") if tag.strip()]
    return found


def meaning(stage: RomaniseStage, place: str) -> Iterator[Mistake]:
    """What is wrong with a stage whose fields have the right types."""
    for name, lang in (("lang", stage.lang), *(("tags", tag) for tag in stage.tags if tag not in NEUTRAL)):
        try:
            if lang is not None:
                check_language(lang)
        except UsageError as error:
            yield Mistake(f"{place}.{name}", error.message, error.hint)
    if not 0 <= stage.variety <= 1:
        yield Mistake(f"{place}.variety", f"{stage.variety:g} is no share", "choose 0 to 1")
    elif stage.variety and stage.to == "native":
        yield Mistake(f"{place}.variety", "a word has one native spelling", "leave it out, or write to: roman")


def _code(lang: str) -> str:
    if lang in NEUTRAL:
        return lang
    try:
        return check_language(lang)
    except UsageError:
        return lang  # told when the stage is looked through
