"""The rules by which answers become gold."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.annotators.labelstudio.adjudication import adjudication_task, dispute, labelling_for
from cswitch.annotators.labelstudio.cases import Case, case_of, check_offsets, suggestions
from cswitch.annotators.labelstudio.gold import FATES, Tie, merge
from cswitch.annotators.labelstudio.settling import regular
from cswitch.annotators.labelstudio.voting import over_rounds, verdict
from cswitch.core.measures import cmi
from cswitch.schemas.annotation import Annotated, Gold, Judgement
from cswitch.schemas.decode import RecordError
from tests.annotators.labelstudio.simulated import Simulated, annotated, truths

TAGS = st.sampled_from(["hi", "en", "ne", "other"])


def record(*answers: str | None, token: str = "kal", suggested: str | None = "hi", **fields: Any) -> Annotated:
    """A record of one token; an answer an annotator."""
    held = fields.pop("judgements", None)
    said = [Judgement(annotator=f"p{place}", langs=[tag]) for place, tag in enumerate(answers)]
    return Annotated(
        id="1", text=token, tokens=[token], offsets=[(0, len(token))], languages=["hi", "en"],
        suggested=None if suggested is None else [suggested], judgements=said if held is None else held, **fields,
    )  # fmt: skip


def gold(*records: Annotated, tie: Tie = "adjudicate") -> Gold:
    found = merge(case_of(records), tie).gold
    assert found is not None
    return found


def judge(tag: str | None, name: str = "judge") -> Annotated:
    return record(judgements=[Judgement(annotator=name, langs=[tag])], round=2)


@pytest.mark.parametrize(
    ("answers", "tag", "source"),
    [
        (["hi"], "hi", "single"),
        (["hi", "hi"], "hi", "unanimous"),
        (["en", "en"], "en", "unanimous"),
        (["hi", None], "hi", "single"),
        (["en", "en", None], "en", "unanimous"),
        (["en", "hi", "en"], "en", "majority"),
        (["en", "hi", "en", "en"], "en", "majority"),
        (["en", "hi", "en", "en", "ne"], "en", "majority"),
        ([None], "hi", "none"),
        ([None, None, None], "hi", "none"),
    ],
)
def test_a_tag_and_where_it_comes_from(answers: list[str | None], tag: str, source: str) -> None:
    found = gold(record(*answers))
    assert (found.langs, found.gold_source) == ([tag], [source])
    assert found.votes == [{f"p{place}": said for place, said in enumerate(answers)}]


@pytest.mark.parametrize(
    "answers",
    [["hi", "en"], ["hi", "en", None], ["hi", "en", "ne"], ["hi", "hi", "en", "en"], ["en", "en", "hi", "ne"]],
)
def test_a_disagreement_waits_or_a_rule_decides(answers: list[str | None]) -> None:
    assert merge(case_of([record(*answers, suggested="fw")])).fate == "open"
    stands, first = (gold(record(*answers, suggested="fw"), tie=tie) for tie in ("prediction", "first"))
    assert (stands.langs, stands.gold_source) == (["fw"], ["tie"])
    assert (first.langs, first.gold_source) == ([answers[0]], ["tie"])


@pytest.mark.parametrize(
    ("answers", "later", "tag", "source"),
    [
        (["hi", "en"], "en", "en", "adjudicated"),
        (["hi", "en"], "ne", "ne", "adjudicated"),
        (["hi", "hi"], "en", "en", "adjudicated"),
        (["hi", "hi"], "hi", "hi", "unanimous"),
        (["hi", "hi"], None, "hi", "unanimous"),
        (["hi", "en", "hi"], "hi", "hi", "adjudicated"),
        (["hi", "en", "hi"], None, "hi", "majority"),
        ([None, None], "en", "en", "adjudicated"),
    ],
)
def test_an_adjudicator_wins(answers: list[str | None], later: str | None, tag: str, source: str) -> None:
    for records in ([record(*answers), judge(later)], [judge(later), record(*answers)]):
        found = gold(*records)
        assert (found.langs, found.gold_source) == ([tag], [source])
        assert found.votes[0]["judge"] == later


def test_an_adjudicator_who_was_an_annotator_has_two_votes_kept() -> None:
    found = gold(record("hi", "en"), judge("en", name="p0"))
    assert found.votes == [{"p0": "hi", "p1": "en", "p0 (round 2)": "en"}]


def test_adjudicators_who_are_split_leave_it_open() -> None:
    said = [Judgement(annotator=name, langs=[tag]) for name, tag in (("j1", "hi"), ("j2", "en"))]
    assert merge(case_of([record("hi", "hi"), record(judgements=said, round=2)])).fate == "open"


def test_marks_that_nobody_labels_are_fixed() -> None:
    found = gold(record(None, None, token="!", suggested="other"))
    assert (found.langs, found.gold_source) == (["other"], ["fixed"])
    assert gold(record(None, token="👍", suggested=None)).gold_source == ["fixed"]
    assert gold(record("other", "other", token="!", suggested="other")).gold_source == ["unanimous"]


def test_who_leaves_a_mark_alone_agrees_that_it_is_none_of_a_language() -> None:
    assert merge(case_of([record("en", None, token="!", suggested="other")])).fate == "open"
    found = gold(record("en", None, None, token="!", suggested="other"))
    assert (found.langs, found.gold_source) == (["other"], ["majority"])


def test_without_a_pre_annotation_a_word_nobody_tagged_is_unknown() -> None:
    assert gold(record(None, suggested=None)).langs == ["unk"]
    assert gold(record(None, suggested=None, sample={"langs": ["en"]})).langs == ["en"]
    assert suggestions(record(suggested=None, sample={"langs": ["en", "hi"]})) is None


def layered(*labels: str | None) -> Annotated:
    said = [
        Judgement(annotator=f"p{place}", langs=["hi"], layers={"entity": [label]}) for place, label in enumerate(labels)
    ]
    return record(judgements=said)


@pytest.mark.parametrize(
    ("labels", "label", "source"),
    [
        (["LOC", "LOC"], "LOC", "unanimous"),
        (["LOC", None, None], None, "majority"),
        (["LOC", "LOC", None], "LOC", "majority"),
        ([None, None], None, "none"),
        (["LOC"], "LOC", "single"),
    ],
)
def test_no_label_is_an_answer_in_further_layers(labels: list[str | None], label: str | None, source: str) -> None:
    found = gold(layered(*labels))
    assert found.layers == {"entity": [label]}
    assert found.layer_source == {"entity": [source]}
    assert found.layer_votes == {"entity": [{f"p{place}": said for place, said in enumerate(labels)}]}
    assert found.langs == ["hi"]


def test_a_layer_that_is_split_leaves_the_sample_open() -> None:
    assert merge(case_of([layered("LOC", None)])).fate == "open"
    assert gold(layered("LOC", None), tie="first").layers == {"entity": ["LOC"]}
    assert gold(layered("LOC", None), tie="prediction").layers == {"entity": [None]}


def test_annotators_who_were_not_asked_for_a_layer_say_nothing_of_it() -> None:
    said = [
        Judgement(annotator="a", langs=["hi"], layers={"entity": ["LOC"]}),
        Judgement(annotator="b", langs=["hi"]),
    ]
    found = gold(record(judgements=said))
    assert (found.layers, found.layer_source) == ({"entity": ["LOC"]}, {"entity": ["single"]})


def decided(*decisions: str | None, corrected: tuple[str | None, ...] = (), **fields: Any) -> Case:
    said = [
        Judgement(
            annotator=f"p{place}", langs=["hi"], decision=decision, **fields,  # type: ignore[arg-type]
            corrected=corrected[place] if corrected else None,
        )
        for place, decision in enumerate(decisions)
    ]  # fmt: skip
    return case_of([record(judgements=said)])


@pytest.mark.parametrize(
    ("decisions", "corrected", "fate"),
    [
        (["accept", "accept", "edit"], (None, None, "kal se"), "gold"),
        (["reject", "reject", "accept"], (), "rejected"),
        (["reject"], (), "rejected"),
        (["reject", "accept"], (), "open"),
        (["edit", "edit"], ("kal se", " kal  se "), "edited"),
        (["edit", "edit"], ("cafe\u0301", "caf\xe9"), "edited"),
        (["edit", "edit"], ("kal se", "kal tak"), "open"),
        (["edit", "edit", "edit"], ("kal se", "kal tak", "kal se"), "edited"),
        (["edit", "edit", "accept"], ("kal se", "kal tak", None), "open"),
        (["edit"], ("kal se",), "edited"),
        (["edit"], (None,), "open"),
        (["edit"], ("kal",), "open"),
        ([None, None], (), "gold"),
    ],
)
def test_the_text_comes_first(decisions: list[str | None], corrected: tuple[str | None, ...], fate: str) -> None:
    found = merge(decided(*decisions, corrected=corrected))
    assert found.fate == fate
    assert found.fate in FATES
    assert bool(found.corrected) == (fate == "edited")
    assert not found.corrected or found.corrected == regular(corrected[0] or "")


def test_what_most_decided_stands_in_the_record_and_an_even_split_does_not() -> None:
    found = merge(decided("accept", "edit", "accept", corrected=(None, "kal se", None), naturalness=3)).gold
    assert found is not None
    assert (found.decision, found.naturalness, found.ratings) == ("accept", 3.0, {"p0": 3, "p1": 3, "p2": 3})
    split = merge(decided("accept", "reject"), "prediction")
    assert split.gold is not None
    assert split.gold.decision is None
    assert merge(decided("reject", "accept"), "first").fate == "rejected"


def test_corrections_that_differ_wait_whatever_the_rule() -> None:
    case = decided("edit", "edit", corrected=("kal se", "kal tak"))
    assert {merge(case, tie).fate for tie in ("adjudicate", "prediction", "first")} == {"open"}


def test_nobody_has_judged() -> None:
    assert merge(case_of([record()])).fate == "unjudged"


def test_measures_are_those_of_the_gold_tags() -> None:
    text = "kal office jana !"
    base = Annotated(
        id="1", text=text, tokens=text.split(), offsets=[(0, 3), (4, 10), (11, 15), (16, 17)],
        languages=["en", "hi", "ur"],
        suggested=["hi", "hi", "hi", "other"],
        judgements=[Judgement(annotator="a", langs=["hi", "en", "hi", None])],
        sample={"id": "1", "measures": {"cmi": 0.0}, "labels": {"intent": "go"}},
    )  # fmt: skip
    found = gold(base)
    assert found.measures == {"cmi": pytest.approx(cmi(found.langs), abs=1e-4), "switches": 2, "spf": 1.0}
    assert (found.languages, found.matrix) == (["hi", "en", "ur"], "hi")
    assert found.sample == base.sample


def test_of_an_annotator_who_submitted_twice_the_last_counts() -> None:
    early, late = (
        record(judgements=[Judgement(annotator="a", langs=[tag], created=created)])
        for tag, created in (("hi", "2024-05-01T10:00:00Z"), ("en", "2024-05-02T09:00:00Z"))
    )
    assert gold(early, late).langs == gold(late, early).langs == ["en"]


def test_two_records_of_one_id_must_be_of_one_text() -> None:
    with pytest.raises(RecordError, match="two texts"):
        case_of([record("hi"), record("hi", token="aaj")])


def test_an_offset_that_does_not_cut_its_token_out_is_told() -> None:
    bad = msgspec.structs.replace(record("hi"), offsets=[(0, 2)])
    with pytest.raises(RecordError, match=r"offsets\[0\]"):
        check_offsets(bad)
    with pytest.raises(RecordError, match="2 for 1 tokens"):
        check_offsets(msgspec.structs.replace(bad, offsets=[(0, 1), (1, 2)]))


@given(st.lists(TAGS, max_size=7), st.randoms(use_true_random=False))
def test_a_verdict_does_not_depend_on_the_order_of_answers(answers: list[str], draws: Any) -> None:
    found, shuffled = verdict(answers), list(answers)
    draws.shuffle(shuffled)
    assert verdict(shuffled) == found
    if found.source in ("unanimous", "majority"):
        assert 2 * answers.count(found.answer or "") > len(answers)


@given(st.lists(st.lists(st.none() | TAGS, max_size=4), min_size=1, max_size=3), TAGS)
def test_a_last_word_that_is_given_is_the_last_word(rounds: list[list[str | None]], last: str) -> None:
    assert over_rounds([*rounds, [last]]).answer == last
    assert over_rounds([*rounds, [None]]) == over_rounds(rounds)


def test_gold_of_annotators_without_faults_is_the_truth() -> None:
    samples = truths(40, wrong=0.5)
    for people in (1, 2, 3):
        records = annotated(samples, [Simulated(f"p{place}") for place in range(people)], blind=people == 2)
        assert [gold(one).langs for one in records] == [sample.langs for sample in samples]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any answers of up to four annotators and two adjudicators to a text of up to five tokens."""
    tokens = draw(st.lists(st.sampled_from(["kal", "office", "!", "👍🏽", "की", "42"]), max_size=5))
    ends = [sum(map(len, tokens[: at + 1])) + at for at in range(len(tokens))]
    tag, size = st.none() | TAGS, len(tokens)
    judgement = st.builds(
        Judgement,
        annotator=st.sampled_from(["a", "b", "c", "d"]),
        langs=st.lists(tag, min_size=size, max_size=size),
        layers=st.dictionaries(st.just("entity"), st.lists(st.none() | st.just("LOC"), min_size=size, max_size=size)),
        decision=st.sampled_from([None, "accept", "edit", "reject"]),
        corrected=st.sampled_from([None, "kal", "kal se"]),
        naturalness=st.none() | st.integers(1, 5),
    )
    shared: dict[str, Any] = {
        "id": "1", "text": " ".join(tokens), "tokens": tokens, "languages": ["hi"],
        "offsets": [(end - len(token), end) for token, end in zip(tokens, ends, strict=True)],
        "suggested": draw(st.none() | st.lists(TAGS, min_size=size, max_size=size)),
    }  # fmt: skip
    rounds = [draw(st.lists(judgement, max_size=most)) for most in (4, 2)]
    return case_of([Annotated(**shared, judgements=said, round=at) for at, said in enumerate(rounds, start=1)])


