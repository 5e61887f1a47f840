"""Translation units: which run of embedded tokens says what which run of matrix tokens says.

A unit is a pair of spans that is *consistent* with the links, as in phrase-based translation (Och and Ney, 2004): at
least one link lies inside, and no link leads out of either span.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from cswitch.generators.switching.view import View

_LONGEST = 9
_CHUNKS = {
    "head-last": re.compile(r"[AK#PN?]*[NP?]"),
    "head-first": re.compile(r"[#A]*[NP?]+A*(?:p[NP]+A*)?"),
}
_HEAD_FIRST = frozenset({"es", "fr", "it", "pt", "ca", "ro", "ar", "id", "ms", "vi", "sw", "he", "fa"})


class Unit(NamedTuple):
    """Matrix tokens ``x1`` to ``x2`` and embedded tokens ``y1`` to ``y2`` say the same; ends are exclusive."""

    x1: int
    x2: int
    y1: int
    y2: int


def close(view: View, x1: int, x2: int) -> Unit | None:
    """The smallest consistent unit that covers matrix tokens ``x1`` to ``x2``, or None if they have no link."""
    of_x, of_y = view.links_of_x, view.links_of_y
    ys = [y for x in range(x1, x2) for y in of_x[x]]
    if not ys:
        return None
    y1, y2 = min(ys), max(ys) + 1
    while True:
        xs = [x for y in range(y1, y2) for x in of_y[y]]
        low, high = min(xs), max(xs) + 1
        if x1 <= low and high <= x2:
            return Unit(x1, x2, y1, y2)
        x1, x2 = min(x1, low), max(x2, high)
        ys = [y for x in range(x1, x2) for y in of_x[x]]
        y1, y2 = min(y1, *ys), max(y2 - 1, *ys) + 1
        if x2 - x1 > _LONGEST or y2 - y1 > _LONGEST:
            return None


def project(view: View, y1: int, y2: int) -> Unit | None:
    """The unit whose embedded side is exactly ``y1`` to ``y2``, or None if there is none."""
    xs = [x for y in range(y1, y2) for x in view.links_of_y[y]]
    if not xs:
        return None
    x1, x2 = min(xs), max(xs) + 1
    for ys in view.links_of_x[x1:x2]:
        for y in ys:
            if not y1 <= y < y2:
                return None
    return Unit(x1, x2, y1, y2)


def words(view: View) -> Iterator[Unit]:
    """Minimal units: for each linked matrix token, the smallest unit that holds it."""
    of_y = view.links_of_y
    seen: set[Unit] = set()
    for x, ys in enumerate(view.links_of_x):
        if len(ys) == 1 and len(of_y[ys[0]]) == 1:
            yield Unit(x, x + 1, ys[0], ys[0] + 1)
        elif ys:
            unit = close(view, x, x + 1)
            if unit and unit not in seen:
                seen.add(unit)
                yield unit


def phrases(view: View) -> Iterator[Unit]:
    """Noun phrases of the embedded side without determiners: whole chunks, and chunks short of leading modifiers."""
    head_first = view.embedded.lang in _HEAD_FIRST
    letters = view.y_letters
    for match in _CHUNKS["head-first" if head_first else "head-last"].finditer(letters):
        y1, y2 = match.span()
        starts = [y1]
        if not head_first:
            starts += [y for y in range(y1 + 1, y2) if letters[y - 1] in "AK#" and letters[y] not in "#"]
        for start in starts:
            if y2 - start <= _LONGEST:
                unit = project(view, start, y2)
                if unit and unit.x2 - unit.x1 <= _LONGEST:
                    yield unit


def entities(view: View) -> Iterator[Unit]:
    """Runs of proper nouns of the embedded side."""
    for match in re.finditer(r"P+", view.y_letters):
        unit = project(view, *match.span())
        if unit:
            yield unit


def random_spans(view: View, random: Random) -> Iterator[Unit]:
    """Consistent units over random spans of the embedded side, one try a token, of one to five tokens."""
    size = len(view.y_letters)
    for _ in range(size):
        y1 = random.randrange(size)
        unit = project(view, y1, min(size, y1 + random.randint(1, 5)))
        if unit:
            yield unit


def choose(view: View, choice: str, random: Random) -> list[Unit]:
    """The units of a named choice, without repeats, in order of the matrix sentence.

    Args:
        view: The pair.
        choice: ``word``, ``phrase`` (noun phrases and words), ``noun`` (noun phrases and nouns), ``content`` (content
            words), ``entity`` (names) or ``random`` (random consistent spans).
        random: Used by ``random`` alone.
    """
    found: set[Unit] = set()
    if choice in {"word", "phrase", "content"}:
        found.update(words(view))
    if choice in {"phrase", "noun"}:
        found.update(phrases(view))
    if choice == "entity":
        found.update(entities(view))
    if choice == "random":
        found.update(random_spans(view, random))
    if choice == "content":
        found = {unit for unit in found if all(letter in "NAVBGKa?" for letter in view.y_letters[unit.y1 : unit.y2])}
    if choice == "noun":
        found = {unit for unit in found if view.y_letters[unit.y2 - 1] in "N?" or view.y_letters[unit.y1] in "N?"}
    return sorted(found)
