"""What the parts of speech on both sides of a unit alone say of it; asked once for each shape that units have."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from cswitch.generators.switching.letters import CLOSED, CONTENT

Shape = Literal["names", "nominal", "adjective", "participle", "graded", "adverb", "interjection", ""]

_NOMINAL_Y = re.compile(r"[AK#PN?]*[N?]A*(?:(?:pD?|c)[AK#PN?]*[N?]A*)?")
_NOMINAL_X = re.compile(r"[AK#PN?](?:[AK#PN?pDc]*[AK#PN?])?")
_CONTENT_OR_NUMBER = CONTENT | {"#"}
_ISLAND = re.compile(r"p[DR]?|[DR]")
_TAIL = re.compile(r"(?:p|pN|pNp|pp)$")


@lru_cache(maxsize=1 << 16)
def shape_of(ys: str, xs: str) -> Shape:
    """What sort of unit parts of speech make; empty when its sides are too little, too much, or no pair.

    Args:
        ys: Letters of the embedded side (:mod:`letters`).
        xs: Letters of the matrix side.

    >>> shape_of("AN", "N"), shape_of("AN", "Np"), shape_of("a", "N")
    ('nominal', '', 'adverb')
    """
    if "." in xs or "." in ys or ys[0] not in _CONTENT_OR_NUMBER or ys[-1] not in CONTENT:
        return ""
    if xs[0] in CLOSED or xs[-1] in CLOSED:
        return ""
    if set(ys) == {"P"}:
        return "names"
    if _NOMINAL_Y.fullmatch(ys) and _NOMINAL_X.fullmatch(xs):
        return "nominal"
    if ys in ("A", "K") and xs == "A":
        return "adjective" if ys == "A" else "participle"
    if ys == "aA" and xs in ("aA", "A"):
        return "graded"
    if ys == "a" and set(xs) <= {"a", "N"}:
        return "adverb"
    return "interjection" if set(ys) == {"i"} and set(xs) <= set("iaNA?") else ""


@lru_cache(maxsize=1 << 16)
def core_of(ys: str, xs: str) -> tuple[int, int, int, int] | None:
    """Where the noun phrase of an island lies: without the adposition and determiner that both sides bring along.

    Returns:
        Its ends on the matrix side and on the embedded side; None when the unit is no island.

    >>> core_of("pDN", "pDN"), core_of("N", "N")
    ((2, 3, 2, 3), None)
    """
    if not (_ISLAND.match(xs) or xs[-1] == "p") or not (_ISLAND.match(ys) or ys[-1] == "p"):
        return None
    (a, b), (c, d) = _inside(xs), _inside(ys)
    return (a, b, c, d) if a < b and c < d else None


def _inside(letters: str) -> tuple[int, int]:
    """Where the noun phrase of an island begins and ends."""
    opening = _ISLAND.match(letters)
    closing = None if opening and letters[0] == "p" else _TAIL.search(letters)
    return opening.end() if opening else 0, closing.start() if closing else len(letters)
