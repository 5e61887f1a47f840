"""Sentences as the numbers that training works on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.features import BOUNDARY, features, is_cased, plain_form
from cswitch.annotators.pos.network import WINDOW

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Vocabulary = dict[str, int]
"""Feature keys and their rows."""


def vocabulary(sentences: Iterable[Sequence[str]], min_count: int) -> Vocabulary:
    """The features worth a row: forms seen often enough, parts that enough different forms share.

    Args:
        sentences: Tokens.
        min_count: Tokens a form needs, and word forms a beginning, an ending or a shape needs.

    >>> sorted(vocabulary([["one", "on"], ["one"]], 2))
    ['#', '#n0', '<o', '=', '=one', '@', '@0']
    """
    forms = Counter(token for tokens in sentences for token in tokens)
    seen: Counter[str] = Counter()
    for form, count in forms.items():
        for key in set(features(form)):
            seen[key] += count if key[0] == "=" else 1
    kept = {key for key, count in seen.items() if count >= min_count}
    return {key: row for row, key in enumerate(sorted(kept | set(features(BOUNDARY, cased=False))))}


class Forms:
    """Sentences as numbers of word forms, and the features of each form."""

    sentences: list[Ints]
    """The form of each token."""
    counts: Ints
    """How many features a form has."""
    _flat: Ints
    _starts: Ints

    def batch(self, chosen: Iterable[int]) -> tuple[Ints, NDArray[np.bool_]]:
        """Word forms of the sentences in a row, ``WINDOW`` boundaries around each, and which positions are tokens."""
        boundary = np.zeros(WINDOW, np.intp)
        parts = [boundary]
        for sentence in chosen:
            parts += [self.sentences[sentence], boundary]
        forms = np.concatenate(parts)
        return forms, forms > 0

    def features(self, forms: Ints) -> tuple[Ints, Ints]:
        """Feature rows of word forms, one form after the other, and how many each has."""
        counts = self.counts[forms]
        shifts = self._starts[forms] - (np.cumsum(counts) - counts)
        return self._flat[np.arange(counts.sum()) + np.repeat(shifts, counts)], counts


class Corpus(Forms):
    """Tagged sentences as numbers.

    Args:
        sentences: Tokens.
        targets: For each sentence the wanted probability of each label, shape (tokens, labels).
        keys: The features.
        treebanks: For each sentence the number of its treebank, when word forms get rows of their own for each treebank
            beside the shared ones; treebanks differ in how they label the same closed-class word.
        vectors: Context vectors of word forms (see :func:`cswitch.annotators.pos.vectors.context_vectors`).
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[str]],
        targets: Sequence[Floats],
        keys: Vocabulary,
        *,
        treebanks: Sequence[int] | None = None,
        vectors: Mapping[str, Floats] | None = None,
    ) -> None:
        self.targets = targets
        self.sentences: list[Ints] = []
        self._keys = keys
        self._rows: list[list[int]] = []
        types: dict[tuple[str, bool, int], int] = {}
        self._add(types, (BOUNDARY, True, -1))
        for place, tokens in enumerate(sentences):
            treebank = -1 if treebanks is None else treebanks[place]
            cased = is_cased(tokens)
            forms = [self._add(types, (token, cased, treebank)) for token in tokens]
            self.sentences.append(np.array(forms, dtype=np.intp))
        self.counts = np.array([len(rows) for rows in self._rows], dtype=np.intp)
        self._starts = np.cumsum(self.counts) - self.counts
        self._flat = np.array([row for rows in self._rows for row in rows], dtype=np.intp)
        self.vectors = None if vectors is None else _stack(vectors, [token for token, *_ in types])

    def _add(self, types: dict[tuple[str, bool, int], int], form: tuple[str, bool, int]) -> int:
        number = types.setdefault(form, len(types))
        if number == len(self._rows):
            token, cased, treebank = form
            known = [key for key in features(token, cased) if key in self._keys]
            rows = [self._keys[key] for key in known]
            if treebank >= 0:
                shift = len(self._keys) * (treebank + 1)
                rows += [self._keys[key] + shift for key in known if key[0] == "="]
            self._rows.append(rows)
        return number


def one_hot(labels: Sequence[str], names: Mapping[str, int]) -> Floats:
    """Certain targets, shape (tokens, labels).

    >>> one_hot(["B"], {"A": 0, "B": 1})
    array([[0., 1.]], dtype=float32)
    """
    targets = np.zeros((len(labels), len(names)), np.float32)
    targets[np.arange(len(labels)), [names[label] for label in labels]] = 1
    return targets


def _stack(vectors: Mapping[str, Floats], forms: Sequence[str]) -> Floats:
    nothing = np.zeros_like(next(iter(vectors.values())))
    return np.array([vectors.get(plain_form(form.lower()), nothing) for form in forms], dtype=np.float32)
