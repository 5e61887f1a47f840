"""How the lexical aligner chooses links within one sentence pair."""

from __future__ import annotations

from operator import itemgetter

from cswitch.generators.alignment.vocabulary import MARK, NUMBER, WORD, Vocabulary, Word

Cell = tuple[float, str, tuple[int, ...], tuple[int, ...]]
"""A possible link between units: score, kind of evidence, source indices, target indices."""

KINDS = {WORD: "word", NUMBER: "number", MARK: "mark"}
"""Kinds of evidence that a single token can have; the rest are unit, sound, closed, between and join."""
DISTANCE = 0.02
"""What a score loses for each token between where a link leads and where it is expected."""
SUPPORT = 0.05
"""What a score gains when the next or the previous tokens may be linked as well."""
JOIN = 0.45
"""A word that completes its neighbour in this share of its uses takes that neighbour's links."""
SOUND, SOUND_FAMILIAR = 0.7, 0.85
"""How alike two words must sound; more is asked for when the lexicon knows them."""


class Linker:
    """Links one sentence pair, from the surest links to the least sure, each token used once.

    1. Words of open classes, numbers and marks that the lexicon links; multi-word entries link whole units.
    2. Names and loans that sound alike.
    3. Words of closed classes beside a link that is there, or that have one possible counterpart only.
    4. Open-class words left over between links that run in parallel.
    5. Words that complete a neighbour (auxiliaries, light verbs) take that neighbour's links.

    Competitive linking is Melamed's (2000); that a link supports its parallel neighbours goes back to Och and Ney (2003).

    Args:
        words: What is known of words.
        left: The source tokens.
        right: The target tokens.
        gap_fill: Also link what only one neighbour vouches for.
    """

    def __init__(self, words: Vocabulary, left: list[Word], right: list[Word], *, gap_fill: bool) -> None:
        self.words, self.left, self.right, self.gap_fill = words, left, right, gap_fill
        self.forth: list[int] = [-1] * len(left)
        """The first counterpart of each source token, or -1."""
        self.back: list[int] = [-1] * len(right)
        self.found: dict[tuple[int, int], tuple[str, float]] = {}
        self.slope = len(right) / max(1, len(left))

    def evidence(self) -> dict[tuple[int, int], tuple[str, float]]:
        """Each link with the kind of evidence for it and its score."""
        cells = self._cells()
        pairs = {(sources[0], targets[0]) for _, _, sources, targets in cells}
        cells += self._units(pairs)
        left, right = self.left, self.right
        sure: list[Cell] = []
        loose: list[Cell] = []
        for cell in cells:
            closed = (
                cell[1] == "mark" or any([left[i].closed for i in cell[2]]) or any([right[j].closed for j in cell[3]])
            )
            (loose if closed else sure).append(cell)
        self._take([self._placed(cell, pairs) for cell in sure])
        self._sounds()
        self._take_loose(loose, 0.4)
        self._take_loose(loose, 0.1)
        if self._between():
            self._take_loose(loose, 0.1)
        self._join()
        return self.found

    def _cells(self) -> list[Cell]:
        """Every pair of tokens that the lexicon or their digits vouch for."""
        places: dict[str, list[int]] = {}
        for j, word in enumerate(self.right):
            for name in word.names:
                if name in places:
                    places[name].append(j)
                else:
                    places[name] = [j]
        cells: list[Cell] = []
        known = places.keys()
        for i, word in enumerate(self.left):
            row = word.row
            names = row.keys() & known
            if not names:
                continue
            best: dict[int, float] = {}
            for name in names:
                strength = row[name]
                for j in places[name]:
                    if strength > best.get(j, 0.0):
                        best[j] = strength
            kind = KINDS[word.kind]
            cells += [(strength, kind, (i,), (j,)) for j, strength in best.items()]
        return cells

    def _units(self, cells: set[tuple[int, int]]) -> list[Cell]:
        """Every pair of spans that a multi-word entry vouches for and single words do not explain."""
        units: list[Cell] = []
        stems = [word.stem for word in self.right]
        firsts = set(stems)
        for i, word in enumerate(self.left):
            for unit in word.units:
                if unit.target[0] not in firsts or not self._begins(i, unit.source):
                    continue
                sources = tuple(range(i, i + len(unit.source)))
                for j in [j for j, stem in enumerate(stems) if stem == unit.target[0]]:
                    targets = self._span(stems, j, unit.target)
                    if targets and not _explained(sources, targets, cells):
                        score = unit.strength + 0.1 * (len(sources) + len(targets) - 2)
                        units.append((score, "unit", sources, targets))
        return units

    def _begins(self, i: int, stems: tuple[str, ...]) -> bool:
        if len(stems) == 1:
            return True
        return stems == tuple([word.stem for word in self.left[i : i + len(stems)]])

    def _span(self, stems: list[str], j: int, wanted: tuple[str, ...]) -> tuple[int, ...]:
        """Indices of a unit that may begin at j; one closed-class token may stand before its last word."""
        last = j + len(wanted)
        if tuple(stems[j:last]) == wanted:
            return tuple(range(j, last))
        if len(wanted) > 1 and last < len(stems) and stems[last] == wanted[-1] and self.right[last - 1].closed:
            head = tuple(range(j, last - 1))
            return (*head, last) if tuple(stems[j : last - 1]) == wanted[:-1] else ()
        return ()

    def _placed(self, cell: Cell, pairs: set[tuple[int, int]] = frozenset()) -> Cell:
        """The cell with a score that also tells how near it is to where it is expected, and how well it is supported."""
        score, kind, sources, targets = cell
        i, j = sources[0], targets[0]
        score -= DISTANCE * abs(j + 0.5 - (i + 0.5) * self.slope)
        if (i + 1, j + 1) in pairs or (i - 1, j - 1) in pairs:
            score += SUPPORT
        return score, kind, sources, targets

    def _take(self, cells: list[Cell]) -> None:
        cells.sort(key=itemgetter(2, 3))
        cells.sort(key=itemgetter(0), reverse=True)
        forth, back = self.forth, self.back
        for score, kind, sources, targets in cells:
            if all(forth[i] < 0 for i in sources) and all(back[j] < 0 for j in targets):
                for i in sources:
                    forth[i] = targets[0]
                for j in targets:
                    back[j] = sources[0]
                for i in sources:
                    for j in targets:
                        self.found[i, j] = kind, score

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
                        if score >= (SOUND_FAMILIAR if word.familiar else SOUND):
                            cells.append((score, "sound", (i,), (j,)))
        self._take([self._placed(cell) for cell in cells])

    def _take_loose(self, cells: list[Cell], least: float) -> None:
        """Takes cells of closed-class words, as far as the links around them agree."""
        free = [c for c in cells if self.forth[c[2][0]] < 0 and self.back[c[3][0]] < 0]
        rows: dict[int, float] = {}
        columns: dict[int, float] = {}
        for score, _, sources, targets in free:
            rows[sources[0]] = rows.get(sources[0], 0.0) + score
            columns[targets[0]] = columns.get(targets[0], 0.0) + score
        scored: list[Cell] = []
        for score, kind, sources, targets in free:
            i, j = sources[0], targets[0]
            share = score / max(rows[i], columns[j])
            score *= max(self._anchored(i, j), self._anchored(sources[-1], targets[-1])) * (0.5 + 0.5 * share)
            if score > least:
                scored.append((score, "closed" if kind == "word" else kind, sources, targets))
        self._take(scored)

    def _anchored(self, i: int, j: int) -> float:
        """How well a link agrees with the links around it: 1 beside one, less further off."""
        forth, last, best = self.forth, len(self.forth), 0.0
        for step, worth in ((1, 1.0), (-1, 1.0), (2, 0.8), (-2, 0.8)):
            k = i + step
            # The sentence boundaries count as linked to each other.
            other = forth[k] if 0 <= k < last else -1 if k == -1 else len(self.back) if k == last else -2
            if other >= 0 or k == -1:
                near = worth - 0.2 * (abs(other - j) - 1)
                if near > best:
                    best = near
        far = 0.5 - 0.04 * abs(j + 0.5 - (i + 0.5) * self.slope)
        return max(best, far)

    def _between(self) -> bool:
        """Links open-class words left over between links that run in parallel, and the last one left over."""
        left, right, forth, back = self.left, self.right, self.forth, self.back
        rest = [i for i, j in enumerate(forth) if j < 0 and left[i].bones and not left[i].closed]
        over = [j for j, i in enumerate(back) if i < 0 and right[j].bones and not right[j].closed]
        cells: list[Cell] = []
        for i in rest:
            for j in over:
                support = self._side(i, j, -1) + self._side(i, j, 1)
                if len(rest) == len(over) == 1:
                    support += 1
                if support >= (1 if self.gap_fill else 2):
                    strange = 2 - left[i].familiar - right[j].familiar
                    cells.append((support / 4 + 0.1 * strange, "between", (i,), (j,)))
        self._take([self._placed(cell) for cell in cells])
        return bool(cells)

    def _side(self, i: int, j: int, step: int) -> int:
        """1 when the neighbours on one side are linked, or both sentences end there."""
        i, j = i + step, j + step
        inside = 0 <= i < len(self.forth), 0 <= j < len(self.back)
        if all(inside):
            return int(self.forth[i] == j and self.back[j] == i)
        return int(not any(inside))

    def _join(self) -> None:
        """Gives words that complete a neighbour that neighbour's links."""
        left, right, forth, back = self.left, self.right, self.forth, self.back
        for j in range(1, len(right)):
            if back[j] < 0 and right[j].before >= JOIN and self._leads(right[j - 1], left, back[j - 1]):
                back[j] = back[j - 1]
                self.found |= {(s, j): ("join", right[j].before) for s, t in self.found if t == j - 1}
        for j in range(len(right) - 2, -1, -1):
            if back[j] < 0 and right[j].after >= JOIN and self._leads(right[j + 1], left, back[j + 1]):
                back[j] = back[j + 1]
                self.found |= {(s, j): ("join", right[j].after) for s, t in self.found if t == j + 1}
        for i in range(len(left) - 2, -1, -1):
            if forth[i] < 0 and left[i].after >= JOIN and self._leads(left[i + 1], right, forth[i + 1]):
                forth[i] = forth[i + 1]
                self.found |= {(i, t): ("join", left[i].after) for s, t in self.found if s == i + 1}
        for i in range(1, len(left)):
            if forth[i] < 0 and left[i].before >= JOIN and self._leads(left[i - 1], right, forth[i - 1]):
                forth[i] = forth[i - 1]
                self.found |= {(i, t): ("join", left[i].before) for s, t in self.found if s == i - 1}

    @staticmethod
    def _leads(word: Word, others: list[Word], linked: int) -> bool:
        """Whether a word can lend its links: it has one to an open-class word, or is a link in a chain of completions."""
        if linked < 0 or word.kind != WORD or not word.familiar:
            return False
        return not others[linked].closed if not word.closed else max(word.before, word.after) >= JOIN


def _explained(sources: tuple[int, ...], targets: tuple[int, ...], cells: set[tuple[int, int]]) -> bool:
    """Whether single words link every word of both spans."""
    if len(sources) < 2 or len(targets) < 2:
        return False
    inner = [(i, j) for i in sources for j in targets if (i, j) in cells]
    return {i for i, _ in inner} == set(sources) and {j for _, j in inner} == set(targets)
