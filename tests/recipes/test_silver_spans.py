"""Monolingual stretches put together: tags are true, nothing is its neighbour's translation, chunks decide."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.text.tokens import is_neutral
from cswitch.generators.recipes.operations.silver_spans import SilverSpans, SilverSpansSettings
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.recipes.dictionary_context import DictionaryContext

ROWS = [
    Pair(
        id=str(n),
        texts={
            "en": " ".join(f"word{n}x{k}" for k in range(9)) + ".",
            "hi": " ".join(f"शब्द{n}ह{k}" for k in range(7)) + "।",
        },
    )
    for n in range(12)
]


def made(rows: list[Pair] = ROWS, config: str = "c", **asked: object) -> list[list[Sample] | Reject]:
    context = DictionaryContext("en", "hi", config=config)
    return SilverSpans.make(SilverSpansSettings(**asked), context)(rows)  # type: ignore[arg-type]


def samples(found: list[list[Sample] | Reject]) -> list[Sample]:
    return [sample for one in found if isinstance(one, list) for sample in one]


@pytest.mark.parametrize("way", ["alternate", "concatenate"])
def test_stretches_alternate_and_come_of_different_rows(way: str) -> None:
    found = samples(made(way=way, samples=5))
    assert len(found) == 5 * len(ROWS)
    texts = {row.id: row.texts for row in ROWS}
    for sample in found:
        spans = sample.labels["spans"]
        assert spans[0]["source_id"] == sample.source_id
        assert len({span["source_id"] for span in spans}) == len(spans) == sample.measures["spans"]
        assert all(one["lang"] != other["lang"] for one, other in pairwise(spans))
        assert sample.measures["switches"] == len(spans) - 1
        for span in spans:
            words = [t for t in sample.tokens[span["start"] : span["end"]] if not is_neutral(t)]
            assert " ".join(words).replace("Word", "word") in texts[span["source_id"]][span["lang"]]
            tags = set(sample.langs[span["start"] : span["end"]]) - {"other"}
            assert tags == {span["lang"]}
            if way == "alternate":
                assert 2 <= len(words) <= 6
        own = [(side, at) for side, at in filter(None, sample.origins)]
        assert own == [(spans[0]["lang"], at) for at in range(own[0][1], own[0][1] + len(own))]


def test_numbers_of_stretches_are_drawn_alike() -> None:
    counts = Counter(sample.measures["spans"] for sample in samples(made(samples=100)))
    assert set(counts) == {2, 3, 4}
    assert all(350 < count < 450 for count in counts.values()), counts


def test_the_rows_that_are_read_together_decide_and_nothing_else() -> None:
    assert made() == made()
    assert made() != made(config="d")
    assert made(ROWS[:3])[0] != made()[0]


def test_a_side_in_a_script_of_another_language_is_not_used() -> None:
    rows = [
        Pair(id="a", texts={"en": "مرحبا بالعالم", "hi": "नमस्ते जी"}),
        Pair(id="b", texts={"en": "good morning", "hi": "שלום עולם"}),
        Pair(id="c", texts={"en": "мир", "hi": "мир"}),
        Pair(id="d", texts={"en": "thank you", "hi": "shukriya ji"}),
    ]
    one, other, none, roman = made(rows)
    assert isinstance(none, Reject)
    assert (none.reason, none.detail) == ("wrong_script", "the text is written in Cyrl; en is written in Latn")
    assert isinstance(roman, list)
    for sample in samples([one, other, roman]):
        for token, lang in zip(sample.tokens, sample.langs, strict=True):
            assert token.isascii() or lang == "hi"


def test_a_row_alone_has_nothing_beside_it() -> None:
    [reject] = made(ROWS[:1])
    assert isinstance(reject, Reject)
    assert (reject.source_id, reject.reason) == ("0", "no_units")
    one, other, marks = made([*ROWS[:2], Pair(id="m", texts={"en": "42", "hi": "!"})])
    assert isinstance(one, list)
    assert isinstance(other, list)
    assert marks == Reject(source_id="m", reason="no_words", detail="neither side has a word")


def test_marks_that_lose_their_partner_go_and_spaces_stay() -> None:
    rows = [
        Pair(id="1", texts={"es": "Gracias; ¿cómo podemos ayudarle hoy?", "en": "42"}),
        Pair(id="2", texts={"es": "42", "en": "(Yes) thanks"}),
    ]
    context = DictionaryContext("es", "en")
    found = SilverSpans.make(SilverSpansSettings(words=(4, 4), spans=(2, 2), samples=20), context)(rows)
    texts = {sample.text for sample in samples(found)}
    assert "Gracias; cómo podemos ayudarle yes thanks" in texts
    assert "Cómo podemos ayudarle hoy yes thanks" in texts


@given(st.integers(0, 10**6))
def test_offsets_cut_the_tokens_out(seed: int) -> None:
    for sample in samples(made(config=str(seed))):
        assert [sample.text[start:end] for start, end in sample.offsets] == sample.tokens
        assert len(sample.tokens) == len(sample.langs) == len(sample.origins)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"spans": (1, 2)}, "spans 1 to 2 cannot be meant"),
        ({"words": (5, 2)}, "words 5 to 2 cannot be meant"),
        ({"samples": 0}, "samples 0 is less than 1"),
    ],
)
def test_settings_that_cannot_be_meant_are_told(asked: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        made(ROWS, **asked)  # type: ignore[arg-type]
