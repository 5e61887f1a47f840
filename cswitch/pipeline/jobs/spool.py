"""Rows that were read once and wait for their shard: of compressed files, Parquet and whatever else cannot be cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cswitch.core.errors import InputError

_SIZE = 4
"""Bytes of a record's length."""
_encode = msgspec.msgpack.Encoder(enc_hook=list).encode  # the rows of a block of tokens may be a range

Item = TypeVar("Item")


def digest_of(rows: Iterable[Any], before: int) -> str:
    """A hash of rows and of their place.

    >>> digest_of([("a", 1)], 0) == digest_of([("a", 1)], 1)
    False
    """
    found = blake2b(str(before).encode(), digest_size=8)
    for row in rows:
        found.update(_encode(row))
    return found.hexdigest()


def write_spool(path: Path, rows: Iterable[Any]) -> None:
    """Puts rows down.

    Raises:
        OSError: The disk is full.
    """
    with path.open("wb") as stream:
        for row in rows:
            record = _encode(row)
            stream.write(len(record).to_bytes(_SIZE) + record)


def spooled(path: str, kind: type[Item]) -> Iterator[Item]:
    """Takes rows up again, in their order.

    Args:
        path: The file.
        kind: What they are.

    Raises:
        InputError: The file has gone.
    """
    decoder = msgspec.msgpack.Decoder(kind)
    try:
        with open(path, "rb") as stream:
            while size := stream.read(_SIZE):
                yield decoder.decode(stream.read(int.from_bytes(size)))
    except FileNotFoundError as error:
        raise InputError("rows that waited here have gone", path=path, hint="run the same command again") from error
