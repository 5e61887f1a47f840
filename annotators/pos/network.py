"""The small network behind the window tagger, in whole numbers.

    word        features -> rows of ``embedding`` added up -> five rows of ``hidden`` numbers, one a window position
    layer 1     a token adds the rows of the words around it and clips the sum to 0..255
    layer 2     its own, the left and the right token's layer 1, by ``deep``, clipped to 0..255
    labels      layer 2 by ``last`` plus layer 1 by ``skip``; the highest wins

What a word adds does not depend on where it stands, so its five rows are worked out once (the pre-computation of Chen
and Manning, 2014). Every number is whole and every sum stays below 2**24, where float32 is exact. So a sentence has the
same labels on every machine, with every BLAS, and in whatever batch it comes.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.features import BOUNDARY, features
from cswitch.core.errors import InputError
from cswitch.core.model_file import Int8, joined, parted

WINDOW = 2
"""Words on each side that layer 1 sees."""
POSITIONS = 2 * WINDOW + 1
TOP = 255
"""What a clipped unit reaches; it stands for ``CEILING`` in training."""
CEILING = 4.0
_LIMIT = 2500
"""No row holds more, so that five of them fit 16 bits."""
_SILENT = -20_000
"""Keeps a boundary's own layer 1 at 0."""
_SERIAL = 1 << 18
"""Multiplications up to which OpenBLAS stays on one thread."""
_MAGIC = b"cswitch-pos-1\n"

Int16 = NDArray[np.int16]
Float = NDArray[np.float32]


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a model file that is not a matrix."""

    lang: str
    """BCP-47 primary subtag."""
    labels: tuple[str, ...]
    keys: tuple[str, ...]
    """Names of the features, in the order of the rows of ``embedding``."""
    hidden_bias: tuple[int, ...]
    deep_bias: tuple[int, ...]
    label_bias: tuple[int, ...]
    word_scale: float
    """Brings a word's rows to the scale of layer 1."""
    deep_scale: float
    """Brings layer 2 to the scale of layer 1."""
    shapes: dict[str, tuple[int, int]]
    """Rows and columns of each matrix, in the order they are stored."""
    trained_on: tuple[str, ...]
    licence: str


@dataclass(frozen=True, kw_only=True)
class Network:
    """A trained network.

    Args:
        header: Labels, feature names, biases and scales.
        matrices: ``embedding`` (features, size), ``first`` (size, POSITIONS * hidden), ``deep`` (hidden, 3 * second),
            ``last`` (second, labels), ``skip`` (hidden, labels).
    """

    header: Header
    matrices: dict[str, Int8]

    def dump(self, path: Path) -> None:
        """Write the model file."""
        path.write_bytes(_MAGIC + zlib.compress(joined(self.header, self.matrices), 9))

    @classmethod
    def read(cls, path: Path) -> Network:
        """Read a model file.

        Raises:
            InputError: The file is not a model of this version.
        """
        data = path.read_bytes()
        if not data.startswith(_MAGIC):
            raise InputError(
                "not a part-of-speech model of this version", path=path, hint="rebuild it: scripts/train_pos.py"
            )
        try:
            header, matrices = parted(zlib.decompress(data[len(_MAGIC) :]), Header)
        except (zlib.error, msgspec.MsgspecError, ValueError) as error:
            raise InputError(f"damaged model ({error})", path=path, hint="rebuild it: scripts/train_pos.py") from error
        return cls(header=header, matrices=matrices)


