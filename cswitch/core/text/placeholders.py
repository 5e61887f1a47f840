"""Placeholders: stretches of a text that a program fills in or reads, which stay as they are."""

from __future__ import annotations

import re

FILLED_IN = (
    r"\{\{[^{}\n]{1,40}\}\}|[$#]?\{[^{}\s]{0,40}\}"  # {{name}}, {0}, ${user}
    r"|(?<![\w%])%(?:\(\w{1,40}\))?(?:\d\$)?[-+0#]{0,3}\d{0,3}(?:\.\d{1,3})?[c-gioursxEGX](?!\w)"  # %s, %(n)03d, %5.2f
    r"|&(?:[A-Za-z][A-Za-z0-9]{1,9}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});"  # &nbsp;, &#8217;
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
    >>> placeholders("%5.2f&nbsp;%, %(n)03d &#39; 5 % did R&D; a & b;")
    [(0, 5), (5, 11), (14, 21), (22, 27)]
    """
    return [match.span() for match in PLACEHOLDER.finditer(text)]
