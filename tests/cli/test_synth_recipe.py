"""A recipe gives ``synth`` its settings, and the command line has the last word."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cswitch.cli.main import main

DEVANAGARI = re.compile("[\u0900-\u097f]")
RECIPE = """
about: Nouns and adjectives, all of them, romanised.
citation: Nobody (2026)
reproduces: everything
languages: [hi, en]
steps:
- synth: {units: noun-adjective, share: 1, script: roman, tolerance: 1}
example: {input: [], output: []}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "mine.v1.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def synth(tmp_path: Path, *arguments: object) -> list[dict[str, Any]]:
    out = tmp_path / "out.jsonl"
    given = ["synth", "data/samples/en-hi.tsv", "-o", str(out), "--force", "--limit", "20", "--pair", "en-hi"]
    assert main([*given, *map(str, arguments)]) == 0
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_its_settings_are_those_of_the_file(tmp_path: Path, recipe: Path) -> None:
    found = synth(tmp_path, "--recipe", recipe)
    assert {one["target"]["share"] for one in found} == {1.0}
    assert {one["target"]["tolerance"] for one in found} == {1.0}
    assert {one["provenance"]["recipe"] for one in found} == {"mine.v1"}
    assert not any(DEVANAGARI.search(one["text"]) for one in found)


def test_what_the_command_line_says_wins(tmp_path: Path, recipe: Path) -> None:
    found = synth(tmp_path, "--recipe", recipe, "--script", "native", "--cmi", "20")
    assert {one["target"].get("share") for one in found} == {None}
    assert {one["target"]["cmi"] for one in found} == {20.0}
    assert any(DEVANAGARI.search(one["text"]) for one in found)


def test_another_target_has_the_usual_tolerance(tmp_path: Path, recipe: Path) -> None:
    assert {one["target"]["tolerance"] for one in synth(tmp_path, "--recipe", recipe, "--cmi", "20")} == {3.0}
    found = synth(tmp_path, "--recipe", recipe, "--cmi", "20", "--tolerance", "7")
    assert {one["target"]["tolerance"] for one in found} == {7.0}
    out = tmp_path / "set.jsonl"
    given = ["data/samples/en-hi.tsv", "-o", str(out), "--limit", "20", "--set", "synth.share=0.3"]
    assert main(["recipes", "run", str(recipe), *given]) == 0
    targets = [json.loads(line)["target"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert {(one["share"], one["tolerance"]) for one in targets} == {(0.3, 3.0)}


def test_a_default_that_is_spelt_out_wins_too(tmp_path: Path, recipe: Path) -> None:
    found = synth(tmp_path, "--recipe", recipe, "--tolerance", "3.0")
    assert {one["target"]["tolerance"] for one in found} == {3.0}


def test_recipes_run_is_the_same(tmp_path: Path, recipe: Path) -> None:
    by_option = synth(tmp_path, "--recipe", recipe)
    assert main(["recipes", "run", str(recipe), "data/samples/en-hi.tsv", "-o", str(tmp_path / "run.jsonl"),
                 "--limit", "20", "--pair", "en-hi"]) == 0  # fmt: skip
    assert [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()] == by_option


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hinge.wack", "unknown recipe 'hinge.wack'"),
        ("no/such.yaml", "no/such.yaml"),
    ],
)
def test_an_unknown_recipe_is_one_line(
    tmp_path: Path, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["synth", "data/samples/en-hi.tsv", "-o", str(tmp_path / "x"), "--pair", "en-hi", "--recipe", name]
    assert main(given) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