@given(cases(), st.sampled_from(["adjudicate", "prediction", "first"]))
def test_whatever_was_said_lists_stay_parallel_and_all_votes_are_kept(case: Case, tie: Tie) -> None:
    check_offsets(case.record)
    found = merge(case, tie)
    assert (found.gold is not None) == (found.fate == "gold")
    if found.fate == "open":
        assert dispute(case) is not None
    if found.gold is None:
        return
    count = len(case.record.tokens)
    assert {len(found.gold.langs), len(found.gold.gold_source), len(found.gold.votes)} == {count}
    assert all(list(votes) == case.names for votes in found.gold.votes)
    assert all(len(labels) == count for labels in found.gold.layers.values())
    assert all(len(votes) == count for votes in found.gold.layer_votes.values())
    assert tie != "adjudicate" or "tie" not in found.gold.gold_source
    assert msgspec.json.decode(msgspec.json.encode(found.gold), type=Gold) == found.gold


@given(cases())
def test_a_dispute_makes_a_task_that_can_be_sent(case: Case) -> None:
    found = dispute(case)
    assert (found is not None) == (merge(case).fate == "open")
    if found is not None:
        task = adjudication_task(found, labelling_for(case.records))
        assert len(task["predictions"]) == len(case.judgements)
        assert task["data"]["round"] == 3
        assert task["data"]["disagreements"]
