"""What a run of a recipe is told beside its name, and a recipe with what is told laid over it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import yaml

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.core.seeds import settings_hash
from cswitch.core.text.scripts import check_language
from cswitch.generators.recipes.recipe import DECIDED_BY_RUN, PROMPT, Recipe, Step, load_recipe, operation_class
from cswitch.generators.switching.shorthand import longhand
from cswitch.pipeline.checks import check, check_number
from cswitch.pipeline.taggers import DEFAULT
from cswitch.pipeline.user_lexicons import lexicon_digest
from cswitch.schemas.decode import RecordError, convert_record
from cswitch.schemas.settings import Script, SynthSettings

_INSTEAD = {"like": ("cmi", "share", "switches"), "cmi": ("share",), "share": ("cmi",)}
"""What a setting that is given takes the place of."""
_TOLERANCE = "tolerance"
"""How far from its target a recipe may be; goes with that target, so that another one has the usual tolerance."""


class RecipeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that decides what a recipe writes, but for the recipe itself."""

    recipe: str
    """Name or path of the recipe."""
    languages: tuple[str, ...]
    """The languages in play, the matrix language first."""
    pair: tuple[str, ...]
    """The same in the order of the input's sides."""
    changed: dict[str, dict[str, Any]] = {}
    """Step to settings that are changed."""
    script: Script | None = None
    """Script of the output; None leaves it to the recipe."""
    tagger: str = DEFAULT
    """Tagger, for recipes that want tags."""
    lexicons: tuple[str, ...] = ()
    """Paths of the user's own lexicons."""
    seed: int = 0
    """Seed of every random choice."""
    file: str = ""
    """Where the recipe lies, when its name is a path that leads there no more; decides nothing."""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe that can be run: its steps as they will be done."""

    recipe: Recipe
    """The recipe as it is written."""
    steps: tuple[Step, ...]
    """Its steps with what the run changes."""
    config: str
    """Hash of everything that decides the output."""


def ready(settings: RecipeSettings) -> Ready:
    """The recipe of a run.

    Raises:
        UsageError: There is no such recipe, or a change of its settings cannot be meant.
        InputError: Its file is wrong.
    """
    recipe = load_recipe(settings.file or settings.recipe)
    settings = msgspec.structs.replace(settings, file="")
    check_number("--seed", settings.seed, least=-(2**63 - 1))
    for name, given in settings.changed.items():
        if name not in {step.name for step in recipe.steps}:
            known = [step.name for step in recipe.steps]
            raise UsageError(f"--set {name}: recipe {recipe.name} has no such step", hint=suggest(name, known))
        _refuse_decided(name, given)
    steps = tuple(_changed(step, settings) for step in recipe.steps)
    neutral = msgspec.structs.replace(settings, lexicons=())  # what they hold decides, not where they lie
    config = settings_hash(neutral, recipe.digest, lexicon_digest(settings.lexicons))
    return Ready(recipe=recipe, steps=steps, config=config)


def _refuse_decided(step: str, given: Mapping[str, Any]) -> None:
    if step == PROMPT:
        hint = "leave --set out, and say it by an option: cswitch prompt --help"
        raise UsageError("--set changes lattices and operations, and the recipe asks a language model", hint=hint)
    for key in given:
        if key in DECIDED_BY_RUN.get(step, ()):
            hint = f"it is an option: cswitch {step} --help"
            raise UsageError(f"--set {step}.{key}: no setting of a recipe decides this", hint=hint)


def in_order(sides: tuple[str, ...], matrix: str, recipe: Recipe) -> tuple[str, ...]:
    """Languages, the matrix language first: the one asked for, else the recipe's own where it is among them.

    Args:
        sides: The languages.
        matrix: What was asked for; empty for nothing.
        recipe: The recipe.

    Raises:
        UsageError: It is not among the languages.
    """
    first = check_language(matrix) if matrix else recipe.languages[0] if recipe.languages[0] in sides else sides[0]
    if first not in sides:
        raise UsageError(f"--matrix {matrix} is not among the languages", hint=f"choose {' or '.join(sides)}")
    return (first, *(lang for lang in sides if lang != first))


def changes(texts: Sequence[str], recipe: Recipe) -> dict[str, dict[str, Any]]:
    """What ``--set step.key=value`` asks for; the step may be left out where there is one.

    Raises:
        UsageError: It is not written so.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        step, dot, key = name.rpartition(".")
        if not dot and len(recipe.steps) == 1:
            step = recipe.first.name
        if not sign or not key or not step:
            raise UsageError(f"--set {text!r} is no setting", hint=f"write --set {recipe.first.name}.KEY=VALUE")
        try:
            found.setdefault(step, {})[key] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise UsageError(f"--set {text!r}: its value cannot be read", hint="quote it as in YAML") from error
    return found


