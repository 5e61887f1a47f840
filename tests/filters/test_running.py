"""Filters over a stream: the first reason counts, order stays, taggers get batches, nothing is left behind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Tagging
from cswitch.core.errors import InputError, RunError, UsageError
from cswitch.filters.agreement import Agreement
from cswitch.filters.confidence import Confidence
from cswitch.filters.contracts import Drop, Dropped, Entry, Filter, Kept
from cswitch.filters.duplicates import Duplicates
from cswitch.filters.languages import Languages
from cswitch.filters.length import Length
from cswitch.filters.record import Record
from cswitch.filters.repeats import Repeats
from cswitch.filters.running import Filters
from cswitch.filters.switches import Switches


class LetterTagger:
    """Tags words that begin with a letter below n English, the others Hindi."""

    name = "letters"

    def __init__(self) -> None:
        self.asked: list[tuple[int, tuple[str, ...]]] = []

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        self.asked.append((len(batch), tuple(languages)))
        return [Tagging(["en" if w < "n" else "hi" for w in words], [0.5] * len(words)) for words in batch]


class ShortTagger(LetterTagger):
    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        return [Tagging(["en"], [1.0]) for _ in batch]


def record(text: str, *langs: str) -> Record:
    words = text.split()
    return Record(id=text, tokens=words, langs=list(langs) or ["hi"] * len(words))


def told(outcomes: Sequence[Kept | Dropped]) -> list[str]:
    return [outcome.reason if isinstance(outcome, Dropped) else "kept" for outcome in outcomes]


SHORT: list[Filter] = [Length(min_tokens=3), Languages(each=("en",)), Switches(low=1)]


def test_the_first_reason_counts_and_all_are_told_when_asked() -> None:
    records = [record("ek do"), record("ek do teen"), record("ek two teen", "hi", "en", "hi")]
    assert told(list(Filters(SHORT).apply(records))) == ["too_short", "missing_language", "kept"]
    first, second, third = Filters(SHORT, all_reasons=True).apply(records)
    assert isinstance(first, Dropped)
    assert [drop.reason for drop in first.drops] == ["too_short", "missing_language", "switches_outside"]
    assert isinstance(second, Dropped)
    assert len(second.drops) == 2
    assert isinstance(third, Kept)


def test_the_order_is_the_one_given() -> None:
    assert told(list(Filters(SHORT[::-1]).apply([record("ek do")]))) == ["switches_outside"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["a b c", "A  b c", "a b", "c d e", "c d e f"]), max_size=20), st.booleans())
def test_there_is_an_outcome_for_each_record_in_order(texts: list[str], near: bool) -> None:
    records = [record(text) for text in texts]
    filters = Filters([Length(min_tokens=3), Duplicates(likeness=0.9 if near else None)])
    outcomes = list(filters.apply(records))
    assert [outcome.entry.record.id for outcome in outcomes] == texts
    kept = [one.entry.record.words.lower() for one in outcomes if isinstance(one, Kept)]
    assert len(set(kept)) == len(kept)
    assert told(outcomes) == told(list(filters.apply(records)))


def test_what_another_filter_drops_is_no_first_of_duplicates() -> None:
    records = [record("one two three", "en", "en", "en"), record("One two three", "en", "hi", "en")]
    assert told(list(Filters([Switches(low=1), Duplicates()]).apply(records))) == ["switches_outside", "kept"]


def test_a_table_that_is_known_serves_a_part_of_the_input(tmp_path: Path) -> None:
    records = [record(text) for text in ("a b", "c d", "A b", "e f", "C d")]
    tables: list[Repeats] = []
    whole = list(Filters([Duplicates()], found=tables.append, folder=tmp_path).apply(records))
    part = Filters([Duplicates()], repeats=tables[0]).run([Entry(one) for one in records[2:]], start=2)
    assert told(list(part)) == told(whole)[2:] == ["duplicate", "kept", "duplicate"]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_where_one_stops_early(tmp_path: Path) -> None:
    outcomes = Filters([Duplicates()], folder=tmp_path).apply([record("a b"), record("c d")])
    next(outcomes)
    assert len(list(tmp_path.iterdir())) == 1
    outcomes.close()
    assert list(tmp_path.iterdir()) == []


def test_a_tagger_gets_what_cheap_filters_left_in_batches_of_a_language_set() -> None:
    tagger = LetterTagger()
    mixed = ("en", "hi", "hi")
    records = [record("a b", "en", "en"), record("a z b", *mixed), record("a z z", *mixed), record("z z z")]
    outcomes = list(Filters([Length(min_tokens=3), Agreement(share=0.9)], tagger=tagger).apply(records))
    assert told(outcomes) == ["too_short", "tags_disagree", "kept", "kept"]
    assert tagger.asked == [(2, ("en", "hi")), (1, ())]


def test_a_cheap_filter_after_a_dear_one_keeps_its_place() -> None:
    filters = Filters([Confidence(mean=0.9), Length(min_tokens=3)], tagger=LetterTagger(), all_reasons=True)
    (outcome,) = filters.apply([record("a b")])
    assert isinstance(outcome, Dropped)
    assert [drop.reason for drop in outcome.drops] == ["low_confidence", "too_short"]


def test_a_tagger_that_breaks_its_contract_is_told() -> None:
    with pytest.raises(RunError, match="the tagger 'letters' gave 1 tags to 2 tokens"):
        list(Filters([Agreement(share=0.9)], tagger=ShortTagger()).apply([record("a b")]))


def test_a_record_that_is_broken_is_told_with_its_place() -> None:
    broken = Record(tokens=["a"], langs=["e n"])
    with pytest.raises(InputError, match="record 2: 'e n' is not a language tag"):
        list(Filters(SHORT[1:]).apply([record("a b", "en", "hi"), broken]))


def test_filters_of_ones_own_are_taken() -> None:
    class Even:
        name: ClassVar[str] = "even"

        def judge(self, record: Record) -> Drop | None:
            return Drop("odd") if len(record.tokens) % 2 else None

    assert told(list(Filters([Even()]).apply([record("a"), record("a b")]))) == ["odd", "kept"]


def test_filters_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(UsageError, match="no filter is given"):
        Filters([])
    with pytest.raises(UsageError, match="put the filter duplicates last"):
        Filters([Duplicates(), Length(min_tokens=3)])
    with pytest.raises(UsageError, match="the filter agreement needs a tagger"):
        Filters([Agreement(share=0.9)])


def test_samples_and_objects_become_records() -> None:
    assert Record.of({"tokens": ["a"], "langs": ["en"], "texts": {"en": "a"}}).sources == {"en": "a"}
    with pytest.raises(InputError, match="field 'langs': 2 for 1 tokens"):
        Record.of({"tokens": ["a"], "langs": ["en", "en"]})
    with pytest.raises(InputError, match="field 'tokens': missing"):
        Record.of({"langs": ["en"]})
