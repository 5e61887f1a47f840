"""Translation units: which run of embedded tokens says what which run of matrix tokens says.

A unit is a pair of spans that is *consistent* with the links, as in phrase-based translation (Och and Ney, 2004): at
least one link lies inside, and no link leads out of either span.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple

from cswitch.core.wordlists import adpositions
from cswitch.generators.switching.view import FAR, View

_LONGEST = 9
_PHRASES = {
    "head-last": re.compile(r"(?:(?<=[DpA#])K|[AP#N?])*[N?]"),
    "head-first": re.compile(r"#?A*[N?][NP?]*A*"),
}
_HEAD_FIRST = frozenset({"es", "fr", "it", "pt", "ca", "ro", "ar", "id", "ms", "vi", "sw", "he", "fa"})
_GENITIVE = {"en": {"of"}, "es": {"de", "del"}, "hi": {"का", "के", "की"}}
_PARTICIPIAL = frozenset("हुआ हुए हुई वाला वाले वाली वालों".split())
"""Words that make an attribute of what stands before them; they are no counterpart of a noun."""
_PLURAL_MODIFIERS = frozenset("sports sales news arms customs systems goods savings women men children".split())
"""Plurals that do modify a noun after them."""
_POINTING = frozenset(
    "this that these those my our your his her its their este esta ese esa mi tu su nuestro nuestra".split()
)
"""Demonstratives and possessives that may go along with their noun."""
_ARTICLES = frozenset("the a an el la los las un una unos unas".split())
_AND = {"en": {"and", "or"}, "es": {"y", "e", "o", "u"}, "hi": {"और", "या", "व", "एवं"}}
POSTPOSED = frozenset({"hi", "mr", "ne", "bn", "pa", "gu", "ur", "ta", "te", "kn", "ml", "ja", "ko", "tr"})
"""Languages whose adpositions follow."""


class Unit(NamedTuple):
    """Matrix tokens ``x1`` to ``x2`` and embedded tokens ``y1`` to ``y2`` say the same; ends are exclusive."""

    x1: int
    x2: int
    y1: int
    y2: int


def close(view: View, x1: int, x2: int) -> Unit | None:
    """The smallest consistent unit that covers matrix tokens ``x1`` to ``x2``, or None if they have no link."""
    while True:
        y1, y2 = min(view.x_first[x1:x2]), max(view.x_last[x1:x2]) + 1
        if y1 == FAR or y2 - y1 > _LONGEST:
            return None
        low, high = min(view.y_first[y1:y2]), max(view.y_last[y1:y2]) + 1
        if x1 <= low and high <= x2:
            return Unit(x1, x2, y1, y2)
        x1, x2 = min(x1, low), max(x2, high)
        if x2 - x1 > _LONGEST:
            return None


def project(view: View, y1: int, y2: int) -> Unit | None:
    """The unit whose embedded side is exactly ``y1`` to ``y2``, or None if there is none."""
    x1, x2 = min(view.y_first[y1:y2]), max(view.y_last[y1:y2]) + 1
    if x1 == FAR or min(view.x_first[x1:x2]) < y1 or max(view.x_last[x1:x2]) >= y2:
        return None
    return Unit(x1, x2, y1, y2)


def words(view: View, skip: str = "") -> Iterator[Unit]:
    """Minimal units: for each linked matrix token, the smallest unit that holds it.

    Args:
        view: The pair.
        skip: Leave out single words of these classes (:mod:`letters`) on either side.
    """
    of_y, xs, letters = view.links_of_y, view.x_letters, view.y_letters
    seen: set[Unit] = set()
    for x, ys in enumerate(view.links_of_x):
        if len(ys) == 1 and len(of_y[ys[0]]) == 1:
            if letters[ys[0]] not in skip and xs[x] not in skip:
                yield Unit(x, x + 1, ys[0], ys[0] + 1)
        elif ys:
            unit = close(view, x, x + 1)
            if unit and unit not in seen:
                seen.add(unit)
                yield unit


def chunks(view: View) -> list[tuple[int, int]]:
    """Spans of noun phrases of the embedded side, determiners left out; they end where a fixed expression begins."""
    if view.chunks is not None:
        return view.chunks
    order = "head-first" if view.embedded.lang in _HEAD_FIRST else "head-last"
    found = [match.span() for match in _PHRASES[order].finditer(view.y_letters)]
    if order == "head-last" and view.y_pos is not None:
        found = [part for span in found for part in _parted(view, *span)]
    if not view.y_fixed:
        view.chunks = found
        return found
    openings = [start for start, _ in view.y_fixed]
    cut = [(y1, min([start for start in openings if y1 < start < y2], default=y2)) for y1, y2 in found]
    view.chunks = [(y1, y2) for y1, y2 in cut if view.y_letters[y2 - 1] in "NP?"]
    return view.chunks


def _parted(view: View, y1: int, y2: int) -> Iterator[tuple[int, int]]:
    """A chunk in parts that end on a plural: a plural is no modifier of the noun after it (followers | hours later)."""
    labels = view.y_pos
    assert labels is not None
    start = y1
    for y in range(y1, y2 - 1):
        if labels[y] == "NOUN.Plur" and view.y_letters[y + 1] in "NP" and view.y_low[y] not in _PLURAL_MODIFIERS:
            yield start, y + 1
            start = y + 1
    yield start, y2


def phrases(view: View) -> Iterator[Unit]:
    """Noun phrases without determiners: whole, and short of leading modifiers; then fixed expressions."""
    letters = view.y_letters
    head_first = view.embedded.lang in _HEAD_FIRST
    for y1, y2 in chunks(view):
        starts = [y1]
        if not head_first:
            starts += [y for y in range(y1 + 1, y2) if letters[y - 1] in "AK#" and letters[y] != "#"]
        for start in starts:
            unit = grow(view, start, y2)
            if unit and not any(view.y_open[y1:start]):
                yield unit
    for y1, y2 in view.y_fixed:
        unit = project(view, y1, y2)
        if unit and (unit.x1, unit.x2) in view.x_fixed:
            yield unit


def islands(view: View, *, articles: bool = False) -> Iterator[Unit]:
    """Phrases that enter whole, with their own function words: of-phrases, coordinations, adpositional phrases.

    Args:
        view: The pair.
        articles: Let articles go along with their noun.
    """
    found = chunks(view)
    for (y1, end), (start, y2) in pairwise(found):
        if _bridged(view, end, start):
            unit = grow(view, y1, y2)
            if unit:
                yield unit
    for y1, y2 in found:
        unit = grow(view, y1, y2)
        if unit is None:
            continue
        with_owner = _with_determiner(view, unit, articles=articles)
        if with_owner:
            yield with_owner
        whole = _with_adpositions(view, with_owner or unit) or _with_adpositions(view, unit)
        if whole:
            yield whole


def _with_determiner(view: View, unit: Unit, *, articles: bool) -> Unit | None:
    """The unit with the demonstrative or possessive before it, when both sides have one and they are linked.

    An article stays in the matrix language, unless ``articles`` says otherwise.
    """
    x, y = unit.x1 - 1, unit.y1 - 1
    if x < 0 or y < 0 or view.x_letters[x] not in "DR" or view.y_letters[y] not in "DR":
        return None
    if not articles and (view.y_low[y] in _ARTICLES or view.x_low[x] in _ARTICLES):
        return None
    if view.matrix.lang in POSTPOSED or view.y_low[y] not in _POINTING | _ARTICLES:
        return None
    return Unit(x, unit.x2, y, unit.y2) if view.links_of_x[x] == [y] and view.links_of_y[y] == [x] else None


def _bridged(view: View, end: int, start: int) -> bool:
    """Whether what stands between two noun phrases makes them one: of (the), and, or."""
    letters, lang = view.y_letters, view.embedded.lang
    between = view.y_low[end:start]
    if letters[end:start] == "c":
        return between[0] in _AND.get(lang, ())
    return letters[end:start] in ("p", "pD") and between[0] in _GENITIVE.get(lang, ())


def _with_adpositions(view: View, unit: Unit) -> Unit | None:
    """The unit with the adposition that governs it on both sides, or None when it has none that may go along."""
    xs = _governed(view.matrix.lang, view.x_low, view.x_letters, view.x_fixed, unit.x1, unit.x2)
    ys = _governed(view.embedded.lang, view.y_low, view.y_letters, view.y_fixed, unit.y1, unit.y2)
    if xs is None or ys is None:
        return None
    if (view.matrix.lang in POSTPOSED) != (view.embedded.lang in POSTPOSED):
        return None  # a prepositional phrase has no place in a language of postpositions
    if view.embedded.lang not in POSTPOSED and _heavy_island(view, *ys):
        return None
    if xs[1] < len(view.x_low) and view.x_low[xs[1]] in _GENITIVE.get(view.matrix.lang, ()):
        return None
    if xs[0] and (view.x_letters[xs[0] - 1] == "p" or view.x_low[xs[0] - 1] in _GENITIVE.get(view.matrix.lang, ())):
        return None
    whole = Unit(*xs, *ys)
    if any(not whole.y1 <= y < whole.y2 for x in range(whole.x1, whole.x2) for y in view.links_of_x[x]):
        return None
    inside = project(view, whole.y1, whole.y2)
    if inside is None or inside.x1 < whole.x1 or inside.x2 > whole.x2:
        return None
    return whole


def _heavy_island(view: View, y1: int, y2: int) -> bool:
    """Whether an adpositional phrase goes on with a genitive, or would bring an article into a language without."""
    after = view.y_low[y2] if y2 < len(view.y_low) else ""
    goes_on = after in {*_GENITIVE.get(view.embedded.lang, ()), "and", "or"}
    goes_on = goes_on or (after == "," and view.y_letters[y2 + 1 : y2 + 2] in ("N", "D", "A", "P"))
    articles = view.matrix.lang in POSTPOSED and any(word in _ARTICLES for word in view.y_low[y1:y2])
    return goes_on or articles


def _governed(
    lang: str, low: Sequence[str], letters: str, fixed: Sequence[tuple[int, int]], start: int, end: int
) -> tuple[int, int] | None:
    """A noun phrase together with its adposition (and determiner), or None."""
    if lang in POSTPOSED:
        for first, last in fixed:
            if first == end and letters[first] == "p" and letters[last : last + 1] not in ("p", "T"):
                return start, last
        if end < len(low) and low[end] in adpositions(lang) and letters[end + 1 : end + 2] not in ("p", "T"):
            return start, end + 1
        return None
    if start and letters[start - 1] in "DR":
        start -= 1
    if start and letters[start - 1] == "p" and low[start - 1] in adpositions(lang):
        return start - 1, end
    return None


def grow(view: View, y1: int, y2: int) -> Unit | None:
    """The unit of a noun phrase, all of whose words are accounted for; None when one may be left behind or said twice.

    Where the phrase holds content words without link, content words without link inside or beside the matrix span are
    taken to be their counterparts, and the span grows over them.
    """
    known = view.grown
    if (y1, y2) not in known:
        known[y1, y2] = _grown(view, y1, y2)
    return known[y1, y2]


def _grown(view: View, y1: int, y2: int) -> Unit | None:
    """See :func:`grow`, which asks once for each phrase."""
    if y2 - y1 > _LONGEST:
        return None
    unit = project(view, y1, y2)
    if unit is None or unit.x2 - unit.x1 > _LONGEST:
        return None
    x1, x2 = unit.x1, unit.x2
    open_xs, open_ys = sum(view.x_open[x1:x2]), sum(view.y_open[y1:y2])
    if not open_ys:
        return unit if not open_xs else None
    if view.embedded.lang not in _HEAD_FIRST and not view.links_of_y[y2 - 1]:
        return None
    while open_xs < open_ys:
        left, right = _open_left(view, x1), _open_right(view, x2)
        if left is not None:
            x1 = left
        elif right is not None:
            x2 = right
        else:
            break
        open_xs += 1
    if open_xs == open_ys:
        return Unit(x1, x2, y1, y2)
    if view.matrix.lang in POSTPOSED:
        return None
    near = open_xs or any(view.x_open[max(0, x1 - 5) : x1]) or any(view.x_open[x2 : x2 + 5])
    return None if near else Unit(x1, x2, y1, y2)


def _open_left(view: View, x: int) -> int | None:
    """Where a unit that begins at ``x`` would begin with the unlinked noun or adjective before it, if there is one."""
    letters, is_open, genitive = view.x_letters, view.x_open, _GENITIVE.get(view.matrix.lang, ())
    if x > 0 and letters[x - 1] in "NPA" and is_open[x - 1] and view.x_low[x - 1] not in _PARTICIPIAL:
        return x - 1
    if x > 1 and view.x_low[x - 1] in genitive and letters[x - 2] in "NPA" and is_open[x - 2]:
        return x - 2
    return None


def _open_right(view: View, x: int) -> int | None:
    """The same at the other end."""
    letters, is_open, genitive = view.x_letters, view.x_open, _GENITIVE.get(view.matrix.lang, ())
    size = len(letters)
    if x < size and letters[x] in "NPA" and is_open[x] and view.x_low[x] not in _PARTICIPIAL:
        return x + 1
    if x + 1 < size and view.x_low[x] in genitive and letters[x + 1] in "NPA" and is_open[x + 1]:
        return x + 2
    return None


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
