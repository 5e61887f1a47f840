"""Training of the tagger's network and of the chain on top of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cswitch.annotators.lid.chain import marginals, with_names
from cswitch.annotators.lid.features import BUCKETS, features, stand_in
from cswitch.annotators.pos.corpus import Floats, Forms, Ints
from cswitch.annotators.pos.training import FloatNetwork, Pass, Settings
from cswitch.core.text.tokens import is_neutral

UNKNOWN, SKIPPED = -1, -2
"""Targets of words whose tag is not known, and of tokens that stand outside the chain."""
_CHUNK = 1 << 14
"""Words whose features are worked out together."""
_AT_ONCE = 256
"""Sentences tagged together."""
_SMALL = 0.3
"""Feature rows start so much smaller than those of the part-of-speech tagger: a word has more of them."""
_BARRED = -1e4
"""Score, in nats, of a language that is not in play."""


class Lesson(Forms):
    """Sentences as the numbers that training works on.

    Args:
        sentences: Tokens; no sentence is empty.
        tags: A tag number a token; :data:`UNKNOWN` where it is not known, :data:`SKIPPED` for what is no word.
        allowed: Which tags are in play in each sentence, shape (sentences, languages); None for all.
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[str]],
        tags: Sequence[Sequence[int]],
        allowed: NDArray[np.bool_] | None = None,
    ) -> None:
        numbers: dict[str, int] = {"": 0}
        self.sentences = [
            np.array(
                [
                    numbers.setdefault(stand_in(token) if is_neutral(token) else token, len(numbers))
                    for token in sentence
                ],
                np.intp,
            )
            for sentence in sentences
        ]
        self.targets = [np.array(each, np.intp) for each in tags]
        self.allowed = allowed
        self.vectors = None
        words = list(numbers)
        parts = [features(words[start : start + _CHUNK]) for start in range(0, len(words), _CHUNK)]
        self._flat = np.concatenate([buckets for buckets, _ in parts])
        self.counts = np.concatenate([counts for _, counts in parts])
        self._starts = np.cumsum(self.counts) - self.counts


class TagNetwork(FloatNetwork[Lesson]):
    """The window network over hashed features, with a chain over its scores.

    Args:
        labels: How many tags there are.
        settings: Sizes and rates.
        names: Whether the last tag is that of names, which stand in a language of the others; switching between any
            two of these costs the same then.
    """

    def __init__(self, labels: int, settings: Settings, *, names: bool) -> None:
        self._begin(BUCKETS, labels, settings)
        self.weights["embedding"] *= np.float32(_SMALL)
        states = labels - names
        self.weights["transitions"] = np.zeros((states, states), np.float32)
        self._moments["transitions"] = np.zeros((states, states), np.float32), np.zeros((states, states), np.float32)
        self._names = names
        self._moved = self.weights["transitions"]

    def tags(self, lesson: Lesson) -> Iterator[Ints]:
        """The likeliest tags of each sentence; for networks without names."""
        for start in range(0, len(lesson.sentences), _AT_ONCE):
            chosen = range(start, min(start + _AT_ONCE, len(lesson.sentences)))
            lengths = np.array([len(lesson.sentences[sentence]) for sentence in chosen], np.intp)
            scores = self._forward(lesson, chosen, training=False).scores
            found = marginals(scores, lengths, self.weights["transitions"]).tokens.argmax(axis=1)
            yield from np.split(found, np.cumsum(lengths)[:-1])

    def _kept(self, rows: Ints, counts: Ints) -> Floats:
        kept = self.random.random(len(rows), np.float32) >= self.settings.drop_part
        wholes = np.cumsum(counts) - counts
        kept[wholes] = self.random.random(len(wholes), np.float32) >= self.settings.drop_form
        return kept.astype(np.float32)

    def _wrong(self, corpus: Lesson, chosen: Ints | range, scores: Floats) -> Floats:
        targets = [corpus.targets[sentence] for sentence in chosen]
        gold = np.concatenate(targets)
        kept = gold != SKIPPED
        lengths = np.array([np.count_nonzero(each != SKIPPED) for each in targets], np.intp)
        allowed = None if corpus.allowed is None else np.repeat(corpus.allowed[chosen], lengths, axis=0)
        lengths, gold, seen = lengths[lengths > 0], gold[kept], scores[kept]
        found = self._with_names(seen, lengths, gold, allowed) if self._names else self._plain(seen, lengths, gold)
        wrong = np.zeros_like(scores)
        wrong[kept] = found / np.float32(len(gold))
        self._moved = self._moved / np.float32(len(gold))
        return wrong

    def _plain(self, scores: Floats, lengths: Ints, gold: Ints) -> Floats:
        """The gradient of minus the log-likelihood of the tags, by the scores; unknown ones are left as they fall."""
        found = marginals(scores, lengths, self.weights["transitions"], pairs=True)
        unknown = gold == UNKNOWN
        gold = np.where(unknown, found.tokens.argmax(axis=1), gold)
        later = np.ones(len(gold), np.bool_)
        later[np.cumsum(lengths) - lengths] = False
        at = np.flatnonzero(later)
        self._moved = found.pairs
        np.subtract.at(self._moved, (gold[at - 1], gold[at]), 1)
        found.tokens[np.arange(len(gold)), gold] -= 1
        found.tokens[unknown] = 0
        return found.tokens

    def _with_names(self, scores: Floats, lengths: Ints, gold: Ints, allowed: NDArray[np.bool_] | None) -> Floats:
        """The same where tags may be names or not known: what is expected freely, less what is with the tags given."""
        langs, names = scores[:, :-1], scores[:, -1:]
        if allowed is not None:
            langs = np.where(allowed, langs, np.float32(_BARRED))
        either, word = with_names(langs, names)
        free = marginals(either, lengths, self.weights["transitions"], pairs=True)
        known = (gold >= 0) & (gold < langs.shape[1])
        held, held_word = either.copy(), word.copy()
        held[known] = _BARRED
        held[known, gold[known]] = langs[known, gold[known]]
        held_word[known] = 1
        named = gold == langs.shape[1]
        held[named] = np.where(langs[named] > _BARRED, names[named], np.float32(_BARRED))
        held_word[named] = 0
        given = marginals(held, lengths, self.weights["transitions"], pairs=True)
        moved = free.pairs - given.pairs
        self._moved = np.eye(len(moved), dtype=np.float32) * np.trace(moved)
        words = free.tokens * word - given.tokens * held_word
        name = (free.tokens * (1 - word) - given.tokens * (1 - held_word)).sum(axis=1, keepdims=True)
        return np.concatenate((words, name), axis=1)

    def _backward(
        self, corpus: Lesson, chosen: Ints | range, there: Pass
    ) -> tuple[dict[str, Floats], tuple[Ints, Floats]]:
        gradients, embedding = super()._backward(corpus, chosen, there)
        gradients["transitions"] = self._moved
        return gradients, embedding
