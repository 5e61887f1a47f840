"""The recipe of the models that come with cswitch: several teachers, and one small pupil that learns from them.

Teachers are wide networks that see treebanks only. They then label plain text, in softly weighted labels, and the pupil
learns from treebanks and labelled text together (Hinton, Vinyals and Dean, 2015). The pupil also sees part of it as
people chat: in lower case, without the last full stop, with mentions and emoji around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from cswitch.annotators.pos.corpus import Corpus, Floats, one_hot, vocabulary
from cswitch.annotators.pos.features import EXTRAS
from cswitch.annotators.pos.network import Network
from cswitch.annotators.pos.quantise import quantised
from cswitch.annotators.pos.training import FloatNetwork, Settings
from cswitch.annotators.pos.treebank import TaggedSentence
from cswitch.annotators.pos.vectors import context_vectors

_CONTEXT_SIZE = 64
_EXTRA_LABELS = ("PROPN", "X", "X", "SYM")
"""Labels of the kinds of web tokens in :data:`cswitch.annotators.pos.features.EXTRAS`."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to train a tagger."""

    teacher: Settings
    pupil: Settings
    teachers: int = 5
    trust: float = 0.5
    """Weight of a treebank's own label against the teachers' in what the pupil learns."""
    chat: int = 3
    """One sentence in so many comes again as people chat."""
    web: int = 8
    """One sentence in so many comes again with a mention, hashtag, URL or emoji."""


class Treebank(NamedTuple):
    """The sentences of a treebank. The first of several sets the conventions of the labels."""

    name: str
    sentences: Sequence[TaggedSentence]


def train(
    lang: str, treebanks: Sequence[Treebank], plain: Sequence[Sequence[str]], recipe: Recipe, *, licence: str
) -> Network:
    """Train a tagger.

    Args:
        lang: BCP-47 primary subtag.
        treebanks: What to learn labels from.
        plain: Tokens of plain text.
        recipe: Sizes and rates.
        licence: Licence of the model, written into it.
    """
    tagged = [sentence for treebank in treebanks for sentence in treebank.sentences]
    origin = [number for number, treebank in enumerate(treebanks) for _ in treebank.sentences]
    labels = sorted({label for sentence in tagged for label in sentence.labels} | set(_EXTRA_LABELS))
    names = {label: number for number, label in enumerate(labels)}
    texts = [sentence.tokens for sentence in tagged] + [tuple(tokens) for tokens in plain]
    vectors = context_vectors(texts, _CONTEXT_SIZE)
    gold = [one_hot(sentence.labels, names) for sentence in tagged]
    taught = _taught(texts, gold, origin, vectors, recipe)
    for place, own in enumerate(gold):
        if origin[place] == 0:
            taught[place] = recipe.trust * own + (1 - recipe.trust) * taught[place]
    sentences, targets = _as_people_chat(texts, taught, names, recipe)
    keys = vocabulary(sentences, recipe.pupil.min_count)
    known = {form: vector for form, vector in vectors.items() if f"={form}" in keys}
    pupil: FloatNetwork[Corpus] = FloatNetwork(keys, len(labels), recipe.pupil, context_size=_CONTEXT_SIZE)
    pupil.fit(Corpus(sentences, targets, keys, vectors=known))
    sources = [treebank.name for treebank in treebanks]
    return quantised(pupil, keys, labels, lang=lang, trained_on=sources, licence=licence, vectors=known)


def _taught(
    texts: Sequence[tuple[str, ...]],
    gold: Sequence[Floats],
    origin: Sequence[int],
    vectors: dict[str, Floats],
    recipe: Recipe,
) -> list[Floats]:
    """What the teachers think of every text, by the conventions of the first treebank."""
    tagged = texts[: len(gold)]
    again = [place for place in range(0, len(tagged), recipe.chat) if _lower(tagged[place]) != tagged[place]]
    sentences = [*tagged, *(_lower(tagged[place]) for place in again)]
    keys = vocabulary(sentences, recipe.teacher.min_count)
    lesson = Corpus(
        sentences,
        [*gold, *(gold[place] for place in again)],
        keys,
        treebanks=[*origin, *(origin[place] for place in again)],
        vectors=vectors,
    )
    paper = Corpus(texts, [], keys, treebanks=[0] * len(texts), vectors=vectors)
    total = [np.zeros((len(text), gold[0].shape[1]), np.float32) for text in texts]
    for seed in range(recipe.teachers):
        settings = replace(recipe.teacher, seed=seed)
        teacher: FloatNetwork[Corpus] = FloatNetwork(
            keys, gold[0].shape[1], settings, treebanks=max(origin) + 1, context_size=_CONTEXT_SIZE
        )
        teacher.fit(lesson)
        for sum_, found in zip(total, teacher.probabilities(paper), strict=True):
            sum_ += found / np.float32(recipe.teachers)
    return total


def _as_people_chat(
    texts: Sequence[tuple[str, ...]], targets: Sequence[Floats], names: dict[str, int], recipe: Recipe
) -> tuple[list[tuple[str, ...]], list[Floats]]:
    """The texts, and part of them again in lower case without a last mark, and with web tokens around them."""
    sentences, wanted = list(texts), list(targets)
    certain = one_hot(_EXTRA_LABELS, names)
    for place, (tokens, target) in enumerate(zip(texts, targets, strict=True)):
        if place % recipe.chat == 0 and len(tokens) > 1:
            size = len(tokens) - (not any(map(str.isalnum, tokens[-1])))
            sentences.append(_lower(tokens[:size]))
            wanted.append(target[:size])
        if place % recipe.web == 1:
            kind = place // recipe.web % len(EXTRAS)
            first, last = (EXTRAS[kind],), certain[kind : kind + 1]
            mention = kind == 0
            sentences.append(first + tokens if mention else tokens + first)
            wanted.append(np.concatenate((last, target) if mention else (target, last)))
    return sentences, wanted


def _lower(tokens: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(str.lower, tokens))
