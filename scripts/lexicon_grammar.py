"""Closed classes and words that complete a neighbour: from treebanks, or from those of a related language."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from cswitch.core.lexicon import key
from cswitch.generators.alignment.induction import align, frequencies, is_word
from scripts.lexicon_data import has_treebank, ntrex, treebank, treebanks

CLOSED_TAGS = {"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"}
JOINED = {"aux", "aux:pass", "compound:prt", "mark", "expl:pv", "expl:pass"}
"""Relations of a word that completes its head."""
LIGHT = "compound:lvc"
"""Relation of a noun to the light verb that completes it."""
LINES = 200
"""Lines of NTREX by which the most related language is chosen."""
LINKED, SEEN, SHARE = 0.5, 5, 0.4
"""A word's share of links, how often it must occur, and the share of its uses that must complete a neighbour, for it to
complete neighbours as the words of a related language do."""

Shares = dict[str, tuple[float, float]]


def closed_class(data: Path, lang: str) -> frozenset[str]:
    """Words whose part of speech is a closed class most of the time, by the treebank of the language."""
    tags: dict[str, Counter[bool]] = defaultdict(Counter)
    for tokens in treebank(data, lang):
        for token in tokens:
            tags[key(token[1])][token[3] in CLOSED_TAGS] += 1
    return frozenset(word for word, n in tags.items() if is_word(word) and n[True] >= 3 and n[True] > n[False])


@cache
def joins(data: Path, lang: str) -> Shares:
    """Words that complete a neighbour, with the share of uses before and after it: by a treebank, or a relative's."""
    return treebank_joins(data, lang) if has_treebank(data, lang) else projected_joins(data, lang)


def projected_joins(data: Path, lang: str) -> Shares:
    """Words that complete a neighbour, by their links to such words of the most similar language with a treebank.

    Auxiliaries are alike in related languages, as in Hindi and Marathi or in Spanish and Portuguese, and sentences of
    these are linked better than either are with English. On which side the neighbour is, its own links say.
    """
    other = relative(data, lang)
    found = align(ntrex(data, other), ntrex(data, lang), other, lang)
    shares, seen = treebank_joins(data, other), frequencies(found, 1)
    mass: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for words, mine, posterior in zip(*found, strict=True):
        for i, j in zip(*(axis.tolist() for axis in np.nonzero(posterior > 0.1)), strict=True):
            probability, (before, after) = float(posterior[i, j]), shares.get(words[i], (0.0, 0.0))
            cell = mass[mine[j]]
            cell[0] += probability
            head = i - 1 if before >= after else i + 1
            if before + after and 0 <= head < len(words):
                cell[1 + (int(posterior[head].argmax()) > j)] += probability * max(before, after)
    return {
        word: (before / whole, after / whole)
        for word, (whole, before, after) in sorted(mass.items())
        if seen[word] >= SEEN and whole >= LINKED * seen[word] and max(before, after) >= SHARE * whole and is_word(word)
    }


def relative(data: Path, lang: str) -> str:
    """The language with a treebank whose words are linked most surely to those of a language."""

    def linked(other: str) -> float:
        found = align(ntrex(data, other)[:LINES], ntrex(data, lang)[:LINES], other, lang)
        return sum(float(posterior.max(axis=0).sum()) for posterior in found.posteriors if posterior.size)

    return max((other for other in treebanks(data) if other != lang), key=linked)


@cache
def treebank_joins(data: Path, lang: str) -> Shares:
    """Words that complete a neighbour (see ``JOINED``), with the share of uses before and after, by the treebank."""
    seen: Counter[str] = Counter()
    joined: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for tokens in treebank(data, lang):
        for token in tokens:
            seen[key(token[1])] += 1
        for one, two in pairwise(tokens):
            joined[0][key(two[1])] += _completes(two, one) or (one[7] == LIGHT and one[6] == two[0])
            joined[1][key(one[1])] += _completes(one, two)
    shares = {word: (joined[0][word] / n, joined[1][word] / n) for word, n in seen.items() if n >= 3 and is_word(word)}
    return {word: share for word, share in sorted(shares.items()) if max(share) >= 0.3}


def _completes(token: list[str], neighbour: list[str]) -> bool:
    """Whether a token completes its neighbour, or the word on that side that its neighbour completes."""
    if token[7] not in JOINED:
        return False
    same_side = (int(token[6]) < int(token[0])) == (int(neighbour[0]) < int(token[0]))
    return token[6] == neighbour[0] or (neighbour[7] in JOINED and neighbour[6] == token[6] and same_side)
