"""Writes docs/recipes.md: every recipe as its file says it, with what it really gives on data/samples.

Usage: python scripts/build_recipe_gallery.py [--check]

With ``--check`` nothing is written, and the exit status says whether the page is as it should be.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

import yaml

from cswitch.cli.recipes import command_of
from cswitch.generators.recipes.recipe import Recipe, load_recipe, recipe_names
from cswitch.pipeline.recipes.items import RecipeSource, read_items
from cswitch.pipeline.recipes.settings import RecipeSettings
from cswitch.pipeline.recipes.worker import RecipeWorker
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "recipes.md"
SHOWN = 3
"""Samples shown of a recipe."""
TRIED = 40
"""Items it is run over to find them."""
LONGEST = 160
"""Texts longer than this many characters are passed over where shorter ones are there."""

HEAD = """# Recipes: published methods by name

A recipe is a file over the lattice, the prompts and the operations on text. This page is made from the files by
`python scripts/build_recipe_gallery.py`; the outputs are what the recipes give on data/samples, unchosen: the first
that are not long.

    cswitch recipes list
    cswitch recipes show hinge.wac
    cswitch recipes run hinge.wac data/samples/en-hi.tsv -o hinglish.jsonl

`run` takes the options of `cswitch synth` where a recipe is a lattice, those of `cswitch prompt` where it asks a
language model, and its own otherwise. `cswitch synth --recipe NAME` and `cswitch prompt --recipe NAME` are the same.
`--set STEP.KEY=VALUE` changes a setting of a lattice or an operation; then the options are those of operations.
Languages are those of the paper unless `--pair` names others.
To change a method for good, copy its file, edit it and give its path:

    cswitch recipes show hinge.wac --source > mine.yaml
    cswitch recipes run ./mine.yaml data/samples/en-hi.tsv -o mine.jsonl

Names end in a version. A released version is never changed; a name without one means the newest. Every sample says in
`provenance.recipe` which one it is from. How a recipe or an operation of one's own is added:
[extending.md](extending.md).

"""


def main() -> None:
    """Writes the page, or says whether it is as it should be."""
    text = page()
    if "--check" in sys.argv[1:]:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        print("as it should be" if same else f"{PAGE.name} is out of date: python scripts/build_recipe_gallery.py")
        sys.exit(0 if same else 1)
    PAGE.write_text(text, encoding="utf-8")


def page() -> str:
    """The whole page."""
    recipes = [load_recipe(name) for name in recipe_names()]
    rows = [f"| [{one.name}](#{anchor(one.name)}) | {one.takes} | {one.about} |" for one in recipes]
    table = "\n".join(["| recipe | takes | what it does |", "|---|---|---|", *rows])
    return HEAD + table + "\n\n" + "\n".join(section(one) for one in recipes)


def section(recipe: Recipe) -> str:
    """What the page says of one recipe."""
    parts = [f"## {recipe.name}", "", recipe.about, "", recipe.citation, ""]
    for title, text in (
        ("Reproduces", recipe.reproduces), ("Leaves out", recipe.left_out), ("Cannot be known", recipe.unknown),
    ):  # fmt: skip
        if text:
            parts += [f"* **{title}:** {text}"]
    parts += ["", "```yaml", steps(recipe), "```", ""]
    parts += [f"    {command_of(recipe, f'data/samples/{recipe.sample}' if recipe.sample else 'IN')}", ""]
    shown = outputs(recipe)
    if shown:
        parts += [f"On data/samples/{recipe.sample} ({'-'.join(recipe.languages)}):", "", *shown, ""]
    else:
        parts += ["Its example, in which the model's answers are given:", "", *example(recipe), ""]
    if recipe.export:
        parts += [f"The method ends with `cswitch export OUT -o DIR --to {recipe.export}`.", ""]
    return "\n".join(parts)


def steps(recipe: Recipe) -> str:
    """The steps as YAML."""
    found = [{step.name: dict(step.settings)} for step in recipe.steps]
    return yaml.safe_dump(
        {"steps": found}, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110
    ).strip()


def outputs(recipe: Recipe) -> list[str]:
    """Samples it gives on its sample file; none for recipes that need a model."""
    if recipe.first.kind == "prompt" or not recipe.sample:
        return []
    source = RecipeSource(
        str(ROOT / "data" / "samples" / recipe.sample), recipe.takes, recipe.languages, recipe.languages
    )
    settings = RecipeSettings(recipe=recipe.name, languages=recipe.languages, pair=recipe.languages)
    try:
        worker = RecipeWorker(settings)
    except Exception as error:
        if recipe.example.answers or "model" in str(error):
            return []
        raise
    items = [placed.item for placed in islice(read_items(source), max(TRIED, worker.chunk))]
    made = [sample for result in worker.make(items) if not isinstance(result, Reject) for sample in result[:1]]
    short = [sample for sample in made if len(sample.text) <= LONGEST]
    return [line for sample in (short or made)[:SHOWN] for line in shown_sample(sample)]


def shown_sample(sample: Sample) -> list[str]:
    """A sample as two lines of a list."""
    matrix = sample.matrix
    marked = " ".join(
        f"**{escaped(token)}**" if tag not in (matrix, "other", "ne") else escaped(token)
        for token, tag in zip(sample.tokens, sample.langs, strict=True)
    )
    counted = ", ".join(f"{name} {value:g}" for name, value in list(sample.measures.items())[:3] if value is not None)
    return [f"* {escaped(' '.join(sample.text.split()))}", f"  <br>{marked} ({counted})"]


def example(recipe: Recipe) -> list[str]:
    """The golden example."""
    given = json.dumps(recipe.example.input[0], ensure_ascii=False)
    came = json.dumps(recipe.example.output[0], ensure_ascii=False)
    return ["```", given, *(f"model: {answer}" for answer in recipe.example.answers[:3]), f"-> {came}", "```"]


def anchor(name: str) -> str:
    """The anchor of a heading."""
    return name.replace(".", "").lower()


def escaped(text: str) -> str:
    """Text that Markdown and HTML leave alone."""
    for sign in ("\\", "*", "_", "`", "|", "$", "[", "]"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


if __name__ == "__main__":
    main()
