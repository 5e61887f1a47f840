"""Word lists packed by what each word shares with the one before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_FIRST = 32
"""Code of the first letter of the alphabet; smaller ones say how many letters are shared."""
_ENTRY = re.compile("([\x00-\x1f])([^\x00-\x1f]*)")


def pack_words(words: Sequence[str], alphabet: str) -> NDArray[np.uint8]:
    """Sorted words as bytes: the number of letters shared with the word before (at most 31), then the others.

    Args:
        words: In the order to keep; sorted words share most.
        alphabet: Every letter of the words, at most 224 of them.

    >>> pack_words(["ab", "abc", "b"], "abc").tolist()
    [0, 32, 33, 2, 34, 0, 33]
    """
    codes = {letter: _FIRST + at for at, letter in enumerate(alphabet)}
    packed = bytearray()
    for before, word in zip(["", *words], words, strict=False):
        same = (at for at, (left, right) in enumerate(zip(before, word, strict=False)) if left != right)
        shared = min(next(same, min(len(before), len(word))), _FIRST - 1)
        packed.append(shared)
        packed.extend(codes[letter] for letter in word[shared:])
    return np.frombuffer(bytes(packed), np.uint8)


def unpack_words(packed: NDArray[np.uint8], alphabet: str) -> list[str]:
    """The words that :func:`pack_words` packed.

    >>> unpack_words(pack_words(["ab", "abc", "b"], "abc"), "abc")
    ['ab', 'abc', 'b']
    """
    letters = [*map(chr, range(_FIRST)), *alphabet]
    text = "".join([letters[code] for code in packed.tolist()])
    words, word = [], ""
    for shared, rest in _ENTRY.findall(text):
        word = word[: ord(shared)] + rest
        words.append(word)
    return words
