"""Training a language tagger from tagged text, into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib.resources import as_file
from pathlib import Path

import numpy as np

from cswitch.annotators.lid.compact import SHIPPED
from cswitch.annotators.lid.mixtures import mixtures
from cswitch.annotators.lid.model import MODEL_FILE, Model
from cswitch.annotators.lid.quantise import quantised, resumed
from cswitch.annotators.lid.training import UNKNOWN, Lesson, TagNetwork
from cswitch.annotators.pos.training import Settings
from cswitch.core.contracts import TaggedSentence
from cswitch.core.errors import UsageError

AMBIGUOUS = "ambiguous"
"""A tag that says nothing is known; nothing is learned from it."""
_TOKENS = 1_000_000
"""Tokens gone through, when the number of epochs is not given."""
_FEWEST, _MOST = 6, 16
"""Epochs, when their number is not given."""


def train_folder(
    train: Sequence[TaggedSentence],
    dev: Sequence[TaggedSentence],
    folder: Path,
    *,
    augment: float = 0.0,
    epochs: int | None = None,
    seed: int = 0,
    report: Callable[[str], None],
) -> None:
    """Train a compact tagger on tagged text, starting from the one that comes along, and write it into a folder.

    Args:
        train: Sentences to learn from.
        dev: Sentences to tell the accuracy on after each epoch.
        folder: Where ``tagger.bin`` goes; the folder is there.
        augment: Mixed sentences to add, made from the monolingual stretches, as a share of ``train``.
        epochs: How often to go through them; None suits their number.
        seed: Decides the order and what is drawn.
        report: Takes a line about progress.

    Raises:
        UsageError: There are fewer than two tags to learn.
    """
    sentences = [sentence for sentence in train if len(sentence.tokens)]
    tags = sorted({tag for sentence in sentences for tag in sentence.tags} - {AMBIGUOUS})
    if len(tags) < 2:
        raise UsageError(f"{len(tags)} tag to learn", hint="give sentences with two tags or more")
    added = round(augment * len(sentences))
    sentences += mixtures(sentences, added, seed=seed)
    count = sum(len(sentence.tokens) for sentence in sentences)
    epochs = epochs or min(max(round(_TOKENS / count), _FEWEST), _MOST)
    report(f"{len(sentences):,} sentences, {count:,} tokens, {len(tags)} tags, {epochs} epoch{'s' * (epochs != 1)}")
    network = _network(tags, epochs, seed)
    checked = _lesson([sentence for sentence in dev if len(sentence.tokens)], tags)

    def told(epoch: int) -> None:
        report(f"epoch {epoch}: accuracy {accuracy(network, checked):.4f} on the development set")

    network.fit(_lesson(sentences, tags), told if dev else None)
    model = quantised(network, tags, rules=False, alone=0.0, trained_on=("your own text",), licence="")
    model.dump(folder / MODEL_FILE)


def accuracy(network: TagNetwork, lesson: Lesson) -> float:
    """Share of the tokens with a known tag that get it, 0 to 1."""
    pairs = list(zip(network.tags(lesson), lesson.targets, strict=True))
    right = sum(int(np.count_nonzero(found == gold)) for found, gold in pairs)
    return right / max(1, sum(int(np.count_nonzero(gold != UNKNOWN)) for _, gold in pairs))


def _network(tags: Sequence[str], epochs: int, seed: int) -> TagNetwork:
    with as_file(SHIPPED) as path:
        known = Model.read(path)
    size, hidden, second = (
        known.matrices["embedding"].shape[1],
        len(known.header.hidden_bias),
        len(known.header.deep_bias),
    )
    settings = Settings(
        epochs=epochs, batch=16, rate=2e-3, size=size, hidden=hidden, second=second,
        drop_form=0.5, drop_part=0.1, drop_unit=0.25, seed=seed,
    )  # fmt: skip
    network = TagNetwork(len(tags), settings, names=False)
    resumed(network, known, tags)
    return network


def _lesson(sentences: Iterable[TaggedSentence], tags: Sequence[str]) -> Lesson:
    numbers = {tag: number for number, tag in enumerate(tags)}
    kept = list(sentences)
    return Lesson([s.tokens for s in kept], [[numbers.get(tag, UNKNOWN) for tag in s.tags] for s in kept])
