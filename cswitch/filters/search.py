"""The search for repeated texts, in memory that hardly grows with them.

Of what lies on the disk (:mod:`cswitch.filters.sketches`) one column is held at a time, and sorted a part of its values
after the other. The same text has the same digest of 64 bits. For near-duplicates, texts with the same hash of a band
give pairs, which go to files by the place of the later text; then texts are gone through in the order of the input, and
each is compared, letter by letter, with those it shares a band with, or with what these repeat.

What is held for a text: 4 bytes for what it repeats, 1 for how much, and 8 for the column at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from cswitch.core.minhash import SIZE
from cswitch.filters.duplicates import Duplicates
from cswitch.filters.repeats import EXACT, Origin, Repeats
from cswitch.filters.sketches import Sketched

_PART = 1 << 19
"""Values sorted at a time, about."""
_SPAN = 1 << 14
"""Texts whose pairs lie in one file."""
_BEFORE = 8
"""How many of the texts before it in a bucket of a band a text is paired with, beside the first."""
_BLOCK = 1 << 16
"""Pairs gone through at a time."""
_KEPT_TEXTS = 1 << 16
"""Texts remembered."""
_LOW = np.uint64((1 << 32) - 1)
_HALF = np.uint64(32)


def find_repeats(
    folders: Sequence[Path],
    duplicates: Duplicates,
    scratch: Path,
    starts: Sequence[int] = (),
    *,
    origin: Origin = Origin(),  # noqa: B008 it cannot be changed
) -> Repeats:
    """The records whose text repeats an earlier one that stays.

    Args:
        folders: Folders of :class:`cswitch.filters.sketches.Sketches`, in the order of the input; how many there are
            makes no difference.
        duplicates: What counts as the same, as the sketches were made with.
        scratch: An empty folder for pairs.
        starts: For each folder, what is added to the numbers of its records.
        origin: What the table is made of.
    """
    sketched = Sketched(folders, starts)
    rows = np.arange(len(sketched), dtype=np.uint32)
    percents = np.zeros(len(rows), np.uint8)
    _same(sketched, rows, percents)
    if duplicates.likeness is not None:
        with sketched:
            for band in range(SIZE // duplicates.rows):
                _pairs(sketched.band(band), percents, scratch)
            _compare(sketched, rows, percents, duplicates.likeness, scratch)
        moved = np.flatnonzero(rows[rows] != rows)  # the same text as one that has gone since
        percents[moved] = percents[rows[moved]]
        rows[moved] = rows[rows[moved]]
    numbers = sketched.numbers()
    gone = np.flatnonzero(percents)
    return Repeats(numbers[gone], numbers[rows[gone]], percents[gone], origin)


def _same(sketched: Sketched, rows: NDArray[np.uint32], percents: NDArray[np.uint8]) -> None:
    """Marks texts whose digest was there before."""
    for places, values in _sorted_parts(sketched.digests()):
        first = _group_starts(values)
        again = first != np.arange(len(first))
        rows[places[again]] = places[first[again]]
        percents[places[again]] = EXACT


def _pairs(hashes: NDArray[np.uint32], percents: NDArray[np.uint8], scratch: Path) -> None:
    """Writes pairs of texts with the same hash: the place of the later one in the upper 32 bits."""
    for places, values in _sorted_parts(hashes, percents):
        first = _group_starts(values)
        rank = np.arange(len(first)) - first
        found = []
        for back in range(1, min(int(rank.max(initial=0)), _BEFORE) + 1):
            late = np.flatnonzero(rank >= back)
            found.append(_joined(places[late], places[late - back]))
        late = np.flatnonzero(rank > _BEFORE)
        found.append(_joined(places[late], places[first[late]]))
        pairs = np.concatenate(found)
        pairs.sort()
        _spread(pairs, scratch)


def _joined(later: NDArray[np.uint32], earlier: NDArray[np.uint32]) -> NDArray[np.uint64]:
    return (later.astype(np.uint64) << _HALF) | earlier


def _spread(pairs: NDArray[np.uint64], scratch: Path) -> None:
    """Adds sorted pairs to the files of their spans."""
    spans = (pairs >> _HALF) // np.uint64(_SPAN)
    names, begins = np.unique(spans, return_index=True)
    ends = [*begins[1:], len(pairs)] if len(pairs) else []
    for name, begin, end in zip(names, begins, ends, strict=True):
        with (scratch / f"pairs-{int(name):06}").open("ab") as file:
            file.write(pairs[begin:end].tobytes())


def _sorted_parts(
    values: NDArray[np.uint64] | NDArray[np.uint32], percents: NDArray[np.uint8] | None = None
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.uint64] | NDArray[np.uint32]]]:
    """Places and values, sorted by value and then by place, equal values together, a part at a time.

    Args:
        values: A value a text.
        percents: How much each text repeats another; only those that repeat nothing are given.
    """
    width = values.dtype.itemsize * 8
    bits = (len(values) // _PART).bit_length()
    for part in range(1 << bits):
        held = values >= values.dtype.type(part << (width - bits)) if part else np.ones(len(values), bool)
        if part + 1 < 1 << bits:
            held &= values < values.dtype.type((part + 1) << (width - bits))
        if percents is not None:
            held &= percents == 0
        places = np.flatnonzero(held).astype(np.uint32)
        if len(places):
            own = values[places]
            order = np.argsort(own, kind="stable")
            yield places[order], own[order]


def _group_starts(values: NDArray[np.uint64] | NDArray[np.uint32]) -> NDArray[np.int64]:
    """For each of sorted values the place of the first that equals it."""
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    starts: NDArray[np.int64] = np.maximum.accumulate(np.where(new, np.arange(len(values)), 0))
    return starts


def _compare(
    sketched: Sketched, rows: NDArray[np.uint32], percents: NDArray[np.uint8], likeness: float, scratch: Path
) -> None:
    """Marks near-duplicates of texts that stay, in the order of the input."""
    words = lru_cache(maxsize=_KEPT_TEXTS)(sketched.words)
    cutoff = 100 * likeness - 1e-9
    current, tried = -1, set[int]()
    for later, earlier in _read_pairs(scratch):
        if later != current:
            current, tried, text = later, set(), words(later)
        elif rows[later] != later:
            continue
        kept = int(rows[earlier])
        if kept in tried:
            continue
        tried.add(kept)
        alike = ratio(text, words(kept), score_cutoff=cutoff)
        if alike >= cutoff:
            rows[later], percents[later] = kept, int(alike + 1e-9)


def _read_pairs(scratch: Path) -> Iterator[tuple[int, int]]:
    """The pairs of all files, each once, by the later and then by the earlier text."""
    for path in sorted(scratch.glob("pairs-*")):
        pairs = np.fromfile(path, np.uint64)
        path.unlink()
        pairs.sort()  # in place, which np.unique is not
        new = np.ones(len(pairs), bool)
        new[1:] = pairs[1:] != pairs[:-1]
        pairs = pairs[new]
        for begin in range(0, len(pairs), _BLOCK):
            block = pairs[begin : begin + _BLOCK]
            yield from zip((block >> _HALF).tolist(), (block & _LOW).tolist(), strict=True)
