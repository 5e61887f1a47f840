"""Placeholders: stretches of a text that a program fills in or reads, which stay as they are."""

from __future__ import annotations

import re

FILLED_IN = (
    r"\{\{[^{}\n]{1,40}\}\}|[$#]?\{[^{}\s]{0,40}\}"  # {{name}}, {0}, ${user}
    r"|(?<![\w%])%(?:\(\w{1,40}\))?(?:\d\$)?[sdif](?!\w)"  # %s, %(name)s, %1$d
    r"|</?[A-Za-z][\w-]{0,20}(?:\s[^<>\n]{0,200})?/?>"  # <b>, </a>
    r"|\[[A-Z][A-Z0-9_]*\]|<[A-Z][A-Z0-9_]*>|__[A-Z][A-Z0-9_]*?__"  # [NAME], <URL>, __NAME__
)
"""What a placeholder looks like, as a regular expression to be part of others."""
PLACEHOLDER = re.compile(FILLED_IN)
"""A placeholder."""


def placeholders(text: str) -> list[tuple[int, int]]:
    """Where placeholders stand in a text, ends exclusive.

    >>> placeholders("Hi {name}, you owe %d")
    [(3, 9), (19, 21)]
    """
    return [match.span() for match in PLACEHOLDER.finditer(text)]
