"""Probabilities as tags, and tags for words of which a model sees nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from cswitch.core.contracts import Tagging
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.text.tokens import is_neutral

RULE = "other"
"""The tag of tokens that belong to no language by their form."""

NOTHING = "unk"
"""The tag of a word that a model sees nothing of, in a sentence where it sees no language."""

Alternatives = list[tuple[tuple[str, float], ...]]


def taggings(
    sentences: Sequence[Sequence[str]],
    probabilities: npt.NDArray[np.float32],
    tags: Sequence[str],
    *,
    alternatives: int = 0,
) -> list[Tagging]:
    r"""The likeliest tag of each token; of equals the first.

    A token that belongs to no language by its form (a mark, a number, a link, an emoji, an invisible character) is
    ``other`` with probability 1 where the model has no such tag or has seen nothing of the token. Any other token that
    it has seen nothing of gets the language before it in the sentence, else the one after it, with probability 0.

    Args:
        sentences: Tokens of each sentence.
        probabilities: Of each token of all sentences, of shape [tokens, tags]; not a number where nothing was seen.
        tags: Name of each column.
        alternatives: How many tags to give for each token.

    >>> seen = np.array([[0.75, 0.25], [np.nan, np.nan], [0.125, 0.875]], dtype=np.float32)
    >>> taggings([["no", "\u200d", "casa"]], seen, ["en", "es"])
    [Tagging(tags=['en', 'other', 'es'], probabilities=[0.75, 1.0, 0.875], alternatives=None)]
    """
    tokens = list(chain.from_iterable(sentences))
    names = np.array(tags, dtype=object)
    found: list[str] = names[probabilities.argmax(1)].tolist()
    sure: list[float] = probabilities.max(1).round(4).astype(float).tolist()
    others = _alternatives(probabilities, names, alternatives) if alternatives else None
    unseen = np.isnan(probabilities[:, 0])
    lost = []
    for place in np.flatnonzero(unseen).tolist() if RULE in tags else range(len(tokens)):
        if is_neutral(tokens[place]):
            _put(place, RULE, 1.0, found, sure, others)
        elif unseen[place]:
            lost.append(place)
    start = 0
    ends = np.cumsum([len(sentence) for sentence in sentences]).tolist()
    if lost:
        _fill(lost, unseen, ends, found, sure, others)
    result = []
    for end in ends:
        kept = None if others is None else others[start:end]
        result.append(Tagging(found[start:end], sure[start:end], kept))
        start = end
    return result


def _alternatives(probabilities: npt.NDArray[np.float32], names: npt.NDArray[np.object_], count: int) -> Alternatives:
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    best = np.take_along_axis(probabilities, order, axis=1).round(4).astype(float).tolist()
    return [tuple(zip(row, values, strict=True)) for row, values in zip(names[order].tolist(), best, strict=True)]


def _fill(
    lost: Sequence[int],
    unseen: npt.NDArray[np.bool_],
    ends: Sequence[int],
    found: list[str],
    sure: list[float],
    others: Alternatives | None,
) -> None:
    """Gives words of which nothing was seen the nearest language before them, else after them."""
    for place in lost:
        sentence = int(np.searchsorted(ends, place, side="right"))
        start = ends[sentence - 1] if sentence else 0
        around = chain(range(place - 1, start - 1, -1), range(place + 1, ends[sentence]))
        near = (found[other] for other in around if not unseen[other] and found[other] not in NEUTRAL)
        _put(place, next(near, NOTHING), 0.0, found, sure, others)


def _put(
    place: int, tag: str, probability: float, found: list[str], sure: list[float], others: Alternatives | None
) -> None:
    found[place], sure[place] = tag, probability
    if others is not None:
        others[place] = ((tag, probability),)
