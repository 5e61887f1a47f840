"""How the lexical aligner chooses links within one sentence pair."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from operator import itemgetter

from cswitch.generators.alignment.candidates import Candidate, single, units
from cswitch.generators.alignment.vocabulary import WORD, Vocabulary, Word

DISTANCE = 0.03
"""What a score loses for each token between where a link leads and where it is expected."""
SUPPORT = 0.1
"""What a score gains when the tokens before or after may be linked as well."""
SOUND, SOUND_FAMILIAR = 0.7, 0.8
"""How alike two words must sound; more is asked for when the lexicon knows them."""
FIRST_ROUND, LEAST = 0.3, 0.18
"""Scores that closed-class words need at first, and once they have links of their kind beside them."""
ANCHORS = ((1, 1.0), (-1, 1.0), (2, 0.9), (-2, 0.9))
"""Where to look for links that support one, and how much they are worth."""
PART = 0.5
"""The score of a link to a part of a compound."""
JOIN = 0.55
"""A word that completes its neighbour in this share of its uses takes that neighbour's links."""


class Linker:
    """Links one sentence pair, from the surest links to the least sure, each token used once.

    Kinds of evidence, in the order they are used:

    * ``word``, ``number``, ``unit``: what the lexicon, the same spelling or digits link; a unit has several words;
    * ``sound``: names and loans that sound alike;
    * ``closed``, ``mark``: closed-class words and punctuation, as far as links around them agree;
    * ``between``: open-class words left over beside links that run in parallel, more surely on both sides;
    * ``part``: words left over beside one that is linked to a compound of both their translations;
    * ``join``: words that complete a neighbour (auxiliaries, light verbs) take that neighbour's links.

    Taking the best link first and each token once is competitive linking (Melamed, 2000); that links support their
    parallel neighbours goes back to the symmetrisation of Och and Ney (2003).

    Args:
        words: What is known of words.
        left: The source tokens.
        right: The target tokens.
    """

    def __init__(self, words: Vocabulary, left: Sequence[Word], right: Sequence[Word]) -> None:
        self.words, self.left, self.right = words, left, right
        self.slope = len(right) / max(1, len(left))
        self.forth: list[int] = [-1] * len(left)
        """The first counterpart of each source token, or -1."""
        self.back: list[int] = [-1] * len(right)
        """The first counterpart of each target token, or -1."""
        self.found: dict[tuple[int, int], tuple[str, float]] = {}

    def evidence(self) -> dict[tuple[int, int], tuple[str, float]]:
        """Each link ``(source, target)`` with the kind of evidence for it and its score."""
        left, right = self.left, self.right
        candidates = single(left, right)
        pairs = {(c.source[0], c.target[0]) for c in candidates}
        sure: list[Candidate] = []
        loose: list[Candidate] = []
        for candidate in candidates + units(left, right, pairs):
            _, kind, source, target = candidate
            closed = left[source[0]].closed or right[target[0]].closed or kind == "mark"
            if len(source) > 1 or len(target) > 1:
                closed = len(source) == 1 or len(target) == 1
                closed &= any(left[i].closed for i in source) or any(right[j].closed for j in target)
            (loose if closed else sure).append(candidate)
        self._take([self._placed(candidate, pairs) for candidate in sure])
        self._sounds()
        self._take_loose(loose, FIRST_ROUND)
        self._take_loose(loose, LEAST)
        if self._between():
            self._take_loose(loose, LEAST)
        self._compounds()
        self._join()
        return self.found

    def _placed(self, candidate: Candidate, pairs: set[tuple[int, int]] | None = None) -> Candidate:
        """The candidate with its score corrected for where it leads and for support by the tokens beside it."""
        score, kind, source, target = candidate
        i, j = source[0], target[0]
        score -= DISTANCE * abs(j + 0.5 - (i + 0.5) * self.slope)
        if pairs and ((i + 1, j + 1) in pairs or (i - 1, j - 1) in pairs):
            score += SUPPORT
        return Candidate(score, kind, source, target)

    def _take(self, candidates: list[Candidate]) -> None:
        """Takes the candidates whose tokens are free, the best first."""
        candidates.sort(key=itemgetter(2, 3))
        candidates.sort(key=itemgetter(0), reverse=True)
        forth, back, found = self.forth, self.back, self.found
        for score, kind, source, target in candidates:
            i, j = source[0], target[0]
            if forth[i] >= 0 or back[j] >= 0:
                continue
            if len(source) == 1 == len(target):
                forth[i], back[j] = j, i
                found[i, j] = kind, score
            elif all(forth[i] < 0 for i in source) and all(back[j] < 0 for j in target):
                forth[source[0] : source[-1] + 1] = [j] * len(source)
                for t in target:
                    back[t] = i
                found |= {(s, t): (kind, score) for s in source for t in target}

    def _sounds(self) -> None:
        """Links names and loans that are still free by how alike they sound."""
        free = [(j, word) for j, word in enumerate(self.right) if self.back[j] < 0 and word.bones]
        if not free:
            return
        alike = self.words.alike
        candidates: list[Candidate] = []
        for i, word in enumerate(self.left):
            if self.forth[i] < 0 and word.bones:
                first = word.bones[0]
                least = SOUND_FAMILIAR if word.familiar else SOUND
                for j, other in free:
                    if other.bones[0] == first and (score := alike(word, other)) >= least:
                        candidates.append(self._placed(Candidate(score, "sound", (i,), (j,))))
        self._take(candidates)

    def _take_loose(self, candidates: list[Candidate], least: float) -> None:
        """Takes candidates of closed-class words and marks, as far as the links around them agree."""
        free = [c for c in candidates if self.forth[c[2][0]] < 0 and self.back[c[3][0]] < 0]
        rows: dict[int, float] = {}
        columns: dict[int, float] = {}
        for score, _, source, target in free:
            rows[source[0]] = rows.get(source[0], 0.0) + score
            columns[target[0]] = columns.get(target[0], 0.0) + score
        scored: list[Candidate] = []
        for score, kind, source, target in free:
            i, j = source[0], target[0]
            share = score / max(rows[i], columns[j])
            anchored = self._anchored(i, j)
            if kind == "unit":
                anchored = max(anchored, self._anchored(source[-1], target[-1]))
            # Agreement counts twice, but the less so the fewer rivals there are.
            score = sqrt(score * share) * anchored * (anchored + share * share * (1 - anchored))
            if score > least:
                scored.append(Candidate(score, "closed" if kind == "word" else kind, source, target))
        self._take(scored)

    def _anchored(self, i: int, j: int) -> float:
        """How well a link agrees with the links around it: 1 beside one, less further off."""
        forth, size = self.forth, len(self.forth)
        best = 0.5 - 0.04 * abs(j + 0.5 - (i + 0.5) * self.slope)
        for offset, worth in ANCHORS:
            k = i + offset
            if 0 <= k < size:
                other = forth[k]
                if other < 0:
                    continue
            elif k == -1 or k == size:  # the sentence boundaries count as linked to each other
                other = -1 if k < 0 else len(self.back)
            else:
                continue
            near = worth - 0.2 * (abs(other - j) - 1)
            if near > best:
                best = near
        return best

    def _between(self) -> bool:
        """Links open-class words left over beside links that run in parallel, and the last one left over."""
        left, right, forth, back = self.left, self.right, self.forth, self.back
        rest = [i for i, j in enumerate(forth) if j < 0 and left[i].bones]
        over = [j for j, i in enumerate(back) if i < 0 and right[j].bones]
        last = len(rest) == len(over) == 1
        candidates: list[Candidate] = []
        for i in rest:
            for j in over:
                support = self._parallel(i - 1, j - 1) + self._parallel(i + 1, j + 1) + last
                if support:
                    strange = 2 - left[i].familiar - right[j].familiar
                    candidates.append(self._placed(Candidate(support / 4 + strange / 10, "between", (i,), (j,))))
        self._take(candidates)
        return bool(candidates)

    def _parallel(self, i: int, j: int) -> int:
        """1 when the tokens are linked to each other, or both lie beyond the same end of their sentences."""
        if 0 <= i < len(self.forth) and 0 <= j < len(self.back):
            return int(self.forth[i] == j and self.back[j] == i)
        return int((i < 0 and j < 0) or (i == len(self.forth) and j == len(self.back)))

    def _compounds(self) -> None:
        """Links words left over to the compound that holds their translation, beside the word that it is linked to."""
        left, right, forth, back = self.left, self.right, self.forth, self.back
        for i, word in enumerate(left):
            if forth[i] < 0 and word.bones:
                for k in (i + 1, i - 1):
                    j = forth[k] if 0 <= k < len(left) else -1
                    if j >= 0 and not left[k].closed and not right[j].parts.isdisjoint(word.row):
                        forth[i] = j
                        self.found[i, j] = "part", PART
                        break
        for j, other in enumerate(right):
            if back[j] < 0 and other.bones:
                for k in (j + 1, j - 1):
                    i = back[k] if 0 <= k < len(right) else -1
                    if i >= 0 and not right[k].closed and not left[i].parts.isdisjoint(other.names):
                        back[j] = i
                        self.found[i, j] = "part", PART
                        break

    def _join(self) -> None:
        """Gives words that complete a neighbour that neighbour's links."""
        left, right, forth, back = self.left, self.right, self.forth, self.back
        for j in range(1, len(right)):
            if back[j] < 0 and right[j].before >= JOIN and _leads(right[j - 1], left, back[j - 1]):
                back[j] = back[j - 1]
                self.found |= {(s, j): ("join", right[j].before) for s, t in self.found if t == j - 1}
        for j in range(len(right) - 2, -1, -1):
            if back[j] < 0 and right[j].after >= JOIN and _leads(right[j + 1], left, back[j + 1]):
                back[j] = back[j + 1]
                self.found |= {(s, j): ("join", right[j].after) for s, t in self.found if t == j + 1}
        for i in range(len(left) - 2, -1, -1):
            if forth[i] < 0 and left[i].after >= JOIN and _leads(left[i + 1], right, forth[i + 1]):
                forth[i] = forth[i + 1]
                self.found |= {(i, t): ("join", left[i].after) for s, t in self.found if s == i + 1}
        for i in range(1, len(left)):
            if forth[i] < 0 and left[i].before >= JOIN and _leads(left[i - 1], right, forth[i - 1]):
                forth[i] = forth[i - 1]
                self.found |= {(i, t): ("join", left[i].before) for s, t in self.found if s == i - 1}


def _leads(word: Word, others: Sequence[Word], linked: int) -> bool:
    """Whether a word can lend its links: it is linked to an open-class word, or completes a neighbour itself."""
    if linked < 0 or word.kind != WORD or not word.familiar:
        return False
    return not others[linked].closed if not word.closed else max(word.before, word.after) >= JOIN
