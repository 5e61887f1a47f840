"""A mixed text seen against its source: which of its stretches the matrix side can say instead.

A *block* of the text and a run of matrix tokens say the same when they are consistent with the links, as translation
units are (Och and Ney, 2004), only that one of the two sides is mixed: what is linked to a token of the one, or is its
image in the text, lies in the other. Nothing is lost in putting the matrix tokens for the block, nor said twice.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from cswitch.core.lexicon import grammar
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.prompting.contracts import Candidate
from cswitch.generators.switching.lattice import EMBEDDED, MATRIX, NEITHER
from cswitch.generators.switching.letters import CLOSED
from cswitch.generators.switching.view import View

_CONTENT = frozenset("NPAVBGK#")
_HEAVY = frozenset("NPAVBGK")
_VERBS = frozenset("VXBGK")
_ARTICLES = frozenset({"the", "a", "an", "el", "la", "los", "las", "un", "una", "unos", "unas"})
_ENDS_NOT = frozenset("DpXTscAR#K")
"""Classes that no stretch of the embedded language is left to end on."""
_PARTED = frozenset({"NN", "PP", "PN", "NP", "NG", "VR", "VT", "Vp", "GR", "aA", "aV", "Va"})
"""Neighbours of the embedded language that stay together."""
_NEAR = 3
"""Tokens that a block may take in beyond a stretch, where it is not to grow far."""
_DETERMINERS = {
    word: form
    for form, words in enumerate(
        (
            "el un este ese aquel mucho otro todo nuestro algún ningún del al",
            "la una esta esa aquella mucha otra toda nuestra alguna ninguna",
            "los unos estos esos aquellos muchos otros todos nuestros algunos",
            "las unas estas esas aquellas muchas otras todas nuestras algunas",
        )
    )
    for word in words.split()
}
"""Spanish words before a noun that show its gender and number, and which those are."""
_CONTRACTED = {"del": "de", "al": "a"}
_VOWELS = "ािी े".replace(" ", "")
"""Endings by which Hindi agrees."""


def sides(langs: Sequence[str], matrix: str) -> list[int]:
    """MATRIX, EMBEDDED or NEITHER for each tag.

    >>> sides(["hi", "en", "ne", "other"], "hi")
    [0, 1, -1, -1]
    """
    return [NEITHER if tag in NEUTRAL or ":" in tag else MATRIX if tag == matrix else EMBEDDED for tag in langs]


class Block(NamedTuple):
    """Tokens ``start`` to ``end`` of the text, for which matrix tokens ``x1`` to ``x2`` can stand; ends exclusive."""

    start: int
    end: int
    x1: int
    x2: int


class Image:
    """A text and where its tokens come from.

    Args:
        view: The source from its matrix side.
        candidate: The text.
        spelt: The matrix tokens as the text would spell them, in small letters.
        light: Light verbs that glue brings, spelt the same way.
    """

    def __init__(
        self, view: View, candidate: Candidate, spelt: Sequence[str], light: Container[str] = frozenset()
    ) -> None:
        self.view, self.spelt, self.light = view, spelt, light
        self.low = [token.lower() for token in candidate.tokens]
        self.size = len(self.low)
        lang = view.matrix.lang
        self.said = sides(candidate.langs, lang)
        """MATRIX, EMBEDDED or NEITHER for each token of the text."""
        self.xs = [-1] * self.size
        """For each token of the text, the matrix token it is, or -1."""
        self.ys = [-1] * self.size
        """For each token of the text, the embedded token it is, or -1."""
        self.x_at: dict[int, int] = {}
        """Matrix token to its place in the text."""
        self.y_at: dict[int, int] = {}
        """Embedded token to its place in the text."""
        for place, origin in enumerate(candidate.origins):
            if origin:
                side, number = origin
                if side == lang:
                    self.xs[place] = number
                    self.x_at.setdefault(number, place)
                elif side == view.embedded.lang:
                    self.ys[place] = number
                    self.y_at.setdefault(number, place)
        self.closed = grammar(view.embedded.lang)[0]

    def runs(self) -> Iterator[tuple[int, int]]:
        """Stretches of the embedded language, neutral tokens inside them included."""
        start = -1
        last = -1
        for place, lang in enumerate([*self.said, MATRIX]):
            if lang == EMBEDDED:
                start = place if start < 0 else start
                last = place
            elif lang == MATRIX and start >= 0:
                yield start, last + 1
                start = -1

    def blocks(self, *, far: bool) -> list[Block]:
        """Blocks that between them hold all of the embedded language that the matrix side can say instead.

        Args:
            far: Let a block take in as much as it needs of what stands beside it, to the whole text.
        """
        found: list[Block] = []
        for start, end in self.runs():
            for block in self._of_run(start, end, far):
                while found and found[-1].end > block.start:
                    found.pop()
                found.append(block)
        if far and not found and self.said.count(EMBEDDED) > self.said.count(MATRIX):
            whole = self.block(0, self.size, self.size)
            found = [whole] if whole else []
        return found

    def _of_run(self, start: int, end: int, far: bool) -> Iterator[Block]:
        """The blocks of one stretch: the whole of it, else the longest parts at whose ends it may be cut."""
        cuts = [start, *(place for place in range(start + 1, end) if self._may_part(place)), end]
        n = 0
        while n < len(cuts) - 1:
            for m in range(len(cuts) - 1, n, -1):
                room = self.size if far else cuts[m] - cuts[n] + _NEAR
                block = self.block(*self._trimmed(cuts[n], cuts[m]), room)
                if block:
                    yield block
                    while n < m and cuts[n] < block.end:
                        n += 1
                    break
            else:
                n += 1

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        """A stretch without marks at its ends."""
        while start < end - 1 and self.said[start] == NEITHER:
            start += 1
        while end > start + 1 and self.said[end - 1] == NEITHER:
            end -= 1
        return start, end

    def _may_part(self, place: int) -> bool:
        """Whether a stretch of the embedded language may be cut before a token."""
        letters = self.view.y_letters
        one, other = self.ys[place - 1], self.ys[place]
        if one < 0 or other < 0:
            return self.low[place - 1] not in self.closed
        return letters[one] not in _ENDS_NOT and letters[one] + letters[other] not in _PARTED

    def block(self, start: int, end: int, room: int) -> Block | None:
        """The smallest block around tokens of the text, or None when something would be lost or said twice.

        Args:
            start: First token.
            end: One past the last.
            room: Most tokens the block may have.
        """
        view = self.view
        while True:
            start, end = self._with_little_words(start, end)
            xs = {self.xs[n] for n in range(start, end)} - {-1}
            for n in range(start, end):
                if self.ys[n] >= 0:
                    xs.update(view.links_of_y[self.ys[n]])
            if not xs:
                return None
            x1, x2 = self._opened(start, end, min(xs), max(xs) + 1)
            places = [place for x in range(x1, x2) for place in self._places(x)]
            low, high = min([start, *places]), max([end - 1, *places]) + 1
            if high - low > room:
                return None
            if (low, high) == (start, end):
                break
            start, end = low, high
        if x2 - x1 > max(9, 2 * (end - start)) or not self._keeps_all(start, end, x1, x2):
            return None
        if list(self.spelt[x1:x2]) == self.low[start:end]:
            return None  # nothing but the tags would change
        return self._agreeing(Block(start, end, x1, x2))

    def _places(self, x: int) -> Iterator[int]:
        """Places in the text of a matrix token that counts and of what is linked to it."""
        if x in self.x_at and self.view.x_counts[x] != NEITHER:
            yield self.x_at[x]
        for y in self.view.links_of_x[x]:
            if y in self.y_at:
                yield self.y_at[y]

    def _with_little_words(self, start: int, end: int) -> tuple[int, int]:
        """A stretch with what goes when it goes: an article before it, a light verb behind its verb."""
        while start and self.said[start - 1] == EMBEDDED and self.low[start - 1] in _ARTICLES:
            start -= 1
        if end < self.size and self.view.matrix.lang == "hi" and self.xs[end] < 0 and self.ys[end - 1] >= 0:
            links = self.view.links_of_y[self.ys[end - 1]]
            if any(self.view.x_letters[x] in "VBK" for x in links) and self.low[end] in self.light:
                end += 1
        return start, end

    def _opened(self, start: int, end: int, x1: int, x2: int) -> tuple[int, int]:
        """A run of matrix tokens with those beside it that belong to it, have no link, and are not in the text."""
        view = self.view
        loose = [self.ys[n] for n in range(start, end) if self.ys[n] >= 0 and not view.links_of_y[self.ys[n]]]
        letters = {view.y_letters[y] for y in loose}
        nouns = sum(view.y_letters[y] in "NPA" for y in loose)
        verb = bool(_VERBS & set(view.x_letters[x1:x2]))
        before = {"D"} | ({"p"} if "p" in letters and view.matrix.lang != "hi" else set())
        before |= {"R"} if verb and view.matrix.lang != "hi" else set()
        after = {"X", "T"} if verb or view.matrix.lang == "hi" else set()
        after |= {"p"} if "p" in letters and view.matrix.lang == "hi" else set()
        if view.matrix.lang == "hi" and view.x_letters[x1] == "p":
            before |= {"p"}  # के बाद
        elif view.matrix.lang != "hi" and view.x_letters[x2 - 1] == "a":
            after |= {"p"}  # después de
        while x1 and self._is_open(x1 - 1):
            letter = view.x_letters[x1 - 1]
            if letter in "NPA" and nouns > 0 and not self._is_new(start - 1):
                nouns -= 1
            elif letter not in before:
                break
            x1 -= 1
        while x2 < len(view.x_low) and self._is_open(x2):
            letter = view.x_letters[x2]
            if letter in "NPA" and nouns > 0 and not self._is_new(end):
                nouns -= 1
            elif letter not in after:
                break
            x2 += 1
        return x1, x2

    def _is_new(self, place: int) -> bool:
        """Whether a token of the text is a word of the matrix language that its source has not: perhaps a synonym."""
        return 0 <= place < self.size and self.said[place] == MATRIX and self.xs[place] < 0

    def _is_open(self, x: int) -> bool:
        """Whether a matrix token has no link and is not in the text."""
        return not self.view.links_of_x[x] and x not in self.x_at and self.view.x_counts[x] != NEITHER

    def _keeps_all(self, start: int, end: int, x1: int, x2: int) -> bool:
        """Whether the matrix tokens say what the block says: no content is lost, and none is added."""
        view = self.view
        lost = 0
        marks = [self.spelt[x] for x in range(x1, x2) if view.x_counts[x] == NEITHER and x not in self.x_at]
        for n in range(start, end):
            x, y = self.xs[n], self.ys[n]
            if x < 0 and y < 0:
                if is_neutral(self.low[n]):
                    if self.low[n] not in marks:
                        return False
                    marks.remove(self.low[n])
                elif not (self.low[n] in _ARTICLES or self._is_light(n, end)):
                    return False
            elif y >= 0 and not view.links_of_y[y] and view.y_letters[y] in _CONTENT | {"a"}:
                if view.y_letters[y] in "#P":
                    return False
                lost += 1
            elif (
                y >= 0 and view.y_letters[y] in _HEAVY and all(view.x_letters[x] in CLOSED for x in view.links_of_y[y])
            ):
                return False
        for x in range(x1, x2):
            if x in self.x_at or view.x_letters[x] not in _CONTENT:
                continue
            links = view.links_of_x[x]
            if links and not any(start <= self.y_at.get(y, -1) < end for y in links):
                return False
            if not links and x not in self.x_at:
                lost -= 1
        return lost <= 0 and self._stands_alone(start, end)

    def _is_light(self, n: int, end: int) -> bool:
        return n == end - 1 and self.view.matrix.lang == "hi" and self.low[n] in self.light

    def _stands_alone(self, start: int, end: int) -> bool:
        """Whether what is left of the embedded language on either side of a block can stand without it."""
        left, right = start, end
        while left and self.said[left - 1] == EMBEDDED:
            left -= 1
        while right < self.size and self.said[right] == EMBEDDED:
            right += 1
        if (left < start and not self._may_part(start)) or (end < right and not self._may_part(end)):
            return False
        return not (self._has_verb(left, start) or self._has_verb(end, right))

    def _has_verb(self, start: int, end: int) -> bool:
        """Whether a stretch of the embedded language has a verb, which would miss what was said with it."""
        return any(self.view.y_letters[self.ys[n]] in "VX" for n in range(start, end) if self.ys[n] >= 0)

    def _agreeing(self, block: Block) -> Block | None:
        """The block with the word before it that must agree with what comes; None when it cannot be made to."""
        start, x1 = block.start, block.x1
        if not start or self.said[start - 1] != MATRIX or self.xs[start - 1] == x1 - 1:
            return block
        lang, before = self.view.matrix.lang, self.low[start - 1]
        counterpart = self.spelt[x1 - 1] if x1 else ""
        free = x1 > 0 and x1 - 1 not in self.x_at
        if lang == "es" and before in _DETERMINERS:
            if self.view.x_letters[x1 : x1 + 1] in ("D", "p"):
                return block._replace(start=start - 1)
            if counterpart in _DETERMINERS and _DETERMINERS[counterpart] == _DETERMINERS[before]:
                return block
            if not free or counterpart not in _DETERMINERS:
                return None
            single = before in _CONTRACTED and counterpart not in _CONTRACTED
            if single and not (x1 > 1 and self.spelt[x1 - 2] == _CONTRACTED[before] and x1 - 2 not in self.x_at):
                return None
            return block._replace(start=start - 1, x1=x1 - 2 if single else x1 - 1)
        if lang == "hi" and free and counterpart != before and _agree_alike(counterpart, before):
            return block._replace(start=start - 1, x1=x1 - 1)
        return block


def _agree_alike(one: str, other: str) -> bool:
    """Whether two Hindi words, in either script, are forms of one word that differ in their agreement."""
    return len(one) > 1 and len(one) == len(other) and one[:-1] == other[:-1] and one[-1] in _VOWELS + "aei"
