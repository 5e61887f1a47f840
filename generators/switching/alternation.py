"""The alternation builder: clauses and phrases of either language in turn, cut at equivalence points.

An equivalence point is a boundary that no link crosses (Poplack, 1980; over links: Winata et al., 2019). Of these, the
builder uses the ones at which a speaker could turn: both neighbours of the boundary are accounted for by links, and no
function word is parted from what it governs on either side (Belazi et al., 1994).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from cswitch.generators.switching.constraints import span_arc
from cswitch.generators.switching.lattice import MATRIX, Arc, Lattice
from cswitch.generators.switching.letters import CONTENT
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View
from cswitch.schemas.settings import SynthSettings

_ENDS_NOT = {"hi": "DAsc#R", "": "DpXTscAR#"}
"""Classes that no stretch of a language may end on: they belong to what follows."""
_BEGINS_NOT = {"hi": "pXTVBK", "": "T"}
"""Classes that no stretch may begin with: they belong to what goes before."""
_PARTED = {
    "hi": {"NN", "PP", "PN", "NP", "aA", "NA"},
    "": {
        "NN",
        "PP",
        "PN",
        "NP",
        "VR",
        "aA",
        "NA",
        "Ka",
        "Va",
        "KA",
        "VA",
        "VG",
        "VB",
        "VT",
        "VK",
        "GR",
        "BR",
        "TB",
        "aK",
        "aV",
    },
}
"""Neighbours that are not parted."""
_LEANS_LEFT = {"hi": ".pXT", "": "."}
"""Unlinked words of these classes go with what stands before them, all other function words with what follows."""
_FINITE = frozenset("VX")
_VERBAL = frozenset("VXBGK")
_CONTENT = frozenset("NAVBGKai?")
_HEAVY = frozenset("NPAVBGK")
"""Content words that a block has to account for."""
_NEGATIONS = frozenset({"not", "n't", "no", "never", "don't", "doesn't", "didn't", "won't", "can't", "cannot", "isn't"}
                       | {"wasn't", "aren't", "nunca", "jamás", "ni", "नहीं", "न", "मत", "ना"})  # fmt: skip
_SUBJECT_MARK = frozenset({"ने"})
"""Marks a subject for its verb in the matrix language; the two are not parted."""
_PAIRED = frozenset("\"'“”‘’«»()[]")
"""Marks that come in pairs, where they do."""
_COHESION = 3
"""How much likelier a speaker is to go on in a language than to switch at a point."""


class AlternationBuilder:
    """Builds lattices in which whole stretches between equivalence points are in one language or the other."""

    name = "alternation"
    default_constraint = "equivalence"

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings
        self.constraint = settings.constraint or self.default_constraint

    def lattices(self, view: View, key: str) -> Iterator[Lattice]:
        """The one lattice of a pair; nothing in it is random."""
        yield Lattice(
            view.x_counts, block_arcs(view, speakable=self.constraint != "none", strict=False), cohesion=_COHESION
        )


def block_arcs(view: View, *, speakable: bool = True, strict: bool = True, weight: int = 1) -> list[Arc]:
    """Arcs that put a whole stretch between neighbouring equivalence points into the embedded language.

    Args:
        view: The pair.
        speakable: Keep only blocks that say the same on both sides and end where a speaker could turn.
        strict: Of these, keep those that can be told to be clauses or phrases, fit to be islands in another frame.
        weight: Weight of each arc.
    """
    found: list[Arc] = []
    points = equivalence_points(view, speakable=speakable)
    if len(points) < 3:  # the one block would be the whole sentence
        return found
    for (x1, y1), (x2, y2) in pairwise(points):
        block: Unit | None = Unit(x1, x2, y1, y2)
        if speakable:
            block = _without_marks(view, Unit(x1, x2, y1, y2))
        if block is None:
            continue
        if MATRIX in view.x_counts[block.x1 : block.x2] and (not speakable or _matched(view, block, strict)):
            arc = span_arc(view, block, weight, kind="block")
            if arc:
                found.append(arc)
    return found


def _without_marks(view: View, block: Unit) -> Unit | None:
    """The block short of punctuation at its ends, which stays as the matrix has it; None when that crosses a link."""
    x1, x2, y1, y2 = block
    while x1 < x2 and view.x_letters[x1] == ".":
        x1 += 1
    while x1 < x2 and view.x_letters[x2 - 1] == ".":
        x2 -= 1
    while y1 < y2 and view.y_letters[y1] == ".":
        y1 += 1
    while y1 < y2 and view.y_letters[y2 - 1] == ".":
        y2 -= 1
    before = all(y < y1 for x in range(block.x1, x1) for y in view.links_of_x[x]) and all(
        x < x1 for y in range(block.y1, y1) for x in view.links_of_y[y]
    )
    after = all(y >= y2 for x in range(x2, block.x2) for y in view.links_of_x[x]) and all(
        x >= x2 for y in range(y2, block.y2) for x in view.links_of_y[y]
    )
    return Unit(x1, x2, y1, y2) if before and after and x1 < x2 and y1 < y2 else None


def _matched(view: View, block: Unit, strict: bool) -> bool:
    """Whether the two sides of a block say the same and can stand in the other's place, as far as can be told.

    A block brings a content word that is more than a name, and a verb for a verb. Unlinked words and marks match.
    """
    x1, x2, y1, y2 = block
    if _cuts(view.x_fixed, x1, x2) or _cuts(view.y_fixed, y1, y2):
        return False
    xs, ys = view.x_letters[x1:x2], view.y_letters[y1:y2]
    if "?" in ys and "?" in xs:
        return True
    if _FINITE.isdisjoint(xs) != _FINITE.isdisjoint(ys):
        return False
    ours = set(view.x_low[x1:x2])
    if not any(letter in _CONTENT and word not in ours for letter, word in zip(ys, view.y_low[y1:y2], strict=True)):
        return False
    if _opens(view, block) or (strict and not _island(view, block)):
        return False
    if _NEGATIONS.isdisjoint(ours) != _NEGATIONS.isdisjoint(view.y_low[y1:y2]):
        return False
    open_x, _ = _accounted(xs, view.links_of_x[x1:x2])
    open_y, linked = _accounted(ys, view.links_of_y[y1:y2])
    spare = 0 if strict and linked <= 3 else 1
    return linked > 0 and abs(open_x - open_y) <= spare and open_y <= linked


def _accounted(letters: str, links: Sequence[Sequence[int]]) -> tuple[int, int]:
    """How many content words no link accounts for, and how many one does."""
    heavy = [bool(there) for letter, there in zip(letters, links, strict=True) if letter in _HEAVY]
    return heavy.count(False), heavy.count(True)


def _island(view: View, block: Unit) -> bool:
    """Whether a block is fit to be an island in the frame of the other language.

    A block with a verb is a clause with its subject, to the end of the clause; one without is a phrase that neither
    loses nor gains a function word at its edges, nor leaves a coordination half said.
    """
    x1, x2, y1, y2 = block
    xs, ys, ours = view.x_letters[x1:x2], view.y_letters[y1:y2], set(view.x_low[x1:x2])
    if bool(set(xs) & _VERBAL) != bool(set(ys) & _VERBAL):
        return False
    if set(ys) & _VERBAL:
        if not _clause(view, block) or (x1 and view.x_low[x1 - 1] in _SUBJECT_MARK):
            return False
    elif _SUBJECT_MARK & ours or ys[0] == "c" or _goes_on(view, block):
        return False
    if view.matrix.lang == "hi" and (xs[-1] == "p" or ys[0] == "p") and (x1 or view.x_letters[x2 : x2 + 1] != "."):
        return False
    if view.y_low[y1] == "of" or (view.matrix.lang == "hi" and ys[0] in _FINITE):
        return False
    if xs[0] in "pD" and ys[0] not in "pDRT#a" and view.matrix.lang != "hi":
        return False
    if ys[0] == "s" and not set(ys) & _FINITE:
        return False
    return (view.x_low[x1:x2].count(",") - view.y_low[y1:y2].count(",")) % 2 == 0


def _opens(view: View, block: Unit) -> bool:
    """Whether a quotation or bracket opens in a block on one side and closes outside it."""
    sides = view.x_low[block.x1 : block.x2], view.y_low[block.y1 : block.y2]
    return any(sum([word in _PAIRED for word in side]) % 2 for side in sides if not _PAIRED.isdisjoint(side))


def _cuts(fixed: Sequence[tuple[int, int]], *edges: int) -> bool:
    """Whether an edge lies inside a fixed expression."""
    return any(start < edge < end for start, end in fixed for edge in edges)


def _clause(view: View, block: Unit) -> bool:
    """Whether a block with a verb is a clause with its subject, to the end of the clause."""
    _, x2, y1, y2 = block
    ys = view.y_letters[y1:y2]
    if not (_ends(view.x_letters, x2) and _ends(view.y_letters, y2)):
        return False
    first = next(n for n, letter in enumerate(ys) if letter in _VERBAL)
    if any(letter in "RNP" for letter in ys[:first]):
        return bool(set(ys) & _FINITE) and (_begins(view.y_letters, y1) or ys[0] in "sc")
    return False


def _begins(letters: str, place: int) -> bool:
    return place == 0 or letters[place - 1] in ".sc" or letters[place] in "sc"


def _ends(letters: str, place: int) -> bool:
    return place == len(letters) or letters[place] in ".cs"


def _goes_on(view: View, block: Unit) -> bool:
    """Whether a coordination goes on after a block: a comma, and, or, with a nominal after it, on both sides."""
    after_x, after_y = view.x_letters[block.x2 : block.x2 + 2], view.y_letters[block.y2 : block.y2 + 2]
    return all(len(after) == 2 and after[0] in ".c" and after[1] in "NPAD#" for after in (after_x, after_y))


def equivalence_points(view: View, *, speakable: bool = True) -> list[tuple[int, int]]:
    """Boundaries (x, y), both ends included, at which the sentence may change language; strictly ascending.

    Args:
        view: The pair.
        speakable: Leave out boundaries that part a function word from what it governs.
    """
    of_x, size_x, size_y = view.links_of_x, len(view.x_letters), len(view.y_letters)
    lowest = [size_y] * (size_x + 1)
    for x in range(size_x - 1, -1, -1):
        lowest[x] = min(lowest[x + 1], of_x[x][0]) if of_x[x] else lowest[x + 1]
    points = [(0, 0)]
    highest, previous = 0, -1
    for x in range(size_x):
        if not of_x[x]:
            continue
        if previous >= 0 and highest <= lowest[x]:
            at_x = _split(view.x_letters, view.matrix.lang, previous + 1, x)
            at_y = _split(view.y_letters, view.embedded.lang, highest, lowest[x])
            if at_x is not None and at_y is not None and points[-1][0] < at_x and points[-1][1] < at_y:
                point = (at_x, at_y)
                if not speakable or (
                    _may_turn(view.x_letters, view.matrix.lang, at_x)
                    and _may_turn(view.y_letters, view.embedded.lang, at_y)
                ):
                    points.append(point)
        previous = x
        highest = max(highest, of_x[x][-1] + 1)
    if points[-1] != (size_x, size_y) and size_x and size_y:
        points.append((size_x, size_y))
    return points


def _split(letters: str, lang: str, low: int, high: int) -> int | None:
    """Where to part a run of unlinked words, or None when it holds a word that may belong to either side."""
    if low == high:
        return low
    leans = _LEANS_LEFT.get(lang, _LEANS_LEFT[""])
    place = low
    while place < high and letters[place] in leans:
        place += 1
    return None if any(letter in CONTENT or letter == "#" for letter in letters[place:high]) else place


def _may_turn(letters: str, lang: str, place: int) -> bool:
    """Whether a stretch of the language may end before ``place`` and another begin there."""
    last = said = letters[place - 1]
    if last == ".":
        said = letters[:place].rstrip(".")[-1:] or "."
    return _turns(said, last, letters[place : place + 1], lang)


@lru_cache(maxsize=4096)
def _turns(said: str, last: str, first: str, lang: str) -> bool:
    """Whether a language may change between two classes.

    Args:
        said: Class of the last word of the stretch.
        last: Class of its last word or mark.
        first: Class of what comes next; empty at the end.
        lang: The language.
    """
    if said in _ENDS_NOT.get(lang, _ENDS_NOT[""]) or (first and first in _BEGINS_NOT.get(lang, _BEGINS_NOT[""])):
        return False
    return last + first not in _PARTED.get(lang, _PARTED[""])
