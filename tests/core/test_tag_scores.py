"""Scores of language tags: hand-computed tables, and what must hold whatever the tags are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import InputError
from cswitch.core.measures import NEUTRAL
from cswitch.core.tag_counts import count
from cswitch.core.tag_scores import SCORES, TagScores, score_tags

# Gold, found, and what a person counts:
# 1: 6 tokens, 5 right; en hi . en ne en: switches (0,1) (1,3); found en hi . hi ne en: (0,1) (3,5); right: (0,1)
# 2: 3 tokens, all hi, one found as en in the middle: 2 false switches
# 3: en amb hi: the second token is left out; found right
GOLD = ["en hi other en ne en", "hi hi hi", "en ambiguous hi", "other ne"]
FOUND = ["en hi other hi ne en", "hi en hi", "en es hi", "other other"]


def split(lines: Sequence[str]) -> list[list[str]]:
    return [line.split() for line in lines]


def test_a_corpus_counted_by_hand() -> None:
    scores = score_tags(split(GOLD), split(FOUND))
    assert (scores.sentences, scores.tokens, scores.unscored) == (4, 13, 1)
    assert scores.accuracy == pytest.approx(10 / 13)
    assert scores.language_accuracy == pytest.approx(7 / 9)
    assert scores.mixed_accuracy == pytest.approx(5 / 6)
    # gold: 2 + 0 + 1, found: 2 + 2 + 1, right: 1 + 0 + 1
    assert scores.switch_precision == pytest.approx(2 / 5)
    assert scores.switch_recall == pytest.approx(2 / 3)
    assert scores.switch_f1 == pytest.approx(4 / 8)
    assert scores.false_switches_per_1000 == pytest.approx(1000 * 2 / 3)


def test_labels_counted_by_hand() -> None:
    labels = score_tags(split(GOLD), split(FOUND)).labels
    table = {name: (one.precision, one.recall, one.f1, one.support) for name, one in labels.items()}
    assert list(table) == ["hi", "en", "ne", "other"]
    assert table["hi"] == pytest.approx((4 / 5, 4 / 5, 4 / 5, 5))
    assert table["en"] == pytest.approx((3 / 4, 3 / 4, 3 / 4, 4))
    assert table["ne"] == pytest.approx((1, 1 / 2, 2 / 3, 2))
    assert table["other"] == pytest.approx((2 / 3, 1, 4 / 5, 2))


def test_means_of_f1_counted_by_hand() -> None:
    scores = score_tags(split(GOLD), split(FOUND))
    assert scores.macro_f1 == pytest.approx((4 / 5 + 3 / 4 + 2 / 3 + 4 / 5) / 4)
    assert scores.weighted_f1 == pytest.approx((5 * 4 / 5 + 4 * 3 / 4 + 2 * 2 / 3 + 2 * 4 / 5) / 13)


def test_a_tag_that_gold_never_has_counts_in_the_mean() -> None:
    scores = score_tags([["en", "en", "en"]], [["en", "en", "fr"]])
    assert scores.macro_f1 == pytest.approx(0.8 / 2)
    assert scores.weighted_f1 == pytest.approx(0.8)
    assert (scores.labels["fr"].precision, scores.labels["fr"].recall, scores.labels["fr"].f1) == (0, None, 0)


@pytest.mark.parametrize(
    ("gold", "found", "right"),
    [
        ("en hi", "en hi", 1),
        ("en hi", "hi en", 0),
        ("en hi", "en es", 0),
        ("en other hi", "en other hi", 1),
        ("en other hi", "en en hi", 0),  # the switch found is another one
        ("en hi es", "en other es", 0),
        ("en hi en", "en hi en", 2),
        ("en ambiguous hi", "en es hi", 1),
    ],
)
def test_a_switch_is_right_when_both_its_tokens_are(gold: str, found: str, right: int) -> None:
    assert count([gold.split()], [found.split()]).sums[0, 8] == right


def test_no_switch_crosses_the_border_of_a_sentence() -> None:
    scores = score_tags([["en"], ["hi"]], [["en"], ["hi"]])
    assert (scores.switch_f1, scores.false_switches_per_1000) == (None, 0)


def test_what_cannot_be_counted_is_none() -> None:
    scores = score_tags([["other"], []], [["other"], []])
    assert (scores.accuracy, scores.macro_f1, scores.weighted_f1) == (1, 1, 1)
    for name in ("language_accuracy", "mixed_accuracy", "switch_f1", "switch_precision", "false_switches_per_1000"):
        assert getattr(scores, name) is None
    assert score_tags([], []).accuracy is None
    assert score_tags([["ambiguous"]], [["en"]]).tokens == 0


def test_sides_that_are_not_parallel_are_refused() -> None:
    with pytest.raises(InputError, match="sentence 2 has 1 tag in gold and 2 found; compare the same sentences"):
        score_tags([["en"], ["en"]], [["en"], ["en", "hi"]])
    with pytest.raises(InputError, match="2 sentences in gold and 1 found"):
        score_tags([["en"], ["en"]], [["en"]])


def test_intervals_hold_the_score_and_are_the_same_for_a_seed() -> None:
    gold, found = split(GOLD * 50), split([*FOUND * 49, *GOLD])
    scores = score_tags(gold, found, bootstrap=200, seed=1)
    assert list(scores.intervals) == list(SCORES)
    for name, (low, high) in scores.intervals.items():
        assert low < getattr(scores, name) < high
    assert score_tags(gold, found, bootstrap=200, seed=1) == scores
    assert score_tags(gold, found, bootstrap=200, seed=2).intervals != scores.intervals


def test_an_interval_of_two_sentences_by_hand() -> None:
    # Two sentences are drawn of two: accuracy is 0, 1/2 or 1 with chances 1/4, 1/2, 1/4.
    scores = score_tags([["en"], ["en"]], [["en"], ["hi"]], bootstrap=400, confidence=0.4)
    assert scores.intervals["accuracy"] == (0.5, 0.5)
    assert score_tags([["en"], ["en"]], [["en"], ["hi"]], bootstrap=400).intervals["accuracy"] == (0, 1)


def test_no_interval_without_replicates_or_sentences_to_draw() -> None:
    assert score_tags(split(GOLD), split(FOUND)).intervals == {}
    assert score_tags([["en"]], [["en"]], bootstrap=10).intervals == {}


def test_a_score_that_is_never_defined_has_no_interval() -> None:
    assert "switch_f1" not in score_tags([["en"], ["en"]], [["en"], ["en"]], bootstrap=20).intervals


TAGS = st.sampled_from(["en", "hi", "es", "other", "ne", "ambiguous", "mixed"])
CORPUS = st.lists(st.lists(st.tuples(TAGS, TAGS), max_size=8), max_size=5)


@given(CORPUS)
def test_counts_are_those_of_plain_loops(corpus: list[list[tuple[str, str]]]) -> None:
    gold, found = ([[pair[side] for pair in sentence] for sentence in corpus] for side in (0, 1))
    assert score_tags(gold, found) == plain(corpus, score_tags(gold, found))


def plain(corpus: list[list[tuple[str, str]]], like: TagScores) -> TagScores:
    """The scores by the book, one token after the other; supports and intervals are taken over."""
    kept = [[pair for pair in sentence if pair[0] != "ambiguous"] for sentence in corpus]
    tokens = [pair for sentence in kept for pair in sentence]
    mixed = [pair for s in kept if len(spoken(s)) > 1 for pair in s if pair[0] not in NEUTRAL]
    single = [s for s in kept if len(spoken(s)) == 1]
    gold, found = ({(n, *one) for n, s in enumerate(kept) for one in switches(s, side)} for side in (0, 1))
    right = {one for one in gold & found if all(kept[one[0]][at][0] == kept[one[0]][at][1] for at in one[1:3])}
    false = sum(len(switches(s, 1)) for s in single)
    values = {
        "accuracy": accuracy(tokens),
        "language_accuracy": accuracy([pair for pair in tokens if pair[0] not in NEUTRAL]),
        "mixed_accuracy": accuracy(mixed),
        "switch_f1": share(2 * len(right), len(gold) + len(found)),
        "switch_precision": share(len(right), len(found)),
        "switch_recall": share(len(right), len(gold)),
        "false_switches_per_1000": None if not single else 1000 * (false / sum(map(len, single))),
    }
    return TagScores(**{**{name: getattr(like, name) for name in like.__struct_fields__}, **values})


def spoken(sentence: list[tuple[str, str]]) -> set[str]:
    return {gold for gold, _ in sentence} - NEUTRAL


def switches(sentence: list[tuple[str, str]], side: int) -> set[tuple[int, int, str, str]]:
    places = [(at, pair[side]) for at, pair in enumerate(sentence) if pair[side] not in NEUTRAL]
    return {(i, j, a, b) for (i, a), (j, b) in pairwise(places) if a != b}


def accuracy(pairs: list[tuple[str, str]]) -> float | None:
    return share(sum(gold == found for gold, found in pairs), len(pairs))


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
