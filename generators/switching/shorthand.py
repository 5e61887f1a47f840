"""Settings of a lattice as people write them in files: ``cmi: 20-40``, ``glue: none``, ``pair: en-hi``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cswitch.core.errors import UsageError
from cswitch.core.text.scripts import check_language
from cswitch.generators.switching.glue import RULES

_RANGE = re.compile(r"([\d.]+)\s*-\s*([\d.]+)")
_RANGES = ("cmi", "share")


def longhand(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as :class:`~cswitch.schemas.settings.SynthSettings` has them; what cannot be read stays as it is.

    >>> longhand({"pair": "eng-hi", "cmi": "20-40", "glue": "none"})
    {'pair': ['en', 'hi'], 'cmi': [20.0, 40.0], 'glue': []}
    """
    found = dict(given)
    pair, glue = found.get("pair"), found.get("glue")
    if isinstance(pair, str):
        pair = pair.split("-")
    if isinstance(pair, list):
        found["pair"] = [_code(lang) for lang in pair]
    if isinstance(found.get("matrix"), str):
        found["matrix"] = _code(found["matrix"])
    if found.get("like"):
        found.setdefault("cmi", None)
    for name in _RANGES:
        if name in found:
            found[name] = _range(found[name])
    if isinstance(glue, str):
        found["glue"] = list(RULES) if glue == "all" else [] if glue == "none" else [n.strip() for n in glue.split(",")]
    return found


def excluded(given: Mapping[str, Any]) -> str:
    """Of settings as they are written, the one that another which is given too takes the place of; empty for none.

    >>> excluded({"cmi": 25, "share": 0.6}), excluded({"like": "real.jsonl", "share": 0.6}), excluded({"share": 0.6})
    ('cmi', 'share', '')
    """
    asked = [name for name in ("cmi", "switches", "share", "like") if given.get(name) not in (None, "", "any")]
    if "like" in asked and len(asked) > 1:
        return asked[0]
    return "cmi" if "share" in asked and "cmi" in asked else ""


def _range(value: Any) -> Any:
    if value == "any":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [value, value]
    if isinstance(value, str) and (ends := _RANGE.fullmatch(value)):
        return [float(ends[1]), float(ends[2])]
    return value


def _code(lang: object) -> object:
    """The language by its usual code, when it is one."""
    try:
        return check_language(lang) if isinstance(lang, str) else lang
    except UsageError:
        return lang  # told later, with its place
