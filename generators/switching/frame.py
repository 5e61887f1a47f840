"""The matrix-language frame: what may enter a sentence without breaking it.

After Myers-Scotton (1993): the matrix language gives word order and closed-class words, the embedded language content
words and whole phrases. On top of that, what readers of generated text reject: a part of a fixed expression, half of a
noun phrase, an inflected verb, a name in translation, a word whose counterpart is doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cswitch.core.wordlists import function_words
from cswitch.generators.switching.glue import enter_verb
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, Arc, Glue, Piece
from cswitch.generators.switching.letters import CLOSED, CONTENT
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

_NOMINAL_Y = re.compile(r"[AK#PN?]*[N?]A*(?:(?:pD?|c)[AK#PN?]*[N?]A*)?")
_NOMINAL_X = re.compile(r"[AK#PN?](?:[AK#PN?pDc]*[AK#PN?])?")
CONTENT_OR_NUMBER = CONTENT | {"#"}
_EDGE = re.compile(r"pD?")
_POSTPOSITION = re.compile(r"[pN]?p+$")
_WEIGHTS = {"phrase": 12, "expression": 6, "noun": 6, "verb": 4, "adjective": 3, "island": 2, "adverb": 2}
"""Preference by class of unit, after how often each class is switched (docs/glue.md)."""


class MatrixFrame:
    """Judges the units of one pair.

    Args:
        view: The pair.
        glue: Names of the glue switches that are on.
        choice: The unit choice; names enter only when entities were asked for.
    """

    refuses = "".join(sorted(CLOSED)) + ".P#"

    def __init__(self, view: View, glue: frozenset[str], choice: str) -> None:
        self.view, self.glue, self.choice = view, glue, choice
        self.x_low, self.y_low = view.x_low, view.y_low
        self.x_bound = _inner(view.x_fixed)
        self.y_bound = _inner(view.y_fixed)
        self.function_words = function_words(view.embedded.lang)
        self.x_function_words = function_words(view.matrix.lang)

    def admit(self, unit: Unit) -> Arc | None:
        """The arc that inserts a unit, or None when the frame forbids it."""
        view = self.view
        x1, x2, y1, y2 = unit
        if x1 in self.x_bound or x2 in self.x_bound or y1 in self.y_bound or y2 in self.y_bound:
            return None
        ys = view.y_letters[y1:y2]
        if ys in ("V", "B", "G", "K"):
            found = self._verb(unit, ys)
            if found or ys in "VB":
                return found
        if (y1, y2) in view.y_fixed and (x1, x2) in view.x_fixed and ys[-1] != "p":
            return self._arc(unit, "expression")
        core = self._core(unit)
        if not self._whole(unit, core):
            return None
        kind = self._kind(core, view.y_letters[core.y1 : core.y2], view.x_letters[core.x1 : core.x2])
        if kind and core != unit:
            kind = "island" if kind in ("noun", "phrase") else None
        return self._arc(unit, kind) if kind else None

    def adjacent(self, left: Unit, right: Unit) -> bool:
        """Two units may touch when they also touch, in the same order, in the embedded sentence."""
        return left.y2 == right.y1

    def _core(self, unit: Unit) -> Unit:
        """The unit without the adposition and determiner that an island brings along on both sides."""
        view = self.view
        x1, x2, y1, y2 = unit
        xs, ys = view.x_letters[x1:x2], view.y_letters[y1:y2]
        if "p" not in (xs[0], xs[-1]) or "p" not in (ys[0], ys[-1]):
            return unit
        before_x, after_x = (_EDGE.match(xs), _POSTPOSITION.search(xs))
        before_y, after_y = (_EDGE.match(ys), _POSTPOSITION.search(ys))
        core = Unit(
            x1 + (before_x.end() if before_x else 0),
            x2 - (len(after_x.group()) if after_x and not before_x else 0),
            y1 + (before_y.end() if before_y else 0),
            y2 - (len(after_y.group()) if after_y and not before_y else 0),
        )
        return core if core.x1 < core.x2 and core.y1 < core.y2 else unit

    def _whole(self, unit: Unit, core: Unit) -> bool:
        """Whether the unit is neither too little nor too much on both sides."""
        view = self.view
        x1, x2, y1, y2 = core
        xs, ys = view.x_letters[x1:x2], view.y_letters[y1:y2]
        if "." in xs or "." in ys or ys[0] not in CONTENT_OR_NUMBER or ys[-1] not in CONTENT:
            return False
        if xs[0] in CLOSED or xs[-1] in CLOSED:
            return False
        low = self.y_low
        if low[y1] in self.function_words or low[y2 - 1] in self.function_words or low[y2 - 1].endswith(("'s", "’s")):
            return False
        if self.x_low[x1] in self.x_function_words or self.x_low[x2 - 1] in self.x_function_words:
            return False
        return not self._leaves_a_part(core)

    def _leaves_a_part(self, unit: Unit) -> bool:
        """Whether a word without link next to the unit may well belong to it."""
        view = self.view
        x1, x2, y1, y2 = unit
        size_x, size_y = len(view.x_letters), len(view.y_letters)
        return (
            (x1 > 0 and view.x_letters[x1 - 1] in "NPAK" and not view.links_of_x[x1 - 1])
            or (x2 < size_x and view.x_letters[x2] in "NPA" and not view.links_of_x[x2])
            or (y1 > 0 and view.y_letters[y1 - 1] in "NPAK" and not view.links_of_y[y1 - 1])
            or (y2 < size_y and view.y_letters[y2] in "NPAG" and not view.links_of_y[y2])
        )

    def _kind(self, unit: Unit, ys: str, xs: str) -> str | None:
        """What sort of unit this is, or None when its two sides do not make a pair that may be switched."""
        if set(ys) <= {"P"}:
            return "entity" if self.choice == "entity" else None
        if _NOMINAL_Y.fullmatch(ys) and _NOMINAL_X.fullmatch(xs):
            return self._nominal(unit, ys, xs)
        if ys in ("A", "K") and xs in ("A", "K") and self._free_adjective(unit):
            return "adjective" if ys == "A" or xs == "A" else None
        if ys == "a" and set(xs) <= {"a", "N"}:
            return "adverb"
        if set(ys) == {"i"} and set(xs) <= set("iaNA?"):
            return "expression"
        return None

    def _nominal(self, unit: Unit, ys: str, xs: str) -> str | None:
        """Noun phrases: not a piece of a compound, and alike in number."""
        view = self.view
        before = view.y_letters[unit.y1 - 1] if unit.y1 else "."
        after = view.y_letters[unit.y2] if unit.y2 < len(view.y_letters) else "."
        head_first = view.embedded.lang == "es"
        if after in "NG" or (before == "N" and not head_first):
            return None
        if set(xs) <= {"P"} or xs in ("K", "#"):
            return None
        if xs in ("A", "?") and ys not in ("N", "?"):
            return None
        if not self._same_number(unit):
            return None
        return "phrase" if len(ys) > 1 else "noun"

    def _same_number(self, unit: Unit) -> bool:
        """Where the matrix has an article to agree, a plural must not meet a singular."""
        view = self.view
        if view.matrix.lang != "es" or view.x_pos is None or view.y_pos is None:
            return True
        ours = {label[5:] for label in view.x_pos[unit.x1 : unit.x2] if label.startswith("NOUN.")}
        theirs = [label[5:] for label in view.y_pos[unit.y1 : unit.y2] if label.startswith("NOUN.")][-1:]
        return not ours or not theirs or theirs[0] in ours

    def _free_adjective(self, unit: Unit) -> bool:
        """In a language with adjectives after the noun, only a predicate adjective may enter alone."""
        view = self.view
        if view.matrix.lang != "es":
            return True
        near = view.x_letters[max(0, unit.x1 - 1) : unit.x1] + view.x_letters[unit.x2 : unit.x2 + 1]
        return not set(near) & set("NPD")

    def _verb(self, unit: Unit, ys: str) -> Arc | None:
        """An embedded verb: bare with a light verb, or a gerund after an auxiliary."""
        view = self.view
        x1, x2, y1, y2 = unit
        if y2 < len(view.y_letters) and view.y_letters[y2] in "TpN" and not view.links_of_y[y2] and (
            self.y_low[y2] in {"up", "out", "off", "down", "on", "away", "over", "back"}
        ):
            return None
        if "light-verb" in self.glue:
            entered = enter_verb(view, unit)
            if entered and not self._half_verb(entered.x1):
                gone = view.x_counts[entered.x1 : entered.x2].count(MATRIX)
                glue = sum(isinstance(piece, Glue) for piece in entered.pieces)
                first, last = EMBEDDED, MATRIX if glue else EMBEDDED
                return Arc(
                    entered.x1, entered.x2, gone - glue, 1, entered.pieces,
                    _WEIGHTS["verb"], first, last, int(glue > 0), "verb",
                )  # fmt: skip
        if view.matrix.lang == "es" and ys == "G" and view.x_letters[x1:x2] == "G" and x1:
            if self.x_low[x1 - 1].startswith(("est", "sig", "segu")):
                return self._arc(unit, "verb")
        return None

    def _half_verb(self, x1: int) -> bool:
        """Whether a nominal without link stands before a verb: the other half of a conjunct verb."""
        view = self.view
        return x1 > 0 and view.x_letters[x1 - 1] in "NA" and not view.links_of_x[x1 - 1]

    def _arc(self, unit: Unit, kind: str) -> Arc | None:
        view = self.view
        x1, x2, y1, y2 = unit
        embedded = view.y_counts[y1:y2].count(True)
        if not embedded or (y2 - y1 == x2 - x1 and self.x_low[x1:x2] == self.y_low[y1:y2]):
            return None
        pieces = tuple([Piece(EMBEDDED, y) for y in range(y1, y2)])
        weight = _WEIGHTS.get(kind, 1)
        return Arc(x1, x2, view.x_counts[x1:x2].count(MATRIX), embedded, pieces, weight, kind=kind)


def _inner(spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Boundaries that lie inside a span."""
    return frozenset(place for start, end in spans for place in range(start + 1, end))
