"""Texts of a run that repeat earlier ones, found in flat time and little memory.

Texts that share a band of their MinHash signatures (:mod:`cswitch.core.minhash`) are compared letter by letter. A text
takes about 700 bytes with its words and its id: 24 bands of 12 to 20 bytes, and the strings.
"""

from __future__ import annotations

from array import array
from functools import lru_cache

from rapidfuzz.fuzz import ratio

from cswitch.core.minhash import BANDS, band_hashes, plain_text

_NONE = (1 << 32) - 1
"""The end of a chain."""


class RunTexts:
    """The texts a run has accepted, and what repeats them.

    What is found depends on the texts added before and on their order alone.

    Args:
        near_duplicate: Similarity, 0 to 1, from which on a text counts as a repeat; above 1 nothing does.

    >>> texts = RunTexts(0.9)
    >>> texts.add("1.0", "Kal office band hai, so ghar se kaam karo.")
    >>> texts.duplicate_of("kal office band hai so ghar se kaam karo"), texts.duplicate_of("Aaj chutti hai.")
    ('1.0', None)
    >>> texts.duplicate_of("Kal office band hai, so ghar pe kaam karo.")
    '1.0'
    """

    def __init__(self, near_duplicate: float = 0.9) -> None:
        self.near_duplicate = near_duplicate
        self._ids: list[str] = []
        self._plain: list[bytes] = []
        self._bands = _Chains()

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, id: str, text: str) -> None:
        """Notes an accepted text.

        Args:
            id: Id of its sample, which :meth:`duplicate_of` gives.
            text: The text.
        """
        if self.near_duplicate > 1:
            return
        plain = plain_text(text)
        self._ids.append(id)
        self._plain.append(plain.encode())
        self._bands.add(_hashes(plain))

    def duplicate_of(self, text: str) -> str | None:
        """Id of an accepted text that this one repeats, the most similar and of those the earliest; None when new.

        Args:
            text: The text.
        """
        if self.near_duplicate > 1:
            return None
        plain = plain_text(text)
        best, most = None, 100 * self.near_duplicate
        for number in sorted(self._bands.with_any(_hashes(plain))):
            alike = ratio(plain, self._plain[number].decode(), score_cutoff=most)
            if alike >= most and (best is None or alike > most):
                best, most = number, alike
        return None if best is None else self._ids[best]


class _Chains:
    """Numbers of texts by the hashes of their bands: a hash table with chains, in flat arrays."""

    def __init__(self) -> None:
        self._heads = array("I", [_NONE]) * 1024
        self._hashes = array("I")
        self._next = array("I")

    def add(self, hashes: tuple[int, ...]) -> None:
        """Notes the bands of the next text."""
        for value in hashes:
            self._hashes.append(value)
            self._next.append(_NONE)
            self._link(len(self._hashes) - 1)
        if len(self._hashes) > len(self._heads):
            self._heads = array("I", [_NONE]) * (2 * len(self._heads))
            for entry in range(len(self._hashes)):
                self._link(entry)

    def with_any(self, hashes: tuple[int, ...]) -> set[int]:
        """Numbers of the texts that share a band."""
        found: set[int] = set()
        mask = len(self._heads) - 1
        for value in hashes:
            entry = self._heads[value & mask]
            while entry != _NONE:
                if self._hashes[entry] == value:
                    found.add(entry // BANDS)
                entry = self._next[entry]
        return found

    def _link(self, entry: int) -> None:
        slot = self._hashes[entry] & (len(self._heads) - 1)
        self._next[entry] = self._heads[slot]
        self._heads[slot] = entry


@lru_cache(maxsize=4)
def _hashes(plain: str) -> tuple[int, ...]:
    """A hash of 32 bits for each band of the text's signature."""
    return tuple(band_hashes([plain])[0].tolist())
