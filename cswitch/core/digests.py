"""Short hashes of what files hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import IO

_PIECE = 1 << 20


def contents_digest(parts: Iterable[bytes], size: int = 8) -> str:
    """BLAKE2b of bytes one after the other, in hexadecimal; where one part ends does not matter.

    Args:
        parts: The bytes.
        size: Bytes of the hash.

    >>> contents_digest([b"ab", b"c"]) == contents_digest([b"abc"]), contents_digest([b"abc"], size=4)
    (True, '63906248')
    """
    found = blake2b(digest_size=size)
    for part in parts:
        found.update(part)
    return found.hexdigest()


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """What is left of a stream, a piece at a time, so that a large file never stands in memory whole."""
    while piece := stream.read(_PIECE):
        yield piece
