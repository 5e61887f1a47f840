"""Who gave which unit which label: the table that every coefficient starts from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

MISSING = -1
"""Code of a label that was not given."""

Columns = tuple[int, Mapping[int, Sequence[str | None]]]
"""Units of one task: how many there are, and for each annotator (by number) a label a unit."""


class Ratings(NamedTuple):
    """Labels that annotators gave to units; a unit is a token, a place between two words, or a whole task."""

    labels: tuple[str, ...]
    """Every label that occurs, or that could have."""
    codes: Codes
    """Units x annotators: place of the label in ``labels``, :data:`MISSING` where none was given."""
    task: Integers
    """Number of the task that each unit is in; units of a task stand together."""

    def of(self, units: Mask) -> Ratings:
        """The ratings of some units, with the labels that occur among them."""
        codes = self.codes[units]
        used = np.bincount(codes[codes != MISSING], minlength=len(self.labels)) > 0
        places = np.append(np.where(used, np.cumsum(used) - 1, MISSING), MISSING).astype(np.int32)
        labels = tuple(label for label, kept in zip(self.labels, used.tolist(), strict=True) if kept)
        return Ratings(labels, places[codes], self.task[units])

    def counts(self) -> Integers:
        """Units x labels: how many annotators gave the label.

        >>> gather([(2, {0: ["en", "hi"], 1: ["en", "en"]})], 2).counts().tolist()
        [[2, 0], [1, 1]]
        """
        found = np.zeros((len(self.codes), len(self.labels)), np.int64)
        for column in self.codes.T:
            given = np.flatnonzero(column != MISSING)
            found[given, column[given]] += 1
        return found

    def compared(self) -> int:
        """How many units two annotators or more gave a label."""
        return int(np.count_nonzero(np.count_nonzero(self.codes != MISSING, axis=1) > 1))


def gather(tasks: Iterable[Columns], annotators: int, labels: Sequence[str] = ()) -> Ratings:
    """The table of labels that annotators gave to the units of tasks, in the order of the tasks.

    Args:
        tasks: The units of each task.
        annotators: How many annotators there are; they are numbered from 0.
        labels: Labels that there are, in their order; when empty, those that occur, the most frequent first.

    >>> found = gather([(2, {0: ["en", None]}), (1, {0: ["hi"], 1: ["hi"]})], 2)
    >>> found.labels, found.codes.tolist(), found.task.tolist()
    (('hi', 'en'), [[1, -1], [-1, -1], [0, 0]], [0, 0, 1])
    """
    index = {label: place for place, label in enumerate(labels)}
    blocks, sizes = [], []
    for size, columns in tasks:
        block = np.full((size, annotators), MISSING, np.int32)
        for annotator, given in columns.items():
            block[:, annotator] = [MISSING if label is None else index.setdefault(label, len(index)) for label in given]
        blocks.append(block)
        sizes.append(size)
    codes = np.concatenate(blocks) if blocks else np.zeros((0, annotators), np.int32)
    found = Ratings(tuple(index), codes, np.repeat(np.arange(len(sizes)), sizes))
    return found if labels else _by_frequency(found)


def by_task(task: Integers, rows: NDArray[np.float64] | Integers) -> NDArray[np.float64]:
    """Sums of the rows of each task that has any: tasks x columns, in the order of their numbers.

    >>> import numpy as np
    >>> by_task(np.array([3, 3, 7]), np.array([[1, 0], [2, 1], [5, 5]])).tolist()
    [[3.0, 1.0], [5.0, 5.0]]
    """
    if not len(task):
        return np.zeros((0, rows.shape[1]))
    starts = np.flatnonzero(np.diff(task, prepend=task[0] - 1))
    return np.add.reduceat(rows, starts, axis=0).astype(np.float64)


def _by_frequency(ratings: Ratings) -> Ratings:
    uses = np.bincount(ratings.codes[ratings.codes != MISSING], minlength=len(ratings.labels))
    order = sorted(range(len(ratings.labels)), key=lambda place: (-int(uses[place]), ratings.labels[place]))
    places = np.full(len(order) + 1, MISSING, np.int32)
    places[order] = np.arange(len(order))
    return ratings._replace(labels=tuple(ratings.labels[place] for place in order), codes=places[ratings.codes])
