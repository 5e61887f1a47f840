"""Which texts may be near-duplicates: words alone, and hashes of bands of a MinHash signature.

A text's runs of four characters are hashed to a signature (Broder, 1997) of 96 rows, which is cut into 24 bands of
four, or into more bands of fewer (Leskovec, Rajaraman and Ullman, 2014). Texts that agree in a whole band are to be
compared letter by letter; the same text agrees in all. Of texts whose runs agree by three quarters .9999 share one of
24 bands, of those by half .79.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cswitch.core.seeds import rng

SIZE = 96
"""Rows of a signature."""
ROWS = 4
"""Rows of a band."""
BANDS = SIZE // ROWS
"""Bands of so many rows."""
_SHINGLE = 4
"""Characters a shingle."""
_AT_ONCE = 512
"""Shingles hashed at a time, which keeps the rows of a piece in the cache."""
_KEPT = frozenset("LNM")
"""General categories of letters, numbers and marks on letters."""
_DROPPED = "'’‘ʼ\u200c\u200d"
"""Apostrophes and joiners, which stand inside words."""


def plain_text(text: str) -> str:
    """The words of a text in small letters, without marks, emoji and spacing of its own.

    >>> plain_text("Kal, OFFICE  band hai… है?"), plain_text("Don't!")
    ('kal office band hai है', 'dont')
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS).split())


def band_hashes(texts: Sequence[str], rows: int = ROWS) -> NDArray[np.uint32]:
    """A hash for each band of each text's signature.

    Args:
        texts: Texts, usually from :func:`plain_text`.
        rows: Rows of a band, a divisor of :data:`SIZE`. With fewer, texts that are less alike share a band too: of
            those whose runs agree by half .986 with 3, and nearly all with 2.

    Returns:
        ``[texts, SIZE / rows]``; the same on every machine and however texts are put together.

    >>> one, other, far = band_hashes(["kal office band hai", "kal office band thi", "something else"])
    >>> bool((one == other).any()), bool((one == far).any())
    (True, False)
    """
    if not texts:
        return np.empty((0, SIZE // rows), np.uint32)
    padded = [text if len(text) >= _SHINGLE else text.ljust(_SHINGLE, "\0") for text in texts]
    counts = np.array([len(text) for text in padded]) - (_SHINGLE - 1)
    shingles = _shingles(padded, counts)
    mixed = (_signatures(shingles, counts) * _lines().mixers).reshape(len(texts), SIZE // rows, rows)
    bands: NDArray[np.uint32] = (mixed.sum(axis=2, dtype=np.uint64) >> np.uint64(32)).astype(np.uint32)
    return bands


class _Letters(dict[int, int | str | None]):
    """What stands for a character: itself in a word, a space for anything else; each is looked up once."""

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        found: int | str | None = code if unicodedata.category(character)[0] in _KEPT else " "
        if character in _DROPPED or "\ufe00" <= character <= "\ufe0f":
            found = None
        self[code] = found
        return found


_LETTERS = _Letters()


class _Lines(NamedTuple):
    slopes: NDArray[np.uint32]
    shifts: NDArray[np.uint32]
    mixers: NDArray[np.uint64]
    """What rows of a band are mixed with."""
    places: NDArray[np.uint64]
    """What the characters of a shingle are multiplied with."""


@lru_cache(maxsize=1)
def _lines() -> _Lines:
    """Odd numbers that depend on nothing, so that they are the same in every process."""
    drawn = rng("near-duplicates")

    def odd(count: int) -> list[int]:
        return [drawn.getrandbits(63) * 2 + 1 for _ in range(count)]

    low = (1 << 32) - 1
    slopes, shifts = ([number & low for number in odd(SIZE)] for _ in "ab")
    return _Lines(
        np.array(slopes, np.uint32),
        np.array(shifts, np.uint32),
        np.array(odd(SIZE), np.uint64),
        np.array(odd(_SHINGLE), np.uint64),
    )


def _shingles(texts: Sequence[str], counts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """A hash for each shingle of each text, text after text."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    size = len(codes) - (_SHINGLE - 1)
    found = np.zeros(size, np.uint64)
    for place, factor in enumerate(_lines().places):
        found += codes[place : place + size] * factor
    found ^= found >> np.uint64(33)
    found *= np.uint64(0xFF51AFD7ED558CCD)  # the finaliser of MurmurHash3
    found ^= found >> np.uint64(29)
    inside = np.ones(size, bool)
    ends = np.cumsum(counts + (_SHINGLE - 1))[:-1]
    for back in range(1, _SHINGLE):
        inside[ends - back] = False
    return (found[inside] >> np.uint64(16)).astype(np.uint32)


def _signatures(shingles: NDArray[np.uint32], counts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The least value of each line over a text's shingles: ``[texts, rows]``."""
    slopes, shifts, _, _ = _lines()
    found = np.full((len(counts), len(slopes)), np.iinfo(np.uint32).max, np.uint32)
    starts = np.concatenate(([0], np.cumsum(counts)))
    text = 0
    while text < len(counts):
        begin = starts[text]
        end = max(int(np.searchsorted(starts, begin + _AT_ONCE, "right")) - 1, text + 1)
        first = starts[text:end] - begin
        if end > text + 1 or counts[text] <= _AT_ONCE:
            values = shingles[begin : starts[end], None] * slopes + shifts
            found[text:end] = np.minimum.reduceat(values, first, axis=0)
        else:
            for piece in range(begin, starts[end], _AT_ONCE):
                values = shingles[piece : min(piece + _AT_ONCE, starts[end]), None] * slopes + shifts
                np.minimum(found[text], values.min(axis=0), out=found[text])
        text = end
    return found.astype(np.uint64)
