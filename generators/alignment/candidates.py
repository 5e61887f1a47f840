"""Which tokens, and which runs of tokens, of two sentences a lexicon allows to be linked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cswitch.generators.alignment.vocabulary import MARK, NUMBER, WORD, Word

KINDS = {WORD: "word", NUMBER: "number", MARK: "mark"}
"""Kinds of evidence for a pair of tokens, by the kind of token."""
WORTH_OF_SIZE = 0.1
"""What each further word of a unit adds to its score: longer entries go first."""


class Candidate(NamedTuple):
    """A possible link between two tokens or two runs of tokens."""

    score: float
    """How much speaks for it, about 0 to 1."""
    kind: str
    """Kind of evidence, see :class:`cswitch.generators.alignment.linking.Linker`."""
    source: tuple[int, ...]
    """Source indices."""
    target: tuple[int, ...]
    """Target indices."""


def single(left: Sequence[Word], right: Sequence[Word]) -> list[Candidate]:
    """Every pair of tokens that the lexicon, their spelling or their digits vouch for."""
    places: dict[str, list[int]] = {}
    for j, word in enumerate(right):
        for name in word.names:
            if name in places:
                places[name].append(j)
            else:
                places[name] = [j]
    found: list[Candidate] = []
    known = places.keys()
    for i, word in enumerate(left):
        row = word.row
        names = row.keys() & known
        if names:
            best: dict[int, float] = {}
            for name in names:
                strength = row[name]
                for j in places[name]:
                    if strength > best.get(j, 0.0):
                        best[j] = strength
            kind = KINDS[word.kind]
            found += [Candidate(strength, kind, (i,), (j,)) for j, strength in best.items()]
    return found


def units(left: Sequence[Word], right: Sequence[Word], pairs: set[tuple[int, int]]) -> list[Candidate]:
    """Every pair of runs that a multi-word entry vouches for and the linked ``pairs`` within them do not explain."""
    found: list[Candidate] = []
    stems = [word.stem for word in right]
    firsts = set(stems)
    for i, word in enumerate(left):
        for unit in word.units:
            if unit.target[0] not in firsts or not _begins(left, i, unit.source):
                continue
            source = tuple(range(i, i + len(unit.source)))
            for j in [j for j, stem in enumerate(stems) if stem == unit.target[0]]:
                target = _run(right, stems, j, unit.target)
                if target and not _explained(left, right, source, target, pairs):
                    score = unit.strength + WORTH_OF_SIZE * (len(source) + len(target) - 2)
                    found.append(Candidate(score, "unit", source, target))
    return found


def _begins(words: Sequence[Word], i: int, stems: tuple[str, ...]) -> bool:
    return len(stems) == 1 or stems == tuple([word.stem for word in words[i : i + len(stems)]])


def _run(words: Sequence[Word], stems: list[str], j: int, wanted: tuple[str, ...]) -> tuple[int, ...]:
    """Indices of a unit that may begin at j; one closed-class token may stand before its last word."""
    last = j + len(wanted)
    if tuple(stems[j:last]) == wanted:
        return tuple(range(j, last))
    if len(wanted) > 1 and last < len(stems) and stems[last] == wanted[-1] and words[last - 1].closed:
        head = tuple(range(j, last - 1))
        return (*head, last) if tuple(stems[j : last - 1]) == wanted[:-1] else ()
    return ()


def _explained(
    left: Sequence[Word],
    right: Sequence[Word],
    source: tuple[int, ...],
    target: tuple[int, ...],
    pairs: set[tuple[int, int]],
) -> bool:
    """Whether single words link every word of both runs, a few closed-class words aside."""
    if len(source) < 2 or len(target) < 2:
        return False
    inner = [(i, j) for i in source for j in target if (i, j) in pairs]
    if len(inner) < 2:
        return False
    sources, targets = {i for i, _ in inner}, {j for _, j in inner}
    return all(i in sources or left[i].closed for i in source) and all(j in targets or right[j].closed for j in target)
