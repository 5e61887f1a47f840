"""Linked parallel text, and how often it shows multi-word translations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from cswitch.generators.alignment.hmm import Floats

LONGEST = 6
"""Words of the longest unit that is counted."""
LINKED, ELSEWHERE = 0.3, 0.5
"""A unit is linked when a link within it is so probable, and none of its words has this much of its links outside."""

Tokens = Sequence[Sequence[str]]


class Evidence(NamedTuple):
    """A parallel corpus with its links."""

    left: Tokens
    """Source sentences, their words as :func:`cswitch.core.lexicon.key` gives them."""
    right: Tokens
    """Target sentences."""
    posteriors: Sequence[Floats]
    """How likely each link is, an array (source tokens, target tokens) a pair."""


def unit_counts(
    evidence: Evidence, units: Sequence[tuple[str, str]], stems: tuple[Callable[[str], str], Callable[[str], str]]
) -> dict[tuple[str, str], tuple[float, int, int]]:
    """How often both sides of each multi-word entry are linked to each other and to nothing else, and occur at all.

    Args:
        evidence: Sentence pairs and their links.
        units: The entries.
        stems: What brings word forms together, a side each.

    Returns:
        Entry to (linked together, occurrences of the source, occurrences of the target).
    """
    runs: tuple[dict[tuple[str, ...], str], ...] = tuple(
        {tuple(map(stems[side], unit[side].split())): unit[side] for unit in units} for side in (0, 1)
    )
    partners: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    split: dict[str, tuple[str, ...]] = {}
    for unit in units:
        keys = tuple(tuple(map(stems[side], unit[side].split())) for side in (0, 1))
        split[unit[0]], split[unit[1]] = keys
        partners[keys[0]].append(keys[1])
    counts: defaultdict[tuple[tuple[str, ...], tuple[str, ...]], float] = defaultdict(float)
    seen: tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]] = (Counter(), Counter())
    for tokens, others, posterior in zip(*evidence, strict=True):
        stemmed = [stems[0](word) for word in tokens], [stems[1](word) for word in others]
        places = [_places(stemmed[side], runs[side]) for side in (0, 1)]
        for side in (0, 1):
            seen[side].update({run: len(at) for run, at in places[side].items()})
        for run, at in places[0].items():
            for other in partners[run]:
                for j in places[1].get(other, ()):
                    counts[run, other] += max(_together(posterior, i, i + len(run), j, j + len(other)) for i in at)
    return {
        (word, other): (
            counts.get((split[word], split[other]), 0.0),
            seen[0][split[word]],
            seen[1][split[other]],
        )
        for word, other in units
    }


def _places(stems: list[str], runs: Mapping[tuple[str, ...], str]) -> dict[tuple[str, ...], list[int]]:
    """Where runs of stems begin in a sentence."""
    found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in range(len(stems)):
        for size in range(1, LONGEST + 1):
            run = tuple(stems[i : i + size])
            if len(run) == size and run in runs:
                found[run].append(i)
    return found


def _together(posterior: Floats, a: int, b: int, c: int, d: int) -> float:
    """1 when tokens a to b and c to d are linked to each other and not to others, 0 when they are not."""
    inside = posterior[a:b, c:d]
    if inside.max(initial=0.0) < LINKED:
        return 0.0
    rows, columns = posterior[a:b].sum(axis=1) - inside.sum(axis=1), posterior[:, c:d].sum(axis=0) - inside.sum(axis=0)
    return float(rows.max() < ELSEWHERE and columns.max() < ELSEWHERE)
