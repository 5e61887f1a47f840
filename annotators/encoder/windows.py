"""Sentences cut into windows that a model can take, and windows as rows of numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cswitch.annotators.encoder.subwords import Ints, Subwords


class Windows(NamedTuple):
    """Stretches of words; each word is kept in one window, the one in which it stands most in the middle."""

    first: Ints
    """First word of each window, of shape [windows]."""
    last: Ints
    """One past its last word."""
    kept_first: Ints
    """First word whose scores are taken from this window."""
    kept_last: Ints
    """One past the last of them."""
    sentence: Ints
    """Number of the sentence it is of."""

    def only(self, chosen: Ints) -> Windows:
        """The windows of some numbers."""
        return Windows(*(column[chosen] for column in self))


class Rows(NamedTuple):
    """Windows as a model takes them."""

    ids: Ints
    """Sub-words, of shape [windows, width]."""
    mask: Ints
    """1 where there is one, 0 for padding; of the same shape."""
    places: Ints
    """Places of kept sub-words in the rows laid end to end."""
    words: Ints
    """The word that each of them is of."""


def cut(counts: Ints, ends: Ints, room: int) -> Windows:
    """Windows of at most ``room`` sub-words; neighbours overlap by about a quarter of it.

    A sentence whose words have no sub-word has no window.

    Args:
        counts: Sub-words of each word, of all sentences one after the other; none has more than a quarter of the room.
        ends: One past the last word of each sentence.
        room: Sub-words of a window, special ones left out.

    >>> windows = cut(np.array([1, 2, 1, 1, 1, 1, 1, 1, 1]), np.array([2, 2, 9]), 4)
    >>> list(zip(windows.first.tolist(), windows.last.tolist()))
    [(0, 2), (2, 6), (5, 9)]
    >>> list(zip(windows.kept_first.tolist(), windows.kept_last.tolist()))
    [(0, 2), (2, 5), (5, 9)]
    """
    before = np.concatenate([[0], np.cumsum(counts)])
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    sizes = before[ends] - before[starts]
    short = np.flatnonzero((sizes > 0) & (sizes <= room))
    whole = np.column_stack([starts[short], ends[short], starts[short], ends[short], short])
    long = [
        row
        for number in np.flatnonzero(sizes > room).tolist()
        for row in _cut(before, int(starts[number]), int(ends[number]), room, number)
    ]
    rows = np.concatenate([whole, np.array(long, dtype=np.int64).reshape(-1, 5)])
    return Windows(*rows[np.lexsort((rows[:, 0], rows[:, 4]))].T)


def _cut(before: Ints, start: int, end: int, room: int, number: int) -> list[tuple[int, int, int, int, int]]:
    """The windows of one long sentence."""
    spans: list[tuple[int, int]] = []
    first = start
    while True:
        last = min(end, int(np.searchsorted(before, before[first] + room, side="right")) - 1)
        spans.append((first, last))
        if last == end:
            break
        first = max(first + 1, int(np.searchsorted(before, before[last] - room // 4)))
    # Words of an overlap are parted in its middle: there they have as many neighbours on one side as on the other.
    centres = before[start:end] + before[start + 1 : end + 1]
    middles = [
        start + int(np.searchsorted(centres, before[following] + before[last]))
        for (_, last), (following, _) in pairwise(spans)
    ]
    kept = [start, *middles, end]
    return [(*span, kept[place], kept[place + 1], number) for place, span in enumerate(spans)]


def rows(
    windows: Windows,
    numbers: Ints,
    subwords: Subwords,
    *,
    padding: int,
    multiple: int = 1,
    limit: int = 1 << 30,
    whole: bool = False,
) -> Rows:
    """Windows as padded rows.

    Args:
        windows: Windows of any length.
        numbers: The number of each word, see :class:`Subwords`.
        subwords: What the numbers stand for.
        padding: The sub-word that fills rows up.
        multiple: Widths are multiples of this, but for the limit.
        limit: Sub-words that the model takes at once.
        whole: Keep every sub-word of a word, not the first alone.
    """
    sizes = windows.last - windows.first
    word = ragged(windows.first, sizes)
    row = np.repeat(np.arange(len(sizes)), sizes)
    counts = subwords.counts[numbers[word]]
    inside = np.cumsum(counts) - counts
    begins = np.cumsum(sizes) - sizes
    lengths = np.add.reduceat(counts, begins)
    ends = lengths + len(subwords.before)
    full = ends + len(subwords.after)
    width = min(-(-int(full.max()) // multiple) * multiple, limit)
    place = row * width + len(subwords.before) + inside - np.repeat(inside[begins], sizes)
    ids = np.full((len(sizes), width), padding, dtype=np.int64)
    ids[:, : len(subwords.before)] = subwords.before
    ids.reshape(-1)[ragged(place, counts)] = subwords.ids[ragged(subwords.starts[numbers[word]], counts)]
    for offset, special in enumerate(subwords.after):
        ids[np.arange(len(sizes)), ends + offset] = special
    kept = (word >= windows.kept_first[row]) & (word < windows.kept_last[row]) & (counts > 0)
    taken = counts[kept] if whole else np.ones(int(kept.sum()), dtype=np.int64)
    mask = (np.arange(width) < full[:, None]).astype(np.int64)
    return Rows(ids, mask, ragged(place[kept], taken), np.repeat(word[kept], taken))


def ragged(starts: Ints, counts: Ints) -> Ints:
    """Runs of following numbers, one after the other.

    >>> ragged(np.array([5, 0, 7]), np.array([2, 0, 3])).tolist()
    [5, 6, 7, 8, 9]
    """
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
