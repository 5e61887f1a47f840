"""Corpus forms: worked values, Cc, streaming, bootstrap intervals, what is refused."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from math import sqrt
from statistics import fmean, stdev
from typing import Any

import numpy as np
import pytest

from cswitch import __version__
from cswitch.core.errors import InputError, UsageError
from cswitch.core.measures import Corpus, Signature, cc, cmi, corpus_measures

THREE = [
    text.split() for text in ("en en hi hi other other hi hi en en en hi hi", "en en en en en", "hi hi en hi other")
]


@pytest.mark.parametrize(
    ("measure", "form", "value", "utterances"),
    [
        ("cmi", "mean-all", 23.48485, 3),
        ("cmi", "mean-mixed", 35.22727, 2),
        ("cmi", "pooled", 30.0, 3),  # 6 + 5 + 3 of 11 + 5 + 4 tokens
        ("cu", "mean-all", 24.62121, 3),
        ("cu", "mean-mixed", 36.93182, 2),
        ("cu", "pooled", 27.5, 3),
        ("switches", "mean-all", 1.66667, 3),
        ("switches", "mean-mixed", 2.5, 2),
        ("m_index", "pooled", 0.98020, 3),  # 11 en, 9 hi
        ("m_index", "mean-mixed", (0.983607 + 0.6) / 2, 2),
        ("i_index", "pooled", 0.29412, 3),  # 5 of 10 + 4 + 3 gaps: none across a border
        ("spf", "mean-all", 0.32222, 3),
        ("span_entropy", "pooled", 2.15564, 3),  # 1 1 2 2 2 3 4 5
        ("burstiness", "mean-all", (-0.536675 - 0.477592) / 2, 2),
        ("burstiness", "pooled", (1.322876 - 2.5) / (1.322876 + 2.5), 3),
        ("memory", "mean-all", -0.5, 1),  # 2 1 1 has no variance on one side
        ("memory", "pooled", 0.43724, 2),  # (2,4) (4,3) (3,2) (2,1) (1,1)
        ("cc", "all", 113.51, 3),
    ],
)
def test_worked_corpus(measure: str, form: str, value: float, utterances: int) -> None:
    number = corpus_measures(iter(THREE)).measures[measure][form]
    assert number.value == pytest.approx(value, abs=5e-3 if measure == "cc" else 1e-5)
    assert number.utterances == utterances
    parsed = Signature.parse(number.signature)
    assert parsed.measure == measure
    assert dict(parsed.options).items() >= {"corpus": form, "v": __version__}.items()


def test_worked_counts() -> None:
    found = corpus_measures([*THREE, ["other"]])
    assert (found.utterances, found.mixed, found.empty) == (4, 2, 1)
    assert (found.tokens, found.language_tokens, found.switches) == (24, 20, 5)
    assert list(found.languages.items()) == [("en", 11), ("hi", 9)]
    assert found.symcom == {}


@pytest.mark.parametrize(
    ("corpus", "value"),
    [
        ([], None),
        ([""], 0.0),
        (["en en"], 0.0),
        (["en en", "en"], 0.0),
        (["en en", "hi hi"], 100 / 2 * 0.5),
        (["en en", "other", "hi hi"], 100 / 3 * 0.5),  # compared across an utterance without language
        (["other", "hi hi"], 0.0),  # nothing comes before the first that has one
        (["en hi"], 100 * (0.5 * (1 - (1 - 1) / 2) + 5 / 6)),
        (["hi en", "en hi"], 100 / 2 * (0.5 * (1 + 2) + 5 / 6 * 2)),  # ties go to the first token: hi, then en
    ],
)
def test_cc(corpus: list[str], value: float | None) -> None:
    tags = [text.split() for text in corpus]
    assert cc(iter(tags)) == (None if value is None else pytest.approx(value))
    assert corpus_measures(tags).measures["cc"]["all"].value == cc(tags)


def test_closed_classes_break_ties_of_cc() -> None:
    tags, closed = [["en", "en"], ["en", "hi"]], [[False, False], [False, True]]
    first = 100 / 2 * (0.5 * 1 + 5 / 6)
    assert cc(tags) == pytest.approx(first)
    assert cc(tags, closed=closed) == pytest.approx(first + 25)
    number = corpus_measures(tags, closed=closed).measures["cc"]["all"]
    assert number.value == cc(tags, closed=closed)
    assert "|ties:closed|" in number.signature


def test_no_utterance_leaves_every_number_undefined() -> None:
    found = corpus_measures([], bootstrap=10)
    numbers = [number for forms in found.measures.values() for number in forms.values()]
    assert len(numbers) == 9 * 3 + 2 + 1
    assert all(number.value is None and number.interval is None and number.utterances == 0 for number in numbers)


def test_symcom_of_a_corpus() -> None:
    tags = [["en", "hi", "other"], ["en", "hi", "fr"], ["en", "en"], ["other"]]
    pos = [["NOUN", "VERB", "PUNCT"], ["NOUN", "NOUN", "NOUN"], ["NOUN", "VERB"], ["PUNCT"]]
    found = corpus_measures(tags, pos=pos, languages=("en", "hi"))
    assert {unit: (number.value, number.utterances) for unit, number in found.symcom.items()} == {
        "NOUN": (0.5, 3),
        "VERB": (0.0, 2),
    }
    sentence = found.measures["symcom_sentence"]
    assert sentence["mean-all"].value == pytest.approx(2 / 3)  # 1, 0 and 1
    assert sentence["mean-mixed"].value == pytest.approx(1 / 2)
    assert [number.utterances for number in sentence.values()] == [3, 2]
    assert found.symcom["NOUN"].signature == (
        f"symcom|ne:neutral|mixed:neutral|languages:en-hi|unit:NOUN|corpus:pooled|v:{__version__}"
    )


def test_options_reach_every_number() -> None:
    tags = [["ne:hi", "en", "en", "hi", "mixed:es"]]
    found = corpus_measures(tags, ne="language", mixed="language", sd="sample")
    assert found.measures["cmi"]["pooled"].value == 60.0
    for forms in found.measures.values():
        assert all("|ne:language|mixed:language|" in number.signature for number in forms.values())
    assert "|sd:sample|" in found.measures["burstiness"]["pooled"].signature
    # spans 1 2 1 1: sample sd is 1/2, mean 5/4
    for number in found.measures["burstiness"].values():
        assert number.value == pytest.approx(-0.75 / 1.75)


def test_result_may_be_asked_for_between() -> None:
    corpus = Corpus(bootstrap=50)
    for tags in THREE[:2]:
        corpus.add(tags)
    before = corpus.result()
    assert before == corpus.result()
    assert before == corpus_measures(THREE[:2], bootstrap=50)
    corpus.add(THREE[2])
    after, at_once = corpus.result(), corpus_measures(THREE, bootstrap=50)
    for name, forms in at_once.measures.items():
        for form, number in forms.items():
            found = after.measures[name][form]
            assert (found.value, found.utterances, found.signature) == (
                number.value,
                number.utterances,
                number.signature,
            )
            assert (found.interval is None) == (number.interval is None)
            assert number.interval is None or found.interval == pytest.approx(number.interval)


def test_to_dict_is_json() -> None:
    found = corpus_measures(THREE, bootstrap=50, pos=THREE, languages=("en", "hi")).to_dict()
    assert json.loads(json.dumps(found))["measures"]["cmi"]["pooled"]["value"] == 30.0
    assert set(found) == {
        "utterances",
        "mixed",
        "empty",
        "tokens",
        "language_tokens",
        "switches",
        "languages",
        "measures",
        "symcom",
    }


def talk(count: int, seed: int, second: str = "hi") -> Iterator[list[str]]:
    """Utterances that differ in length and in how mixed they are."""
    draw = random.Random(seed)
    for _ in range(count):
        share = draw.choice((0.0, 0.1, 0.3, 0.5))
        yield [
            "other" if draw.random() < 0.1 else second if draw.random() < share else "en"
            for _ in range(draw.randint(1, 25))
        ]


def test_same_seed_same_intervals() -> None:
    corpus = list(talk(700, 1))
    found = corpus_measures(corpus, bootstrap=60, seed=5)
    assert found == corpus_measures(iter(corpus), bootstrap=60, seed=5)
    other = corpus_measures(corpus, bootstrap=60, seed=6)
    assert found.measures["cmi"]["mean-all"].interval != other.measures["cmi"]["mean-all"].interval
    plain = corpus_measures(corpus)
    for name, forms in plain.measures.items():
        for form, number in forms.items():
            assert number.interval is None
            assert found.measures[name][form].value == number.value
            assert "|bs:60|seed:5|ci:95|" in found.measures[name][form].signature


def test_interval_of_a_mean_is_that_of_theory() -> None:
    corpus = list(talk(1500, 2))
    number = corpus_measures(corpus, bootstrap=1000).measures["cmi"]["mean-all"]
    values = [cmi(tags) for tags in corpus]
    half = 1.96 * stdev(values) / sqrt(len(values))
    assert number.interval == pytest.approx((fmean(values) - half, fmean(values) + half), abs=0.15 * half)


def test_intervals_agree_with_resampling() -> None:
    """Against a plain bootstrap that draws utterances with replacement; a language comes up only late."""
    corpus = [*talk(600, 3), *talk(300, 4, second="es")]
    found = corpus_measures(corpus, bootstrap=1000, confidence=0.9).measures
    names = ("en", "hi", "es")
    counts = np.array([[tags.count(name) for name in names] for tags in corpus])
    draws = np.random.default_rng(0).multinomial(len(corpus), [1 / len(corpus)] * len(corpus), size=1000)
    shares = draws @ counts / (draws @ counts.sum(axis=1))[:, None]
    squares = (shares**2).sum(axis=1)
    tokens = draws @ counts.sum(axis=1)
    expected = {
        "m_index": (1 - squares) / (2 * squares),
        "entropy": -(shares * np.log2(shares)).sum(axis=1),
        "cmi": 100 * (1 - draws @ counts.max(axis=1) / tokens),
    }
    for name, values in expected.items():
        low, high = np.percentile(values, (5, 95))
        assert found[name]["pooled"].interval == pytest.approx((low, high), abs=0.15 * (high - low)), name


def test_higher_confidence_is_wider() -> None:
    corpus = list(talk(100, 7))
    narrow = corpus_measures(corpus, bootstrap=400, confidence=0.5).measures
    wide = corpus_measures(corpus, bootstrap=400, confidence=0.99).measures
    for name, forms in wide.items():
        for form, number in forms.items():
            inner = narrow[name][form].interval
            assert number.interval is not None
            assert inner is not None
            assert number.interval[0] < inner[0] < inner[1] < number.interval[1]
    assert "|ci:99|" in wide["cmi"]["pooled"].signature


def test_utterances_that_are_alike_leave_no_doubt() -> None:
    pos = ["NOUN", "NOUN", "VERB", "NOUN"]
    found = corpus_measures([["hi", "hi", "en", "hi"]] * 20, pos=[pos] * 20, languages=("en", "hi"), bootstrap=100)
    numbers = [number for name, forms in found.measures.items() for number in forms.values() if name != "cc"]
    for number in (*numbers, *found.symcom.values()):
        if number.value is not None:
            assert number.interval == pytest.approx((number.value, number.value))


def test_one_utterance_has_no_interval() -> None:
    found = corpus_measures([["en", "hi"]], bootstrap=100)
    assert all(number.interval is None for forms in found.measures.values() for number in forms.values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"utterances": [["en"], ["en", ""]]}, "utterance 2: '' is not a language tag"),
        ({"utterances": [["en"], ["hi"]], "closed": [[True], []]}, "utterance 2: closed has 0 entries for 1 tags"),
        ({"utterances": [["en"]], "pos": [["X", "Y"]], "languages": ("en", "hi")}, "utterance 1: pos has 2"),
        ({"utterances": [["en"], ["hi"]], "closed": [[True]]}, "closed ends before utterance 2"),
        ({"utterances": [["en"]], "pos": [["X"], []], "languages": ("en", "hi")}, "pos goes on after the last"),
        ({"utterances": [[str(i) for i in range(1001)]]}, "more than 1000 different languages"),
    ],
)
def test_bad_input_names_the_place(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        corpus_measures(**arguments)


@pytest.mark.parametrize(
    "options",
    [
        {"bootstrap": -1},
        {"confidence": 1.0},
        {"confidence": 95},
        {"ne": "hi"},
        {"sd": "std"},
        {"languages": ("en", "en")},
        {"pos": [["NOUN"]]},
    ],
)
def test_options_that_cannot_be_meant(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        corpus_measures([["en"]], **options)


def test_a_bad_utterance_leaves_the_corpus_as_it_was() -> None:
    corpus = Corpus(languages=("en", "hi"))
    corpus.add(["en", "hi"], pos=["NOUN", "NOUN"])
    before = corpus.result()
    with pytest.raises(InputError):
        corpus.add(["hi", "hi"], pos=["NOUN"])
    assert corpus.result() == before
