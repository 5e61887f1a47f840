"""Taggers by the names that users write."""

from __future__ import annotations

from pathlib import Path

import pytest

from cswitch.core.errors import UsageError
from cswitch.core.specs import COMPACT_FILES, TRANSFORMERS_FILES, parse_tagger
from cswitch.pipeline.taggers import make_tagger, opened_tagger
from tests.taggers import ScriptTagger, install_taggers


@pytest.fixture(autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(install_taggers(tmp_path_factory.mktemp("site")))


def holding(folder: Path, file: str) -> str:
    (folder / file).write_bytes(b"")
    return str(folder)


@pytest.mark.parametrize("file", COMPACT_FILES)
def test_a_folder_says_what_it_holds(tmp_path: Path, file: str) -> None:
    assert parse_tagger(holding(tmp_path, file)) == ("compact", str(tmp_path))


@pytest.mark.parametrize("file", TRANSFORMERS_FILES)
def test_a_folder_of_transformers(tmp_path: Path, file: str) -> None:
    assert parse_tagger(holding(tmp_path, file)) == ("hf", str(tmp_path))


def test_a_name_wins_over_a_folder_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "script").mkdir()
    monkeypatch.chdir(tmp_path)
    assert parse_tagger("script") == ("script", "")
    assert parse_tagger("hf:a/b:c") == ("hf", "a/b:c")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scrip", "unknown tagger 'scrip'; did you mean 'script'? Known: compact, hf, script, word-list, or a folder"),
        ("", "unknown tagger ''; known: compact, hf, script, word-list, or a folder with a trained tagger"),
        ("./none", "no folder './none'; check the path"),
        ("org/model", "no folder 'org/model'; check the path; a model of the hub is written hf:org/model"),
        ("hf", "the tagger 'hf' needs a model; write --tagger hf:MODEL, a folder or a name"),
    ],
)
def test_what_is_no_tagger(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_tagger(text)
    assert str(caught.value).startswith(message)


def test_a_folder_without_a_tagger(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"the folder holds no tagger: neither .* nor .*; cswitch train-tagger makes one"
    ):
        parse_tagger(str(tmp_path))


def test_options_reach_the_taggers_that_take_them() -> None:
    tagger = make_tagger("script", {"device": "cuda:1", "dtype": None, "compile": False, "batch_tokens": None})
    assert isinstance(tagger, ScriptTagger)
    assert tagger.device == "cuda:1"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "compact",
            {"device": "cpu"},
            "--device is no option of the tagger 'compact'; it is for --tagger hf or script",
        ),
        ("script", {"batch_tokens": 5}, "--batch-tokens is no option of the tagger 'script'; it is for --tagger hf"),
        ("script", {"beam": 5}, "beam is no option of the tagger 'script'; leave it out"),
    ],
)
def test_options_that_a_tagger_has_not_are_refused(name: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_tagger(name, options)
    assert str(caught.value) == message


def test_a_tagger_is_closed_whatever_happens() -> None:
    with pytest.raises(ZeroDivisionError), opened_tagger("script") as tagger:
        raise ZeroDivisionError
    assert isinstance(tagger, ScriptTagger)
    assert tagger.closed


def test_one_without_a_close_is_let_be(tmp_path: Path) -> None:
    words = tmp_path / "words.tsv"
    words.write_text("the\ten\n", encoding="utf-8")
    with opened_tagger(f"word-list:{words}") as tagger:
        assert tagger.tag([["the", "sun"]])[0].tags == ["en", "en"]
