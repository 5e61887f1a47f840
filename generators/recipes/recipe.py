"""Recipes: published methods as YAML files, looked up by name, read whole and checked before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec

from cswitch.core.errors import CswitchError, UsageError
from cswitch.core.registry import load, names, suggest
from cswitch.core.text.scripts import check_language
from cswitch.generators.prompting.templates import text_digest
from cswitch.generators.prompting.yaml_files import Document, parse, read_text
from cswitch.generators.switching.shorthand import excluded, longhand
from cswitch.schemas.decode import RecordError, convert_record
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.settings import SynthSettings

SUFFIX = ".yaml"
SYNTH, PROMPT = "synth", "prompt"
StepKind = Literal["synth", "prompt", "operation"]
_VERSION = re.compile(r"\.v(\d+)$")
DECIDED_BY_RUN = {
    SYNTH: ("pair", "like", "lexicons", "recipe", "seed"),
    PROMPT: (
        "languages", "source_lang", "recipe_digest", "model", "judge_model", "shots_digest", "translator_digest",
        "lexicons", "seed", "method", "like", "like_digest", "back_digest",
    ),
}  # fmt: skip
"""What a run says and no recipe: languages, models, files."""


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A golden example: what a recipe makes of an input, checked by the tests."""

    input: list[dict[str, Any]]
    """Records as the recipe takes them."""
    output: list[dict[str, Any]]
    """What comes, in order: for each sample or reject the fields that matter, such as ``text`` and ``langs``."""
    pair: str = ""
    """The languages, when they are not those of the recipe."""
    answers: list[str] = []
    """What the language model answers, in order, for recipes that ask one."""


class _Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recipe as it is written."""

    about: str
    citation: str
    reproduces: str
    languages: tuple[str, ...]
    steps: list[dict[str, Any]]
    example: Example
    left_out: str = ""
    unknown: str = ""
    sample: str = ""
    options: str = ""
    export: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a recipe."""

    kind: StepKind
    """A lattice, a language model, or an operation."""
    name: str
    """``synth``, ``prompt``, or the registered name of the operation."""
    settings: Mapping[str, Any]
    """The settings it changes, in longhand."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A published method."""

    name: str
    """Versioned name, such as ``hinge.wac.v1``; a released one is never changed."""
    about: str
    """What it does, in a sentence."""
    citation: str
    """The paper whose method it is."""
    reproduces: str
    """What of the paper it does."""
    left_out: str
    """What of the paper it does not do, or does in another way."""
    unknown: str
    """What the paper does that cannot be known from public sources, and what is done instead."""
    languages: tuple[str, ...]
    """The languages of the paper, for which it is shown; any others may be asked for."""
    steps: tuple[Step, ...]
    """What is done, in order."""
    sample: str
    """File of data/samples that it is shown on."""
    options: str
    """What a run has to say beside its input, such as ``--model M`` or where a model lies; empty for nothing."""
    export: str
    """What the method ends with, as ``cswitch export --to`` names it; empty for samples."""
    example: Example
    """What the tests hold it to."""
    digest: str
    """Hash of its file."""
    path: str
    """The file."""

    @property
    def first(self) -> Step:
        """The step that reads the input."""
        return self.steps[0]

    @property
    def takes(self) -> str:
        """What it reads: ``pairs``, ``texts``, ``samples``, ``rows``; or ``grid``, the cells of one."""
        if self.first.kind == "operation":
            return str(operation_class(self.first.name).takes)
        return str(self.first.settings.get("source", "pairs"))

    def only(self, kind: StepKind) -> Step:
        """The step of a recipe that is nothing but this kind of step.

        Raises:
            UsageError: It has other steps.
        """
        if len(self.steps) == 1 and self.first.kind == kind:
            return self.first
        steps = ", ".join(step.name for step in self.steps)
        raise UsageError(
            f"recipe {self.name} is no recipe for {kind} alone; its steps: {steps}",
            hint=f"run it with cswitch recipes run {self.name} IN -o OUT",
        )


def operation_class(name: str) -> Any:
    """The class of an operation.

    Raises:
        UsageError: There is none of that name.
    """
    return load("operation", name)


def recipe_names() -> list[str]:
    """Names of the recipes that are shipped and of those that plug-ins bring."""
    return sorted({*_shipped(), *names("recipe")})


def load_recipe(name: str) -> Recipe:
    """A recipe by its name, with or without a version (the newest), or by the path of a file of one's own.

    Raises:
        UsageError: There is no such recipe; the message names the nearest.
        InputError: The file is wrong; line and field are named.

    >>> load_recipe("hinge.wack")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: unknown recipe 'hinge.wack'; did you mean 'hinge.wac'? ...
    """
    known = recipe_names()
    if name in known:
        return _known(name)
    newest = [one for one in known if _VERSION.sub("", one) == name]
    if newest:
        return _known(max(newest, key=_version))
    path = Path(name)
    if "/" in name or name.endswith((SUFFIX, ".yml")) or path.is_file():
        return read_recipe(re.sub(r"\.ya?ml$", "", path.name), read_text(path), str(path))
    families = sorted({_VERSION.sub("", one) for one in known})
    hint = suggest(name, families) + "; cswitch recipes list says what they do"
    raise UsageError(f"unknown recipe {name!r}", hint=hint)


