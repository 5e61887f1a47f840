"""The inside of our model files: a header, and matrices of 8-bit whole numbers in the order that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

Int8 = NDArray[np.int8]


class Shaped(Protocol):
    """A msgspec struct that knows the shapes of the matrices."""

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """Rows and columns of each matrix, in the order they are stored."""
        ...


Header = TypeVar("Header", bound=Shaped)


def joined(header: Shaped, matrices: Mapping[str, Int8]) -> bytes:
    """A header and its matrices as bytes, not compressed."""
    body = msgspec.msgpack.encode(header)
    arrays = b"".join(np.ascontiguousarray(matrices[name]).tobytes() for name in header.shapes)
    return len(body).to_bytes(4, "little") + body + arrays


def parted(data: bytes, kind: type[Header]) -> tuple[Header, dict[str, Int8]]:
    """The header and the matrices of bytes that :func:`joined` made.

    Args:
        data: The bytes.
        kind: Type of the header.

    Raises:
        msgspec.MsgspecError: The header is not of this type.
        ValueError: There are fewer bytes than the header says.

    >>> class Plain(msgspec.Struct):
    ...     shapes: dict[str, tuple[int, int]]
    >>> made = joined(Plain({"one": (1, 2)}), {"one": np.array([[3, 4]], np.int8)})
    >>> parted(made, Plain)[1]["one"].tolist()
    [[3, 4]]
    """
    start = 4 + int.from_bytes(data[:4], "little")
    header = msgspec.msgpack.decode(data[4:start], type=kind)
    matrices: dict[str, Int8] = {}
    for name, (rows, columns) in header.shapes.items():
        matrices[name] = np.frombuffer(data, np.int8, rows * columns, start).reshape(rows, columns)
        start += rows * columns
    return header, matrices
