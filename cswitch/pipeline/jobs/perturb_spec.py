"""The stage ``perturb`` of a job file: what may be written short, what it leaves to its preset, what is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from cswitch.core.errors import CswitchError, InputError, UsageError
from cswitch.core.text.protected import USUAL, check_kinds
from cswitch.core.text.scripts import check_language
from cswitch.generators.switching.shorthand import longhand
from cswitch.generators.translating.named import needs_chat
from cswitch.perturb.presets import Preset, load_preset
from cswitch.perturb.settings import FieldSettings, PerturbSettings
from cswitch.pipeline.jobs.mistakes import Mistake
from cswitch.pipeline.jobs.paths import found_in, is_path
from cswitch.pipeline.jobs.prompt_spec import URL
from cswitch.pipeline.perturb_extra import TRANSLATOR, Services, check_services
from cswitch.schemas.commands import PerturbStage

SERVICES = tuple(name for name in Services.__struct_fields__)
"""Fields of a stage that say how a model is reached."""
_OPTION = re.compile(r"--([a-z-]+)")


def written_out(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A stage as :class:`~cswitch.schemas.job.PerturbStage` has it, with what its preset says.

    Fields may be names alone, and settings of a field are laid over those of the preset. What cannot be read stays as
    it is.

    Args:
        given: The stage as it is written.
        folder: What paths are relative to.

    >>> found = written_out({"pair": "en-hi", "preset": "squad", "fields": ["context"]}, Path())
    >>> found["pair"], found["fields"]["context"]["answers"], found["fields"].keys()
    (['en', 'hi'], 'answers', dict_keys(['context']))
    """
    found = {**given, **longhand({name: given[name] for name in ("pair", "matrix") if name in given})}
    for name in ("protect", "id", "patterns"):
        if isinstance(found.get(name), str):
            found[name] = [] if found[name] == "none" else _listed(found[name])
    fields = _named(found.get("fields"))
    try:
        preset = preset_of(str(given.get("preset") or ""), given.get("preset_file"), folder)
    except CswitchError:
        preset = None  # told when the stage is looked through
    if preset is None:
        return found if fields is None else {**found, "fields": fields}
    shape = {name: _told(field) for name, field in preset.fields.items()}
    if found.get("protect") is not None:
        for field in shape.values():
            field.pop("protect", None)  # what the run protects takes the place of what the preset does
    if fields is None:
        fields = {name: {} for name, field in preset.fields.items() if field.usual}
    found["fields"] = {
        name: {**shape.get(name, {}), **own} if isinstance(own, dict) else own for name, own in fields.items()
    }
    if found.get("protect") is None:
        found["protect"] = list(preset.protect)
    found.setdefault("patterns", list(preset.patterns))
    if not found.get("id"):
        found["id"] = list(preset.id)
    return found


def preset_of(name: str, file: object, folder: Path) -> Preset | None:
    """The preset of a stage; None when it names none.

    Args:
        name: Its name, or the path of a file: looked for where the command is run, then in the folder.
        file: Another path of that file; None for none.
        folder: What paths are relative to.

    Raises:
        UsageError: There is none of the name.
        InputError: The file cannot be read.
    """
    if not name:
        return None
    return load_preset(str(folder / Path(str(file)).expanduser()) if file else found_in(name, folder))


def settings_of(stage: PerturbStage) -> PerturbSettings:
    """What decides the rows of a stage.

    Raises:
        UsageError: It cannot be meant.
    """
    values = {name: getattr(stage, name) for name in PerturbSettings.__struct_fields__}
    return PerturbSettings(**{**values, "protect": USUAL if stage.protect is None else stage.protect})


def services_of(stage: PerturbStage) -> Services:
    """What a stage may ask, the server named."""
    services = Services(**{name: getattr(stage, name) for name in SERVICES})
    return msgspec.structs.replace(services, base_url=stage.base_url or os.environ.get(URL, ""))


def stage_of(settings: PerturbSettings, services: Services) -> PerturbStage:
    """The stage of settings; its preset is only the name that rows carry."""
    values = {name: getattr(settings, name) for name in PerturbSettings.__struct_fields__}
    asked = {name: getattr(services, name) for name in SERVICES}
    file = settings.preset if is_path(settings.preset) else None
    return PerturbStage(**values, **asked, preset_file=file)


def meaning(stage: PerturbStage, place: str, folder: Path | None = None) -> Iterator[Mistake]:
    """What is wrong with a stage whose fields have the right types."""
    for lang in (*stage.pair, *filter(None, (stage.matrix,))):
        try:
            check_language(lang)
        except UsageError as error:
            yield Mistake(f"{place}.pair", error.message, error.hint)
            return
    if stage.pair[0] == stage.pair[1]:
        yield Mistake(f"{place}.pair", f"it names {stage.pair[0]!r} twice", "name two languages, such as en-hi")
        return
    try:
        preset_of(stage.preset, stage.preset_file, folder or Path())
    except InputError as error:
        yield Mistake(f"{place}.preset", str(error), error.hint)
        return
    except UsageError as error:
        yield Mistake(f"{place}.preset", error.message, error.hint)
        return
    if not stage.fields:
        yield Mistake(f"{place}.fields", "no field is named that is to be mixed", "name them, or give preset: NAME")
        return
    try:
        check_kinds(stage.protect or ())
    except UsageError as error:
        yield Mistake(f"{place}.protect", error.message, error.hint)
        return
    try:
        check_services(settings_of(stage), services_of(stage))
    except CswitchError as error:
        option = _OPTION.search(error.message)
        name = option[1].replace("-", "_") if option else ""
        field = f"{place}.{name}" if name in PerturbStage.__struct_fields__ else place
        yield Mistake(field, error.message.replace("--", ""), error.hint.replace("--", ""))


def fields_as_written(stage: PerturbStage) -> dict[str, Any]:
    """The fields of a stage as a job file names them: what differs from the preset, or from what is usual."""
    try:
        preset = preset_of(stage.preset, stage.preset_file, Path())
    except CswitchError:
        preset = None
    shape: Mapping[str, FieldSettings] = preset.fields if preset else {}
    usual, written = FieldSettings(), {}
    for name, field in stage.fields.items():
        under = shape.get(name, usual)
        kept = {}
        for key in FieldSettings.__struct_fields__:
            value = getattr(field, key)
            if value != getattr(usual, key) or value != getattr(under, key):
                kept[key] = msgspec.to_builtins(value)
        written[name] = kept
    return written


def asks_model(stage: PerturbStage) -> bool:
    """Whether a stage asks a language model."""
    translates = stage.by == "translator" and needs_chat(stage.translator or TRANSLATOR)
    return stage.by == "prompt" or translates


def left_unsaid(stage: PerturbStage) -> tuple[str, ...]:
    """Settings that mean nothing by the way in which a stage mixes."""
    if asks_model(stage):
        return ()
    without = tuple(name for name in SERVICES if name != "device")
    return without if stage.by == "translator" else (*without, "device", "translator")


def _named(fields: object) -> dict[str, Any] | None:
    """Fields with their settings; None where none are named, or nothing that can be read."""
    if isinstance(fields, str):
        fields = _listed(fields)
    if isinstance(fields, list) and all(isinstance(one, str) for one in fields):
        return {name: {} for name in fields}
    if isinstance(fields, dict) and fields:
        return {str(name): {} if one is None else one for name, one in fields.items()}
    return None


def _told(field: FieldSettings) -> dict[str, Any]:
    """What a preset says of a field."""
    found: dict[str, Any] = msgspec.to_builtins(field)
    return found


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
