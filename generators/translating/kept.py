"""Placeholders: stretches of a text that a program fills in or reads, which a translation keeps as they are."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{1,40}\}\}|[$#]?\{[^{}\s]{0,40}\}"  # {{name}}, {0}, ${user}
    r"|(?<![\w%])%(?:\(\w{1,40}\))?(?:\d\$)?[sdif](?!\w)"  # %s, %(name)s, %1$d
    r"|</?[A-Za-z][\w-]{0,20}(?:\s[^<>\n]{0,200})?/?>"  # <b>, </a>
    r"|\[[A-Z][A-Z0-9_]*\]|<[A-Z][A-Z0-9_]*>|__[A-Z][A-Z0-9_]*?__"  # [NAME], <URL>, __NAME__
)
"""Stretches that a program fills in or reads."""


def placeholders(text: str) -> list[tuple[int, int]]:
    """Where placeholders stand in a text, ends exclusive.

    >>> placeholders("Hi {name}, you owe %d")
    [(3, 9), (19, 21)]
    """
    return [match.span() for match in PLACEHOLDER.finditer(text)]
