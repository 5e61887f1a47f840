"""Presets: which fields of a known data set are mixed and what is carried, as YAML files that can be copied."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.core.text.protected import USUAL
from cswitch.generators.prompting.yaml_files import Document, parse, read_text
from cswitch.perturb.settings import FieldSettings
from cswitch.schemas.decode import RecordError, convert_record

SUFFIX = ".yaml"


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of a data set."""

    about: str
    """What it is, in a sentence."""
    fields: dict[str, FieldSettings]
    """Its fields."""
    id: tuple[str, ...] = ()
    """Columns that make the id of a row."""
    protect: tuple[str, ...] = USUAL
    """Kinds that are protected."""
    patterns: tuple[str, ...] = ()
    """Regular expressions of what else is protected."""


def presets() -> list[str]:
    """Names of the presets that come along.

    >>> "gsm8k" in presets()
    True
    """
    folder = files("cswitch.perturb") / "presets"
    return sorted(entry.name.removesuffix(SUFFIX) for entry in folder.iterdir() if entry.name.endswith(SUFFIX))


def load_preset(name: str) -> Preset:
    """A preset by its name, or by the path of a YAML file.

    Raises:
        UsageError: There is none of the name; the nearest is named.
        InputError: The file cannot be read, or is no preset.

    >>> list(load_preset("gsm8k").fields)
    ['question']
    """
    if name.endswith((SUFFIX, ".yml")) or "/" in name:
        return _read(parse(read_text(Path(name)), name))
    known = presets()
    if name not in known:
        hint = f"{suggest(name, known)}; or give the path of a YAML file of your own"
        raise UsageError(f"there is no preset {name!r}", hint=hint)
    text = (files("cswitch.perturb") / "presets" / f"{name}{SUFFIX}").read_text(encoding="utf-8")
    return _read(parse(text, f"{name}{SUFFIX}"))


def _read(found: Document) -> Preset:
    """The preset of a document; what is wrong with a field is told with its name."""
    fields = found.value.get("fields") if isinstance(found.value, dict) else None
    for name, field in fields.items() if isinstance(fields, dict) else ():
        try:
            convert_record(field, FieldSettings)
        except RecordError as error:
            place = ".".join(filter(None, ("fields", str(name), error.field)))
            raise found.error(error.message, place, hint=error.hint) from error
    return found.convert(Preset)


def preset_text(name: str) -> str:
    """The YAML of a preset that comes along, to be copied and edited.

    Raises:
        UsageError: There is none of the name.
    """
    load_preset(name)
    return (files("cswitch.perturb") / "presets" / f"{name}{SUFFIX}").read_text(encoding="utf-8")
