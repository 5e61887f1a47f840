"""From a trained network to the whole numbers of a model file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cswitch.annotators.lid.model import Header, Model
from cswitch.annotators.lid.training import TagNetwork
from cswitch.annotators.pos.network import CEILING, TOP
from cswitch.annotators.pos.quantise import cut, whole

_EMBEDDING_MOST = 23
"""Feature rows need few steps, and pack smaller."""
_INSIDE = 0.9995
"""Share of the feature weights that are not cut short."""


def resumed(network: TagNetwork, model: Model, tags: Sequence[str]) -> None:
    """Give a new network what a model knows: its features, its layers, and the tags that both have.

    Args:
        network: A network of the model's sizes, with other tags perhaps, and without names.
        model: The model.
        tags: The tags of the network, in order.
    """
    header, unit = model.header, CEILING / TOP
    upper_step = header.score_scale / unit
    weights = network.weights
    weights["embedding"][:] = model.matrices["embedding"] * (header.word_scale * unit / header.first_step)
    weights["first"][:] = model.matrices["first"] * header.first_step
    weights["deep"][:] = model.matrices["deep"] * header.deep_scale
    weights["hidden_bias"][:] = np.array(header.hidden_bias) * unit
    weights["deep_bias"][:] = np.array(header.deep_bias) * (unit * header.deep_scale)
    for number, tag in enumerate(tags):
        if tag in header.tags:
            known = header.tags.index(tag)
            weights["label_bias"][number] = header.label_bias[known] * unit * upper_step
            for name in ("last", "skip"):
                weights[name][:, number] = model.matrices[name][:, known] * upper_step
    stay = header.transitions[0][0]
    weights["transitions"][:] = np.eye(len(tags), dtype=np.float32) * np.float32(stay / 2)


def quantised(
    network: TagNetwork, tags: Sequence[str], *, rules: bool, alone: float, trained_on: Sequence[str], licence: str
) -> Model:
    """The network in whole numbers.

    Args:
        network: The trained network.
        tags: Its tags, in order.
        rules: See :class:`cswitch.annotators.lid.model.Header`.
        alone: See :class:`cswitch.annotators.lid.model.Header`.
        trained_on: Names of what it learned from.
        licence: Licence of the model.
    """
    weights = network.weights
    unit = CEILING / TOP
    second = len(weights["last"])
    words, word_step = cut(weights["embedding"], _EMBEDDING_MOST, _INSIDE)
    first, first_step = cut(weights["first"])
    deep, deep_step = cut(weights["deep"])
    upper, upper_step = cut(np.concatenate((weights["last"], weights["skip"])))
    matrices = {"embedding": words, "first": first, "deep": deep, "last": upper[:second], "skip": upper[second:]}
    header = Header(
        tags=tuple(tags),
        rules=rules,
        transitions=tuple(tuple(round(float(value), 4) for value in row) for row in weights["transitions"]),
        alone=alone,
        score_scale=unit * upper_step,
        hidden_bias=whole(weights["hidden_bias"] / unit),
        deep_bias=whole(weights["deep_bias"] / (unit * deep_step)),
        label_bias=whole(weights["label_bias"] / (unit * upper_step)),
        word_scale=word_step * first_step / unit,
        deep_scale=deep_step,
        first_step=first_step,
        shapes={name: (matrix.shape[0], matrix.shape[1]) for name, matrix in matrices.items()},
        trained_on=tuple(trained_on),
        licence=licence,
    )
    return Model(header=header, matrices=matrices)
