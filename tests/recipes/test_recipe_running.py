"""Recipes run from files to files: steps joined, faults told, the same bytes however it is run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cswitch.cli.main import main
from cswitch.core.registry import BUILT_IN
from tests.recipes.toy_operation import Backwards, Loudly

SAMPLES = Path(__file__).parent.parent.parent / "data" / "samples"
RECIPE = """
about: Says a text backwards.
citation: Nobody (2026)
reproduces: everything
languages: [en, hi]
steps:
- backwards: {}
example: {input: [], output: []}
"""


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    for toy in (Backwards, Loudly):
        monkeypatch.setitem(BUILT_IN["operation"], toy.name, f"{toy.__module__}:{toy.__name__}")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "backwards.v1.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def rows(tmp_path: Path, count: int = 30) -> Path:
    path = tmp_path / "in.jsonl"
    texts = [f"good morning number {n}" if n % 7 else "a poison here" if n else "" for n in range(count)]
    path.write_text("".join(json.dumps({"id": f"r{n}", "text": t, "label": n}) + "\n" for n, t in enumerate(texts)))
    return path


def run(*arguments: object) -> int:
    return main(["recipes", "run", *map(str, arguments)])


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_item_that_raises_is_rejected_and_no_other(tmp_path: Path, recipe: Path) -> None:
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    assert run(recipe, rows(tmp_path), "-o", out, "--rejects", rejects) == 0
    found, refused = lines(out), lines(rejects)
    assert [one["source_id"] for one in refused] == ["r0", "r7", "r14", "r21", "r28"]
    assert [one["reason"] for one in refused] == ["no_words", *["failed"] * 4]
    assert refused[1]["detail"] == "ValueError: poisoned"
    assert refused[1]["line"] == 8
    assert len(found) == 25
    first = found[0]
    assert first["text"] == "1 number morning good"
    assert [first["text"][start:end] for start, end in first["offsets"]] == first["tokens"]
    assert first["labels"] == {"label": 1}
    assert first["provenance"]["recipe"] == "backwards.v1"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_is_stopped_goes_on_to_the_same_bytes(tmp_path: Path, recipe: Path, workers: int) -> None:
    source, whole, parted = rows(tmp_path, 100), tmp_path / "whole.jsonl", tmp_path / "parted.jsonl"
    assert run(recipe, source, "-o", whole) == 0
    broken = tmp_path / "broken.jsonl"
    broken.write_text("".join(source.read_text().splitlines(keepends=True)[:50]) + "{\n")
    assert run(recipe, broken, "-o", parted, "--workers", workers) == 2
    assert not parted.exists()
    assert run(recipe, source, "-o", parted, "--workers", workers, "--resume") == 0
    assert parted.read_bytes() == whole.read_bytes()


def test_steps_follow_each_other_and_a_lattice_may_begin(tmp_path: Path) -> None:
    path = tmp_path / "loud.v1.yaml"
    steps = "- synth: {cmi: 20, aligner: given}\n- loudly: {}"
    path.write_text(RECIPE.replace("- backwards: {}", steps), encoding="utf-8")
    out = tmp_path / "out.jsonl"
    assert run(path, "data/samples/en-hi.gold.tsv", "-o", out, "--pair", "en-hi") == 0
    found = lines(out)
    assert len(found) > 5
    assert all(one["text"] == one["text"].upper() for one in found)
    assert {"en", "hi"} <= {tag for one in found for tag in one["langs"]}
    assert all(one["text"][s:e] == t for one in found for (s, e), t in zip(one["offsets"], one["tokens"], strict=True))


def test_settings_are_changed_by_name(tmp_path: Path, recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    assert run(recipe, rows(tmp_path), "-o", out, "--set", "tag=hi") == 0
    assert {tag for one in lines(out) for tag in one["langs"]} == {"hi"}
    capsys.readouterr()
    for change, told in (
        ("tga=hi", "backwards.tga: unknown field; did you mean 'tag'?"),
        ("bakwards.tag=hi", "--set bakwards: recipe backwards.v1 has no such step; did you mean 'backwards'?"),
        ("tag", "--set 'tag' is no setting; write --set backwards.KEY=VALUE"),
        ("tag=xx", "xx is no language; choose another"),
    ):
        assert run(recipe, rows(tmp_path), "-o", tmp_path / "no.jsonl", "--set", change) == 2
        error = capsys.readouterr().err
        assert told in error
        assert error.count("\n") == 1
        assert not (tmp_path / "no.jsonl").exists()


def test_options_beside_set_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, option, told in (
        ("ezswitch", "--model", "--set changes lattices and operations, and the recipe asks a language model"),
        ("gcm.ml", "--cmi", "beside --set there is no --cmi; say it by --set too: --set cmi=VALUE"),
        ("gcm.ml", "--max-tokens", "beside --set there is no --max-tokens; say it by --set too: --set max_tokens="),
    ):
        change = ("--set", "constraint=none", option, "30")
        assert run(name, SAMPLES / "en-hi.tsv", "-o", tmp_path / "out.jsonl", *change) == 2
        error = capsys.readouterr().err
        assert told in error
        assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("gcm.ml", "seed=3", "--set synth.seed: no setting of a recipe decides this; it is an option: cswitch synth"),
        ("gcm.ml", "pair=[en, es]", "--set synth.pair: no setting of a recipe decides this"),
        ("ezswitch", "cmi=30", "--set changes lattices and operations, and the recipe asks a language model; leave"),
    ],
)
def test_what_a_run_decides_is_not_set(
    tmp_path: Path, name: str, change: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(name, SAMPLES / "en-hi.tsv", "-o", tmp_path / "out.jsonl", "--set", change) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("- backwards: {}", "- backward: {}"), ":7: field 'steps[0].backward': unknown step 'backward'; did you mean"),
        (("- backwards: {}", "- backwards: {tga: x}"), "unknown field; did you mean 'tag'?"),
        (("- backwards: {}", "- synth: {unit: word}"), "unknown field; did you mean 'units'?"),
        (("- backwards: {}", "- synth: {seed: 3}"), "no recipe decides this"),
        (("- backwards: {}", "- backwards: {}\n- synth: {}"), "synth can only begin"),
        (("- backwards: {}", "- backwards: {}\n- backwards: {}"), "it takes texts, and the step before gives samples"),
        (("citation:", "citations:"), "field 'citations'"),
        (("steps:", "steps: []\nabouts:"), "abouts"),
        (("languages: [en, hi]", "languages: []"), "field 'languages': there is none; name those it is shown for"),
        (("languages: [en, hi]", "languages: [en, xx]"), "field 'languages[1]': unknown language 'xx'"),
        (("languages: [en, hi]", "languages: [en, en]"), "field 'languages[1]': 'en' stands there twice"),
        (("languages: [en, hi]", "languages: [eng]"), "field 'languages[0]': 'eng' is written 'en'"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(
    tmp_path: Path, recipe: Path, change: tuple[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe.write_text(RECIPE.replace(*change), encoding="utf-8")
    assert run(recipe, rows(tmp_path), "-o", tmp_path / "out.jsonl") == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_a_text_is_looked_for_under_its_language_else_text(tmp_path: Path, recipe: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run(recipe, "data/samples/en-es.tsv", "-o", out, "--pair", "en-es", "--matrix", "es") == 0
    assert {one["matrix"] for one in lines(out)} == {"es"}
    assert run(recipe, "data/samples/en-es.tsv", "-o", out, "--field", "spanish", "--force") == 2


def test_lists_and_shows(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes", "show", str(recipe)]) == 0
    assert "Citation: Nobody (2026)" in capsys.readouterr().out
    assert main(["recipes", "show", str(recipe), "--source"]) == 0
    assert capsys.readouterr().out == RECIPE
    assert main(["recipes", "list"]) == 0
    assert main(["recipes", "show", "hinge.wack"]) == 2
    assert "unknown recipe 'hinge.wack'" in capsys.readouterr().err
