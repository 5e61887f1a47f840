"""Splits by source, so that nothing leaks, in which CMI is spread alike.

1. Samples of one source are one group. Groups with a text in common, but for case, marks and spaces, are joined.
2. Groups are put in the order of their mean CMI and cut into as many bins of equal size as leave each split a group or
   so in each; within a bin they stand in the order of a hash of source id and seed.
3. In this order each group goes to the split that lags furthest behind its share of the samples so far; the last ones
   go to splits that have none yet.

So every split is a systematic sample over CMI, its size is right to within a group, and neither the order of the input
nor the number of processes changes anything. Groups can go elsewhere when others are added.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from unicodedata import normalize

from cswitch.core.errors import RunError, UsageError

MOST_BINS = 100
"""More bins than this make the distributions of CMI no more alike."""
_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
_SLACK = 1e-6
_SCALE = 10_000
"""What a CMI is counted in: measures have four digits behind the point."""
_RUN = 4_000
"""Samples of a source whose CMI is summed in one number of 32 bits."""
_UNUSED = frozenset({"all", ""})


def parse_splits(text: str) -> tuple[tuple[str, float], ...]:
    """Names and shares, as in ``train=0.9,dev=0.05,test=0.05``.

    Raises:
        UsageError: A part is no name with a share, or the shares do not add up to 1.

    >>> parse_splits("train=0.9,test=0.1"), parse_splits("")
    ((('train', 0.9), ('test', 0.1)), ())
    """
    found: dict[str, float] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, share = part.partition("=")
        try:
            value = float(share)
        except ValueError:
            value = 0.0
        # Names of files that differ in case alone are one file on some systems.
        taken = {known.casefold() for known in found}
        if not 0 < value <= 1 or not _NAME.fullmatch(name) or name in _UNUSED or name.casefold() in taken:
            raise UsageError(
                f"--split {part!r} is no name of its own with a share",
                hint="write --split train=0.9,dev=0.05,test=0.05",
            )
        found[name] = value
    if found and abs(sum(found.values()) - 1) > _SLACK:
        raise UsageError(
            f"the shares of --split add up to {sum(found.values()):g}, not 1",
            hint="write --split train=0.9,dev=0.05,test=0.05",
        )
    return tuple(found.items())


class Groups:
    """Takes in every sample once, in any order; memory grows by 16 bytes a run of samples of one source, and 12 a text.

    >>> groups = Groups()
    >>> for number in range(20):
    ...     groups.add(f"s{number}", f"text {number}", cmi=number)
    >>> assigned = groups.assign((("train", 0.9), ("test", 0.1)), seed=0)
    >>> [sum(assigned.of(f"s{number}") == name for number in range(20)) for name in ("train", "test")]
    [18, 2]
    """

    def __init__(self) -> None:
        # CMI is summed in whole numbers: sums of fractions depend on their order, and with them which means are equal.
        self._sources, self._cmis, self._sizes = array("Q"), array("I"), array("I")
        self._texts, self._runs = array("Q"), array("I")

    def add(self, source: str, *texts: str, cmi: float | None) -> None:
        """Takes in a sample.

        Args:
            source: Id of its source.
            texts: Its text, and any other that must not be in two splits.
            cmi: Its CMI; None counts as 0.
        """
        key = _key(source)
        if not self._sources or self._sources[-1] != key or self._sizes[-1] == _RUN:
            self._sources.append(key)
            self._cmis.append(0)
            self._sizes.append(0)
        self._cmis[-1] += round(_SCALE * min(max(cmi or 0.0, 0.0), 100.0))
        self._sizes[-1] += 1
        for text in filter(str.strip, texts):  # sources that lack a side have nothing in common by that
            self._texts.append(fingerprint(text))
            self._runs.append(len(self._sources) - 1)

    def assign(self, shares: Sequence[tuple[str, float]], seed: int) -> Assignment:
        """Which source goes to which split.

        Raises:
            RunError: A split would be empty.
        """
        import numpy as np

        keys, run_groups = np.unique(np.frombuffer(self._sources, dtype=np.uint64), return_inverse=True)
        joined = self._joined(run_groups, len(keys))
        members, run_members = np.unique(joined[run_groups], return_inverse=True)
        sizes = np.bincount(run_members, weights=np.frombuffer(self._sizes, dtype=np.uint32))
        cmis = np.bincount(run_members, weights=np.frombuffer(self._cmis, dtype=np.uint32)) / np.maximum(sizes, 1)
        hashes = _mixed(keys[members], seed)
        chosen = np.array(_dealt(_order(cmis, hashes, shares), sizes, shares), dtype=np.int16)
        empty = [name for number, (name, _) in enumerate(shares) if not np.any(chosen == number)]
        if empty:
            raise RunError(
                f"{len(members)} independent sources are too few: split {empty[0]} would be empty",
                hint="name fewer splits, or export more samples",
            )
        found = np.searchsorted(members, joined)
        return Assignment([name for name, _ in shares], keys, chosen[found], len(keys) - len(members))

    def _joined(self, run_groups: Any, count: int) -> Any:
        """For each group the least number of those it must stay with."""
        import numpy as np

        texts = np.frombuffer(self._texts, dtype=np.uint64)
        order = np.argsort(texts, kind="stable")
        groups = run_groups[np.frombuffer(self._runs, dtype=np.uint32)[order]]
        same = np.flatnonzero((texts[order][1:] == texts[order][:-1]) & (groups[1:] != groups[:-1]))
        roots = list(range(count))

        def root(place: int) -> int:
            while roots[place] != place:
                roots[place] = roots[roots[place]]
                place = roots[place]
            return place

        for place in same.tolist():
            one, other = root(int(groups[place])), root(int(groups[place + 1]))
            roots[max(one, other)] = min(one, other)
        return np.array([root(place) for place in range(count)] if len(same) else roots, dtype=np.int64)


class Assignment:
    """Tells the split of a source.

    Args:
        names: Names of the splits.
        keys: Hashes of all sources, sorted.
        chosen: For each the number of its split.
        joined: Sources that stay with another for a text they share.
    """

    def __init__(self, names: Sequence[str], keys: Any, chosen: Any, joined: int) -> None:
        self.names = tuple(names)
        self._keys, self._chosen = keys, chosen
        self.joined = joined
        self._last: tuple[str, str] | None = None

    def of(self, source: str) -> str:
        """The split of a source that was taken in.

        Raises:
            RunError: It was not: the input changed between two readings.
        """
        if self._last is not None and self._last[0] == source:
            return self._last[1]
        key = _key(source)
        place = int(self._keys.searchsorted(self._keys.dtype.type(key)))
        if place == len(self._keys) or int(self._keys[place]) != key:
            raise RunError(f"source {source[:60]!r} was not there a moment ago", hint="do not write to IN meanwhile")
        name = self.names[int(self._chosen[place])]
        self._last = source, name
        return name


def fingerprint(text: str) -> int:
    """A number that texts share when they differ only in case, marks and spaces; in spaces, where there is no word.

    >>> fingerprint("Kal meeting hai!") == fingerprint("kal  meeting hai"), fingerprint("!") == fingerprint("?")
    (True, False)
    >>> fingerprint("😂 ❤️") == fingerprint("😂❤️"), fingerprint("☀️") == fingerprint("❤️")
    (True, False)
    """
    import regex

    # What chooses the look of a sign (U+FE0F) counts as a mark of a letter, and is none.
    plain = regex.sub(r"[^\p{L}\p{M}\p{N}]+|[\uFE00-\uFE0F]", "", normalize("NFKC", text).casefold())
    return _key(plain or "".join(text.split()))


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(keys: Any, seed: int) -> Any:
    """Hashes that another seed puts in another order (the finaliser of SplitMix64)."""
    import numpy as np

    value = keys ^ np.uint64(_key(f"split\x1f{seed}"))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        value = (value ^ (value >> np.uint64(shift))) * np.uint64(factor)
    return value ^ (value >> np.uint64(31))


def _order(cmis: Any, hashes: Any, shares: Sequence[tuple[str, float]]) -> list[int]:
    """Groups by bins of CMI, and by hash within a bin."""
    import numpy as np

    count = len(cmis)
    bins = int(min(MOST_BINS, max(1, count * min(share for _, share in shares))))
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((hashes, cmis))] = np.arange(count)
    found: list[int] = np.lexsort((hashes, rank * bins // max(count, 1))).tolist()
    return found


def _dealt(order: Sequence[int], sizes: Any, shares: Sequence[tuple[str, float]]) -> list[int]:
    """For each group the number of its split; the last groups go to splits that would be empty."""
    chosen, got, done = [0] * len(order), [0.0] * len(shares), 0.0
    weights = sizes.tolist()
    empty = set(range(len(shares)))
    for left, place in zip(range(len(order), 0, -1), order, strict=True):
        done += weights[place]
        among = sorted(empty) if left <= len(empty) else range(len(shares))
        split = max(among, key=lambda number: shares[number][1] * done - got[number])
        empty.discard(split)
        got[split] += weights[place]
        chosen[place] = split
    return chosen
