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
_INSTEAD = {"like": ("cmi", "share", "switches"), "cmi": ("share",), "share": ("cmi",)}
"""What an option that is given takes the place of."""


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
    from cswitch.schemas.decode import convert_record
    from cswitch.schemas.settings import SynthSettings

    recipe = load_recipe(name)
    said = asdict(settings)
    given = {field: value for field, value in said.items() if is_given(context, field)}
    under = dict(recipe.only("synth").settings)
    for field, others in _INSTEAD.items():
        if field in given:
            under = {key: value for key, value in under.items() if key not in others}
            given |= {other: None for other in others if other == "cmi"}
    under.setdefault("cmi", None if "share" in under else said["cmi"])
    if recipe.languages[0] in said["pair"]:
        under.setdefault("matrix", recipe.languages[0])
    whole: dict[str, Any] = {"pair": said["pair"], **under, **given, "recipe": recipe.name}
    return convert_record(
        {key: list(value) if isinstance(value, tuple) else value for key, value in whole.items()}, SynthSettings
    )


def is_given(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