def over_lattice(recipe: Recipe, pair: Collection[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a run of ``synth`` laid over those of a recipe that is a lattice alone.

    Args:
        recipe: The recipe.
        pair: The languages.
        given: What the run asks for, in longhand.

    Raises:
        UsageError: The recipe is no lattice alone.

    >>> found = over_lattice(load_recipe("hinge.wac"), ("en", "hi"), {"cmi": [30, 30]})
    >>> found["matrix"], found["cmi"], "share" in found, found["recipe"]
    ('hi', [30, 30], False, 'hinge.wac.v1')
    """
    under, over = _under(recipe.only("synth").settings, given), dict(given)
    for field, others in _INSTEAD.items():
        if field in given:
            under = {key: value for key, value in under.items() if key not in others}
            over |= {other: None for other in others if other == "cmi"}
    if "share" in under:
        under.setdefault("cmi", None)
    if recipe.languages[0] in pair:
        under.setdefault("matrix", recipe.languages[0])
    return {**under, **over, "recipe": recipe.name}


def synth_settings(step: Step, settings: RecipeSettings) -> SynthSettings:
    """The settings of a lattice step.

    Raises:
        UsageError: They cannot be meant.
    """
    given = {**step.settings, "pair": list(settings.pair), "seed": settings.seed, "recipe": settings.recipe}
    given.setdefault("matrix", settings.languages[0])
    if settings.script is not None:
        given["script"] = settings.script
    found: SynthSettings = _converted(given, SynthSettings, step.name)
    found = msgspec.structs.replace(found, lexicons=settings.lexicons)
    check(found)
    return found


def operation_settings(step: Step) -> msgspec.Struct:
    """The settings of an operation.

    Raises:
        UsageError: They cannot be meant.
    """
    found: msgspec.Struct = _converted(step.settings, operation_class(step.name).Settings, step.name)
    return found


def _changed(step: Step, settings: RecipeSettings) -> Step:
    """A step with what the run changes; whether it can be meant is looked at too."""
    given = settings.changed.get(step.name, {})
    whole = {**step.settings, **given}
    if step.kind == "synth":
        whole = {**_under(step.settings, given), **longhand(given)}
    for one, other in (("cmi", "share"), ("share", "cmi")) if step.kind == "synth" else ():
        if one in given and other not in given:
            whole[other] = None  # what the run asks for takes the place of what the recipe does
    found = msgspec.structs.replace(step, settings=whole)
    if step.kind == "operation":
        operation_settings(found)
    elif step.kind == "synth":
        synth_settings(found, settings)
    return found


def _under(settings: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What a recipe says of a lattice, without its tolerance where another target is asked for."""
    another = not given.keys().isdisjoint(_INSTEAD)
    return {key: value for key, value in settings.items() if not (another and key == _TOLERANCE)}


def _converted(given: Mapping[str, Any], record: type[Any], step: str) -> Any:
    try:
        return convert_record(given, record)
    except RecordError as error:
        known = [field.name for field in msgspec.structs.fields(record)]
        hint = suggest(error.field, known) if error.message == "unknown field" else error.hint
        raise UsageError(
            f"{step}.{error.field}: {error.message}" if error.field else f"{step}: {error}", hint=hint
        ) from error
