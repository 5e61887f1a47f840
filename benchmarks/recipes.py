"""What every recipe gives, in one table: ``python -m benchmarks.recipes``.

For each recipe that is found by name: items answered, the CMI or share asked for and the mean distance to what was got,
switch points, distinct texts, and items a second of one core's processor time, measured on a second pass. Recipes run
on the file of data/samples that they name; those over English with Hindi or Spanish on the first lines of NTREX too,
where they are there. A recipe that is a lattice and nothing more is timed against plain synth (its frames, draws,
script and noise, all else the default) on the same pairs, in turns. Recipes of prompts are run on their first
items, by the server that is named (--base-url), else by the simulated model of the tests, which knows the pairs; their
time is the server's. Those that want a model of one's own are listed as not run.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

import msgspec

from cswitch import data
from cswitch.cli.main import main as main_command
from cswitch.core.errors import CswitchError
from cswitch.generators.recipes.contracts import Item
from cswitch.generators.recipes.recipe import Recipe, load_recipe, recipe_names
from cswitch.pipeline.making import sample_maker
from cswitch.pipeline.readers import Row
from cswitch.pipeline.recipes.items import RecipeSource, read_items
from cswitch.pipeline.recipes.settings import RecipeSettings, ready, synth_settings
from cswitch.pipeline.recipes.worker import RecipeWorker
from cswitch.pipeline.synthesiser import little_collecting, speller
from cswitch.schemas.pair import Pair
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from cswitch.schemas.settings import SynthSettings
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import serving
from tests.recipes.bilingual_model import Bilingual, sample_pairs

SAMPLES = Path(data.__path__[0]) / "samples"
NTREX = {"en": "eng", "hi": "hin", "es": "spa"}
TURNS = 5
WRONG_USAGE = 2
PROMPTED = 40
"""Items of a recipe of prompts."""
Made = Sequence[list[Sample] | Reject]


class Result(msgspec.Struct, omit_defaults=True):
    """A row of the table."""

    recipe: str
    on: str
    items: int = 0
    answered: int = 0
    samples: int = 0
    asked: str = ""
    """The mean of what was asked for: ``CMI 25.0`` or ``share 0.20``; ``all`` for a share of 1."""
    got: str = ""
    """The mean of what was got."""
    error: float | None = None
    """Mean distance between both, in points of CMI or in percent."""
    switches: float = 0.0
    """Mean number of switch points."""
    distinct: int = 0
    per_second: float = 0.0
    against_plain: float | None = None
    """Speed as a multiple of plain synth's."""
    not_run: str = ""


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data", help="folder with parallel/ntrex")
    parser.add_argument("--recipe", action="append", help="only these, by name")
    parser.add_argument("--lines", type=int, default=300, help="lines of NTREX; 0 for none")
    parser.add_argument("--base-url", help="an OpenAI-compatible server, for recipes of prompts")
    parser.add_argument("--model", default="model", help="its model")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    options = parser.parse_args()
    results: list[Result] = []
    for name in options.recipe or recipe_names():
        recipe = load_recipe(name)
        if recipe.first.kind == "prompt":
            results.append(prompted(recipe, options.base_url, options.model))
        else:
            results += measured(recipe, Path(options.data), options.lines)
    print(json.dumps(msgspec.to_builtins(results), indent=2)) if options.json else table(results)


def measured(recipe: Recipe, folder: Path, lines: int) -> list[Result]:
    """The rows of a recipe: on its own sample, and on NTREX where that has its languages."""
    settings = RecipeSettings(recipe=recipe.name, languages=recipe.languages, pair=recipe.languages)
    source = RecipeSource(str(SAMPLES / recipe.sample), recipe.takes, recipe.languages, recipe.languages)
    inputs: list[tuple[str, list[Item | Reject]]] = []
    try:
        inputs.append((recipe.sample, [placed.item for placed in read_items(source)]))
        texts = {lang: folder / "parallel" / "ntrex" / f"{NTREX.get(lang)}.txt" for lang in recipe.languages}
        if recipe.takes == "pairs" and lines and all(path.exists() for path in texts.values()):
            inputs.append(("NTREX", list(ntrex(texts, lines))))
        return [on(recipe, settings, name, items) for name, items in inputs]
    except CswitchError as error:
        return [Result(recipe.name, recipe.sample, not_run=error.message)]


def prompted(recipe: Recipe, server: str | None, model: str) -> Result:
    """The row of a recipe of prompts, on its first items; without a server a simulated model that knows the pairs."""
    if server is not None:
        return asked(recipe, server, model, recipe.sample)
    if recipe.takes != "pairs":
        return Result(recipe.name, recipe.sample, not_run="it asks a language model; name a server with --base-url")
    first = recipe.first.settings.get("matrix", next(lang for lang in recipe.languages if lang != "en"))
    simulated = Bilingual(sample_pairs(recipe.sample, *recipe.languages), str(first))
    with serving(Script(reply=simulated)) as fake:
        return asked(recipe, fake.base_url, "fake", f"{recipe.sample}, simulated model")


