"""A tagger on gold: tags, speed, and what it could not have said."""

from __future__ import annotations

import pytest

from cswitch.core.errors import RunError
from cswitch.pipeline import tag_evaluation
from cswitch.pipeline.tag_evaluation import model_bytes, tag_gold, unsayable
from tests.taggers import ScriptTagger


class Nameless(ScriptTagger):
    """One that tells nothing of itself."""

    languages = ()
    model_bytes = None


def test_tags_of_the_first_pass_and_the_speed_of_both() -> None:
    tagger = ScriptTagger.load()
    tags, speed = tag_gold(tagger, [["ok", "नहीं"], [], ["!"]])
    assert tags == [["en", "hi"], [], ["other"]]
    assert tagger.batches == [3, 3]
    assert speed.sentences == 3
    assert (speed.warm or 0) > 0
    assert (speed.cold or 0) > 0


def test_the_second_pass_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tag_evaluation, "TIMED_SENTENCES", 2)
    tagger = ScriptTagger.load()
    _, speed = tag_gold(tagger, [["ok"]] * 5)
    assert (tagger.batches, speed.sentences) == ([5, 2], 2)


def test_a_slow_tagger_is_timed_on_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tag_evaluation, "TIMED_SECONDS", 0.0)
    tagger = ScriptTagger.load()
    tag_gold(tagger, [["ok"]] * 5)
    assert tagger.batches == [5, 1]


def test_without_tokens_there_is_no_speed() -> None:
    assert tag_gold(ScriptTagger.load(), [])[1].warm is None
    assert tag_gold(ScriptTagger.load(), [[]])[1].cold is None


def test_a_faulty_tagger_is_told() -> None:
    with pytest.raises(RunError, match="this is a fault of the tagger"):
        tag_gold(ScriptTagger.load("faulty"), [["ok", "ok"]])


def test_what_cannot_be_said() -> None:
    tags = [["en", "es", "fr"], ["fr", "other", "ne"]]
    assert unsayable(ScriptTagger.load(), tags) == {"fr": 2, "es": 1}
    assert unsayable(ScriptTagger.load(), tags, ["en", "fr"]) == {"es": 1}
    assert unsayable(Nameless.load(), tags) == {}


def test_the_size_of_a_model() -> None:
    assert (model_bytes(ScriptTagger.load()), model_bytes(Nameless.load())) == (12, None)
