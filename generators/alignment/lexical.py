"""The default aligner: one sentence pair at a time, from a lexicon, the sound of words, and their places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from cswitch.core.contracts import Link, TokenisedPair
from cswitch.core.lexicon import Lexicon
from cswitch.generators.alignment.vocabulary import Vocabulary, Word

Cell = tuple[float, tuple[int, ...], tuple[int, ...]]
"""A possible link between units: score, source indices, target indices."""


class LexicalAligner:
    """Links words that a lexicon, their sound or their digits vouch for, each with a confidence; nothing is trained.

    Links are found from the surest to the least sure, each token used once: content words first, then closed-class
    words next to them (after Melamed, 2000). Multi-word entries link whole units.

    Args:
        source_lang: Language of the first side.
        target_lang: Language of the second side.
        gap_fill: Also give links that only a neighbour vouches for, with their low confidence.
        lexicons: The user's own word lists, see :func:`cswitch.core.lexicon.read_tsv`.

    Raises:
        UsageError: There is no lexicon for the pair.
    """

    name = "lexical"

    def __init__(
        self, source_lang: str, target_lang: str, *, gap_fill: bool = False, lexicons: Iterable[Path] = ()
    ) -> None:
        self.gap_fill = gap_fill
        self._words = Vocabulary(Lexicon.load(source_lang, target_lang, extra=lexicons))

    def align(self, batch: Sequence[TokenisedPair]) -> list[tuple[Link, ...]]:
        """Links for each pair, sorted by (source, target).

        >>> from cswitch.core.contracts import Sentence
        >>> sides = [Sentence("en", ("My", "house"), (False, True)), Sentence("es", ("Mi", "casa"), (False, True))]
        >>> [(link.source, link.target) for link in LexicalAligner("en", "es").align([TokenisedPair("1", *sides)])[0]]
        [(0, 0), (1, 1)]
        """
        return [self._align(pair.source.tokens, pair.target.tokens) for pair in batch]

    def _align(self, source: Sequence[str], target: Sequence[str]) -> tuple[Link, ...]:
        words = self._words
        left = [words.source(token) for token in source]
        right = [words.target(token) for token in target]
        return _Linker(words, left, right).links()


class _Linker:
    """The links of one sentence pair in the making."""

    def __init__(self, words: Vocabulary, left: list[Word], right: list[Word]) -> None:
        self.words, self.left, self.right = words, left, right
        self.forth: list[int] = [-1] * len(left)
        self.back: list[int] = [-1] * len(right)
        self.found: dict[tuple[int, int], float] = {}
        self.places: dict[str, list[int]] = {}
        for j, word in enumerate(right):
            for name in word.names:
                self.places.setdefault(name, []).append(j)

    def links(self) -> tuple[Link, ...]:
        open_cells: list[Cell] = []
        closed_cells: list[Cell] = []
        for cell in self._cells() + self._units():
            closed = all(self.left[i].closed for i in cell[1]) or all(self.right[j].closed for j in cell[2])
            (closed_cells if closed else open_cells).append(cell)
        self._take(open_cells)
        self._sounds()
        self._take_closed(closed_cells)
        return tuple([Link(i, j, c) for (i, j), c in sorted(self.found.items())])

    def _cells(self) -> list[Cell]:
        """Every pair of tokens that the lexicon or their digits vouch for."""
        cells: list[Cell] = []
        places, slope = self.places, len(self.right) / max(1, len(self.left))
        for i, word in enumerate(self.left):
            row = word.row
            expected = (i + 0.5) * slope - 0.5
            best: dict[int, float] = {}
            for name in row.keys() & places.keys():
                strength = row[name]
                for j in places[name]:
                    if strength > best.get(j, 0.0):
                        best[j] = strength
            for j, strength in best.items():
                cells.append((strength - 0.02 * abs(j - expected), (i,), (j,)))
        return cells

    def _units(self) -> list[Cell]:
        """Every pair of spans that a multi-word entry vouches for."""
        cells: list[Cell] = []
        stems: list[str] = []
        slope = len(self.right) / max(1, len(self.left))
        for i, word in enumerate(self.left):
            for unit in word.units:
                stems = stems or [w.stem for w in self.right]
                if unit.target[0] in stems and self._matches(i, unit.source):
                    sources = tuple(range(i, i + len(unit.source)))
                    for j in range(len(stems)):
                        targets = self._span(stems, j, unit.target)
                        if targets:
                            score = unit.strength + 0.1 * (len(sources) + len(targets) - 2)
                            cells.append((score - 0.02 * abs(j - (i + 0.5) * slope + 0.5), sources, targets))
        return cells

    def _matches(self, i: int, stems: tuple[str, ...]) -> bool:
        return i + len(stems) <= len(self.left) and all(self.left[i + k].stem == s for k, s in enumerate(stems))

    def _span(self, stems: list[str], j: int, wanted: tuple[str, ...]) -> tuple[int, ...]:
        """Indices of a unit that begins at j; one closed-class token may stand before its last word."""
        size = len(wanted)
        if stems[j] != wanted[0] or j + size > len(stems):
            return ()
        if tuple(stems[j : j + size]) == wanted:
            return tuple(range(j, j + size))
        last = j + size
        if size > 1 and last < len(stems) and stems[last] == wanted[-1] and self.right[last - 1].closed:
            head = tuple(range(j, last - 1))
            return (*head, last) if tuple(stems[j : last - 1]) == wanted[:-1] else ()
        return ()

    def _take(self, cells: list[Cell]) -> None:
        cells.sort(key=lambda c: (-c[0], c[1], c[2]))
        for score, sources, targets in cells:
            if all(self.forth[i] < 0 for i in sources) and all(self.back[j] < 0 for j in targets):
                for i in sources:
                    self.forth[i] = targets[0]
                for j in targets:
                    self.back[j] = sources[0]
                for i in sources:
                    for j in targets:
                        self.found[i, j] = 0.5 + 0.5 * min(1.0, max(0.0, score))

    def _sounds(self) -> None:
        """Links names and loans that are still free by how alike they sound."""
        free = [j for j, i in enumerate(self.back) if i < 0 and self.right[j].bones]
        if not free:
            return
        cells: list[Cell] = []
        for i, word in enumerate(self.left):
            if self.forth[i] < 0 and word.bones:
                for j in free:
                    other = self.right[j]
                    if other.bones[0] == word.bones[0]:
                        score = self.words.alike(word, other)
                        if score >= 0.7:
                            cells.append((score, (i,), (j,)))
        self._take(cells)

    def _take_closed(self, cells: list[Cell]) -> None:
        scored = [
            (score * self._anchored(sources[0], targets[0]), sources, targets) for score, sources, targets in cells
        ]
        self._take([c for c in scored if c[0] > 0.1])

    def _anchored(self, i: int, j: int) -> float:
        """How well a link agrees with the links around it: 1 beside one, less further off."""
        best = 0.0
        for step in (1, -1, 2, -2):
            if 0 <= i + step < len(self.forth):
                other = self.forth[i + step]
                if other >= 0:
                    best = max(best, 1.0 - 0.2 * (abs(step) - 1) - 0.2 * (abs(other - j) - 1))
        return best
