"""Whole reports: against a simulation, and on records with something missing."""

from __future__ import annotations

import json
from itertools import permutations

import msgspec
import pytest

from cswitch.annotators.agreement.report import agreement
from cswitch.annotators.agreement.results import Agreement
from cswitch.annotators.agreement.tables import decided, switches
from cswitch.core.measures import switch_positions
from cswitch.core.text.tokens import is_neutral
from cswitch.schemas.annotation import Annotated, Judgement
from tests.annotators.agreement.simulated_votes import (
    ERRORS,
    alpha_by_definition,
    raw_by_definition,
    record,
    simulate,
    token_units,
)


@pytest.fixture(scope="module")
def simulation() -> tuple[list[Annotated], list[list[str]], Agreement]:
    records, truth = simulate(400)
    return records, truth, agreement(records, bootstrap=200)


def test_values_are_those_of_the_simulation(simulation: tuple[list[Annotated], list[list[str]], Agreement]) -> None:
    records, _, found = simulation
    units = token_units(records)
    tokens = found.measures["tokens"]
    assert tokens.alpha.value == pytest.approx(alpha_by_definition(units))
    assert tokens.agreement.value == pytest.approx(raw_by_definition(units))
    several = sum(sum(tag is not None for tag in unit) > 1 for unit in units)
    assert tokens.compared == tokens.alpha.units == several
    contested = [
        [one.langs[place] for one in record.judgements]
        for record in records
        for place, token in enumerate(record.tokens)
        if not decided(token, ("hi", "en"))
    ]
    assert found.measures["contested"].alpha.value == pytest.approx(alpha_by_definition(contested))
    places: list[list[str | None]] = [
        list(unit) for record in records
        for unit in zip(*(switches(record.tokens, one.langs) for one in record.judgements), strict=True)
    ]  # fmt: skip
    assert found.measures["switches"].alpha.value == pytest.approx(alpha_by_definition(places))
    for label in tokens.labels:
        binary = [[None if tag is None else str(tag == label.label) for tag in unit] for unit in units]
        assert label.alpha.value == pytest.approx(alpha_by_definition(binary))


def test_known_error_rates_come_out(simulation: tuple[list[Annotated], list[list[str]], Agreement]) -> None:
    """Without anchoring, two annotators agree when neither errs, or both err alike (one of two wrong tags)."""
    records, truth, found = simulation
    rates = {}
    for who in ERRORS:
        pairs = [
            (tag, right)
            for record, gold in zip(records, truth, strict=True)
            for one in record.judgements
            if one.annotator == who and len(record.judgements) > 1
            for tag, right in zip(one.langs, gold, strict=True)
            if tag is not None
        ]
        rates[who] = sum(tag != right for tag, right in pairs) / len(pairs)
        assert rates[who] == pytest.approx(ERRORS[who], abs=0.03)
    for pair in found.pairs:
        one, two = (ERRORS[who] for who in pair.annotators)
        assert pair.agreement.value == pytest.approx((1 - one) * (1 - two) + one * two / 2, abs=0.04)
        assert pair.agreement.interval is not None
        assert pair.agreement.interval[0] < (1 - one) * (1 - two) + one * two / 2 < pair.agreement.interval[1]
    assert [one.annotator for one in sorted(found.people, key=lambda one: -(one.with_others.value or 0))] == [*ERRORS]
    assert max(found.people, key=lambda one: one.alpha_without.value or 0).annotator == "cy"


def test_people_and_suggestions_are_counted(simulation: tuple[list[Annotated], list[list[str]], Agreement]) -> None:
    records, _, found = simulation
    for person, kept in zip(found.people, found.kept, strict=True):
        mine = [(record, one) for record in records for one in record.judgements if one.annotator == person.annotator]
        assert person.tasks == len(mine)
        assert person.tokens == sum(tag is not None for _, one in mine for tag in one.langs)
        shares = []
        for task, one in mine:
            for place, tag in enumerate(one.langs):
                others = [other.langs[place] for other in task.judgements if other is not one]
                given = [other for other in others if other is not None]
                if tag is not None and given:
                    shares.append(given.count(tag) / len(given))
        assert person.with_others.value == pytest.approx(sum(shares) / len(shares))
        shown = [
            (record.id, tag, hint)
            for record, one in mine
            if record.suggested is not None
            for token, tag, hint in zip(record.tokens, one.langs, record.suggested, strict=True)
            if not is_neutral(token)
        ]
        same = sum(tag == hint for _, tag, hint in shown)
        assert kept.kept.value == same / sum(tag is not None for _, tag, _ in shown)
        assert kept.removed == sum(tag is None for _, tag, _ in shown)
        touched = {name for name, tag, hint in shown if tag != hint}
        assert kept.untouched.value == pytest.approx(1 - len(touched) / len({name for name, _, _ in shown}))
    met = sum(times for person in found.people for times in (one.times for one in person.confusions))
    assert 0 < met <= sum(map(sum, found.confusion))
    assert found.confusion == [list(column) for column in zip(*found.confusion, strict=True)]
    pairs = [
        (one, other) for unit in token_units(records) for one, other in permutations(unit, 2)
        if one is not None and other is not None
    ]  # fmt: skip
    assert sum(map(sum, found.confusion)) == len(pairs)


