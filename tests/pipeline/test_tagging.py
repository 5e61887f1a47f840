"""Tagging a stream in chunks, and what a tagger must keep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cswitch.core.errors import RunError, UsageError
from cswitch.pipeline import tagging
from cswitch.pipeline.tag_input import Untagged
from cswitch.pipeline.tagging import CHUNK, CHUNK_TOKENS, Tally, chunks, tag_stream
from tests.taggers import ScriptTagger


def units(count: int, tokens: int = 1) -> Iterator[Untagged]:
    return (Untagged(at, str(at), None, ["ok"] * tokens, None) for at in range(count))


def test_results_come_in_the_order_of_the_input_chunk_by_chunk() -> None:
    tagger = ScriptTagger.load()
    found = list(tag_stream(units(2 * CHUNK + 1), tagger))
    assert [one.source.id for one in found] == [str(at) for at in range(2 * CHUNK + 1)]
    assert tagger.batches == [CHUNK, CHUNK, 1]


def test_long_utterances_make_short_chunks() -> None:
    assert [len(chunk) for chunk in chunks(units(5, CHUNK_TOKENS // 2))] == [2, 2, 1]


def test_no_more_is_read_than_a_chunk() -> None:
    source = units(10 * CHUNK)
    next(tag_stream(source, ScriptTagger.load()))
    assert next(source).id == str(CHUNK)


def test_ten_thousand_tokens_and_none() -> None:
    words = ["ok", "नहीं", "👩‍👩‍👧", "\ue000", "\u200d", ""] * 2000
    sources = [Untagged(1, "1", None, words, None), Untagged(2, "2", None, [], None)]
    long, empty = tag_stream(sources, ScriptTagger.load())
    assert len(long.tagging.tags) == len(words)
    assert (empty.tagging.tags, empty.sentence.matrix) == ([], None)


def test_counts() -> None:
    tally = Tally()
    words = [["ok", "नहीं", "!"], ["ok"], []]
    list(tag_stream([Untagged(1, "1", None, one, None) for one in words], ScriptTagger.load(), tally=tally))
    found = tally.counts()
    assert found.pop("tokens_per_second") > 0
    assert found == {"sentences": 3, "mixed": 1, "tokens": 4, "switches": 1, "tags": {"en": 2, "hi": 1, "other": 1}}


def test_languages_in_play_reach_the_tagger() -> None:
    source = [Untagged(1, "1", None, ["ok", "нет"], None)]
    [found] = tag_stream(source, ScriptTagger.load(), ["en", "hi"])
    assert found.tagging.tags == ["en", "unk"]
    with pytest.raises(UsageError, match="does not know 'es'"):
        list(tag_stream(source, ScriptTagger.load(), ["en", "es"]))


def test_a_tagger_that_breaks_its_contract_is_told() -> None:
    with pytest.raises(
        RunError, match=r"the tagger 'script' gave 1 tags and 1 probabilities to 2 tokens; this is a fault"
    ):
        list(tag_stream(units(1, 2), ScriptTagger.load("faulty")))
    with pytest.raises(RunError, match=r"gave 0 answers to 1 sentences"):
        tagging.check_taggings(ScriptTagger.load(), [["ok"]], [])