def asked(recipe: Recipe, server: str, model: str, name: str) -> Result:
    """The row of a recipe of prompts that a server answers."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        given = [*(["--grid"] if recipe.takes == "grid" else []), str(SAMPLES / recipe.sample)]
        shown = re.search(r"--few-shot data/samples/(\S+)", recipe.options)
        options = ["--few-shot", str(SAMPLES / shown[1])] if shown else []
        options += ["--base-url", server, "--model", model, "--limit", str(PROMPTED), "--budget", "1"]
        started = time.monotonic()
        files = ["-o", str(out), "--rejects", str(out.with_suffix(".rejects"))]
        status = main_command(["recipes", "run", recipe.name, *given, *files, *options])
        seconds = time.monotonic() - started
        lines, rejects = (
            [] if not path.exists() else path.read_bytes().splitlines() for path in map(Path, files[1::2])
        )
        samples = [msgspec.json.decode(line, type=Sample) for line in lines]
    result = Result(recipe.name, name)
    if status == WRONG_USAGE:
        result.not_run = "its run wants more options; see stderr"
        return result
    by_source: dict[str, list[Sample]] = {}
    for sample in samples:
        by_source.setdefault(sample.source_id, []).append(sample)
    result.items = len(by_source) + len(rejects)
    fill(result, list(by_source.values()))
    result.per_second = result.items / seconds
    return result


def ntrex(texts: dict[str, Path], lines: int) -> Sequence[Pair]:
    """The first lines of NTREX."""
    sides = [path.read_text("utf-8").splitlines()[:lines] for path in texts.values()]
    return [
        Pair(id=str(n), texts=dict(zip(texts, row, strict=True))) for n, row in enumerate(zip(*sides, strict=True), 1)
    ]


def on(recipe: Recipe, settings: RecipeSettings, name: str, items: list[Item | Reject]) -> Result:
    """The row of a recipe on some items."""
    worker = RecipeWorker(settings)
    made = worker.make(items)
    result = Result(recipe.name, name, items=len(items))
    fill(result, made)
    plain = plain_synth(recipe, settings, [item for item in items if isinstance(item, Pair)])
    result.per_second, other = in_turns(lambda: worker.make(items), plain, len(items))
    result.against_plain = result.per_second / other if other else None
    return result


def plain_synth(recipe: Recipe, settings: RecipeSettings, pairs: list[Pair]) -> Callable[[], object] | None:
    """Plain synth on the same pairs, for a recipe that is nothing but a lattice."""
    if recipe.first.kind != "synth" or len(recipe.steps) > 1:
        return None
    asked = synth_settings(ready(settings).steps[0], settings)
    default = SynthSettings(
        pair=asked.pair,
        matrix=asked.matrix,
        per_pair=asked.per_pair,
        script=asked.script,
        roman_variety=asked.roman_variety,
        noise=asked.noise,
    )
    maker = sample_maker(default, config="plain", speller=speller(default))
    rows = [Row(line, pair) for line, pair in enumerate(pairs)]
    list(maker(rows))
    return lambda: list(maker(rows))


def in_turns(one: Callable[[], object], other: Callable[[], object] | None, items: int) -> tuple[float, float]:
    """Items a second of two things to do, the best of several turns; 0 for the second where there is none."""
    found: list[list[float]] = [[], []]
    with little_collecting():
        for _ in range(TURNS):
            for times, do in zip(found, (one, other), strict=True):
                if do:
                    started = time.process_time()
                    do()
                    times.append(items / (time.process_time() - started))
    return max(found[0]), max(found[1], default=0.0)


def fill(result: Result, made: Made) -> None:
    """Counts what a recipe gave."""
    samples = [sample for found in made if not isinstance(found, Reject) for sample in found]
    result.answered = sum(not isinstance(found, Reject) for found in made)
    result.samples = len(samples)
    if not samples:
        return
    result.distinct = len({sample.text for sample in samples})
    result.switches = mean(float(sample.measures["switches"] or 0) for sample in samples)
    shares = [(one.target.share, one.measures.get("share")) for one in samples if one.target.share is not None]
    cmis = [(one.target.cmi, one.measures["cmi"]) for one in samples if one.target.cmi is not None]
    result.got = f"CMI {mean(float(one.measures['cmi'] or 0) for one in samples):.1f}"
    if shares:
        pairs = [(asked, float(got or 0)) for asked, got in shares]
        asked = mean(asked for asked, _ in pairs)
        result.asked, result.got = f"share {asked:.2f}", f"share {mean(got for _, got in pairs):.2f}"
        if asked == 1:
            result.asked = "all"
        else:
            result.error = 100 * mean(abs(asked - got) for asked, got in pairs)
    elif cmis:
        result.asked = f"CMI {mean(float(asked) for asked, _ in cmis):.1f}"
        result.error = mean(abs(float(asked) - float(got or 0)) for asked, got in cmis)


def table(results: Sequence[Result]) -> None:
    """The results as text."""
    print(
        "recipe                         on                 answered      samples asked        got         |asked-got|"
    )
    print("                               switches  distinct  items/s   against plain synth\n")
    for row in results:
        if row.not_run:
            print(f"{row.recipe:30} not run: {row.not_run}")
            continue
        error = "" if row.error is None else f"{row.error:.2f}"
        print(
            f"{row.recipe:30} {row.on:18} {row.answered:4}/{row.items:<4} {row.samples:10} {row.asked:12} {row.got:12}"
            f"{error:>10}"
        )
        plain = "" if row.against_plain is None else f"{row.against_plain:.2f} x"
        print(f"{'':30} {row.switches:8.1f} {row.distinct:9} {row.per_second:8,.0f}   {plain}")


if __name__ == "__main__":
    main()
