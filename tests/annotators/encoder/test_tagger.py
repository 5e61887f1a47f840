"""Tags are those of the model, word by word, whatever the batch, the window, the memory or the device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cswitch.annotators.encoder.loading import load
from cswitch.annotators.encoder.tagger import EncoderTagger
from tests.annotators.encoder.conftest import LABELS, SENTENCES, classifiers, made

torch = pytest.importorskip("torch", reason="the tagger needs torch")


def plain(folder: Path, sentence: tuple[str, ...], pool: str = "first") -> dict[int, Any]:
    """Probabilities of the words of a short sentence, by transformers alone: one at a time, without padding."""
    _, tokenizer, model, _, _ = load(str(folder))
    given = tokenizer(
        list(sentence), is_split_into_words=True, split_special_tokens=True, return_tensors="pt",
        return_token_type_ids=False,
    )  # fmt: skip
    with torch.no_grad():
        scores = model(**given).logits[0].softmax(-1).numpy()
    of_word: dict[int, list[Any]] = {}
    for place, word in enumerate(given.word_ids()):
        if word is not None:
            of_word.setdefault(word, []).append(scores[place])
    return {word: rows[0] if pool == "first" else np.mean(rows, axis=0) for word, rows in of_word.items()}


@pytest.mark.parametrize("dtype", ["float32", "auto"])
@pytest.mark.parametrize("kind", list(classifiers()) if pytest.importorskip("transformers") else [])
def test_tags_are_those_of_the_model(kind: str, dtype: str, tmp_path: Path) -> None:
    folder = made(tmp_path, kind)
    tagged = EncoderTagger.load(str(folder), device="cpu", dtype=dtype).tag(SENTENCES, alternatives=len(LABELS))
    assert [len(tagging.tags) for tagging in tagged] == [len(sentence) for sentence in SENTENCES]
    compared = 0
    for sentence, tagging in zip(SENTENCES, tagged, strict=True):
        assert tagging.alternatives is not None
        for word, expected in plain(folder, sentence).items() if sentence else ():
            given = dict(tagging.alternatives[word])
            assert [given[label] for label in LABELS] == pytest.approx(
                expected, abs=1e-4 if dtype == "float32" else 0.05
            )
            assert tagging.tags[word] == LABELS[expected.argmax()]
            assert tagging.probabilities[word] == pytest.approx(
                expected.max(), abs=1e-4 if dtype == "float32" else 0.05
            )
            compared += 1
    assert compared >= 25
