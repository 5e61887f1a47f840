"""Labels of models are tags, and languages that are not in play are not given."""

from __future__ import annotations

from pathlib import Path

import pytest

from cswitch.annotators.encoder.labels import Scheme
from cswitch.annotators.encoder.tagger import EncoderTagger
from cswitch.core.errors import UsageError
from tests.annotators.encoder.classifiers import SENTENCES, made

LINCE = ["ambiguous", "lang1", "lang2", "mixed", "ne", "other", "fw", "unk"]


@pytest.mark.parametrize(
    ("labels", "languages", "tags"),
    [
        (["EN", "HI"], (), ("en", "hi")),
        (["hin", "eng", "univ", "ne:hi"], (), ("hi", "en", "other", "ne")),
        (LINCE, ("es", "en"), ("ambiguous", "es", "en", "mixed", "ne", "other", "fw", "unk")),
        (["en", "es", "hi", "B-ne", "I-ne", "O"], ("hi", "en"), ("en", "hi", "ne", "other")),
        (["[PAD]", "X", "Spanish", "English", "other"], ("en",), ("en", "other")),
    ],
)
def test_labels_are_tags(labels: list[str], languages: tuple[str, ...], tags: tuple[str, ...]) -> None:
    assert Scheme(labels, "m").view(languages).tags == tags


def test_labels_of_one_tag_are_added_up() -> None:
    view = Scheme(["B-ne", "en", "es", "I-ne"], "m").view(["en"])
    assert view.of_label == (0, 1, -1, 0)
    assert view.table.tolist() == [[1, 0], [0, 1], [0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("labels", "languages", "message"),
    [
        (["LABEL_0", "LABEL_1"], (), "label 'LABEL_0' of model 'm' means nothing here; put id2label into its config"),
        (["other", "ne"], (), "no label of model 'm' is a language; its labels are other, ne"),
        (["en", "hi"], ("en", "es"), "model 'm' does not tell the language 'es'; it knows en, hi"),
        (LINCE, (), "model 'm' numbers its languages; give as many languages as it has, in their order; 'lang1'"),
        (LINCE, ("en",), "model 'm' numbers its languages; .*; 'lang2' has none"),
        (LINCE, ("en", "es", "hi"), "model 'm' does not tell the language 'hi'; it knows en, es"),
        (["en", "hi"], ("en", "klingon"), "klingon"),
    ],
)
def test_labels_that_do_not_fit_are_one_line(labels: list[str], languages: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Scheme(labels, "m").view(languages)


def test_languages_that_are_not_in_play_are_not_given(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the tagger needs transformers")
    tagger = EncoderTagger.load(str(made(tmp_path)), device="cpu", dtype="float32")
    assert tagger.languages == ("en", "es", "hi")
    free = tagger.tag(SENTENCES, alternatives=9)
    assert "es" in {tag for tagging in free for tag in tagging.tags}
    held = tagger.tag(SENTENCES, ["en", "hi"], alternatives=9)
    for one, other in zip(free, held, strict=True):
        assert one.alternatives is not None
        assert other.alternatives is not None
        for before, after in zip(one.alternatives, other.alternatives, strict=True):
            if len(before) == 1:  # by rule
                assert before == after
                continue
            left = {tag: probability for tag, probability in before if tag != "es"}
            whole = sum(left.values())
            assert dict(after) == pytest.approx({tag: value / whole for tag, value in left.items()}, abs=5e-3)


def test_numbered_languages_are_those_given(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the tagger needs transformers")
    tagger = EncoderTagger.load(str(made(tmp_path, labels=LINCE)), device="cpu")
    assert tagger.languages == ()
    one, other = (tagger.tag(SENTENCES, pair) for pair in (["en", "es"], ["hi", "en"]))
    turned = {"en": "hi", "es": "en"}
    for first, second in zip(one, other, strict=True):
        assert [turned.get(tag, tag) for tag in first.tags] == second.tags
        assert first.probabilities == second.probabilities
