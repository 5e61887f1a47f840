"""Every recipe gives what its golden example says, and runs out of the box on its sample."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cswitch.cli.main import main
from cswitch.generators.recipes.recipe import Recipe, load_recipe, recipe_names
from cswitch.pipeline.recipes.items import RecipeSource, read_items
from cswitch.pipeline.recipes.settings import RecipeSettings
from cswitch.pipeline.recipes.worker import RecipeWorker
from cswitch.pipeline.tagged import check_sample
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

SAMPLES = Path(__file__).parent.parent.parent / "data" / "samples"
RECIPES = [load_recipe(name) for name in recipe_names()]
WITH_MODELS = {"indorobusta.v1", "mixmt.v1"}
"""Recipes that need a model of the user's; their own tests make one."""
RUNNABLE = [one for one in RECIPES if one.first.kind != "prompt" and one.name not in WITH_MODELS]


def name_of(recipe: Recipe) -> str:
    return recipe.name


@pytest.mark.parametrize("recipe", RUNNABLE, ids=name_of)
def test_the_golden_example_comes_true(recipe: Recipe, tmp_path: Path) -> None:
    example = recipe.example
    assert example.input
    assert example.output
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in example.input), encoding="utf-8")
    sides = tuple(example.pair.split("-")) if example.pair else recipe.languages
    languages = recipe.languages if set(recipe.languages) == set(sides) else sides
    settings = RecipeSettings(recipe=recipe.name, languages=languages, pair=sides)
    items = [placed.item for placed in read_items(RecipeSource(str(path), recipe.takes, languages, sides))]
    made: list[Sample | Reject] = []
    for result in RecipeWorker(settings).make(items):
        made += [result] if isinstance(result, Reject) else result
    found = [msgspec.to_builtins(one) for one in made]
    assert len(found) == len(example.output), found
    for one, expected in zip(found, example.output, strict=True):
        assert fitting(one, expected) == expected


@pytest.mark.parametrize("recipe", RUNNABLE, ids=name_of)
def test_it_runs_by_name_on_its_sample(recipe: Recipe, tmp_path: Path) -> None:
    assert recipe.sample, "a recipe names the sample it is shown on"
    out = tmp_path / "out.jsonl"
    family = recipe.name.rpartition(".")[0]
    assert main(["recipes", "run", family, str(SAMPLES / recipe.sample), "-o", str(out)]) == 0
    found = [msgspec.json.decode(line, type=Sample) for line in out.read_bytes().splitlines()]
    assert found
    for sample in found:
        check_sample(sample)
        assert sample.provenance.recipe == recipe.name


@pytest.mark.parametrize("recipe", RECIPES, ids=name_of)
def test_it_says_what_it_is(recipe: Recipe) -> None:
    assert recipe.about
    assert any(character.isdigit() for character in recipe.citation), "a citation has a year"
    assert recipe.reproduces
    assert recipe.languages
    assert main(["recipes", "show", recipe.name]) == 0


@pytest.mark.skipif(find_spec("datasets") is None, reason="the extra datasets is not installed")
@pytest.mark.parametrize("recipe", [one for one in RUNNABLE if one.export], ids=name_of)
def test_what_the_method_ends_with_can_be_written(recipe: Recipe, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert main(["recipes", "run", recipe.name, str(SAMPLES / recipe.sample), "-o", str(out)]) == 0

    pairs = ["--pairs", str(SAMPLES / recipe.sample), "--languages", ",".join(recipe.languages)]
    given = pairs if recipe.export in ("translation", "restore") else []
    assert main(["export", str(out), "-o", str(tmp_path / "exported"), "--to", recipe.export, *given]) == 0


def fitting(found: Any, expected: Any) -> Any:
    """What was found, cut down to what is expected of it."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return {name: fitting(found.get(name), value) for name, value in expected.items()}
    if isinstance(found, tuple | list):
        return [fitting(one, None) for one in found]
    return found
