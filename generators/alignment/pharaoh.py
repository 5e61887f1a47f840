"""Links as text, the way word aligners write them: ``0-0 1-2 2-1``."""

from __future__ import annotations

from collections.abc import Iterable

from cswitch.core.errors import InputError


def parse_pharaoh(text: str) -> list[tuple[int, int]]:
    """Reads one line of links; any white space separates them.

    Raises:
        InputError: An item is not two non-negative numbers joined by a hyphen.

    >>> parse_pharaoh("0-0 2-1")
    [(0, 0), (2, 1)]
    """
    links = []
    for item in text.split():
        left, _, right = item.partition("-")
        if not (_is_index(left) and _is_index(right)):
            raise InputError(
                f"{item!r} is not a link", hint="write links as i-j, 0-based, separated by spaces: 0-0 1-2"
            )
        links.append((int(left), int(right)))
    return links


def format_pharaoh(links: Iterable[tuple[int, int]]) -> str:
    """Writes links on one line, sorted.

    >>> format_pharaoh([(2, 1), (0, 0)])
    '0-0 2-1'
    """
    return " ".join(f"{i}-{j}" for i, j in sorted(links))


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdigit()
