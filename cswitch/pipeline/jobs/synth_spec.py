"""The stage ``synth`` of a job file: what may be written short, and the recipe that it takes its settings from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from cswitch.core.errors import CswitchError, InputError
from cswitch.generators.recipes.recipe import load_recipe
from cswitch.generators.switching.shorthand import excluded, longhand
from cswitch.pipeline.jobs.mistakes import Mistake
from cswitch.pipeline.jobs.paths import found_in
from cswitch.pipeline.recipes.settings import over_lattice
from cswitch.schemas.settings import SynthSettings

_WHOLE = frozenset(
    field.name
    for field in msgspec.structs.fields(SynthSettings)
    if field.default is not None and field.name not in ("pair", "recipe")
)
"""What a job file names that was written with every default."""


def written_out(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A stage as ``SynthSettings`` has it, over the settings of the recipe that it names.

    In a stage that says everything, the recipe is only the name that samples carry.

    Args:
        given: The stage as it is written.
        folder: What paths are relative to.

    >>> found = written_out({"pair": "en-hi", "recipe": "hinge.wac", "cmi": 30}, Path())
    >>> found["cmi"], found["matrix"], found["units"], found["recipe"]
    ([30, 30], 'hi', 'noun-adjective', 'hinge.wac.v1')
    """
    found = longhand(given)
    name, pair = found.get("recipe"), found.get("pair")
    if not _takes_recipe(given) or not isinstance(name, str) or not isinstance(pair, list):
        return found
    try:
        return over_lattice(load_recipe(found_in(name, folder)), pair, found)
    except CswitchError:
        return found  # told by mistakes_in


def mistakes_in(given: Mapping[str, Any], place: str, folder: Path) -> Iterator[Mistake]:
    """What is wrong with a stage as it is written, and cannot be seen any more once it is written out."""
    if not given.get("like") and excluded(given):
        yield Mistake(f"{place}.share", "it excludes cmi", "give one of them")
    name = given.get("recipe")
    if not _takes_recipe(given) or not isinstance(name, str):
        return
    try:
        over_lattice(load_recipe(found_in(name, folder)), (), {})
    except InputError as error:
        yield Mistake(f"{place}.recipe", str(error), error.hint)
    except CswitchError as error:
        hint = f"make it a stage of its own: - recipe: {{name: {name}}}" if "steps:" in error.message else error.hint
        yield Mistake(f"{place}.recipe", error.message, hint)


def _takes_recipe(given: Mapping[str, Any]) -> bool:
    """Whether settings are to be taken from the recipe that a stage names."""
    return bool(given.get("recipe")) and not given.keys() >= _WHOLE