def recipe_source(name: str) -> str:
    """The text of a recipe's file, to be copied and edited.

    Raises:
        UsageError: There is no such recipe.
    """
    recipe = load_recipe(name)
    return read_text(Path(recipe.path)) if Path(recipe.path).is_file() else _text_of(recipe.name)


def read_recipe(name: str, text: str, path: str) -> Recipe:
    """A recipe from the text of its file.

    Args:
        name: Its versioned name.
        text: The YAML.
        path: The file, for messages.

    Raises:
        InputError: It is wrong; line and field are named.
    """
    document = parse(text, path)
    read = document.convert(_Recipe)
    if not read.steps:
        raise document.error("there is none", "steps", hint="begin with - synth: {...}")
    _check_languages(document, read.languages)
    steps = tuple(_step(document, number, step) for number, step in enumerate(read.steps))
    _check_order(document, steps)
    return Recipe(
        name=name,
        about=read.about.strip(),
        citation=read.citation.strip(),
        reproduces=read.reproduces.strip(),
        left_out=read.left_out.strip(),
        unknown=read.unknown.strip(),
        languages=read.languages,
        steps=steps,
        sample=read.sample,
        options=read.options.strip(),
        export=read.export,
        example=read.example,
        digest=text_digest(text),
        path=path,
    )


@cache
def _shipped() -> dict[str, str]:
    """Name to text of the recipes that are shipped."""
    place = files("cswitch.generators.recipes")
    found = (item for item in place.iterdir() if item.name.endswith(SUFFIX))
    return {item.name.removesuffix(SUFFIX): item.read_text(encoding="utf-8") for item in found}


@cache
def _known(name: str) -> Recipe:
    return read_recipe(name, _text_of(name), f"{name}{SUFFIX}")


def _text_of(name: str) -> str:
    """The YAML of a recipe that is shipped or brought by a plug-in: its text, or a file."""
    text = _shipped().get(name)
    if text is None:
        brought = load("recipe", name)
        text = brought if isinstance(brought, str) else brought.read_text(encoding="utf-8")
    return text


def _version(name: str) -> int:
    found = _VERSION.search(name)
    return int(found[1]) if found else 0


def _step(document: Document, number: int, step: Mapping[str, Any]) -> Step:
    place = f"steps[{number}]"
    if len(step) != 1:
        raise document.error("a step is one thing", place, hint="give each its own item of the list: - synth: {...}")
    [(name, given)] = step.items()
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise document.error("its settings are no keys and values", f"{place}.{name}", hint="write key: value")
    if name in (SYNTH, PROMPT):
        settings = longhand(given)
        _check_settings(document, f"{place}.{name}", name, settings)
        return Step(kind="synth" if name == SYNTH else "prompt", name=name, settings=settings)
    try:
        operation = operation_class(name)
    except UsageError:
        hint = suggest(name, [SYNTH, PROMPT, *names("operation")])
        raise document.error(f"unknown step {name!r}", f"{place}.{name}", hint=hint) from None
    _convert(document, f"{place}.{name}", given, operation.Settings)
    return Step(kind="operation", name=name, settings=given)


def _check_settings(document: Document, place: str, kind: str, settings: Mapping[str, Any]) -> None:
    for key in settings:
        if key in DECIDED_BY_RUN[kind]:
            hint = f"leave it out; the run says it: cswitch {kind} --help"
            raise document.error("no recipe decides this", f"{place}.{key}", hint=hint)
    if kind == SYNTH:
        if excluded(settings):
            raise document.error("it excludes cmi", f"{place}.share", hint="give one of them")
        _convert(document, place, {"pair": ["en", "hi"], **settings}, SynthSettings)
    else:
        _convert(document, place, {"languages": ["en", "hi"], **settings}, PromptSettings)


def _convert(document: Document, place: str, given: Mapping[str, Any], record: type[Any]) -> None:
    try:
        convert_record(given, record)
    except RecordError as error:
        known = [field.name for field in msgspec.structs.fields(record)]
        unknown = error.message == "unknown field"
        hint = suggest(error.field, known) if unknown else error.hint
        where = f"{place}.{error.field}" if error.field else place
        raise document.error(error.message, where, hint=hint) from error
    except CswitchError as error:
        raise document.error(error.message, place, hint=error.hint) from error


def _check_languages(document: Document, languages: tuple[str, ...]) -> None:
    if not languages:
        raise document.error("there is none", "languages", hint="name those it is shown for: [en, hi]")
    for number, lang in enumerate(languages):
        try:
            known = check_language(lang)
        except UsageError as error:
            raise document.error(error.message, f"languages[{number}]", hint=error.hint) from error
        if known != lang or lang in languages[:number]:
            message = f"{lang!r} stands there twice" if known == lang else f"{lang!r} is written {known!r}"
            raise document.error(message, f"languages[{number}]", hint="name each language once, by its subtag")


def _check_order(document: Document, steps: tuple[Step, ...]) -> None:
    for number, step in enumerate(steps[1:], 1):
        place = f"steps[{number}].{step.name}"
        if step.kind != "operation":
            raise document.error(f"{step.name} can only begin", place, hint="make it the first step")
        if operation_class(step.name).takes != "samples":
            takes = operation_class(step.name).takes
            raise document.error(
                f"it takes {takes}, and the step before gives samples", place, hint="make it the first"
            )
    if steps[0].kind == "prompt" and len(steps) > 1:
        hint = "run the rest over its output"
        raise document.error("nothing follows a prompt", f"steps[1].{steps[1].name}", hint=hint)
