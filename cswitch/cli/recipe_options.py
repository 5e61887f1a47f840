"""The settings of a recipe under those that the command line gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cswitch.schemas.settings import SynthSettings

RecipeName = Annotated[
    str,
    typer.Option(
        "--recipe",
        metavar="NAME",
        help="A published method (cswitch recipes list) or a file; options given beside it win.",
    ),
]


def with_recipe(context: typer.Context, settings: SynthSettings, name: str) -> SynthSettings:
    """The settings of a recipe, with those laid over them that the command line gives; without a name, ``settings``.

    Args:
        context: The command, which knows what was given.
        settings: What the options say, defaults included.
        name: Name or path of a recipe; empty for none.

    Raises:
        UsageError: There is no such recipe, or it is not one of synth alone.
        InputError: Its file is wrong.
    """
    if not name:
        return settings
    from msgspec.structs import asdict

    from cswitch.generators.recipes.recipe import load_recipe
    from cswitch.pipeline.recipes.settings import over_lattice
    from cswitch.schemas.decode import convert_record
    from cswitch.schemas.settings import SynthSettings

    said = asdict(settings)
    given = {field: value for field, value in said.items() if is_given(context, field)}
    whole: dict[str, Any] = {"pair": said["pair"], **over_lattice(load_recipe(name), said["pair"], given)}
    return convert_record(
        {key: list(value) if isinstance(value, tuple) else value for key, value in whole.items()}, SynthSettings
    )


def is_given(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
