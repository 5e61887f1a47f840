"""The file of a language tagger: a header and matrices of whole numbers.

The network is that of :mod:`cswitch.annotators.pos.network`, over the hashed features of
:mod:`cswitch.annotators.lid.features`; a linear chain stands on its scores (:mod:`cswitch.annotators.lid.chain`).
"""

from __future__ import annotations

import lzma
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from cswitch.annotators.lid.features import BUCKETS, features
from cswitch.annotators.pos.network import POSITIONS, WINDOW, Int16, product
from cswitch.core.errors import InputError
from cswitch.core.model_file import Int8, joined, parted

MODEL_FILE = "tagger.bin"
"""Name of a model in its folder."""
_MAGIC = b"cswitch-lid-1\n"
_LIMIT = 2500
"""No row holds more, so that five of them fit 16 bits."""
_SILENT = -20_000
"""Keeps a boundary's own layer 1 at 0."""
_BOUNDARY = ""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a model file that is not a matrix."""

    tags: tuple[str, ...]
    """What the tagger can say, in the order of its scores."""
    rules: bool
    """Whether punctuation, numbers, links and the like are tagged ``other`` by rule, and not seen by the network."""
    transitions: tuple[tuple[float, ...], ...]
    """What the chain adds for a tag (column) after another (row), in nats."""
    alone: float
    """Logarithm of the odds that a sentence is in one language, against a mixed one; used with ``rules``."""
    score_scale: float
    """Brings scores to nats."""
    hidden_bias: tuple[int, ...]
    deep_bias: tuple[int, ...]
    label_bias: tuple[int, ...]
    word_scale: float
    """Brings a word's rows to the scale of layer 1."""
    deep_scale: float
    """Brings layer 2 to the scale of layer 1."""
    first_step: float
    """What one unit of ``first`` stands for in training."""
    shapes: dict[str, tuple[int, int]]
    """Rows and columns of each matrix, in the order they are stored."""
    trained_on: tuple[str, ...]
    licence: str


@dataclass(frozen=True, kw_only=True)
class Model:
    """A trained tagger.

    Args:
        header: Tags, transitions, biases and scales.
        matrices: ``embedding`` (buckets, size), ``first`` (size, POSITIONS * hidden), ``deep`` (hidden, 3 * second),
            ``last`` (second, tags), ``skip`` (hidden, tags).
    """

    header: Header
    matrices: dict[str, Int8]

    def dump(self, path: Path) -> None:
        """Write the model file."""
        path.write_bytes(_MAGIC + lzma.compress(joined(self.header, self.matrices), preset=9))

    @classmethod
    def read(cls, path: Path) -> Model:
        """Read a model file.

        Raises:
            InputError: There is none, or it is not a model of this version.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"no tagger can be read ({error.strerror})", path=path, hint="check the path") from error
        if not data.startswith(_MAGIC):
            raise InputError("not a language tagger of this version", path=path, hint="train it again")
        try:
            header, matrices = parted(lzma.decompress(data[len(_MAGIC) :]), Header)
        except (lzma.LZMAError, msgspec.MsgspecError, ValueError) as error:
            raise InputError(f"damaged tagger ({error})", path=path, hint="train it again") from error
        if matrices["embedding"].shape[0] != BUCKETS:
            raise InputError("the tagger has another number of features", path=path, hint="train it again")
        return cls(header=header, matrices=matrices)


class Lookup:
    """Rows of words: the part of the network that is worked out once a word."""

    def __init__(self, model: Model) -> None:
        self.hidden = len(model.header.hidden_bias)
        self._embedding = model.matrices["embedding"]
        self._first = model.matrices["first"].astype(np.float32)
        self._scale = np.float32(model.header.word_scale)

    def rows(self, words: list[str]) -> Int16:
        """What each word adds at each window position, shape (words, POSITIONS, hidden)."""
        buckets, counts = features(words)
        seen = self._embedding.take(buckets, axis=0).astype(np.float32)
        rows = product(np.add.reduceat(seen, np.cumsum(counts) - counts, axis=0), self._first)
        rows *= self._scale
        np.rint(rows, out=rows)
        np.clip(rows, -_LIMIT, _LIMIT, out=rows)
        return rows.astype(np.int16).reshape(len(words), POSITIONS, self.hidden)

    def boundary(self) -> Int16:
        """The rows of what stands before and after a sentence, shape (POSITIONS, hidden)."""
        rows: Int16 = self.rows([_BOUNDARY])[0]
        rows[WINDOW] = _SILENT
        return rows
