"""What the tagger sees of one word, whatever stands around it: hashed character n-grams and its shape.

Each feature is a number below :data:`BUCKETS`: the word between boundaries, its substrings of 1 to 5 characters, and
what its characters are (capitals, digits, script). Hashing (Weinberger et al., 2009) keeps the model's size fixed
whatever the languages; it is done for many words at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cswitch.core.text.tokens import token_class

BUCKETS = 1 << 16
"""Rows of the embedding."""
LONGEST = 5
"""Characters of the longest substring."""
_LETTERS = 24
"""Characters of a word that are looked at: the first and the last of them of a longer one."""
_MULTIPLIER = np.uint32(0x01000193)
_SPREAD = np.uint32(0x9E3779B1)
_BOUNDARY = 0
_KIND = "\x02"
"""Stands before the name of a kind of token."""
_SHAPE, _WHOLE = np.uint32(0x5BD1E995), np.uint32(0x2545F491)

Buckets = NDArray[np.int32]


def plain(word: str) -> str:
    """A word as its characters are compared: lower case, digits as 0, long stretches of one letter cut to three.

    >>> plain("Sooooo"), plain("B2B"), plain("l’Eau")
    ('sooo', 'b0b', "l'eau")
    """
    low = word.lower()
    if low.isascii() and low.isalpha() and len(low) < 4:
        return low
    if not low.isalpha():
        low = "".join("0" if letter.isdigit() else letter for letter in low).replace("’", "'")
    if len(low) > _LETTERS:
        low = low[: _LETTERS // 2] + low[-_LETTERS // 2 :]
    return _held(low)


def stand_in(token: str) -> str:
    """What the network sees of a token that is no word: a mark as it is, anything else as one of its kind.

    >>> stand_in("!"), stand_in("42") == stand_in("1,000"), stand_in("😀") == stand_in("👍🏽")
    ('!', True, True)
    """
    kind = token_class(token)
    return token[:_LETTERS] if kind == "punct" else _KIND + kind


def _held(low: str) -> str:
    """At most three of one letter in a row."""
    if not any(a == b == c == d for a, b, c, d in zip(low, low[1:], low[2:], low[3:], strict=False)):
        return low
    kept: list[str] = []
    for letter in low:
        if kept[-3:] != [letter] * 3:
            kept.append(letter)
    return "".join(kept)


def shape(word: str) -> int:
    """A small number for capitals, length and other signs of a word.

    >>> len({shape(word) for word in ("paris", "Paris", "PARIS", "iPhone", "4th", "l'eau")})
    6
    """
    if word.islower():
        case = 0
    elif word[:1].isupper():
        case = 1 if word[1:].islower() or len(word) == 1 else 2
    else:
        case = 3 if any(map(str.isupper, word)) else 4
    signs = 0 if word.isalpha() else 1 + any(map(str.isdigit, word)) + 2 * ("'" in word or "’" in word)
    return case * 64 + signs * 8 + min(len(word), 7)


def features(words: Sequence[str]) -> tuple[Buckets, NDArray[np.int64]]:
    """The features of words, one word after the other, and how many each has.

    The first of a word is the word as a whole, the second its shape.

    >>> buckets, counts = features(["ab", "abc"])
    >>> counts.tolist(), len(buckets), bool(buckets[0] == features(["AB"])[0][0])
    ([10, 15], 25, True)
    """
    texts = [plain(word) for word in words]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 2
    joined = "\0" + "\0\0".join(texts) + "\0"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.cumsum(lengths)
    word_of = np.repeat(np.arange(len(texts)), lengths)
    left = np.repeat(ends, lengths) - np.arange(len(codes))  # characters from here to the end of the word
    owners, hashes = _substrings(codes, left, word_of)
    shapes = np.fromiter(map(shape, words), np.uint32, len(words))
    owners += [np.arange(len(texts)), np.arange(len(texts))]
    hashes += [_mixed(_wholes(codes, ends - lengths, lengths) ^ _WHOLE), _mixed(shapes * _MULTIPLIER ^ _SHAPE)]
    owner = np.concatenate((*owners[-2:], *owners[:-2]))
    order = np.argsort(owner, kind="stable")
    return np.concatenate((*hashes[-2:], *hashes[:-2]))[order], np.bincount(owner, minlength=len(texts))


def _substrings(
    codes: NDArray[np.uint32], left: NDArray[np.int64], word_of: NDArray[np.intp]
) -> tuple[list[NDArray[np.intp]], list[Buckets]]:
    """Substrings by length: the words they are of, and their buckets."""
    owners: list[NDArray[np.intp]] = []
    hashes: list[Buckets] = []
    running = np.zeros(len(codes), np.uint32)
    for size in range(1, LONGEST + 1):
        there = len(codes) - size + 1
        if there <= 0:
            break
        running = running[:there] * _MULTIPLIER + codes[size - 1 :] + np.uint32(1)
        inside = left[:there] >= size
        if size == 1:
            inside &= codes != _BOUNDARY
        elif size == 2:
            inside &= left[:there] > 0
        owners.append(word_of[:there][inside])
        hashes.append(_mixed(running[inside] ^ np.uint32(size * 0x1000193)))
    return owners, hashes


def _wholes(codes: NDArray[np.uint32], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint32]:
    """A hash of each word with its boundaries."""
    whole = np.zeros(len(starts), np.uint32)
    for place in range(int(lengths.max(initial=0))):
        there = np.flatnonzero(lengths > place)
        whole[there] = whole[there] * _MULTIPLIER + codes[starts[there] + place] + np.uint32(1)
    return whole


def _mixed(hashes: NDArray[np.uint32]) -> Buckets:
    """Hashes spread over the buckets."""
    spread = (hashes ^ (hashes >> np.uint32(15))) * _SPREAD
    spread ^= spread >> np.uint32(13)
    spread *= np.uint32(0x85EBCA6B)
    return ((spread >> np.uint32(8)) % np.uint32(BUCKETS)).astype(np.int32)
