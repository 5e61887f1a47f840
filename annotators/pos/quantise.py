"""From a trained network to the whole numbers that are shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cswitch.annotators.pos.corpus import Corpus, Floats, Vocabulary
from cswitch.annotators.pos.network import CEILING, TOP, Header, Network
from cswitch.annotators.pos.training import FloatNetwork
from cswitch.core.model_file import Int8

_MOST = 127
_EMBEDDING_MOST = 31
"""Feature rows need fewer steps, and pack smaller."""
_INSIDE = 0.9999
"""Share of the feature weights that are not cut short."""


def quantised(
    network: FloatNetwork[Corpus],
    keys: Vocabulary,
    labels: Sequence[str],
    *,
    lang: str,
    trained_on: Sequence[str],
    licence: str,
    vectors: Mapping[str, Floats] | None = None,
) -> Network:
    """The network in whole numbers, with the context vectors folded into the rows of their forms."""
    weights = network.weights
    embedding = weights["embedding"][: len(keys)].copy()
    for form, vector in (vectors or {}).items():
        if (row := keys.get(f"={form}")) is not None:
            embedding[row] += vector @ weights["context"]
    unit = CEILING / TOP
    second = len(weights["last"])
    words, word_step = cut(embedding, _EMBEDDING_MOST, _INSIDE)
    first, first_step = cut(weights["first"])
    deep, deep_step = cut(weights["deep"])
    upper, upper_step = cut(np.concatenate((weights["last"], weights["skip"])))
    matrices = {"embedding": words, "first": first, "deep": deep, "last": upper[:second], "skip": upper[second:]}
    header = Header(
        lang=lang,
        labels=tuple(labels),
        keys=tuple(keys),
        hidden_bias=whole(weights["hidden_bias"] / unit),
        deep_bias=whole(weights["deep_bias"] / (unit * deep_step)),
        label_bias=whole(weights["label_bias"] / (unit * upper_step)),
        word_scale=word_step * first_step / unit,
        deep_scale=deep_step,
        shapes={name: (matrix.shape[0], matrix.shape[1]) for name, matrix in matrices.items()},
        trained_on=tuple(trained_on),
        licence=licence,
    )
    return Network(header=header, matrices=matrices)


def cut(matrix: Floats, most: int = _MOST, inside: float = 1.0) -> tuple[Int8, float]:
    """A matrix in steps of one size, at most ``most`` of them, and that size."""
    step = float(np.quantile(np.abs(matrix), inside)) / most
    return np.clip(np.rint(matrix / step), -most, most).astype(np.int8), step


def whole(values: Floats) -> tuple[int, ...]:
    """Values rounded to whole numbers."""
    return tuple(int(value) for value in np.rint(values))