def test_anchoring_shows_when_there_is_some() -> None:
    free = agreement(simulate(600, seed=2)[0], bootstrap=200).anchoring
    pulled = agreement(simulate(600, seed=2, pull=0.6)[0], bootstrap=200).anchoring
    assert [one.of for one in pulled][:2] == ["suggestion", "annotators"]
    (without, _), (with_pull, among) = free[:2], pulled[:2]
    assert without.difference.interval is not None
    assert without.difference.interval[0] < 0 < without.difference.interval[1]
    assert with_pull.difference.interval is not None
    assert with_pull.difference.interval[0] > 0.05
    assert with_pull.difference.value == pytest.approx((with_pull.shown.value or 0) - (with_pull.blind.value or 0))
    assert among.shown.value is not None


def test_the_same_seed_gives_the_same_intervals() -> None:
    records, _ = simulate(60)
    one, two = (msgspec.json.encode(agreement(records, bootstrap=50, seed=4).to_dict()) for _ in range(2))
    assert one == two
    other = agreement(records, bootstrap=50, seed=5).measures["tokens"].alpha
    assert other.interval != agreement(records, bootstrap=50, seed=4).measures["tokens"].alpha.interval
    assert agreement(records).measures["tokens"].alpha.interval is None


def test_intervals_cover_what_is_true() -> None:
    """Of 40 corpora, intervals of 95 % of raw agreement should miss the true value in about two."""
    one, two = ERRORS["ann"], ERRORS["bo"]
    true = (1 - one) * (1 - two) + one * two / 2
    missed = 0
    for seed in range(40):
        pair = agreement(simulate(60, seed=seed)[0], bootstrap=100).pairs[0]
        assert pair.agreement.interval is not None
        missed += not pair.agreement.interval[0] <= true <= pair.agreement.interval[1]
    assert missed <= 6


def judged(tags: dict[str, list[str | None]], **more: object) -> Agreement:
    return agreement([record(tags, **more)], bootstrap=20)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tags", "alpha", "reason"),
    [
        ({"ann": ["en", "hi"]}, None, "no unit was judged by two annotators"),
        ({"ann": ["en", None], "bo": [None, "hi"]}, None, "no unit was judged by two annotators"),
        ({"ann": ["en", "en"], "bo": ["en", "en"]}, None, "only one label was given"),
        ({"ann": ["en", "hi"], "bo": ["en", "hi"], "cy": [None, None]}, 1.0, ""),
    ],
)
def test_what_is_missing_is_told(tags: dict[str, list[str | None]], alpha: float | None, reason: str) -> None:
    found = judged(tags).measures["tokens"].alpha
    assert (found.value, found.interval) == (alpha, None)
    assert found.reason.startswith(reason)
    assert bool(found.reason) == bool(reason)


def test_nothing_at_all() -> None:
    for records in ([], [record({"ann": ["en"]})], [msgspec.structs.replace(record({"ann": ["en"]}), judgements=[])]):
        found = agreement(records, bootstrap=10)
        assert found.measures["tokens"].alpha.value is None
        assert json.dumps(found.to_dict(), allow_nan=False)


def test_later_records_and_judgements_count() -> None:
    old = record({"ann": ["en"], "bo": ["hi"]})
    again = msgspec.structs.replace(old, judgements=[*old.judgements, Judgement(annotator="bo", langs=["en"])])
    found = agreement([old, again, record({"ann": ["hi"], "bo": ["hi"]}, name="2")])
    assert (found.tasks, found.repeated, found.judgements) == (2, 1, 4)
    assert found.measures["tokens"].alpha.value == 1


