"""What is learned from: each word once, at its first sub-word, in a window with its neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from cswitch.annotators.encoder.examples import SILENT, Example, Lessons, Reader, collated
from cswitch.annotators.encoder.subwords import Subwords
from cswitch.core.contracts import TaggedSentence
from tests.generators.embedding.conftest import wordpiece

pytest.importorskip("transformers", reason="tokenizers are made with transformers")

LABELS = {"en": 0, "es": 1, "other": 2}


@pytest.fixture(scope="module")
def reader() -> Reader:
    tokenizer = wordpiece()
    return Reader(Subwords(tokenizer, known=len(tokenizer), longest=3, model="m"), 12, LABELS)


def test_first_sub_words_carry_the_label(reader: Reader) -> None:
    tokenizer = wordpiece()
    words = ["the", "elephant", "\u200d", "ve", "x"]
    [example] = reader.read([TaggedSentence(words, ["en", "en", "other", "es", "fr"])])
    encoded = tokenizer(words, is_split_into_words=True)
    firsts = [encoded.word_ids().index(word) for word in (0, 1, 3)]
    found = {int(place): int(example["labels"][place]) for place in np.flatnonzero(example["labels"] != SILENT)}
    assert found == dict(zip(firsts, [0, 0, 1], strict=True))  # nothing of the joiner, and no label for fr


def test_a_long_sentence_is_learned_from_once(reader: Reader) -> None:
    words = ["the", "cat", "sees"] * 30
    tags = ["en", "es", "other"] * 30
    examples = reader.read([TaggedSentence([], []), TaggedSentence(words, tags)])
    assert len(examples) > 5
    assert max(len(example["input_ids"]) for example in examples) <= 12 + 2
    learned = [label for example in examples for label in example["labels"].tolist() if label != SILENT]
    assert learned == [LABELS[tag] for tag in tags]


def example(*ids: int) -> Example:
    return {"input_ids": np.array(ids), "labels": np.array(ids)}


def test_mixtures_are_new_in_every_epoch_and_as_many() -> None:
    lessons = Lessons([example(1)], lambda epoch: [example(epoch)] * (2 if epoch == 0 else 1 + epoch))
    seen = []
    for epoch in (0, 1, 2):
        lessons.begin(epoch)
        seen.append([int(lessons[place]["input_ids"][0]) for place in range(len(lessons))])
    assert seen == [[1, 0, 0], [1, 1, 1], [1, 2, 2]]


@pytest.mark.parametrize(("limit", "width"), [(40, 8), (6, 6)])
def test_batches_are_padded_within_the_limit(limit: int, width: int) -> None:
    batch = collated([example(1, 2, 3, 4, 5), example(6)], padding=9, limit=limit)
    assert batch["input_ids"].shape == (2, width)
    assert batch["input_ids"][1].tolist() == [6] + [9] * (width - 1)
    assert batch["attention_mask"].sum(1).tolist() == [5, 1]
    assert batch["labels"][1].tolist() == [6] + [SILENT] * (width - 1)
