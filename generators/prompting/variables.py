"""What a prompt may speak of: its variables by role, each with its empty value and a sample."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

PromptRole = Literal["write", "rewrite", "judge", "refine", "translate"]


class Side(NamedTuple):
    """A text in a language, for ``sources``."""

    lang: str
    """English name of the language."""
    text: str


class Kept(NamedTuple):
    """Words to say in a language, for ``keep`` and ``leave``."""

    lang: str
    """English name of the language."""
    spans: tuple[str, ...]


class Change(NamedTuple):
    """A stretch to say in another language, for ``moves``."""

    words: str
    """As they stand in the text before."""
    to: str
    """English name of the language to say them in."""
    instead: str = ""
    """Words to use, where they are known."""


class Shot(NamedTuple):
    """An example with what it says, for ``shots``."""

    source: str
    """The text it was made of; empty where that is not known."""
    text: str
    """How a speaker says it."""


class Verdict(NamedTuple):
    """What a judge has against a text, for ``verdicts``."""

    judge: str
    """Name of the judge."""
    reason: str


_TEXT = ("", "Words")
_COMMON: dict[str, tuple[Any, Any]] = {
    "matrix": ("", "Hindi"),
    "embedded": ((), ("English",)),
    "languages": ((), ("Hindi", "English")),
    "script": _TEXT,
    "register": _TEXT,
    "sources": ((), (Side("Hindi", "Words"),)),
    "situation": ({}, {"topic": "food"}),
}
_WRITING: dict[str, tuple[Any, Any]] = {
    **_COMMON,
    "keep": ((), (Kept("English", ("Words",)),)),
    "sketch": _TEXT,
    "level": _TEXT,
    "examples": ((), ("Words",)),
    "shots": ((), (Shot("Words", "Words"),)),
    "speakers": ((), ("A", "B")),
}
_AGAIN: dict[str, tuple[Any, Any]] = {
    **_WRITING,
    "previous": _TEXT,
    "problems": ((), ("Words",)),
    "moves": ((), (Change("Words", "English", "Words"),)),
    "leave": ((), (Kept("English", ("Words",)),)),
}
VARIABLES: dict[str, dict[str, tuple[Any, Any]]] = {
    "write": _WRITING,
    "rewrite": _AGAIN,
    "judge": {**_COMMON, "text": ("", "Words")},
    "refine": {**_WRITING, "previous": _TEXT, "verdicts": ((), (Verdict("fluency", "Words"),))},
    "translate": {"source": ("", "English"), "target": ("", "Hindi"), "text": ("", "Words"), "script": _TEXT},
}
"""By role, each variable with its empty value and a sample; a file is tried with both when it is loaded."""
