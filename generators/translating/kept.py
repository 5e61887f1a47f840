"""What a translation has to keep as it is: placeholders, numbers, URLs, mentions and hashtags."""

from __future__ import annotations

import re
from collections import Counter

from cswitch.core.text.tokens import token_class, tokenise
from cswitch.generators.alignment.vocabulary import plain_number

PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{1,40}\}\}|[$#]?\{[^{}\s]{0,40}\}"  # {{name}}, {0}, ${user}
    r"|(?<![\w%])%(?:\(\w{1,40}\))?(?:\d\$)?[sdif](?!\w)"  # %s, %(name)s, %1$d
    r"|</?[A-Za-z][\w-]{0,20}(?:\s[^<>\n]{0,200})?/?>"  # <b>, </a>
    r"|\[[A-Z][A-Z0-9_]*\]|<[A-Z][A-Z0-9_]*>|__[A-Z][A-Z0-9_]*?__"  # [NAME], <URL>, __NAME__
)
"""Stretches that a program fills in or reads."""
_KEPT = frozenset({"number", "url", "mention", "hashtag"})


def placeholders(text: str) -> list[tuple[int, int]]:
    """Where placeholders stand in a text, ends exclusive.

    >>> placeholders("Hi {name}, you owe %d")
    [(3, 9), (19, 21)]
    """
    return [match.span() for match in PLACEHOLDER.finditer(text)]


def kept(text: str, lang: str) -> Counter[str]:
    """What must be kept of a text, with how often it stands there; numbers in ASCII digits without grouping marks.

    >>> sorted(kept("{name}, ₹10,000 या १०% @asha को https://a.in/x", "hi"))
    ['10%', '10000', '@asha', 'https://a.in/x', '{name}']
    """
    found = Counter(PLACEHOLDER.findall(text))
    for token in tokenise(PLACEHOLDER.sub(" ", text), lang).tokens:
        kind = token_class(token)
        if kind in _KEPT:
            found[plain_number(token) if kind == "number" else token] += 1
    return found


def lost(source: Counter[str], target: Counter[str]) -> str:
    """What of :func:`kept` differs between a text and its translation, in words; nothing when nothing does.

    >>> lost(kept("pay 5 to @asha", "en"), kept("paga 6 a @asha", "es"))
    "lost '5', made up '6'"
    """
    missing, new = sorted(source - target), sorted(target - source)
    said = [f"lost {', '.join(map(repr, missing))}"] if missing else []
    return ", ".join([*said, f"made up {', '.join(map(repr, new))}"] if new else said)
