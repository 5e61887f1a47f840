"""Columns about switch points: they agree with each other and with the measures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.measures import switch_points
from cswitch.core.measures.runs import switch_positions
from cswitch.generators.recipes.operations.switch_points import SwitchPoints, columns_of
from cswitch.pipeline.recipes.items import sample_of
from tests.recipes.dictionary_context import DictionaryContext

TAGS = st.lists(st.sampled_from(["hi", "en", "es", "other", "ne", "ne:hi"]), max_size=30)


@given(TAGS)
def test_columns_agree_with_the_measures(langs: list[str]) -> None:
    found = columns_of(langs)
    assert {len(column) for column in found} == {len(langs)}
    positions = switch_positions(langs)
    assert [at for at, switch in enumerate(found.switch) if switch] == positions
    assert sum(found.switch) == switch_points(langs)
    for at in range(len(langs)):
        before = [place for place in positions if place <= at]
        after = [place for place in positions if place > at]
        assert found.run[at] == len(before)
        assert found.since[at] == at - (before[-1] if before else 0)
        assert found.until[at] == (after[0] - at if after else None)
        assert found.rotation[at] == at * (-1) ** len(before)


@given(TAGS)
def test_languages_are_those_of_the_runs(langs: list[str]) -> None:
    found = columns_of(langs)
    for at, (tag, lang) in enumerate(zip(langs, found.language, strict=True)):
        assert tag not in ("hi", "en", "es") or lang == tag
        changed = at and lang != found.language[at - 1]
        assert bool(changed) == bool(found.switch[at])
        parts = found.bigram[at].split("-")
        assert found.bigram[at] == "" or (parts[1] == tag and (parts[0] != parts[1]) == bool(found.switch[at]))


def test_a_sample_keeps_its_text_and_its_labels() -> None:
    record = {
        "id": "7", "text": "Kal meeting hai.", "tokens": ["Kal", "meeting", "hai", "."],
        "langs": ["hi", "en", "hi", "other"], "offsets": [[0, 3], [4, 11], [12, 15], [15, 16]],
        "labels": {"mood": "ok"},
    }  # fmt: skip
    sample = sample_of(record, ("hi", "en"))
    [made] = SwitchPoints.make(SwitchPoints.Settings(), DictionaryContext("hi", "en"))([sample])
    assert isinstance(made, list)
    [found] = made
    assert (found.id, found.text, found.tokens, found.offsets) == ("7", sample.text, sample.tokens, sample.offsets)
    assert found.labels["mood"] == "ok"
    assert found.labels["switch_points"]["since"] == [0, 0, 0, 1]
    assert found.provenance.generator == "switch-points"
