"""The stage ``prompt`` of a job file: what may be written short, what its paths are, what is wrong with it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.text.scripts import check_language
from cswitch.generators.prompting.client.connection import OPENAI
from cswitch.generators.switching.shorthand import longhand
from cswitch.pipeline.jobs.mistakes import Mistake
from cswitch.pipeline.jobs.paths import found_in
from cswitch.pipeline.prompt_access import Access, check_access
from cswitch.pipeline.prompt_recipes import method_named, values_of
from cswitch.pipeline.prompt_setup import SHOTS, settled
from cswitch.schemas.decode import RecordError
from cswitch.schemas.job import PromptStage
from cswitch.schemas.prompting import PromptSettings

URL = "OPENAI_BASE_URL"
"""Environment variable that names the server when the job does not."""
DIGESTS = tuple(name for name in PromptSettings.__struct_fields__ if name.endswith("_digest"))
"""Settings that are worked out, never written."""
_FIELDS = {"pair": "languages", "text_lang": "source_lang", "grid": "source"}
"""Fields of settings that options call by another name."""
_KEYS = ("key", "api_key", "apikey", "token")
_OPTION = re.compile(r"--([a-z-]+)")
_RATIO = re.compile(r"([\d.]+)\s*-\s*([\d.]+)")


def written_out(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A stage as :class:`~cswitch.schemas.job.PromptStage` has it; what cannot be read stays as it is.

    Args:
        given: The stage as it is written.
        folder: What paths are relative to.

    >>> written_out({"pair": "en-hin", "cmi": 30, "text_lang": "hi"}, Path())
    {'languages': ['en', 'hi'], 'cmi': [30, 30], 'source': 'text', 'source_lang': 'hi'}
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in ("pair", "languages"):
            found["languages"] = longhand({"pair": value})["pair"]
        elif name == "text_lang":
            found["source"], found["source_lang"] = "text", longhand({"matrix": value})["matrix"]
        elif name in ("cmi", "matrix"):
            found[name] = longhand({name: value})[name]
        elif name == "judges" and isinstance(value, str):
            found[name] = [judge.strip() for judge in value.split(",") if judge.strip()]
        elif name == "length_ratio" and isinstance(value, str) and (ends := _RATIO.fullmatch(value)):
            found[name] = [float(ends[1]), float(ends[2])]
        else:
            found[name] = value
    if found.get("few_shot"):
        found.setdefault("shots", SHOTS)
    if found.get("like"):
        found.setdefault("cmi", None)
    return _with_method(found, folder)


def _with_method(found: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A stage with the settings of the method that its recipe names, under those that it has itself."""
    name, languages = found.get("recipe"), found.get("languages")
    if not isinstance(name, str) or found.get("method") or not isinstance(languages, list):
        return found
    try:
        method = method_named(found_in(name, folder))
        values = values_of(method, languages, found, like=bool(found.get("like"))) if method else {}
    except (CswitchError, RecordError):
        return found  # told when the stage is looked through
    return {**found, **{name: msgspec.to_builtins(value) for name, value in values.items()}}


def keys_in(given: dict[str, Any], place: str) -> Iterator[Mistake]:
    """Keys of servers that somebody has written into a job; what they are is not told."""
    for name in given:
        if name.lower() in _KEYS:
            hint = "put the key into an environment variable, name that by key_env, and take the key out of the file"
            yield Mistake(f"{place}.{name}", "a key has no place in a job file", hint)


def settings_of(stage: PromptStage) -> PromptSettings:
    """What decides the texts of a stage, settled.

    Raises:
        UsageError: It cannot be meant.
        InputError: A file that it names cannot be read.
    """
    values = {name: getattr(stage, name) for name in PromptSettings.__struct_fields__ if name not in DIGESTS}
    return settled(PromptSettings(**values), stage.few_shot)


def access_of(stage: PromptStage, *, world: int = 1, cache: str | None = None) -> Access:
    """How the models of a stage are reached, by one of several machines.

    Args:
        stage: The stage.
        world: How many machines share the pace and the budget.
        cache: File of answers, when the stage names none.

    >>> found = access_of(PromptStage(languages=("en", "hi"), rpm=600, budget=4.0), world=4)
    >>> found.concurrency, found.rpm, found.tpm, found.budget
    (4, 150.0, 0.0, 1.0)
    """
    shared = ("concurrency", "rpm", "tpm", "budget", "cache", "base_url")
    values = {name: getattr(stage, name) for name in Access.__struct_fields__ if name not in shared}
    return Access(
        base_url=server_of(stage),
        concurrency=stage.concurrency if world == 1 else max(1, stage.concurrency // world),
        rpm=stage.rpm / world,
        tpm=stage.tpm / world,
        budget=None if stage.budget is None else stage.budget / world,
        cache=stage.cache or cache,
        **values,
    )


def server_of(stage: PromptStage) -> str:
    """The server of a stage."""
    return stage.base_url or os.environ.get(URL) or OPENAI


def meaning(stage: PromptStage, place: str) -> Iterator[Mistake]:
    """What is wrong with a stage whose fields have the right types."""
    for lang in (*stage.languages, *filter(None, (stage.matrix, stage.source_lang))):
        try:
            check_language(lang)
        except UsageError as error:
            yield Mistake(f"{place}.languages", error.message, error.hint)
            return
    if not stage.model.strip():
        yield Mistake(f"{place}.model", "no model is named", "name it as the server calls it")
        return
    try:
        method_named(stage.recipe)
    except CswitchError as error:
        told = str(error) if isinstance(error, InputError) else error.message
        yield Mistake(f"{place}.recipe", told, error.hint)
        return
    try:
        settings = settings_of(stage)
        check_access(access_of(stage), settings, keys=False)
    except CswitchError as error:
        option = _OPTION.search(error.message)
        name = option[1].replace("-", "_") if option else ""
        name = _FIELDS.get(name, name)
        field = f"{place}.{name}" if name in PromptStage.__struct_fields__ else place
        yield Mistake(field, error.message.replace("--", ""), error.hint.replace("--", ""))
