"""The matrix-language frame: what may enter a sentence without breaking it.

After Myers-Scotton (1993): the matrix language gives word order and closed-class words, the embedded language content
words and whole phrases. On top of that, what readers of generated text reject: a part of a fixed expression, half of a
noun phrase, an inflected verb, a name in translation, a word whose counterpart is doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cswitch.core.wordlists import function_words
from cswitch.generators.switching.bare import fit
from cswitch.generators.switching.glue import enter_verb, light_verbs
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, Arc, Glue, Piece
from cswitch.generators.switching.letters import CLOSED
from cswitch.generators.switching.shapes import Shape, core_of, shape_of
from cswitch.generators.switching.units import Unit
from cswitch.generators.switching.view import View

_WEAK, _WEAK_WIDE = 0.88, 0.8
"""Confidence that the link of a single word needs, and what it needs where targets are out of reach otherwise."""
_CASES = frozenset({"में", "से", "पर", "तौर", "रूप"})
"""Words that make an adverb of the word before them, and would be left behind."""
_SINGULAR = frozenset({"एक", "इस", "उस", "यह", "वह", "किसी", "हर", "प्रत्येक"})
"""Determiners of one thing, which no plural follows."""
_BETWEEN = frozenset({"नहीं", "न", "ही", "भी", "तो", "मत"})
"""Words that may stand between the two parts of a conjunct verb."""
_BOUND = ("लग", "मार", "खा", "उठा")
"""Beginnings of verbs that make one expression with the noun before them."""
_DEGREES = frozenset({"más", "menos", "सबसे", "ज़्यादा", "अधिक"})
_NEGATIONS = frozenset({"no", "nunca", "ni", "नहीं", "न"})
_BEING = frozenset("ser es son era eran fue fueron sido siendo será serán".split())
_GENITIVES = frozenset({"of", "de", "del", "का", "के", "की"})
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
        self.wide = False
        """Admit what is well formed but less usual, for targets out of reach otherwise."""
        self.later: list[Unit] = []
        """Units refused that may be admitted once ``wide`` is set, in the order they were asked for."""
        self._less_usual = False
        self.x_low, self.y_low = view.x_low, view.y_low
        self.x_bound = _inner(view.x_fixed)
        self.y_bound = _inner(view.y_fixed)
        self.function_words = function_words(view.embedded.lang)
        self.x_function_words = function_words(view.matrix.lang)

    def admit(self, unit: Unit) -> Arc | None:
        """The arc that inserts a unit, or None when the frame forbids it."""
        self._less_usual = False
        arc = self._admitted(unit)
        if arc is None and self._less_usual:
            self.later.append(unit)
        return arc

    def _passes(self, usual: bool, wide: bool) -> bool:
        """Whether a test is passed by what is usual, or by what is well formed at least, where that is admitted."""
        if wide and not usual and not self.wide:
            self._less_usual = True
        return wide if self.wide else usual

    def _admitted(self, unit: Unit) -> Arc | None:
        view = self.view
        x1, x2, y1, y2 = unit
        if x1 in self.x_bound or x2 in self.x_bound or y1 in self.y_bound or y2 in self.y_bound:
            return None
        ys = view.y_letters[y1:y2]
        if ys in ("V", "B", "G", "K"):
            found = self._verb(unit, ys)
            if found or ys in "VB":
                return found
        if self._is_expression(unit):
            return None if not _NEGATIONS.isdisjoint(self.x_low[x1:x2]) else self._arc(unit, "expression")
        unit = self._without_light_verb(unit)
        core = self._core(unit)
        shape = shape_of(view.y_letters[core.y1 : core.y2], view.x_letters[core.x1 : core.x2])
        if not shape or (core is not unit and shape != "nominal") or not self._whole(core):
            return None
        kind = self._kind(core, shape) if not self._doubtful(core) else None
        if kind and core is not unit:
            kind = "island"
        return self._arc(unit, kind) if kind and self._leaves_no_part(core) else None

    def _is_expression(self, unit: Unit) -> bool:
        """Whether both sides are fixed expressions, and no phrase of an adposition."""
        view = self.view
        x1, x2, y1, y2 = unit
        if not view.y_fixed or (y1, y2) not in view.y_fixed or (x1, x2) not in view.x_fixed:
            return False
        return view.y_letters[y2 - 1] not in CLOSED and view.x_letters[x1] != "p"

    def adjacent(self, left: Unit, right: Unit) -> bool:
        """Two units may touch when they also touch, in the same order, in the embedded sentence."""
        return left.y2 == right.y1

    def _without_light_verb(self, unit: Unit) -> Unit:
        """The unit short of the light verb that the matrix says its noun with: use for इस्तेमाल, करना stays."""
        x2 = unit.x2
        if self.view.matrix.lang == "hi":
            while x2 - 1 > unit.x1 and self.x_low[x2 - 1] in light_verbs() and self.view.x_letters[x2 - 1] != "p":
                x2 -= 1
        return unit if x2 == unit.x2 else unit._replace(x2=x2)

    def _core(self, unit: Unit) -> Unit:
        """The noun phrase of an island, else the unit itself."""
        x1, x2, y1, y2 = unit
        ends = core_of(self.view.y_letters[y1:y2], self.view.x_letters[x1:x2])
        return Unit(x1 + ends[0], x1 + ends[1], y1 + ends[2], y1 + ends[3]) if ends else unit

    def _whole(self, core: Unit) -> bool:
        """Whether the unit neither begins nor ends with a word of a closed class, nor parts what belongs together."""
        view = self.view
        x1, x2, y1, y2 = core
        low = self.y_low
        if low[y1] in self.function_words or low[y2 - 1] in self.function_words or low[y2 - 1].endswith(("'s", "’s")):
            return False
        if self.x_low[x1] in self.x_function_words or self.x_low[x2 - 1] in self.x_function_words:
            return False
        if (
            view.matrix.lang == "es"
            and x1
            and view.x_letters[x1 - 1] in "Dp"
            and any("'s" in w or "’s" in w for w in low[y1:y2])
        ):
            return False
        return not self._parts_a_genitive(core)

    def _doubtful(self, core: Unit) -> bool:
        """Whether a single word hangs on a weak link, or does not go with what stands before it."""
        if core.x2 - core.x1 == 1:
            confidence = self.view.x_confidence[core.x1]
            if not self._passes(confidence >= _WEAK, confidence >= _WEAK_WIDE):
                return True
        return core.x1 > 0 and self._at_odds(core, self.x_low[core.x1 - 1], self.y_low[core.y1])

    def _at_odds(self, core: Unit, before: str, word: str) -> bool:
        """Whether a word does not go with what stands before it: más younger, no inaccurate, 15 inches for 38 cm."""
        if before in _DEGREES:
            if any(w.endswith("est") for w in self.y_low[core.y1 : core.y2]):
                return True
            return word.endswith(("er", "est")) or self.view.y_letters[core.y1] == "N"
        if before in _NEGATIONS and word.startswith(("in", "im", "un", "dis")):
            return True
        return self.view.x_letters[core.x1 - 1] == "#" and not self.view.links_of_x[core.x1 - 1]

    def _parts_a_genitive(self, unit: Unit) -> bool:
        """Whether an of-phrase next to the unit holds a noun without link, whose counterpart may be in the unit."""
        view = self.view
        return _open_across(view.y_letters, self.y_low, view.links_of_y, unit.y1, unit.y2) or _open_across(
            view.x_letters, self.x_low, view.links_of_x, unit.x1, unit.x2
        )

    def _leaves_no_part(self, unit: Unit) -> bool:
        """Whether no word without link next to the unit may well belong to it.

        Where targets are out of reach otherwise, an adjective that only one side has may stay behind: it is then an
        addition of that side, not the other half of the unit.
        """
        view = self.view
        ours = self._open_beside(view.x_letters, view.x_sure, unit.x1, unit.x2)
        theirs = self._open_beside(view.y_letters, view.y_sure, unit.y1, unit.y2)
        if not ours and not theirs:
            return True
        return self._passes(usual=False, wide=not (ours and theirs) and set(ours + theirs) <= {"A"})

    @staticmethod
    def _open_beside(letters: str, sure: list[bool], start: int, end: int) -> str:
        """Classes of the content words directly before and after a span that no sure link accounts for."""
        found = ""
        if start and not sure[start - 1] and letters[start - 1] in "NPAK":
            found = letters[start - 1]
        if end < len(letters) and not sure[end] and letters[end] in "NPAG":
            found += letters[end]
        return found

    def _kind(self, unit: Unit, shape: Shape) -> str | None:
        """What sort of unit this is, or None when its two sides do not make a pair that may be switched."""
        if shape == "names":
            return "entity" if self.choice == "entity" else None
        if shape == "nominal":
            return self._nominal(unit)
        if shape == "participle" and self._host(unit):
            return None
        if shape in ("adjective", "participle", "graded"):
            passive = shape == "participle" and unit.x1 > 0 and self.x_low[unit.x1 - 1] in _BEING
            return "adjective" if not passive and self._free_adjective(unit) else None
        if shape == "adverb":
            governed = self.view.x_letters[unit.x1] == "N" and _before(self.view.x_letters, unit.x1) in "pDA"
            after = self.x_low[unit.x2] if unit.x2 < len(self.x_low) else ""
            return None if governed or after in _CASES else "adverb"
        return "expression"

    def _nominal(self, unit: Unit) -> str | None:
        """Noun phrases: not a piece of a compound, and alike in number."""
        view = self.view
        ys, xs = view.y_letters[unit.y1 : unit.y2], view.x_letters[unit.x1 : unit.x2]
        before = view.y_letters[unit.y1 - 1] if unit.y1 else "."
        after = view.y_letters[unit.y2] if unit.y2 < len(view.y_letters) else "."
        head_first = view.embedded.lang == "es"
        compound = after in "NG" or (before == "N" and not head_first)
        if compound and not self._passes(usual=False, wide=self._loose(unit, before == "N")):
            return None
        if ys == "N" and self.y_low[unit.y1].endswith("ly") and after != "N":
            return None
        if self._half_phrase(unit, before) or xs[-1] == "K" or (self._host(unit) and not self._hostable(unit, ys)):
            return None
        if (set(xs) <= {"P"} and view.matrix.lang != "hi") or xs in ("K", "#"):
            return None
        if xs in ("A", "?") and (ys not in ("N", "?") or (xs == "A" and view.matrix.lang == "es")):
            return None
        if not self._same_number(unit) or self._number_beside(unit, ys, xs):
            return None
        return "phrase" if len(ys) > 1 else "noun"

    def _host(self, unit: Unit) -> bool:
        """Whether the matrix makes a verb of the unit's counterpart with a light verb (रद्द करना)."""
        view = self.view
        if view.matrix.lang != "hi" or unit.x2 >= len(view.x_letters):
            return False
        place = unit.x2
        while place + 1 < len(self.x_low) and self.x_low[place] in _BETWEEN:
            place += 1
        after = self.x_low[place]
        if view.x_letters[place] in "VBK" and after.startswith(_BOUND):
            return True
        return after in light_verbs() and view.x_letters[place] not in "pD" and not after.startswith("ह")

    def _hostable(self, unit: Unit, ys: str) -> bool:
        """Whether a noun can be made a verb with a light verb: one word, not a plural."""
        labels = self.view.y_pos
        if len(ys) != 1 or self.view.x_letters[unit.x1 : unit.x2] != "N" or self.y_low[unit.y1].endswith("ing"):
            return False
        return labels is None or labels[unit.y1] != "NOUN.Plur"

    def _number_beside(self, unit: Unit, ys: str, xs: str) -> bool:
        """Whether the unit brings a number while the matrix keeps its own beside it."""
        letters = self.view.x_letters
        if "#" in xs or ("#" not in letters[max(0, unit.x1 - 4) : unit.x1] and letters[unit.x2 : unit.x2 + 1] != "#"):
            return False
        return "#" in ys or any(c.isdigit() for word in self.y_low[unit.y1 : unit.y2] for c in word)

    def _half_phrase(self, unit: Unit, before: str) -> bool:
        """Whether the modifier of a noun stays behind, right beside it, in a language that puts it elsewhere."""
        view = self.view
        if view.matrix.lang != "es" or before not in "AKGN":
            return False
        beside = view.x_letters[unit.x1 - 1 : unit.x1] + view.x_letters[unit.x2 : unit.x2 + 1]
        if "A" in beside:
            return True
        return before != "A" and any(x in (unit.x1 - 1, unit.x2) for x in view.links_of_y[unit.y1 - 1])

    def _loose(self, unit: Unit, before: bool) -> bool:
        """Whether the other noun of a compound stands apart in the matrix, in the same order (शरण की नीति)."""
        view = self.view
        if view.matrix.lang == "es":
            return False
        other = view.links_of_y[unit.y1 - 1 if before else unit.y2]
        return bool(other) and all(x < unit.x1 - 1 or x > unit.x2 for x in other)

    def _same_number(self, unit: Unit) -> bool:
        """Where the matrix has an article to agree, a plural must not meet a singular."""
        view = self.view
        if view.x_pos is None or view.y_pos is None:
            return True
        if view.matrix.lang == "hi":
            plural = any(label == "NOUN.Plur" for label in view.y_pos[unit.y2 - 1 : unit.y2])
            before = view.matrix.tokens[unit.x1 - 1] if unit.x1 else ""
            singular = before in _SINGULAR or (before.endswith("ा") and view.x_letters[unit.x1 - 1] == "A")
            unmarked = view.x_pos[unit.x2 - 1] == "NOUN.Sing" and view.x_letters[unit.x2 : unit.x2 + 1] != "p"
            return not (plural and (singular or unmarked))
        if view.matrix.lang != "es":
            return True
        ours = [label[5:] for label in view.x_pos[unit.x1 : unit.x2] if label.startswith("NOUN.")][:1]
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
        if self.y_low[y1] in self.function_words:
            return None
        if (
            y2 < len(view.y_letters)
            and view.y_letters[y2] in "TpN"
            and not view.links_of_y[y2]
            and (self.y_low[y2] in {"up", "out", "off", "down", "on", "away", "over", "back"})
        ):
            return None
        if "light-verb" in self.glue:
            entered = enter_verb(view, unit)
            if entered and not self._half_verb(entered.x1):
                gone = view.x_counts[entered.x1 : entered.x2].count(MATRIX)
                glue = sum(isinstance(piece, Glue) for piece in entered.pieces)
                sides = [MATRIX if isinstance(piece, Glue) else EMBEDDED for piece in entered.pieces]
                inner = sum(a != b for a, b in pairwise(sides))
                span, ends = (entered.x1, entered.x2), (sides[0], sides[-1])
                return Arc(*span, gone - glue, 1, entered.pieces, _WEIGHTS["verb"], *ends, inner, "verb")
        progressive = x1 > 0 and self.x_low[x1 - 1].startswith(("est", "sig", "segu"))
        if view.matrix.lang == "es" and progressive and ys == "G" and view.x_letters[x1:x2] == "G":
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
        pieces: tuple[Piece | Glue, ...] = view.y_pieces[y1:y2]
        gone, weight = view.x_counts[x1:x2].count(MATRIX), _WEIGHTS.get(kind, 1)
        if kind in ("noun", "phrase") and not set(view.x_letters[x1:x2]) <= {"A"}:
            fitted = fit(view, unit, glue=gone > 0 and "postposition" in self.glue)
            if fitted is None:
                return None
            pieces = fitted
            if isinstance(pieces[-1], Glue):
                return Arc(x1, x2, gone - 1, embedded, pieces, weight, EMBEDDED, MATRIX, 1, kind)
        return Arc(x1, x2, gone, embedded, pieces, weight, kind=kind)


def _open_across(letters: str, low: Sequence[str], links: list[list[int]], start: int, end: int) -> bool:
    """Whether the noun on the other side of an adjoining genitive has no link."""
    place = start - 1
    while place > 0 and letters[place] in "DA":
        place -= 1
    if place > 0 and low[place] in _GENITIVES and letters[place - 1] == "N" and not links[place - 1]:
        return True
    if end < len(low) and low[end] in _GENITIVES:
        place = end + 1
        while place < len(low) and letters[place] in "DA":
            place += 1
        return place < len(low) and letters[place] == "N" and not links[place]
    return False


def _before(letters: str, place: int) -> str:
    """The letter before a place, a mark at the beginning."""
    return letters[place - 1] if place else "."


def _inner(spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Boundaries that lie inside a span."""
    return frozenset(place for start, end in spans for place in range(start + 1, end))
