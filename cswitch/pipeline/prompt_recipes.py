"""Recipes as ``cswitch prompt --recipe`` takes them: a method with its settings, or a recipe of prompts alone.

A name is looked up among the methods of :mod:`cswitch.generators.recipes` that ask a language model and nothing else,
then among the recipes of prompts in data/prompts. A file is a method where it has ``steps``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.generators.prompting.recipes import recipe_names as prompt_names
from cswitch.generators.prompting.yaml_files import parse, read_text
from cswitch.generators.recipes.recipe import Recipe, StepKind, load_recipe, recipe_names
from cswitch.schemas.decode import convert_record
from cswitch.schemas.prompting import PromptSettings

_KIND: StepKind = "prompt"
_NOT_TAKEN = ("source", "recipe")
_VERSION = re.compile(r"\.v\d+$")


def method_named(name: str) -> Recipe | None:
    """The method of a name or a file; None where it is a recipe of prompts, or nothing is named.

    Raises:
        UsageError: There is neither, or the method does more than ask a language model; the message says what there is.
        InputError: The file is wrong.

    >>> method_named("ezswitch").name, method_named("mix.v1"), method_named("")
    ('ezswitch.v1', None, None)
    >>> method_named("ezswich")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: unknown recipe 'ezswich'; did you mean 'ezswitch'? Known: ...
    """
    if not name:
        return None
    known = recipe_names()
    if name in known or name in {_family(one) for one in known}:
        recipe = load_recipe(name)
        if not _prompts(recipe) and name in prompt_names():
            return None
        recipe.only(_KIND)
        return recipe
    if name in prompt_names():
        return None
    path = Path(name)
    if "/" in name or name.endswith((".yaml", ".yml")) or path.is_file():
        document = parse(read_text(path), str(path))
        if not isinstance(document.value, dict) or "steps" not in document.value:
            return None
        recipe = load_recipe(name)
        recipe.only(_KIND)
        return recipe
    raise UsageError(f"unknown recipe {name!r}", hint=suggest(name, [*prompt_names(), *methods()]))


@cache
def methods() -> tuple[str, ...]:
    """Names, without versions, of the methods that ask a language model and nothing else.

    >>> "ezswitch" in methods(), "dip" in methods()
    (True, False)
    """
    return tuple(sorted({_family(name) for name in recipe_names() if _prompts(load_recipe(name))}))


def with_method(settings: PromptSettings, recipe: Recipe | None, given: Collection[str] = ()) -> PromptSettings:
    """Settings with those of a method where nothing else was asked for.

    Args:
        settings: As they are; ``recipe`` is overwritten by the prompts of the method.
        recipe: The method; None leaves them as they are.
        given: Names of the settings that were asked for, and stay.

    >>> asked = PromptSettings(languages=("en", "hi"), recipe="ezswitch", tolerance=3.0)
    >>> found = with_method(asked, method_named("ezswitch"), given={"tolerance"})
    >>> found.method, found.recipe, found.tolerance
    ('ezswitch.v1', 'wanted.v2', 3.0)
    """
    if recipe is None:
        return settings
    return msgspec.structs.replace(settings, **values_of(recipe, settings.languages, given, like=bool(settings.like)))


def values_of(recipe: Recipe, languages: Sequence[str], given: Collection[str], *, like: bool) -> dict[str, Any]:
    """What a method says of the settings of a run, its name and its prompts among them.

    Args:
        recipe: The method.
        languages: Of the run.
        given: Names of the settings that were asked for, and stay.
        like: Whether the CMI is that of a real text.
    """
    step = recipe.only(_KIND).settings
    read: PromptSettings = convert_record({**step, "languages": list(languages)}, PromptSettings)
    # What a row is, the input says; whether the prompts can be made from it is looked at when they are loaded.
    taken: dict[str, Any] = {name: getattr(read, name) for name in step if name not in {*given, *_NOT_TAKEN}}
    if like:
        taken.pop("cmi", None)
    if taken.get("matrix") not in languages:
        taken.pop("matrix", None)  # the method's own pair has it, this one does not
    return {**taken, "method": recipe.name, "recipe": read.recipe}


def _prompts(recipe: Recipe) -> bool:
    return len(recipe.steps) == 1 and recipe.first.kind == _KIND


def _family(name: str) -> str:
    return _VERSION.sub("", name)