def test_ratings_decisions_and_layers() -> None:
    said = [
        Judgement(annotator="ann", langs=[None], naturalness=5, decision="accept", layers={"pos": ["NOUN"]}),
        Judgement(annotator="bo", langs=[None], naturalness=4, decision="edit", layers={"pos": ["VERB"]}),
    ]
    base = record({"ann": [None]})
    other = [msgspec.structs.replace(one, naturalness=1, decision="accept", layers={}) for one in said]
    found = agreement(
        [msgspec.structs.replace(base, id=str(place), judgements=some) for place, some in enumerate((said, other))]
    )
    ratings = found.measures["naturalness"]
    assert (ratings.level, ratings.compared, ratings.ac1) == ("ordinal", 2, None)
    # Ranks 1 1 4 5 have the middles 1, 1, 2.5, 3.5: observed 2 * 1 / 4, expected 2 * (4 * 20.5 - 64) / 12.
    assert ratings.alpha.value == pytest.approx(1 - (2 / 4) / (2 * (4 * 20.5 - 64) / 12), abs=1e-9)
    assert ratings.alpha_interval is not None
    assert ratings.alpha_interval.value == pytest.approx(1 - (2 / 4) / (2 * (4 * 43 - 121) / 12), abs=1e-9)
    assert found.measures["decision"].agreement.value == 0.5
    assert found.measures["layer:pos"].compared == 1
    assert found.measures["tokens"].units == 0
    bare = agreement([record({"ann": ["en"]})]).measures
    assert list(bare) == ["tokens", "contested", "switches"]


def test_periods_and_drift() -> None:
    def at(day: str, tags: dict[str, list[str | None]], name: str, batch: str) -> Annotated:
        made = record(tags, name=name, batch=batch)
        said = [msgspec.structs.replace(one, created=day) for one in made.judgements]
        return msgspec.structs.replace(made, judgements=said)

    good: dict[str, list[str | None]] = {"ann": ["en", "hi"], "bo": ["en", "hi"]}
    bad: dict[str, list[str | None]] = {"ann": ["en", "hi"], "bo": ["hi", "hi"]}
    records = [
        at("2025-03-12T08:00:00Z", bad, "1", "a late batch"),
        at("2025-01-01T08:00:00Z", good, "2", "the first"),
        at("2025-03-13T08:00:00+05:30", bad, "3", "a late batch"),
        at("some day", bad, "4", ""),
    ]
    found = agreement(records, bootstrap=20)
    assert [(one.name, one.tasks, one.first) for one in found.periods] == [
        ("the first", 1, "2025-01-01"), ("a late batch", 2, "2025-03-12"), ("", 1, ""),
    ]  # fmt: skip
    assert found.periods[0].alpha.value == 1
    assert found.drift.value == pytest.approx((found.periods[1].alpha.value or 0) - 1)
    weeks = agreement(records, by="week")
    assert [one.name for one in weeks.periods] == ["2025-W01", "2025-W11", ""]
    assert agreement(records[:1]).drift.reason == "fewer than two periods have an alpha"


def test_disputes_come_in_order() -> None:
    mild = record({"ann": ["en", "hi"], "bo": ["en", "en"]}, name="mild")
    sharp = record({"ann": ["en", "hi"], "bo": ["hi", "en"]}, name="sharp")
    none = record({"ann": ["en", "hi"], "bo": ["en", "hi"]}, name="none")
    found = agreement([mild, none, sharp]).disputed
    assert [(one.id, one.disagreement) for one in found] == [("sharp", 2), ("mild", 1)]
    assert found[1].tokens[1].votes == {"en": ["bo"], "hi": ["ann"]}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["en", "other", "hi", "hi", "en"], [None, None, "switch", "same", "switch"]),
        (["en", "ne:hi", "en", None, "en"], [None, None, "same", None, None]),
        ([None, "en", "hi", None, None], [None, None, "switch", None, None]),
    ],
)
def test_switches_of_one_annotator(tags: list[str | None], expected: list[str | None]) -> None:
    assert switches(list("abcde"), tags) == expected


def test_switches_are_those_of_the_measures() -> None:
    tags = ["en", "other", "hi", "hi", "ambiguous", "en", "en", "hi"]
    found = switches(list("abcdefgh"), tags)
    assert [place for place, value in enumerate(found) if value == "switch"] == switch_positions(tags)


def test_blind_suggestions_must_fit_the_tokens() -> None:
    shown = record({"ann": ["en"], "bo": ["en"]}, suggested=["en"], name="1")
    blind = record({"ann": ["en"], "bo": ["hi"]}, hidden=["en"], name="2")
    found = agreement([shown, blind]).anchoring[0]
    assert (found.shown.value, found.blind.value, found.difference.value) == (1, 0.5, 0.5)
    for wrong in (["en", "hi"], "en", [1], None):
        odd = msgspec.structs.replace(blind, sample={"langs": wrong})
        assert agreement([shown, odd]).anchoring == []
    other = msgspec.structs.replace(blind, sample={"langs": ["en"], "tokens": ["else"]})
    assert agreement([shown, other]).anchoring == []
