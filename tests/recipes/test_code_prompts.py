"""Coding prompts whose prose is mixed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.core.text.protected import protected_spans
from cswitch.generators.recipes.contracts import RowItem
from cswitch.generators.recipes.operations.code_prompts import MODULE, PROSE, CodePrompts, CodePromptSettings, levels
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.recipes.dictionary_context import DictionaryContext

SAMPLE = Path(__file__).parent.parent.parent / "data" / "samples" / "coding-prompts.jsonl"
_MADE: dict[str, CodePrompts] = {}


def operation(target: str, script: str = "", **options: Any) -> CodePrompts:
    name = f"{target} {script} {options}"
    if name not in _MADE:
        _MADE[name] = CodePrompts.make(CodePromptSettings(**options), DictionaryContext("en", target, script=script))
    return _MADE[name]


def mixed(prompt: Any, target: str = "es", script: str = "", **options: Any) -> list[Sample] | Reject:
    fields = {"id": "1", "prompt": prompt, "test": "assert f() == 1"}
    return operation(target, script, **options)([RowItem(id="1", fields=fields, line=7)])[0]


def told(made: list[Sample] | Reject) -> list[Sample]:
    assert not isinstance(made, Reject), made
    return made


def prompts() -> list[str]:
    return [msgspec.json.decode(line)["prompt"] for line in SAMPLE.read_bytes().splitlines()]


def code_of(text: str) -> list[str]:
    kinds = ("python", *PROSE) if MODULE.match(text) else PROSE
    return [text[start:end] for start, end in protected_spans(text, kinds) if text[start:end].strip()]


@pytest.mark.parametrize("target", ["es", "hi", "zh"])
@pytest.mark.parametrize("prompt", prompts(), ids=range(12))
def test_code_stays_to_the_letter_and_degrees_are_met(prompt: str, target: str) -> None:
    light, heavy = told(mixed(prompt, target))
    for sample, asked in ((light, 0.6), (heavy, 0.9)):
        assert code_of(sample.text) == code_of(prompt)
        assert sample.text.count("\n") == prompt.count("\n")
        assert sample.met
        assert sample.measures["target_cmd"] == asked
        assert [sample.text[start:end] for start, end in sample.offsets] == sample.tokens
        assert target in sample.langs
        assert sample.labels == {"test": "assert f() == 1"}
    assert light.langs.count(target) <= heavy.langs.count(target)


def test_frequent_words_go_first() -> None:
    [light] = told(mixed("Show the umbrella of a book.", "es", cmd=(0.34,)))
    [heavy] = told(mixed("Show the umbrella of a book.", "es", cmd=(0.67,)))
    assert levels()["show"] >= levels()["book"] > levels()["umbrella"]
    assert light.text == "Mostrar the umbrella of a book."
    assert heavy.text == "Mostrar the umbrella of a libro."


def test_all_uses_of_a_word_are_replaced_alike() -> None:
    [made] = told(mixed("The price of a house and the price of a horse. A price is a number.", "es", cmd=(0.5,)))
    assert "price" not in made.text


def test_only_docstrings_of_a_piece_of_python_are_prose() -> None:
    prompt = 'def price(price):\n    """Return the price.\n\n    >>> price(2)\n    2\n    """\n    # the price\n'
    [made] = told(mixed(prompt, "es", cmd=(1.0,)))
    assert made.text == prompt.replace("Return the price.", "Regresar the precio.")
    assert [lang for lang in made.langs if lang != "other"] == ["es", "en", "es"]
    [prose] = told(mixed("Return the price.", "es", cmd=(1.0,), code="prose"))
    assert prose.text == "Regresar the precio."


def test_words_of_programmers_and_constants_stay_unless_asked() -> None:
    text = "Write True to the list of the book."
    assert told(mixed(text, cmd=(1.0,)))[0].text == "Escribir True to the list of the libro."
    assert "lista" in told(mixed(text, cmd=(1.0,), keep_terms=False))[0].text
    assert "book" in told(mixed(text, cmd=(1.0,), patterns=("book",)))[0].text


def test_articles_agree_and_capitals_stay() -> None:
    [made] = told(mixed("Write an old book.", "es", cmd=(1.0,)))
    assert made.text.startswith("Escribir a viejo libro")


def test_hindi_words_come_in_their_direct_form() -> None:
    [sample] = told(mixed("Add the bad string to a small list.", "hi", "native", cmd=(1.0,)))
    assert sample.text.startswith("जोड़ना the बुरा ")
    assert " छोटा " in sample.text


def test_scripts_and_spellings() -> None:
    text = "Write the name and the price of the house."
    [roman] = told(mixed(text, "hi", cmd=(1.0,)))
    assert roman.text.isascii()
    [native] = told(mixed(text, "hi", "native", cmd=(1.0,)))
    assert "कीमत" in native.text or "मूल्य" in native.text
    spelt = {
        made[0].text
        for made in map(
            told,
            operation("hi", cmd=(1.0,))([RowItem(id=str(n), fields={"prompt": text}) for n in range(20)]),
        )
    }
    plain = {
        made[0].text
        for made in map(
            told,
            operation("hi", cmd=(1.0,), variety=0.0)([RowItem(id=str(n), fields={"prompt": text}) for n in range(20)]),
        )
    }
    assert len(spelt) > len(plain) == 1


@pytest.mark.parametrize(
    ("prompt", "reason", "detail"),
    [
        (None, "empty_side", "the row has no text in field 'prompt'"),
        (5, "empty_side", "the row has no text in field 'prompt'"),
        (" \n", "empty_side", "the prompt is empty"),
        ("def f(x):\n    return x\n", "no_words", "no prose beside its code"),
        ("`a = 1`", "no_words", "no prose beside its code"),
        ("Of the and.", "no_units", "knows no content word"),
    ],
)
def test_prompts_that_give_nothing(prompt: Any, reason: str, detail: str) -> None:
    made = mixed(prompt)
    assert isinstance(made, Reject)
    assert (made.reason, made.line) == (reason, 7)
    assert detail in made.detail


def test_the_field_that_was_meant_is_named() -> None:
    [made] = operation("es")([RowItem(id="1", fields={"instruct_prompt": "Write a test."})])
    assert isinstance(made, Reject)
    assert made.detail.endswith("set field to instruct_prompt")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"cmd": ()}, "no degree of mixing"),
        ({"cmd": (60.0,)}, "cmd is 60"),
        ({"variety": -1.0}, "variety is -1"),
        ({"classes": ()}, "no part of speech"),
        ({"keep": ("cod",)}, "nothing of the kind 'cod'"),
        ({"patterns": ("(",)}, "no regular expression"),
    ],
)
def test_settings_that_cannot_be_meant(options: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        CodePrompts.make(CodePromptSettings(**options), DictionaryContext("en", "es"))


def test_languages_that_cannot_be_meant() -> None:
    with pytest.raises(UsageError, match="two languages, not 3"):
        CodePrompts.make(CodePromptSettings(), DictionaryContext("en", "es", "hi"))
    with pytest.raises(UsageError, match="no part-of-speech tagger for fr"):
        CodePrompts.make(CodePromptSettings(), DictionaryContext("fr", "en"))
    with pytest.raises(UsageError, match="no lexicon for en-is"):
        CodePrompts.make(CodePromptSettings(), DictionaryContext("en", "is"))


PIECES = [
    "Write",
    "the price",
    "`x = price`",
    "\n",
    "```\nprice\n```\n",
    "{price}",
    "42",
    "house.",
    '"""',
    "def f():",
    ">>> f(1)",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))
def test_code_stays_in_any_prompt(text: str) -> None:
    made = mixed(text, cmd=(1.0,))
    if not isinstance(made, Reject):
        [sample] = made
        assert code_of(sample.text) == code_of(text)
        assert [sample.text[start:end] for start, end in sample.offsets] == sample.tokens
