"""Recipes: what they name is there and fits, and a change of any part changes the digest."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from cswitch.core.errors import InputError, UsageError
from cswitch.generators.prompting.recipes import judge_names, load_recipe, recipe_names
from cswitch.schemas.prompting import PromptSettings

ROOT = Path(__file__).parents[3]
PLANS = {
    "dialogue.v1": "level",
    "fewshot.v1": "level",
    "grid.v1": "level",
    "mix.v1": "spans",
    "nouns.v1": "nouns",
    "ratio.v1": "ratio",
    "smooth.v1": "sketch",
    "switchlingua.v1": "level",
    "wanted.v1": "wanted",
    "wanted.v2": "uncrossed",
}
OWN_METHODS = ("dialogue.v1", "grid.v1", "mix.v1")
"""Those that are nobody's published method."""
"""Names that users write: a released one stays, and goes on meaning the same."""

PROMPT = "---\nrole: {role}\nabout: x\nreply: text\n---\n[user]\n{words}\n"
OWN = "about: x\nplan: spans\nsources: [pairs]\nwrite: w.txt\nrewrite: prompts/r.txt\nrefine: refine.v1\n"


def settings(**changes: object) -> PromptSettings:
    return PromptSettings(**{"languages": ("en", "hi"), **changes})  # type: ignore[arg-type]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A recipe of one's own, with prompts beside it."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "w.txt").write_text(PROMPT.format(role="write", words="Mix."), encoding="utf-8")
    (tmp_path / "prompts" / "r.txt").write_text(PROMPT.format(role="rewrite", words="Again."), encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_shipped_recipes() -> None:
    assert {name: load_recipe(name).plan for name in recipe_names()} == PLANS
    assert judge_names() == ["culture", "fluency", "naturalness"]


@pytest.mark.parametrize("name", PLANS)
def test_published_methods_are_cited_and_say_what_is_left_out(name: str) -> None:
    recipe = load_recipe(name)
    assert bool(recipe.citation) == bool(recipe.left_out)
    assert bool(recipe.citation) == (name not in OWN_METHODS)


def test_only_counting_replaces_the_judge_of_ratios() -> None:
    assert list(load_recipe("switchlingua.v1").judges) == ["fluency", "naturalness", "culture"]


def test_a_recipe_of_ones_own_names_prompts_from_its_folder(own: Path) -> None:
    recipe = load_recipe(str(own))
    assert (recipe.name, recipe.prompts["rewrite"].id) == ("mine", "r")
    assert recipe.judge("fluency").id == "judge.fluency.v1"


@pytest.mark.parametrize("part", ["mine.yaml", "w.txt", "prompts/r.txt"])
def test_the_digest_changes_with_every_file(own: Path, part: str) -> None:
    before = load_recipe(str(own)).digest
    assert load_recipe(str(own)).digest == before
    with (own.parent / part).open("a", encoding="utf-8") as file:
        file.write("\n# " if part.endswith("yaml") else "Please.\n")
    assert load_recipe(str(own)).digest != before


WRONG = {
    "unknown key": (OWN + "jugdes: {}\n", ":7: field 'jugdes': unknown field"),
    "unknown plan": (OWN.replace("spans", "words"), ":2: field 'plan'"),
    "unknown source": (OWN.replace("pairs", "pears"), ":3: field 'sources[0]'"),
    "no source": (OWN.replace("pairs", ""), ":3: field 'sources': it is empty"),
    "unknown prompt": (OWN.replace("refine.v1", "refine.v7"), ":6: field 'refine': unknown prompt 'refine.v7'"),
    "a prompt of another role": (OWN.replace("refine.v1", "judge.fluency.v1"), ":6: field 'refine': judge.fluency.v1"),
    "a dialogue's prompt": (OWN.replace("w.txt", "write.dialogue.v1"), ":4: field 'write'"),
    "no rewriting": (OWN.replace("rewrite: prompts/r.txt\n", ""), "field 'rewrite': missing beside write"),
    "nothing to write with": ("about: x\nplan: level\nsources: [grid]\n", "field 'write': nothing to write with"),
    "words from a grid": (OWN.replace("[pairs]", "[grid]"), ":2: field 'plan': a grid has no words for spans"),
    "a judge that is none": (OWN + "judges:\n  taste: refine.v1\n", ":8: field 'judges.taste'"),
    "not a mapping": ("- mix\n", ":1: no keys and values"),
    "an alias": ("about: x\nplan: level\nsources: &a [grid]\njudges: {a: *a}\n", "a part that is used again by *"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line_with_its_place(own: Path, text: str, said: str) -> None:
    own.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_recipe(str(own))
    assert str(caught.value).startswith(f"{own}:")
    assert said in str(caught.value)


def test_a_wrong_prompt_file_is_named_itself(own: Path) -> None:
    (own.parent / "w.txt").write_text(PROMPT.format(role="write", words="{{ colour }}"), encoding="utf-8")
    with pytest.raises(InputError, match=r"w\.txt:7: unknown variable 'colour'"):
        load_recipe(str(own))


def test_recipes_say_what_they_do_not_fit() -> None:
    with pytest.raises(
        UsageError, match=r"grid\.v1 writes from grid, not from pairs; .* mix\.v1, .* smooth\.v1, wanted\.v1"
    ):
        load_recipe("grid.v1").check(settings())
    with pytest.raises(UsageError, match="writes no dialogues"):
        load_recipe("mix.v1").check(settings(turns=3))
    with pytest.raises(UsageError, match="--turns 4"):
        load_recipe("dialogue.v1").check(settings(source="grid"))
    with pytest.raises(UsageError, match="unknown judge 'flunecy'; did you mean 'fluency'"):
        load_recipe("mix.v1").check(settings(judges=("flunecy",)))
    load_recipe("switchlingua.v1").check(settings(source="grid", turns=3, judges=("culture",)))


def test_folders_of_data_are_packaged() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["cswitch.data.prompts"]
    folder = ROOT / "data" / "prompts"
    names = [str(path.relative_to(folder)) for path in folder.glob("*/*.yaml")]
    assert names
    left_out = [
        name
        for name in names
        if not any(pattern.count("/") == name.count("/") and fnmatch(name, pattern) for pattern in patterns)
    ]
    assert left_out == [], 'add "recipes/*" and "grids/*" to the package data of cswitch.data.prompts'
