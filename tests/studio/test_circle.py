"""The whole circle at a real server: samples out, three annotators with known faults, gold that is the oracle's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from cswitch.annotators.agreement.report import agreement
from cswitch.annotators.labelstudio.spans import is_fixed
from cswitch.annotators.labelstudio.tasks import is_blind
from cswitch.schemas.annotation import Annotated, Gold
from tests.annotators.labelstudio.simulated import Simulated, Truth, annotated, judged, truths
from tests.studio.annotating import annotate, annotate_many, answer, nominal_alpha, number_of, tasks_of
from tests.studio.commands import Studio, read, record, write
from tests.studio.studio_server import LabelStudio

SAMPLES = 2000
ONE_BY_ONE = 15
"""Samples that are annotated by one request each, as a browser does; the rest in bulk, for ten a second is too slow."""
PEOPLE = (
    Simulated("asha@example.org", {"hi": 0.05, "en": 0.05, "ne": 0.2}, stars=4),
    Simulated("bina@example.org", {"hi": 0.15, "en": 0.1, "ne": 0.1}, stars=3),
    Simulated("chen@example.org", {"hi": 0.25, "en": 0.3, "ne": 0.3}, stars=3),
)
JUDGE = Simulated("dipa@example.org")

Oracle = dict[str, tuple[list[str], list[str]]]
"""Tags and where they come from, by the id of the sample."""


def test_samples_become_the_gold_of_the_oracle(label_studio: LabelStudio, studio: Studio, tmp_path: Path) -> None:
    pytest.importorskip("krippendorff", reason="the extra agreement is not installed")
    samples = truths(SAMPLES)
    source = write(tmp_path / "tagged.jsonl", [
        record(one.id, one.text, one.tokens, one.offsets, one.suggested) for one in samples
    ])  # fmt: skip
    studio("init", "--project", "Circle", "--labels", "hi,en,other,ne", "--overlap", 3)
    pushed = json.loads(studio("push", source, "--project", "Circle", "--batch", "first", "--json").out)
    blind = {one.id for one in samples if is_blind(one.id, 0.1)}
    assert (pushed["sent"], pushed["blind"]) == (SAMPLES, len(blind))

    work(label_studio, "Circle", samples, PEOPLE)
    studio("pull", "--project", "Circle", "-o", "answers.jsonl")
    answers = read(tmp_path / "answers.jsonl")
    simulated = annotated(samples, PEOPLE)
    assert [essence(one) for one in answers] == [essence(one) for one in simulated]
    assert {one.id for one in answers if one.suggested is None} == blind
    assert {judgement.seconds for one in answers[:ONE_BY_ONE] for judgement in one.judgements} == {7.5}
    assert sum((Counter(one.spans) for record in answers for one in record.judgements), Counter()).keys() == {"whole"}

    told = json.loads(studio("agreement", "answers.jsonl", "--json", "--bootstrap", 0).out)
    agrees(told, samples, [replace(one, suggested=None) if one.id in blind else one for one in simulated])

    studio("adjudicate", "answers.jsonl", "--project", "Circle (adjudication)")
    oracle, still_open = decided(samples)
    assert set(tasks_of(label_studio, number_of(label_studio, "Circle (adjudication)"))) == still_open
    work(label_studio, "Circle (adjudication)", [one for one in samples if one.id in still_open], [JUDGE])
    studio("pull", "--project", "Circle (adjudication)", "-o", "adjudicated.jsonl")
    studio("gold", "answers.jsonl", "adjudicated.jsonl", "-o", "gold.jsonl")
    gold = [msgspec.json.decode(line, type=Gold) for line in (tmp_path / "gold.jsonl").read_bytes().splitlines()]
    assert {one.id: (one.langs, one.gold_source) for one in gold} == oracle
    assert {source for one in gold for source in one.gold_source} == {"unanimous", "majority", "adjudicated", "fixed"}
    assert right(gold, samples) > max(right_of(person, samples) for person in PEOPLE)


def work(server: LabelStudio, title: str, samples: Sequence[Truth], people: Sequence[Simulated]) -> None:
    """Everybody answers everything."""
    project = number_of(server, title)
    tasks = tasks_of(server, project)
    for place, person in enumerate(people):
        who = server.sign_up(person.name)
        rated = len(people) > 1
        said = {one.id: answer(one, judged(one, person, place), rated=rated) for one in samples}
        first = dict(list(said.items())[:ONE_BY_ONE])
        annotate(server, tasks, who, first, 7.5)
        annotate_many(server, project, tasks, who, {name: said[name] for name in said.keys() - first.keys()})


def essence(one: Annotated) -> tuple[object, ...]:
    """What must come back as it was said."""
    said = [(who.annotator, who.langs, who.decision, who.naturalness) for who in one.judgements]
    return one.id, one.text, one.tokens, one.offsets, sorted(said, key=lambda judgement: judgement[0])


def decided(samples: Sequence[Truth]) -> tuple[Oracle, set[str]]:
    """What gold must be, straight from what everybody said, and the samples that need a judge for it."""
    oracle: Oracle = {}
    still_open = set()
    for one in samples:
        said = [judged(one, person, place).langs for place, person in enumerate(PEOPLE)]
        votes = [[langs[at] for langs in said] for at in range(len(one.tokens))]
        words = [vote for vote in votes if vote[0] is not None]
        if any(len(set(vote)) == 3 for vote in words):
            still_open.add(one.id)
        pairs = [
            settled(token, right, vote, one.id in still_open)
            for token, right, vote in zip(one.tokens, one.langs, votes, strict=True)
        ]
        oracle[one.id] = ([tag for tag, _ in pairs], [source for _, source in pairs])
    return oracle, still_open


def settled(token: str, right: str, votes: Sequence[str | None], judge: bool) -> tuple[str, str]:
    """The tag of a token and where it comes from; a judge knows what is right and says it of every word."""
    if is_fixed(token, right):
        return "other", "fixed"
    (tag, times), *_ = Counter(votes).most_common()
    assert tag is not None
    if judge:
        return right, "unanimous" if (tag, times) == (right, 3) else "adjudicated"
    return tag, "unanimous" if times == 3 else "majority"


def agrees(told: dict[str, Any], samples: Sequence[Truth], simulated: Sequence[Annotated]) -> None:
    """What agreement tells of what was pulled is what it tells of the simulation, and what the definitions say."""
    direct = agreement(simulated).to_dict()
    for part in ("measures", "pairs", "kept", "anchoring"):
        assert rounded(told[part]) == rounded(direct[part]), part

    said = [[judged(one, person, place).langs for place, person in enumerate(PEOPLE)] for one in samples]
    units = [unit for langs in said for unit in zip(*langs, strict=True) if unit[0] is not None]
    tokens = told["measures"]["tokens"]
    assert tokens["alpha"]["value"] == pytest.approx(nominal_alpha(units), abs=1e-12)
    pairs = [one == other for unit in units for one, other in combinations(unit, 2)]
    assert tokens["agreement"]["value"] == pytest.approx(sum(pairs) / len(pairs), abs=1e-12)
    assert tokens["compared"] == len(units)


def rounded(value: Any) -> Any:
    """Numbers to ten digits, for sums depend on the order of their terms."""
    if isinstance(value, Mapping):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [rounded(one) for one in value]
    return round(value, 10) if isinstance(value, float) else value


def right(gold: Sequence[Gold], samples: Sequence[Truth]) -> float:
    """Share of the words of gold that have their right tag."""
    truth = {one.id: one.langs for one in samples}
    pairs = [
        tag == is_so
        for one in gold
        for tag, is_so, source in zip(one.langs, truth[one.id], one.gold_source, strict=True)
        if source != "fixed"
    ]
    return sum(pairs) / len(pairs)


def right_of(person: Simulated, samples: Sequence[Truth]) -> float:
    """The same of one annotator."""
    pairs = [
        tag == is_so
        for one in samples
        for tag, is_so in zip(judged(one, person).langs, one.langs, strict=True)
        if tag is not None
    ]
    return sum(pairs) / len(pairs)
