"""Orders of annotation: what comes first, and that nothing is lost or depends on chance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.annotators.labelstudio.diversity import MOST, diverse_order
from cswitch.annotators.labelstudio.order import DOUBTS, ORDERS, Doubt, candidate, ordered
from cswitch.core.errors import UsageError
from cswitch.core.seeds import rng
from cswitch.schemas.utterance import Utterance

Record = dict[str, Any]


def record(name: str, text: str, *probabilities: float) -> Record:
    """A record of ``word/tag`` text."""
    pairs = [token.rsplit("/", 1) for token in text.split()]
    tokens, langs = [token for token, _ in pairs], [tag for _, tag in pairs]
    sure = list(probabilities) or [0.9] * len(tokens)
    return {
        "id": name,
        "tokens": tokens,
        "langs": langs,
        "probabilities": sure,
        "alternatives": [[(tag, p), ("unk", round(1 - p, 4))] for tag, p in zip(langs, sure, strict=True)],
    }


def ids(records: list[Record]) -> list[str]:
    return [one["id"] for one in records]


def some(count: int, *, seed: int = 0) -> list[Record]:
    """Records of words that follow Zipf's law."""
    words = [f"{head}{tail}" for head in ("ka", "me", "of", "ti", "ru") for tail in ("l", "in", "ce", "me", "nda")]
    found = []
    for number in range(count):
        draws = rng("some", seed, number)
        text = " ".join(
            f"{words[int(25 * draws.random() ** 3)]}/{draws.choice(['hi', 'en'])}" for _ in range(draws.randint(0, 9))
        )
        sure = [round(1 - draws.random() ** 3 / 2, 4) for _ in text.split()]
        found.append(record(str(number), text, *sure))
    return found


def test_the_doubtful_come_first() -> None:
    records = [record("sure", "kal/hi to/hi", 0.99, 0.98), record("half", "kal/hi to/hi", 0.9, 0.5)]
    records.append(record("lost", "kal/hi to/hi", 0.4, 0.4))
    for doubt in DOUBTS:
        assert ids(ordered(records, "uncertainty", doubt=doubt)) == ["lost", "half", "sure"]


def test_a_long_sentence_is_not_doubtful_for_its_length() -> None:
    long = record("long", " ".join(["kal/hi"] * 30), *[0.9] * 30)
    short = record("short", "kal/hi", 0.8)
    for doubt in DOUBTS:
        assert ids(ordered([long, short], "uncertainty", doubt=doubt)) == ["short", "long"]


def test_doubt_at_switch_points_counts_more_than_elsewhere() -> None:
    near = record("near", "kal/hi main/hi ,/other office/en jana/en", 0.9, 0.5, 1, 0.9, 0.9)
    far = record("far", "kal/hi main/hi ,/other office/en jana/en", 0.5, 0.9, 1, 0.9, 0.9)
    assert candidate(near, "uncertainty").at_switch == (False, True, True, False)
    assert ids(ordered([far, near], "uncertainty")) == ["near", "far"]


def test_marks_and_numbers_are_nobodys_doubt() -> None:
    marks = record("marks", "kal/hi !/other 42/other", 0.9, 1.0, 1.0)
    assert candidate(marks, "uncertainty").score == pytest.approx(0.1)
    assert candidate(record("none", "!/other", 1.0), "uncertainty").score == 0.0


@pytest.mark.parametrize(("doubt", "expected"), [("least", 0.3), ("margin", 0.6), ("mnlp", 0.35667494)], ids=DOUBTS)
def test_doubt_of_one_word(doubt: Doubt, expected: float) -> None:
    one = {"id": "1", "tokens": ["kal"], "langs": ["hi"], "probabilities": [0.7]}
    one["alternatives"] = [[("hi", 0.7), ("en", 0.3)]]
    assert candidate(one, "uncertainty", doubt).score == pytest.approx(expected)


def test_a_random_order_keeps_its_order_when_records_are_added() -> None:
    records = some(40)
    whole = ids(ordered(records, "random", seed=3))
    part = ids(ordered(records[10:], "random", seed=3))
    assert part == [name for name in whole if int(name) >= 10]
    assert whole != ids(ordered(records, "random", seed=4))
    assert ids(ordered(records[::-1], "random", seed=3)) == whole


def test_what_was_seen_comes_later_than_what_is_new() -> None:
    records = [record(str(at), "kal/hi main/hi") for at in range(5)] + [record("new", "office/en meeting/en")]
    assert ids(ordered(records, "diverse"))[:2] == ["0", "new"]


def test_of_new_words_those_the_tagger_doubts_come_first() -> None:
    records = [record("sure", "kal/hi main/hi", 0.99, 0.99), record("unsure", "office/en late/en", 0.5, 0.6)]
    assert ids(ordered(records, "diverse")) == ["unsure", "sure"]


def test_diverse_needs_no_probabilities() -> None:
    records = [{name: one[name] for name in ("id", "tokens", "langs")} for one in some(20)]
    assert sorted(map(int, ids(ordered(records, "diverse")))) == list(range(20))


def test_a_diverse_batch_covers_more_than_a_random_one() -> None:
    records = some(400)

    def covered(how: str) -> int:
        batch = ordered(records, how)[:12]  # type: ignore[arg-type]
        doubtful = [
            (token, p) for one in batch for token, p in zip(one["tokens"], one["probabilities"], strict=True) if p < 0.9
        ]
        return len({token for token, _ in doubtful})

    assert covered("diverse") > covered("random")


@pytest.mark.parametrize("how", ORDERS)
def test_nothing_is_lost_and_the_same_comes_out_again(how: Any) -> None:
    records = some(120)
    found = ordered(records, how, seed=1)
    assert sorted(ids(found), key=int) == ids(records)
    assert found == ordered(iter(records), how, seed=1)
    assert ordered([], how) == []


WEIGHTS = st.one_of(st.just(0.0), st.floats(1e-6, 1))  # single precision takes less for nothing


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcdef"), WEIGHTS), max_size=5), max_size=12))
def test_the_first_of_a_diverse_order_is_nearly_the_best(contents: list[list[tuple[str, float]]]) -> None:
    found = diverse_order(contents)
    assert sorted(found) == list(range(len(contents)))
    alone = [sum(weight for _, weight in each) for each in contents]
    assert not found or alone[found[0]] > 0 or not any(alone)


def test_a_sentence_of_any_length_costs_bounded_memory() -> None:
    long = [(f"word{number}", 1.0) for number in range(10 * MOST)]
    assert diverse_order([long, [("kal", 1.0)], []])[-1] == 2


def test_structs_are_ordered_too() -> None:
    shared: dict[str, Any] = {"languages": ["hi"], "matrix": "hi", "measures": {}}
    one, two = (
        Utterance(id=name, tokens=["kal"], langs=["hi"], probabilities=[p], **shared)
        for name, p in (("a", 0.9), ("b", 0.5))
    )
    assert ordered([one, two], "uncertainty") == [two, one]


def test_what_cannot_be_ordered_is_told() -> None:
    plain = {"id": "7", "tokens": ["kal"], "langs": ["hi"]}
    with pytest.raises(UsageError, match=r"record 7 has no probabilities; tag it anew: cswitch tag IN -o OUT$"):
        ordered([plain], "uncertainty")
    with pytest.raises(UsageError, match="--alternatives 2"):
        ordered([{**plain, "probabilities": [0.5]}], "uncertainty", doubt="margin")
    with pytest.raises(UsageError, match="unknown order"):
        ordered([plain], "best")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="unknown doubt"):
        ordered([plain], "uncertainty", doubt="entropy")  # type: ignore[arg-type]
