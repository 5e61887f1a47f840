"""Which records of an input repeat which: a small table, on disk and in memory."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Self
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

from cswitch.core.errors import InputError

EXACT = 255
"""What stands for a percentage where the texts are the same."""
_NEVER = 1 << 64
_MAGIC = b"cswitch duplicates 1\n"


class Repeat(NamedTuple):
    """What a record repeats."""

    kept: int
    """0-based number of the record that stays."""
    percent: int | None
    """How alike their words are, rounded down; None when the texts are the same."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What a table was made of, which tells whether it fits."""

    config: str = ""
    """Hash of the filters."""
    records: int = 0
    """Records of the input."""
    checksum: int = 0
    """CRC-32 of the records."""


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    origin: Origin
    repeats: int
    checksum: int


class Repeats:
    """The records that repeat another, 9 bytes each.

    Args:
        numbers: 0-based numbers of the records that go, ascending.
        kept: For each the number of the one that stays.
        percents: For each the likeness in percent, or :data:`EXACT`.
        origin: What it was made of.

    >>> import numpy as np
    >>> found = Repeats(np.array([3], np.uint32), np.array([1], np.uint32), np.array([94], np.uint8))
    >>> found.of(3), found.of(4), len(found)
    (Repeat(kept=1, percent=94), None, 1)
    """

    def __init__(
        self,
        numbers: NDArray[np.uint32],
        kept: NDArray[np.uint32],
        percents: NDArray[np.uint8],
        origin: Origin = Origin(),  # noqa: B008 it cannot be changed
    ) -> None:
        self.origin = origin
        self._numbers, self._kept, self._percents = numbers, kept, percents
        self._go_to(0)

    def __len__(self) -> int:
        return len(self._numbers)

    def of(self, number: int) -> Repeat | None:
        """What a record repeats; None when it stays. Numbers that ascend are found without a search.

        Args:
            number: 0-based number of the record in the input.
        """
        if self._behind < number < self._ahead:
            return None
        if number != self._ahead:
            self._go_to(int(np.searchsorted(self._numbers, number)))
            if number != self._ahead:
                return None
        kept, percent = int(self._kept[self._next]), int(self._percents[self._next])
        self._go_to(self._next + 1)
        return Repeat(kept, None if percent == EXACT else percent)

    def _go_to(self, place: int) -> None:
        """Makes a place the next, and notes the numbers on both sides of the gap before it."""
        self._next = place
        self._behind = int(self._numbers[place - 1]) if place else -1
        self._ahead = int(self._numbers[place]) if place < len(self) else _NEVER

    def save(self, path: Path) -> None:
        """Writes the table under another name and renames it, so that it is whole or not there.

        Args:
            path: The file.
        """
        body = self._numbers.tobytes() + self._kept.tobytes() + self._percents.tobytes()
        header = _Header(origin=self.origin, repeats=len(self), checksum=crc32(body))
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(_MAGIC + msgspec.json.encode(header) + b"\n" + body)
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The table of a file.

        Raises:
            InputError: The file is missing, damaged, or something else.
        """
        hint = "remove it, and it is made again"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", path=path, hint=hint) from error
        end = data.find(b"\n", len(_MAGIC))
        try:
            header = msgspec.json.decode(data[len(_MAGIC) : end], type=_Header)
        except msgspec.DecodeError as error:
            raise InputError("this is no table of duplicates", path=path, hint=hint) from error
        count, body = header.repeats, data[end + 1 :]
        if not data.startswith(_MAGIC) or len(body) != 9 * count or crc32(body) != header.checksum:
            raise InputError("the table of duplicates is damaged", path=path, hint=hint)
        numbers = np.frombuffer(body, np.uint32, count)
        kept = np.frombuffer(body, np.uint32, count, offset=4 * count)
        return cls(numbers, kept, np.frombuffer(body, np.uint8, count, offset=8 * count), header.origin)
