"""The translation tables that systran-align writes."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cswitch.generators.alignment.pooling import SHIFT, Ints, codes_of, look_up

EMPTY = "<eps>"
"""The word that tokens without a counterpart come from."""
_RESERVED = 2
"""Words at the head of a table that are none of the text."""


class Table:
    """Translation probabilities of one direction, words being numbers.

    The file holds the number of reserved words and of all words (32 bits each), the words, each ended by a null byte,
    the largest word with a row (32 bits), and rows: a word, the number of its translations, and for each of those the
    word and its probability as a 32-bit float. Words are counted from 1.

    Args:
        codes: Codes of (given word, emitted word), sorted.
        values: Their probabilities.
        none: Probability of each emitted word when nothing emits it, by number.
    """

    def __init__(self, codes: Ints, values: NDArray[np.float64], none: dict[int, float]) -> None:
        self.codes, self.values = codes, values
        self._none = np.zeros(2 + max(none, default=0), dtype=np.float32)
        for word, probability in none.items():
            self._none[word] = probability

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a file whose words are numbers.

        Raises:
            ValueError: The file is none that systran-align wrote, as far as this version knows.
            OSError: The file cannot be read.
        """
        data = path.read_bytes()
        try:
            words, body = _words(data)
            return cls(*_rows(words, np.frombuffer(data, dtype="<i4", offset=body)))
        except (struct.error, IndexError) as error:
            raise ValueError("its table ends too early") from error

    def look_up(self, pairs: Ints) -> NDArray[np.float64]:
        """Probability of each pair (given word, emitted word); 0 where there is none."""
        return look_up(codes_of(pairs), self.codes, self.values)

    def empty(self, words: Ints) -> NDArray[np.float32]:
        """Probability of each word when nothing emits it; padding, -1, has 0."""
        last = len(self._none) - 1
        return np.asarray(self._none[np.where((words < 0) | (words > last), last, words)])


def _words(data: bytes) -> tuple[list[str], int]:
    """The words of a table, and where its rows begin."""
    reserved, count = struct.unpack_from("<2I", data)
    if reserved != _RESERVED or count < reserved:
        raise ValueError("its table begins in a way that is not known")
    words: list[str] = []
    place = struct.calcsize("<2I")
    for _ in range(count):
        end = data.index(0, place)
        words.append(data[place:end].decode("ascii"))
        place = end + 1
    if words[0] != EMPTY:
        raise ValueError(f"the first word of its table is {words[0]!r}")
    return words, place + struct.calcsize("<I")


def _rows(words: list[str], body: NDArray[np.int32]) -> tuple[Ints, NDArray[np.float64], dict[int, float]]:
    numbers = np.array([-1] * (_RESERVED + 1) + [int(word) for word in words[_RESERVED:]], dtype=np.int64)
    floats = body.view("<f4")
    given: list[Ints] = []
    emitted: list[Ints] = []
    values: list[NDArray[np.float32]] = []
    none: dict[int, float] = {}
    place = 0
    while place < len(body):
        word, count = body[place : place + 2].tolist()
        end = place + 2 + 2 * count
        if end > len(body) or count < 0:
            raise ValueError("its table ends too early")
        translations, found = numbers[body[place + 2 : end : 2]], floats[place + 3 : end : 2]
        if word == 1:
            none = dict(zip(translations.tolist(), found.tolist(), strict=True))
        else:
            given.append(np.full(count, numbers[word]))
            emitted.append(translations)
            values.append(found)
        place = end
    pairs = np.stack([np.concatenate(given), np.concatenate(emitted)]) if given else np.zeros((2, 0), dtype=np.int64)
    codes = pairs[0] << SHIFT | pairs[1]
    order = np.argsort(codes)
    return codes[order], np.concatenate([*values, np.zeros(0)])[order].astype(np.float64), none
