"""Blanks in the sentence of the matrix language, to be filled in the other one (Mohamed et al., 2025).

The words that get one are all its nouns, or words drawn at random until they are the share asked for; how many there
are is counted here, and never left to the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cswitch.core.seeds import rng
from cswitch.core.text.join import join
from cswitch.generators.prompting.contracts import Brief, Keep, Plan
from cswitch.generators.switching.lattice import MATRIX
from cswitch.generators.switching.spelling import Speller
from cswitch.generators.switching.view import AlignedPair, View

BLANK = "____"
"""What stands for a word to be filled in."""
SHARE = 0.2
"""Share of the words that are drawn where no CMI is asked for, as in the paper."""
_NAME, _NOUN = "P", "N"
BlankKind = Literal["nouns", "ratio"]


class Blanks:
    """Makes plans with blanks; the same kind, run and brief give the same plan.

    Args:
        kind: Which words get one: ``nouns``, or words drawn at a ``ratio``.
        speller: How words are spelt; None when they stay as they are.
        min_confidence: Links below this confidence are not used.
        config: Hash of the run, that what is drawn depends on.
    """

    def __init__(self, kind: BlankKind, *, speller: Speller | None, min_confidence: float, config: str) -> None:
        self._kind, self._speller, self._min_confidence, self._config = kind, speller, min_confidence, config

    def plan(self, brief: Brief, pair: AlignedPair) -> Plan | None:
        """The sentence with blanks, and the words that are known to fill them; None where no word gets one."""
        view = View(pair, flip=brief.matrix == pair.target.lang, min_confidence=self._min_confidence)
        chosen = self._nouns(view) if self._kind == "nouns" else self._drawn(brief, view)
        if not chosen:
            return None
        words = self._spelt(view.matrix.tokens, view.matrix.lang)
        tokens = [BLANK if place in chosen else word for place, word in enumerate(words)]
        fills = list(dict.fromkeys(fill for place in sorted(chosen) if (fill := self._fill(view, place))))
        return Plan(
            keep=(Keep(view.embedded.lang, tuple(fills)),) if fills else (),
            sketch=join(tokens, view.matrix.gaps).text,
        )

    def _nouns(self, view: View) -> set[int]:
        """Places of the nouns; names stay what they are."""
        return {
            place for place, letter in enumerate(view.x_letters) if letter == _NOUN and view.x_counts[place] == MATRIX
        }

    def _drawn(self, brief: Brief, view: View) -> set[int]:
        """Places drawn among the words, names left alone: the share of all words, at least one."""
        words = [place for place, count in enumerate(view.x_counts) if count == MATRIX]
        free = [place for place in words if view.x_letters[place] != _NAME]
        share = SHARE if brief.cmi is None else brief.cmi / 100
        count = min(len(free), max(1, round(share * len(words))))
        return set(rng(self._config, brief.name, "blanks").sample(free, count))

    def _fill(self, view: View, place: int) -> str:
        """What the other sentence says in the place of a word, where links tell."""
        linked = view.links_of_x[place]
        alone = all(view.links_of_y[y] == [place] for y in linked)
        if not linked or not alone or linked[-1] - linked[0] >= len(linked):
            return ""
        return " ".join(self._spelt([view.embedded.tokens[y] for y in linked], view.embedded.lang))

    def _spelt(self, tokens: Sequence[str], lang: str) -> list[str]:
        if self._speller is None:
            return list(tokens)
        return self._speller.spell(list(tokens), [lang] * len(tokens), [None] * len(tokens), "")
