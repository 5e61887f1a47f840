"""From vectors to links: the methods of SimAlign and awesome-align, for many pairs at once.

Everything here works on padded batches, on the device that the vectors are on. Rows are the sub-words (or words) of the
first side, columns those of the second. A weight of 0 means that two must not be linked, so padding weighs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.generators.alignment.embedding.matching import match

if TYPE_CHECKING:
    import torch

METHODS = ("argmax", "itermax", "match", "softmax")
"""Names of the methods, as ``--extract`` takes them."""

DECIMALS = 5
"""Similarities are rounded, so that equal ones stay equal whatever the batch was, and the first of them is taken."""

ROUNDS, ALPHA = 2, 0.9
"""Rounds of itermax, and what a similarity still counts when one of the two has a link (Jalili Sabet et al., 2020)."""

GAP_ROUNDS = 3
SOFTMAX_THRESHOLD = 0.001
"""Least probability in either direction (Dou and Neubig, 2021)."""


class Found(NamedTuple):
    """What a method found in a batch."""

    links: torch.Tensor
    """Of shape [pairs, m, n], true where row and column are linked."""
    confidence: torch.Tensor
    """Of shape [pairs, m, n], 0 to 1."""


def check(method: str, threshold: float | None) -> None:
    """Whether a method and its threshold can be meant.

    Raises:
        UsageError: The method is unknown, or the threshold is not within 0 to 1.

    >>> check("itermx", None)
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: unknown method 'itermx'; did you mean 'itermax'? Known: argmax, itermax, ...
    """
    if method not in METHODS:
        raise UsageError(f"unknown method {method!r}", hint=suggest(method, list(METHODS)))
    if threshold is not None and not 0 <= threshold <= 1:
        raise UsageError(f"a threshold of {threshold:g} is none", hint="choose 0 to 1")


def extract(
    left: torch.Tensor, right: torch.Tensor, valid: torch.Tensor, method: str, threshold: float | None = None
) -> Found:
    """Links of a batch of pairs by one of :data:`METHODS`.

    For ``softmax`` the confidence is the product of both directions' probabilities, and the threshold the least
    probability in each. For the others the confidence is the cosine, 0 where it is negative, and the threshold the
    least confidence.

    Args:
        left: Vectors of the first sides, of shape [pairs, m, size]; of length 1 but for ``softmax``, see :func:`unit`.
        right: Vectors of the second sides, of shape [pairs, n, size], likewise.
        valid: Of shape [pairs, m, n], false where row or column is padding.
        method: One of :data:`METHODS`.
        threshold: See above; None for the method's own.

    >>> import torch
    >>> words = torch.eye(3)[None]
    >>> valid = torch.ones(1, 3, 2, dtype=torch.bool)
    >>> extract(words, words[:, [1, 0]], valid, "argmax").links.nonzero()[:, 1:].tolist()
    [[0, 1], [1, 0]]
    """
    if method == "softmax":
        least = SOFTMAX_THRESHOLD if threshold is None else threshold
        return softmax(left @ right.mT, valid, least)
    cosine = (left @ right.mT).round(decimals=DECIMALS)
    confidence = cosine.clamp(0, 1) * valid
    weights = similarity_weights(cosine) * valid
    links = {"argmax": mutual, "itermax": itermax, "match": matching}[method](weights)
    return Found(links & (confidence >= threshold) if threshold else links, confidence)


def similarity_weights(cosine: torch.Tensor) -> torch.Tensor:
    """Cosines brought to 0 to 1, as SimAlign has them; what itermax gives depends on it."""
    return (cosine.clamp(-1, 1) + 1) / 2


def mutual(weights: torch.Tensor) -> torch.Tensor:
    """Row and column that are each other's best, the first of equals (``argmax`` of Jalili Sabet et al., 2020).

    Args:
        weights: Of shape [pairs, m, n], 0 or more.

    >>> import torch
    >>> mutual(torch.tensor([[[0.9, 0.8], [0.7, 0.1]]])).tolist()
    [[[True, False], [False, False]]]
    """
    import torch

    forward, backward = weights.argmax(2), weights.argmax(1)
    agreed = backward.gather(1, forward) == torch.arange(weights.shape[1], device=weights.device)
    links = torch.zeros_like(weights, dtype=torch.bool)
    return links.scatter(2, forward.unsqueeze(2), agreed.unsqueeze(2)) & (weights > 0)


def itermax(weights: torch.Tensor, rounds: int = ROUNDS, alpha: float = ALPHA) -> torch.Tensor:
    """Mutual argmax again and again (algorithm 1 of Jalili Sabet et al., 2020).

    From the second round on, a weight counts in full where neither side has a link, times ``alpha`` where one has, and
    not at all where both have.

    >>> import torch
    >>> itermax(torch.tensor([[[0.9, 0.8], [0.7, 0.1]]])).tolist()
    [[[True, True], [True, False]]]
    """
    links = mutual(weights)
    for _ in range(rounds - 1):
        row, column = links.any(2, keepdim=True), links.any(1, keepdim=True)
        links = links | mutual((alpha * weights).where(row | column, weights) * ~(row & column))
    return links


def matching(weights: torch.Tensor) -> torch.Tensor:
    """The links whose weights have the greatest sum, one a row and column (``match`` of Jalili Sabet et al., 2020).

    It runs on the processor, one pair after the other.
    """
    import torch

    links = np.zeros(weights.shape, dtype=bool)
    for pair, table in enumerate(weights.cpu().numpy()):
        linkable = np.argwhere(table > 0)
        m, n = linkable.max(axis=0, initial=-1) + 1  # what is beyond is padding
        for row, column in match(table[:m, :n]):
            links[pair, row, column] = True
    return torch.from_numpy(links).to(weights.device) & (weights > 0)


def softmax(logits: torch.Tensor, valid: torch.Tensor, threshold: float) -> Found:
    """Links whose probability is above the threshold in both directions (Dou and Neubig, 2021).

    Args:
        logits: Dot products, of shape [pairs, m, n].
        valid: Of the same shape, false where row or column is padding.
        threshold: Least probability in each direction.

    >>> import torch
    >>> found = softmax(torch.tensor([[[9.0, 0.0], [0.0, 9.0]]]), torch.ones(1, 2, 2, dtype=torch.bool), 0.001)
    >>> found.links.nonzero()[:, 1:].tolist(), round(found.confidence[0, 0, 0].item(), 3)
    ([[0, 0], [1, 1]], 1.0)
    """
    masked = logits.masked_fill(~valid, -1e30)
    forward, backward = masked.softmax(2), masked.softmax(1)
    return Found((forward > threshold) & (backward > threshold) & valid, forward * backward * valid)


def fill_gaps(found: Found, left: torch.Tensor, right: torch.Tensor) -> Found:
    """Links the words that a method left without a link, best first, each once; their confidence is as for the others.

    In turn, those of them that are each other's best are linked, as in the last step of Koehn et al. (2003, final-and).

    Args:
        found: What a method found.
        left: The word that each row is of, of shape [pairs, m]; a word is left out when one of its rows has a link.
        right: The word that each column is of, of shape [pairs, n].
    """
    links = found.links
    for _ in range(GAP_ROUNDS):
        row, column = _covered(links.any(2), left), _covered(links.any(1), right)
        links = links | mutual(found.confidence * ~(row[:, :, None] | column[:, None, :]))
    return Found(links, found.confidence)


def unit(vectors: torch.Tensor) -> torch.Tensor:
    """Vectors of length 1, of shape [..., size]; a vector of zeros stays.

    >>> import torch
    >>> unit(torch.tensor([[0.0, 2.0], [0.0, 0.0]])).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    lengths: torch.Tensor = vectors.square().sum(-1, keepdim=True).sqrt()
    return vectors / lengths.clamp_min(1e-12)


def _covered(linked: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """Rows whose word has a linked row."""
    same = words[:, :, None] == words[:, None, :]
    return (same & linked[:, None, :]).any(2)