class Lookup:
    """Rows of words: the part of the network that is worked out once a word."""

    def __init__(self, network: Network) -> None:
        header, matrices = network.header, network.matrices
        self.hidden = len(header.hidden_bias)
        self._ids = {key: row for row, key in enumerate(header.keys)}
        nothing = np.zeros((1, matrices["embedding"].shape[1]), np.float32)
        self._nothing = len(header.keys)
        self._embedding = np.concatenate((matrices["embedding"].astype(np.float32), nothing))
        self._first = matrices["first"].astype(np.float32)
        self._scale = np.float32(header.word_scale)

    def rows(self, words: Sequence[tuple[str, bool]]) -> Int16:
        """What each word adds at each window position, shape (words, POSITIONS, hidden).

        Args:
            words: Word forms, each with whether its sentence is cased.
        """
        get, nothing = self._ids.get, repeat(self._nothing)
        found: list[int] = []
        starts: list[int] = []
        for word, cased in words:
            starts.append(len(found))
            found += map(get, features(word, cased), nothing)
        vectors = np.add.reduceat(self._embedding[found], starts, axis=0)
        rows = product(vectors, self._first)
        rows *= self._scale
        np.rint(rows, out=rows)
        np.clip(rows, -_LIMIT, _LIMIT, out=rows)
        return rows.astype(np.int16).reshape(len(words), POSITIONS, self.hidden)

    def boundary(self) -> Int16:
        """The rows of what stands before and after a sentence, shape (POSITIONS, hidden)."""
        rows: Int16 = self.rows([(BOUNDARY, True)])[0]
        rows[WINDOW] = _SILENT
        return rows


class Biases(Protocol):
    """The part of a header that the layers need; see :class:`Header`."""

    @property
    def hidden_bias(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def deep_bias(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def label_bias(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def deep_scale(self) -> float: ...  # noqa: D102


class Layers:
    """Everything above the rows of words.

    Args:
        header: Biases and scales.
        matrices: ``deep``, ``last`` and ``skip`` of :class:`Network`.
    """

    def __init__(self, header: Biases, matrices: Mapping[str, Int8]) -> None:
        self._second = len(header.deep_bias)
        self._bias = np.array(header.hidden_bias, np.int16)
        self._upper = np.concatenate((matrices["deep"], matrices["skip"]), axis=1).astype(np.float32)
        self._last = matrices["last"].astype(np.float32)
        self._deep_bias = np.array(header.deep_bias, np.float32)
        self._label_bias = np.array(header.label_bias, np.float32)
        self._scale = np.float32(header.deep_scale)

    def best(self, sums: Int16) -> NDArray[np.intp]:
        """The label number of each token of a run but its first and its last.

        Args:
            sums: Each token's sum of rows, shape (tokens, hidden); it is overwritten.
        """
        best: NDArray[np.intp] = self.scores(sums).argmax(axis=1)
        return best

    def scores(self, sums: Int16) -> Float:
        """The score of each label for each token of a run but its first and its last; whole numbers.

        Args:
            sums: Each token's sum of rows, shape (tokens, hidden); it is overwritten.
        """
        sums += self._bias
        low = np.clip(sums, 0, TOP, out=sums).astype(np.float32)
        upper = product(low, self._upper)
        size = self._second
        deep = upper[1:-1, size : 2 * size] + self._deep_bias
        deep += upper[:-2, :size]
        deep += upper[2:, 2 * size : 3 * size]
        deep *= self._scale
        np.rint(deep, out=deep)
        np.clip(deep, 0, TOP, out=deep)
        scores = product(deep, self._last)
        scores += upper[1:-1, 3 * size :]
        scores += self._label_bias
        return scores


def product(rows: Float, matrix: Float) -> Float:
    """Rows times a matrix, so few rows at a time that BLAS starts no threads.

    They would gain nothing on matrices this small, and on busy cores they cost twenty times the work.
    """
    block = max(1, _SERIAL // matrix.size // 4 * 4)
    whole = len(rows) // block * block
    out = np.empty((len(rows), matrix.shape[1]), np.float32)
    inner, outer = matrix.shape
    np.matmul(rows[:whole].reshape(-1, block, inner), matrix, out=out[:whole].reshape(-1, block, outer))
    np.matmul(rows[whole:], matrix, out=out[whole:])
    return out
