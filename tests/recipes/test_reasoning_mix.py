"""Languages of reasoning traces: what counts, where mixing starts and returns, what rows may look like."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.measures import switch_points
from cswitch.generators.recipes.contracts import RowItem
from cswitch.generators.recipes.operations.reasoning_mix import ReasoningMix, ReasoningMixSettings
from cswitch.generators.recipes.operations.reasoning_steps import Trace, read_trace, steps_of
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.recipes.dictionary_context import DictionaryContext

SAMPLE = Path(__file__).parent.parent.parent / "data" / "samples" / "reasoning.jsonl"
LANGUAGES = ("en", "zh", "hi", "es")
LINES = {
    "en": "So we have to find the answer.",
    "hi": "अब हम उत्तर निकालते हैं।",
    "es": "Ahora buscamos la respuesta.",
    "": "12 + 5 = 17",
}


@pytest.fixture(scope="module")
def operation() -> ReasoningMix:
    return ReasoningMix.make(ReasoningMixSettings(), DictionaryContext(*LANGUAGES))


def made(operation: ReasoningMix, **fields: Any) -> Sample:
    [found] = operation([RowItem(id="1", fields=fields)])
    assert not isinstance(found, Reject), found
    return found[0]


def steps(sample: Sample) -> list[str | None]:
    return [step["language"] for step in sample.labels["steps"]]


def test_the_steps_of_a_trace_have_their_languages(operation: ReasoningMix) -> None:
    trace = "\n".join(LINES[lang] for lang in ("en", "hi", "", "hi", "en", "es", "en"))
    found = made(operation, trace=f"<think>\n{trace}\n</think>\nIt is 17.", question="What is it?")
    assert steps(found) == ["en", "hi", None, "hi", "en", "es", "en"]
    assert found.text == f"\n{trace}\n"
    assert found.labels["answer"] == "It is 17."
    assert found.labels["language"] == "en"
    expected = {
        "steps": 7, "worded_steps": 6, "mixed_steps": 0, "mixing_step": 2, "switch_step": 2, "step_switches": 4,
        "returns": 2, "answer_kept": 1, "step_entropy": 1.4591,
    }  # fmt: skip
    assert {name: found.measures[name] for name in expected} == expected
    assert (found.languages[0], found.matrix) == ("en", "en")


def test_the_language_of_the_input_decides_what_is_foreign(operation: ReasoningMix) -> None:
    trace = "\n".join(LINES[lang] for lang in ("en", "en", "hi"))
    told = made(operation, trace=trace, lang="hi")
    assert (told.labels["language"], told.measures["switch_step"], told.measures["returns"]) == ("hi", 1, 1)
    asked = made(operation, trace=trace, question="उत्तर क्या है?")
    assert asked.labels["language"] == "hi"
    alone = made(operation, trace=trace)
    assert (alone.labels["language"], alone.measures["switch_step"], alone.measures["returns"]) == ("en", 3, 0)


def test_a_word_in_another_language_mixes_a_step_and_does_not_switch_it(operation: ReasoningMix) -> None:
    found = made(operation, trace="हम यह problem अब हल करते हैं।")
    assert steps(found) == ["hi"]
    assert found.measures["mixed_steps"] == 1
    assert (found.measures["mixing_step"], found.measures["switch_step"]) == (1, None)
    [step] = found.labels["steps"]
    assert (step["switches"], step["words"]) == (2, 7)
    assert step["shares"] == {"hi": 0.8571, "en": 0.1429}


def test_code_formulas_numbers_and_variables_are_of_no_language(operation: ReasoningMix) -> None:
    code = "```python\nprint('the result')\n\n# so we print\n```"
    trace = f"मान लो $velocity = \\frac{{distance}}{{time}}$ और x = 5।\n{code}\nत्रिभुज ABC में A है।"
    found = made(operation, trace=trace)
    assert steps(found) == ["hi", None, "hi"]
    tags = dict(zip(found.tokens, found.langs, strict=True))
    assert {tags[token] for token in ("velocity", "distance", "x", "print", "ABC", "A", "5")} == {"other"}
    assert found.measures["share_hi"] == 1.0
    assert found.measures["script_Deva"] == 1.0


def test_words_in_a_script_of_no_language_in_play_are_foreign(operation: ReasoningMix) -> None:
    found = made(operation, trace="We say спасибо to them.")
    assert dict(zip(found.tokens, found.langs, strict=True))["спасибо"] == "fw"
    assert found.measures["script_Cyrl"] == pytest.approx(7 / 18, abs=1e-4)
    assert found.measures["mixed_steps"] == 0


def test_every_shipped_trace_is_read(operation: ReasoningMix) -> None:
    rows = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    found = operation([RowItem(id=row["id"], fields=row) for row in rows])
    languages = {}
    for row, samples in zip(rows, found, strict=True):
        assert isinstance(samples, list)
        languages[row["id"]] = steps(samples[0])
    assert languages["r1"] == ["en", "zh", "en", "zh", "en"]
    assert languages["r3"] == ["es", "en", "es", "en"]
    assert languages["r4"] == ["zh", "zh", "en", "zh"]
    assert languages["r5"] == ["en", None, "en", "en", "en"]
    assert languages["r8"] == ["en"] * 3


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(sorted(LINES)), min_size=1, max_size=8))
def test_the_table_adds_up(lines: list[str]) -> None:
    operation = ReasoningMix.make(ReasoningMixSettings(), CONTEXT)
    [found] = operation([RowItem(id="1", fields={"trace": "\n\n".join(LINES[lang] for lang in lines)})])
    if isinstance(found, Reject):
        assert set(lines) == {""}
        assert found.reason == "no_words"
        return
    sample = found[0]
    assert [sample.text[start:end] for start, end in sample.offsets] == sample.tokens
    assert [lang or "" for lang in steps(sample)] == lines
    worded = [lang for lang in lines if lang]
    changes = [(one, other) for one, other in pairwise(worded) if one != other]
    assert sample.measures["step_switches"] == len(changes)
    assert sample.measures["returns"] == sum(other == worded[0] for _, other in changes)
    assert sum(sample.measures[f"share_{lang}"] or 0 for lang in LANGUAGES) == pytest.approx(1, abs=1e-3)
    at = 0
    for step in sample.labels["steps"]:
        first, last = step["tokens"]
        assert first == at
        at = last
        assert sample.offsets[first][0] >= step["start"]
        assert sample.offsets[last - 1][1] <= step["end"]
        assert step["switches"] == switch_points(sample.langs[first:last])
    assert at == len(sample.tokens)


CONTEXT = DictionaryContext(*LANGUAGES)


@pytest.mark.parametrize(
    ("fields", "trace", "answer", "question"),
    [
        ({"trace": "a\nb"}, "a\nb", "", ""),
        ({"response": "hm</think> yes"}, "hm", "yes", ""),
        ({"text": "<think>never ended"}, "never ended", "", ""),
        ({"text": "<THINK>x</THINK>y", "answer": "z"}, "x", "y", ""),
        ({"steps": ["a", "b\nc"], "answer": "z", "question": "q"}, "a\nb\nc", "z", "q"),
        (
            {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "<think>t</think>a"}]},
            "t", "a", "q",
        ),
        (
            {
                "messages": [
                    {"role": "assistant", "content": "old"},
                    {"role": "assistant", "reasoning_content": "t", "content": "a"},
                ]
            },
            "t", "a", "",
        ),
        ({"reasoning": "hm", "response": "yes", "question": "q"}, "hm", "yes", "q"),
        ({"trace": "<|begin_of_thought|>t<|end_of_thought|><|begin_of_solution|>a<|end_of_solution|>"}, "t", "a", ""),
        ({"steps": [{"text": "a", "rating": 1}, "b"]}, "a\nb", "", ""),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "q"}, {"type": "image_url"}]},
                    {"role": "assistant", "content": [{"type": "text", "text": "<think>t</think>a"}]},
                ]
            },
            "t", "a", "q",
        ),
    ],
)  # fmt: skip
def test_rows_come_in_several_shapes(fields: dict[str, Any], trace: str, answer: str, question: str) -> None:
    found = read_trace(fields)
    assert isinstance(found, Trace)
    assert (found.text, found.answer, found.question) == (trace, answer, question)


def test_a_trace_in_languages_that_are_not_in_play_is_measured_all_the_same(operation: ReasoningMix) -> None:
    found = made(operation, trace="Привет мир")
    assert set(found.langs) == {"fw"}
    assert (found.measures["share_en"], found.measures["word_entropy"], found.measures["script_Cyrl"]) == (
        None,
        None,
        1.0,
    )
    assert (found.labels["language"], found.matrix) == (None, "en")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "the row has no trace"),
        ({"trace": "  "}, "the row has no trace"),
        ({"trace": 5}, "the row has no trace"),
        ({"steps": "a"}, "steps is no list of texts"),
        ({"steps": ["", " "]}, "steps holds no text"),
        ({"steps": [{"rating": 1}]}, "steps is no list of texts"),
        ({"messages": [{"role": "assistant", "content": [{"type": "image_url"}]}]}, "has no text"),
        ({"messages": "a"}, "messages is no list of objects"),
        ({"messages": [{"role": "user", "content": "q"}]}, "none has the role assistant"),
        ({"messages": [{"role": "assistant", "content": None}]}, "has no text"),
    ],
)
def test_a_row_without_a_trace_says_what_it_lacks(operation: ReasoningMix, fields: dict[str, Any], told: str) -> None:
    good = RowItem(id="2", fields={"trace": LINES["en"]})
    bad, fine = operation([RowItem(id="1", fields=fields), good])
    assert isinstance(bad, Reject)
    assert (bad.source_id, bad.reason) == ("1", "empty_side")
    assert told in bad.detail
    assert isinstance(fine, list)


def test_steps_end_where_they_are_told_to() -> None:
    text = "Intro.\nStep 1: one\nstill one\n\n步骤 2：二\n\n3. three"
    cut = {
        split: [text[a:b] for a, b in steps_of(Trace(text, "", "", None), [], split)]
        for split in ("lines", "paragraphs", "numbered")
    }
    assert cut["lines"] == ["Intro.", "Step 1: one", "still one", "步骤 2：二", "3. three"]
    assert cut["paragraphs"] == ["Intro.\nStep 1: one\nstill one", "步骤 2：二", "3. three"]
    assert cut["numbered"] == ["Intro.", "Step 1: one\nstill one", "步骤 2：二", "3. three"]
    plain = Trace("one\ntwo", "", "", None)
    assert steps_of(plain, [], "numbered") == steps_of(plain, [], "lines") == [(0, 3), (4, 7)]
    assert steps_of(plain, [(2, 5)], "lines") == [(0, 7)]


def test_languages_that_nothing_tells_apart_are_refused() -> None:
    with pytest.raises(UsageError, match="the tagger does not know zh, which is not told by its script from yue"):
        ReasoningMix.make(ReasoningMixSettings(), DictionaryContext("zh", "yue"))
    with pytest.raises(UsageError, match="split: unknown way to cut steps 'word'"):
        ReasoningMix.make(ReasoningMixSettings(split="word"), CONTEXT)
    with pytest.raises(UsageError, match="nothing of the kind 'cod' can be protected"):
        ReasoningMix.make(ReasoningMixSettings(protect=("cod",)), CONTEXT)
