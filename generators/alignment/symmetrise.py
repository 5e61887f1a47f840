"""From the links of two directions to one set of links."""

from __future__ import annotations

from collections.abc import Iterable

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest

METHODS = ("intersection", "union", "grow-diag", "grow-diag-final", "grow-diag-final-and")
"""Names of the methods, from the fewest links to the most but for ``union``, which has all of them."""
_BESIDE = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))

Pair = tuple[int, int]


def symmetrise(forward: Iterable[Pair], backward: Iterable[Pair], method: str) -> list[Pair]:
    """Joins the links of two directions (Och and Ney, 2003; Koehn, Och and Marcu, 2003).

    * ``intersection``: links that both directions have; the fewest and the surest;
    * ``union``: links that either direction has;
    * ``grow-diag``: the intersection, and links of the union beside a link, as long as one of their tokens is free;
    * ``grow-diag-final``: also links of either direction of which one token is still free;
    * ``grow-diag-final-and``: also links of either direction of which both tokens are still free.

    Args:
        forward: Links ``(source, target)`` of the direction in which source tokens emit target tokens.
        backward: Links ``(source, target)`` of the other direction.
        method: One of :data:`METHODS`.

    Returns:
        The links, sorted, each once.

    Raises:
        UsageError: There is no such method; the nearest is named.

    >>> forward, backward = [(0, 0), (1, 1), (1, 2), (4, 4)], [(0, 0), (1, 1), (3, 3)]
    >>> symmetrise(forward, backward, "intersection"), symmetrise(forward, backward, "grow-diag")
    ([(0, 0), (1, 1)], [(0, 0), (1, 1), (1, 2)])
    >>> symmetrise(forward, backward, "grow-diag-final-and")
    [(0, 0), (1, 1), (1, 2), (3, 3), (4, 4)]
    """
    check_method(method)
    one, two = set(forward), set(backward)
    if method == "union":
        return sorted(one | two)
    links = one & two
    if method != "intersection":
        rows, columns = {i for i, _ in links}, {j for _, j in links}
        _grow(links, one | two, rows, columns)
        if method != "grow-diag":
            for side in (one, two):
                _final(links, side, rows, columns, both=method == "grow-diag-final-and")
    return sorted(links)


def check_method(method: str) -> str:
    """The name of a method, handed back.

    Raises:
        UsageError: There is no such method.
    """
    if method not in METHODS:
        raise UsageError(f"unknown symmetrisation {method!r}", hint=suggest(method, list(METHODS)))
    return method


def _grow(links: set[Pair], union: set[Pair], rows: set[int], columns: set[int]) -> None:
    """Adds links of the union beside links, those beside new ones too, while a token of theirs is free."""
    waiting = sorted(links)
    while waiting:
        added = []
        for i, j in waiting:
            for down, right in _BESIDE:
                beside = i + down, j + right
                if beside in union and beside not in links and (beside[0] not in rows or beside[1] not in columns):
                    links.add(beside)
                    rows.add(beside[0])
                    columns.add(beside[1])
                    added.append(beside)
        waiting = sorted(added)


def _final(links: set[Pair], side: set[Pair], rows: set[int], columns: set[int], *, both: bool) -> None:
    """Adds links of a direction of which one token is free, or ``both`` are."""
    for i, j in sorted(side - links):
        free = (i not in rows) + (j not in columns)
        if free == 2 or (free == 1 and not both):
            links.add((i, j))
            rows.add(i)
            columns.add(j)
