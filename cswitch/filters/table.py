"""Filters by name in the order they are asked, cheap ones first, and every reason they give."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.filters.contracts import Filter, TagFilter
from cswitch.filters.duplicates import Duplicates
from cswitch.schemas.decode import RecordError, convert_record

FILTERS: dict[str, str] = {
    "met": "cswitch.filters.met:Met",
    "provenance": "cswitch.filters.provenance:Provenance",
    "scores": "cswitch.filters.scores:Scores",
    "length": "cswitch.filters.length:Length",
    "languages": "cswitch.filters.languages:Languages",
    "matrix": "cswitch.filters.matrix:Matrix",
    "cmi": "cswitch.filters.cmi:Cmi",
    "switches": "cswitch.filters.switches:Switches",
    "script": "cswitch.filters.script:Script",
    "repetition": "cswitch.filters.repetition:Repetition",
    "ratio": "cswitch.filters.ratio:Ratio",
    "words": "cswitch.filters.words:Words",
    "contents": "cswitch.filters.contents:Contents",
    "confidence": "cswitch.filters.confidence:Confidence",
    "agreement": "cswitch.filters.agreement:Agreement",
    "duplicates": "cswitch.filters.duplicates:Duplicates",
}
"""Every filter, in the order they are asked."""

REASONS: dict[str, str] = {
    "not_met": "the sample did not meet its target",
    "other_provenance": "it was made in another way than asked for",
    "score_missed": "a score lies on the wrong side of its bound, or is not given",
    "too_short": "it has fewer tokens or characters than asked for",
    "too_long": "it has more tokens or characters than asked for",
    "wrong_language": "it has tokens of a language that was not asked for",
    "missing_language": "it lacks a language that was asked for",
    "wrong_matrix": "its matrix language is another",
    "cmi_outside": "its CMI lies outside the band",
    "switches_outside": "its number of switch points lies outside the band",
    "wrong_script": "words are not written in the script asked for",
    "repetition": "the text repeats itself",
    "wrong_length": "it is much shorter or longer than its source",
    "blocked_word": "a blocked word or phrase is in it",
    "no_required_word": "none of the words or phrases asked for is in it",
    "lost_content": "names, numbers or links of its source are missing",
    "low_confidence": "the tagger is not sure of its tags",
    "tags_disagree": "the tagger gives other tags",
    "duplicate": "the same text stays already",
    "near_duplicate": "a text that is nearly the same stays already",
}
"""Every reason and what it means. Names are stable: a released one is never changed."""


def make_filter(name: str, settings: Mapping[str, Any] | None = None) -> Filter | TagFilter | Duplicates:
    """A filter from plain data, as a file of settings has it.

    Args:
        name: A name from :data:`FILTERS`.
        settings: The fields of its class.

    Raises:
        UsageError: The name or a setting is unknown, or a value cannot be meant.

    >>> make_filter("length", {"min_tokens": 3})
    Length(min_tokens=3, max_tokens=None, min_characters=None, max_characters=None)
    >>> make_filter("length", {"min_token": 3})
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: filter length: field 'min_token': unknown field; the fields are min_tokens, ...
    """
    if name not in FILTERS:
        raise UsageError(f"unknown filter {name!r}", hint=suggest(str(name), list(FILTERS)))
    if not isinstance(settings or {}, Mapping):
        hint = "write it as cmi: {low: 20, high: 40}, or {} where it has no settings"
        raise UsageError(f"filter {name}: expected its settings by name, got {type(settings).__name__}", hint=hint)
    module, _, attribute = FILTERS[name].partition(":")
    try:
        found: Filter | TagFilter | Duplicates = convert_record(
            dict(settings or {}), getattr(import_module(module), attribute)
        )
    except RecordError as error:
        raise UsageError(f"filter {name}: {error}", hint=error.hint) from error
    return found


def make_filters(settings: Mapping[str, Mapping[str, Any] | None]) -> list[Filter | TagFilter | Duplicates]:
    """Filters by name with their settings, in the order of :data:`FILTERS`.

    Raises:
        UsageError: As for :func:`make_filter`.

    >>> [one.name for one in make_filters({"cmi": {"low": 20}, "met": {}})]
    ['met', 'cmi']
    """
    if not isinstance(settings, Mapping):
        raise UsageError("filters are given by name", hint="write them as cmi: {low: 20, high: 40}")
    made = {name: make_filter(name, given) for name, given in settings.items()}
    return [made[name] for name in FILTERS if name in made]
