"""Which languages a sentence is in, when nobody says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.pos.network import Float

_DOUBT = 1e-3
"""Probability that a word is none of what the network takes it for, so that one word decides nothing."""
_SECOND, _THIRD = 2.5, 5.0
"""What a second and a third language must add to the log-likelihood of a sentence, in nats."""


RARE = {"ur": -8.0}
"""What a language starts with, in nats: in Latin letters Urdu reads like Hindi, which many more people type so."""


def in_play(scores: Float, starts: NDArray[np.intp], lengths: NDArray[np.intp], prior: Float) -> NDArray[np.bool_]:
    """The languages of each sentence, one to three, shape (sentences, languages).

    The language that explains the words best comes first, then the one that explains best what it leaves open, as
    long as it adds enough.

    Args:
        scores: A score a language, in nats; shape (words, languages).
        starts: The first word of each sentence.
        lengths: Words of each sentence.
        prior: What each language starts with, in nats, shape (languages,).
    """
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares += np.float32(_DOUBT)
    sentences = np.arange(len(starts))
    allowed = np.zeros((len(starts), scores.shape[1]), np.bool_)
    open_ = np.ones(len(starts), np.bool_)
    covered = np.zeros((len(scores), 1), np.float32)
    before = np.zeros(len(starts), np.float32)
    for needed in (-np.inf, _SECOND, _THIRD):
        explained = np.add.reduceat(np.log(covered + shares), starts, axis=0) + prior
        best = explained.argmax(axis=1)
        gained = explained[sentences, best]
        open_ &= gained - before > needed
        allowed[sentences[open_], best[open_]] = True
        chosen = np.repeat(best, lengths)
        more = shares[np.arange(len(shares)), chosen] * np.repeat(open_, lengths)
        covered[:, 0] += more
        shares[np.arange(len(shares)), chosen] = np.where(
            np.repeat(open_, lengths), 0, shares[np.arange(len(shares)), chosen]
        )
        before = np.where(open_, gained, before)
        if not open_.any():
            break
    return allowed
