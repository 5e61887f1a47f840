"""What a search for repeated texts needs of each text, on the disk: digests, bands, the words."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import ExitStack
from hashlib import blake2b
from itertools import accumulate, pairwise
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from cswitch.core.errors import RunError
from cswitch.core.minhash import SIZE, band_hashes
from cswitch.filters.duplicates import Duplicates

MOST = 1 << 32
"""Records that numbers of 32 bits can tell apart."""
_BATCH = 512
"""Texts hashed at a time."""
_TWO = Struct("<QQ")
_Number = TypeVar("_Number", np.uint32, np.uint64)


class Sketches:
    """Writes sketches of texts to files of columns: 12 bytes a text, for near-duplicates 8 more, 4 a band, and
    its words.

    Args:
        folder: An empty folder.
        duplicates: What counts as the same.
    """

    def __init__(self, folder: Path, duplicates: Duplicates) -> None:
        self.folder, self.duplicates = folder, duplicates
        self._near = duplicates.likeness is not None
        self._files = ExitStack()
        names = [
            "numbers",
            "digests",
            *(["words", "ends", *map(_band, range(SIZE // duplicates.rows))] if self._near else []),
        ]
        self._out = {name: self._files.enter_context((folder / name).open("wb")) for name in names}
        self._numbers, self._digests, self._ends = array("I"), array("Q"), array("Q")
        self._plain: list[str] = []
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._files:
            if kind is None:
                self._flush()

    def add(self, number: int, text: str) -> None:
        """Notes a text.

        Args:
            number: 0-based number of its record in the input; higher than those before.
            text: The text.

        Raises:
            RunError: There are more records than can be told apart.
        """
        if number >= MOST:
            raise RunError(f"more than {MOST:,} records", hint="filter parts of the input one by one")
        exact = self.duplicates.exact(text)
        self._numbers.append(number)
        self._digests.append(_digest(exact))
        if self._near:
            self._plain.append(self.duplicates.plain(exact))
        if len(self._numbers) == _BATCH:
            self._flush()

    def _flush(self) -> None:
        self._out["numbers"].write(self._numbers.tobytes())
        self._out["digests"].write(self._digests.tobytes())
        if self._near:
            for text in self._plain:
                data = text.encode("utf-8", "surrogatepass")
                self._out["words"].write(data)
                self._end += len(data)
                self._ends.append(self._end)
            self._out["ends"].write(self._ends.tobytes())
            for band, hashes in enumerate(band_hashes(self._plain, self.duplicates.rows).T):
                self._out[_band(band)].write(np.ascontiguousarray(hashes).tobytes())
        self._numbers, self._digests, self._ends = array("I"), array("Q"), array("Q")
        self._plain.clear()


class Sketched:
    """Sketches of one or several folders, read as one row of texts after the other.

    Args:
        folders: Folders of :class:`Sketches`, in the order of the input.
        starts: What is added to the numbers of each; by default nothing.
    """

    def __init__(self, folders: Sequence[Path], starts: Sequence[int] = ()) -> None:
        self._folders = folders
        self._starts = starts or [0] * len(folders)
        sizes = [(folder / "digests").stat().st_size // 8 for folder in folders]
        self._firsts = list(accumulate(sizes, initial=0))
        self._files = ExitStack()

    def __len__(self) -> int:
        return self._firsts[-1]

    def __enter__(self) -> Self:
        files = [
            [self._files.enter_context((f / name).open("rb")) for f in self._folders] for name in ("words", "ends")
        ]
        self._words, self._ends = ([file.fileno() for file in row] for row in files)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def digests(self) -> NDArray[np.uint64]:
        """A digest of 64 bits a text."""
        return self._column("digests", np.empty(len(self), np.uint64))

    def band(self, number: int) -> NDArray[np.uint32]:
        """A hash a text of one band."""
        return self._column(_band(number), np.empty(len(self), np.uint32))

    def numbers(self) -> NDArray[np.uint32]:
        """The number of each text's record in the whole input."""
        found = self._column("numbers", np.empty(len(self), np.uint32))
        for (first, last), start in zip(pairwise(self._firsts), self._starts, strict=True):
            found[first:last] += np.uint32(start)
        return found

    def _column(self, name: str, out: NDArray[_Number]) -> NDArray[_Number]:
        """The column of all folders, read in place: it is held once."""
        for folder, (first, last) in zip(self._folders, pairwise(self._firsts), strict=True):
            with (folder / name).open("rb") as file:
                file.readinto(out[first:last].view(np.uint8).data)
        return out

    def words(self, row: int) -> str:
        """The words of a text."""
        part = bisect_right(self._firsts, row) - 1
        place = row - self._firsts[part]
        ends = os.pread(self._ends[part], 16, 8 * (place - 1)) if place else bytes(8) + os.pread(self._ends[part], 8, 0)
        start, end = _TWO.unpack(ends)
        return os.pread(self._words[part], end - start, start).decode("utf-8", "surrogatepass")


def _band(number: int) -> str:
    return f"band-{number:02}"


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
