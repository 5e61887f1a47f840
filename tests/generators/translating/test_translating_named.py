"""Translators by name, with what each takes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Self

import pytest

from cswitch.core.contracts import Translated, Translator
from cswitch.core.errors import UsageError
from cswitch.core.registry import names
from cswitch.generators.translating.gloss import GlossTranslator
from cswitch.generators.translating.named import make_translator, needs_chat, parse_spec


class Shouting:
    """A plug-in."""

    name = "shouting"

    @classmethod
    def load(cls, target: str = "") -> Self:
        return cls()

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        return [Translated(text.upper()) for text in texts]


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("translator.shouting", f"{__name__}:Shouting", "cswitch")
    monkeypatch.setattr("cswitch.core.registry.entry_points", lambda group: [point])


def test_every_built_in_has_its_name() -> None:
    from cswitch.core.registry import load

    for name in ("gloss", "llm", "seq2seq"):
        assert load("translator", name).name == name


def test_a_gloss_takes_lexicons(tmp_path: Path) -> None:
    mine = tmp_path / "mine.tsv"
    mine.write_text("house\tcasota\n", "utf-8")
    for translator in (make_translator("gloss", lexicons=[mine]), make_translator(f"gloss:{mine}")):
        assert isinstance(translator, GlossTranslator)
        assert asyncio.run(translator.translate(["house"], "en", "es"))[0].text == "casota"


def test_options_are_given_on() -> None:
    translator = make_translator("gloss", config={"least_known": 1.0, "nothing": None})
    assert asyncio.run(translator.translate(["a blarg house"], "en", "es"))[0].problem


@pytest.mark.usefixtures("plugged")
def test_a_plug_in_is_there_by_its_name() -> None:
    translator = make_translator("shouting")
    assert isinstance(translator, Translator)
    assert asyncio.run(translator.translate(["a"], "en", "es")) == [Translated("A")]
    assert "shouting" in names("translator")
    with pytest.raises(UsageError, match="device is no option of the translator 'shouting'"):
        make_translator("shouting", device="cpu")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("seq2sec:x", r"unknown translator 'seq2sec'; did you mean 'seq2seq'\? Known: gloss, llm, seq2seq"),
        ("", "unknown translator ''; known: gloss, llm, seq2seq"),
        ("seq2seq", "the translator 'seq2seq' needs a model; write --translator seq2seq:MODEL"),
        ("seq2seq:./nowhere", "there is no model folder './nowhere'; give --translator seq2seq:FOLDER"),
        ("llm", "the translator 'llm' needs a language model"),
    ],
)
def test_what_cannot_be_meant(spec: str, message: str) -> None:
    if spec.startswith("seq2seq:"):
        pytest.importorskip("torch", reason="needs torch, which the extra hf brings")
    with pytest.raises(UsageError, match=message):
        make_translator(spec)


def test_options_that_a_translator_does_not_take() -> None:
    with pytest.raises(UsageError, match="device is no option of the translator 'gloss'"):
        make_translator("gloss", device="cpu")
    with pytest.raises(UsageError, match="beams is no option of the translator 'gloss'"):
        make_translator("gloss", config={"beams": 2})


def test_who_asks_a_language_model() -> None:
    assert [name for name in ("gloss", "llm", "seq2seq:x") if needs_chat(name)] == ["llm"]
    assert parse_spec("seq2seq:C:/models/x").target == "C:/models/x"
