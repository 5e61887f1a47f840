"""The stage ``recipe`` of a job file: what may be written short, what is wrong with it, what it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.registry import suggest
from cswitch.core.specs import parse_tagger
from cswitch.core.text.scripts import check_language
from cswitch.generators.recipes.recipe import Recipe, load_recipe, recipe_names
from cswitch.generators.switching.shorthand import longhand
from cswitch.pipeline.jobs.mistakes import Mistake
from cswitch.pipeline.jobs.paths import found_in, is_path
from cswitch.pipeline.recipes.items import RecipeSource
from cswitch.pipeline.recipes.settings import RecipeSettings, in_order, ready
from cswitch.schemas.commands import RecipeStage
from cswitch.schemas.job import JobInput


def written_out(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A stage as :class:`~cswitch.schemas.job.RecipeStage` has it; what cannot be read stays as it is.

    Settings may be named ``STEP.KEY``, and without a step where the recipe has one.

    Args:
        given: The stage as it is written.
        folder: What paths are relative to.

    >>> written_out({"name": "dip", "pair": "en-hi", "set": {"count": 3}}, Path())
    {'name': 'dip', 'pair': ['en', 'hi'], 'set': {'dip': {'count': 3}}}
    """
    found = {**given, **longhand({name: given[name] for name in ("pair", "matrix") if name in given})}
    if isinstance(found.get("set"), dict):
        found["set"] = _by_step(found["set"], _steps(given, folder))
    return found


def recipe_of(stage: RecipeStage) -> Recipe:
    """The recipe of a stage.

    Raises:
        UsageError: There is none of the name.
        InputError: Its file is wrong.
    """
    return load_recipe(stage.file or stage.name)


def settings_of(stage: RecipeStage) -> RecipeSettings:
    """What decides the samples of a stage.

    Raises:
        UsageError: It cannot be meant.
    """
    recipe = recipe_of(stage)
    sides = stage.pair or recipe.languages
    return RecipeSettings(
        recipe=stage.name,
        file=stage.file or "",
        languages=in_order(sides, stage.matrix, recipe),
        pair=sides,
        changed=stage.set,
        script=stage.script,
        tagger=stage.tagger,
        lexicons=stage.lexicons,
        seed=stage.seed,
    )


def source_of(given: JobInput, settings: RecipeSettings, takes: str) -> RecipeSource:
    """Where the items of a job come from.

    Args:
        given: The input of the job.
        settings: Of its stage.
        takes: What the recipe takes.
    """
    return RecipeSource(
        given.paths[0], takes, settings.languages, settings.pair, given.format, given.links, given.field or "",
        given.pretokenised, given.limit,
    )  # fmt: skip


def stage_of(settings: RecipeSettings) -> RecipeStage:
    """The stage of settings, all that decides the samples written out."""
    return RecipeStage(
        name=settings.recipe,
        file=settings.file or _path_of(settings.recipe),
        pair=settings.pair,
        matrix=settings.languages[0],
        set=settings.changed,
        script=settings.script,
        tagger=settings.tagger,
        lexicons=settings.lexicons,
        seed=settings.seed,
    )


def meaning(stage: RecipeStage, place: str) -> Iterator[Mistake]:
    """What is wrong with a stage whose fields have the right types."""
    try:
        recipe = recipe_of(stage)
    except CswitchError as error:
        told = str(error) if isinstance(error, InputError) else error.message
        yield Mistake(f"{place}.name", told, error.hint)
        return
    if recipe.first.kind == "prompt":
        hint = f"write the stage - prompt: {{recipe: {stage.name}, pair: A-B, model: NAME}}"
        yield Mistake(f"{place}.name", f"recipe {recipe.name} asks a language model", hint)
        return
    for lang in (*stage.pair, *filter(None, (stage.matrix,))):
        try:
            check_language(lang)
        except UsageError as error:
            yield Mistake(f"{place}.pair", error.message, error.hint)
            return
    if len(set(stage.pair)) < len(stage.pair):
        yield Mistake(f"{place}.pair", "it names a language twice", "name each once, such as en-hi")
        return
    try:
        parse_tagger(stage.tagger)
    except UsageError as error:
        yield Mistake(f"{place}.tagger", error.message, error.hint)
    yield from _of_settings(stage, recipe, place)


def _of_settings(stage: RecipeStage, recipe: Recipe, place: str) -> Iterator[Mistake]:
    known = [step.name for step in recipe.steps]
    unknown = [name for name in stage.set if name not in known]
    for name in unknown:
        yield Mistake(f"{place}.set.{name}", f"recipe {recipe.name} has no such step", suggest(name, known))
    if unknown:
        return
    try:
        ready(settings_of(stage))
    except CswitchError as error:
        at, _, what = error.message.partition(": ")
        step, _, key = at.partition(".")
        message = error.message.replace("--", "")
        if step in stage.set and key in stage.set[step]:
            yield Mistake(f"{place}.set.{at}", what, error.hint)
        elif "matrix" in message:
            yield Mistake(f"{place}.matrix", message, error.hint)
        else:
            yield Mistake(f"{place}.set" if stage.set else place, message, error.hint.replace("--", ""))


def _steps(given: dict[str, Any], folder: Path) -> list[str]:
    """Names of the steps of the recipe that is named; none where there is no such recipe."""
    name, file = given.get("name"), given.get("file")
    if not isinstance(name, str):
        return []
    try:
        recipe = load_recipe(str(folder / Path(str(file)).expanduser()) if file else found_in(name, folder))
    except CswitchError:
        return []  # told when the stage is looked through
    return [step.name for step in recipe.steps]


def _by_step(given: dict[str, Any], steps: list[str]) -> dict[str, Any]:
    """Settings by the step that they belong to."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        step, dot, key = str(name).rpartition(".")
        if name in steps and isinstance(value, dict):
            found.setdefault(name, {}).update(value)
        elif dot and steps:
            found.setdefault(step, {})[key] = value
        elif len(steps) == 1 and name not in steps and not isinstance(value, dict):
            found.setdefault(steps[0], {})[name] = value
        else:
            found[name] = value
    return found


def _path_of(name: str) -> str | None:
    """The file that a recipe is named by; None for one with a name."""
    known = {*recipe_names(), *(one.rpartition(".v")[0] for one in recipe_names())}
    return name if name not in known and (is_path(name) or Path(name).is_file()) else None
