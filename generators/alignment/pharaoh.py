"""Links as text, the way word aligners write them: ``0-0 1-2 2-1``; a confidence may follow: ``0-0:0.93``."""

from __future__ import annotations

from collections.abc import Iterable

from cswitch.core.contracts import Link
from cswitch.core.errors import InputError

DIGITS = 3
"""Decimals of a confidence."""


def parse_link(item: str) -> Link:
    """Reads one link, ``i-j`` or ``i-j:confidence``.

    Raises:
        InputError: It is not two non-negative numbers joined by a hyphen, or the confidence does not lie in 0 to 1.

    >>> parse_link("3-2"), parse_link("0-1:0.93")
    (Link(source=3, target=2, confidence=1.0), Link(source=0, target=1, confidence=0.93))
    """
    places, colon, confidence = item.partition(":")
    left, _, right = places.partition("-")
    sure = _confidence(confidence) if colon else 1.0
    if sure is None or not (_is_index(left) and _is_index(right)):
        raise InputError(f"{item!r} is not a link", hint="write links as i-j, 0-based, separated by spaces: 0-0 1-2")
    return Link(int(left), int(right), sure)


def parse_pharaoh(text: str) -> list[tuple[int, int]]:
    """Reads one line of links; any white space separates them, confidences are passed over.

    Raises:
        InputError: An item is no link.

    >>> parse_pharaoh("0-0 2-1:0.8")
    [(0, 0), (2, 1)]
    """
    return [(link.source, link.target) for link in map(parse_link, text.split())]


def format_pharaoh(links: Iterable[tuple[int, int]]) -> str:
    """Writes links on one line, sorted.

    >>> format_pharaoh([(2, 1), (0, 0)])
    '0-0 2-1'
    """
    return " ".join(f"{i}-{j}" for i, j in sorted(links))


def format_links(links: Iterable[Link]) -> str:
    """Writes links with their confidences on one line, in the order given; 1 is left out.

    >>> format_links([Link(0, 0), Link(2, 1, 0.8125)])
    '0-0 2-1:0.812'
    """
    return " ".join(f"{i}-{j}" if c == 1 else f"{i}-{j}:{round(c, DIGITS):g}" for i, j, c in map(_fields, links))


def _fields(link: Link) -> tuple[int, int, float]:
    return link.source, link.target, link.confidence


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _confidence(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
