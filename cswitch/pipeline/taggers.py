"""Language taggers as users name them: ``compact``, ``hf:MODEL``, a folder, a plug-in, with the options each takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, NamedTuple

from cswitch.core.contracts import Tagger
from cswitch.core.errors import UsageError
from cswitch.core.registry import load, names, suggest

KIND = "tagger"
COMPACT, TRANSFORMERS = "compact", "hf"
DEFAULT = COMPACT
OPTIONS = {"device": "--device", "dtype": "--dtype", "batch_tokens": "--batch-tokens", "compile": "--compile"}
"""Keywords of taggers, and the options that users give them by."""
COMPACT_FILES = ("tagger.bin",)
TRANSFORMERS_FILES = ("config.json",)
"""Files that tell what kind of tagger a folder holds."""

_HUB = re.compile(r"\w[\w.-]*/[\w.-]+")


class Spec(NamedTuple):
    """What stands behind ``--tagger``."""

    name: str
    """Registered name."""
    target: str = ""
    """What follows the colon: a folder, or the name of a model."""


def parse_spec(text: str) -> Spec:
    """A tagger's name, and what it is told after a colon; a bare folder says by its files what it holds.

    Raises:
        UsageError: The name is unknown, or the folder is not there or holds no tagger.

    >>> parse_spec("compact"), parse_spec("hf:org/model").target
    (Spec(name='compact', target=''), 'org/model')
    """
    name, _, target = text.partition(":")
    known = names(KIND)
    if name in known:
        return Spec(name, target)
    if text and Path(text).is_dir():
        return Spec(_held(text), text)
    hint = suggest(name, known)
    if "/" in text or "\\" in text:
        hub = f"; a model of the hub is written hf:{text}" if _HUB.fullmatch(text) else ""
        raise UsageError(f"no folder {text!r}", hint=f"check the path{hub}")
    raise UsageError(f"unknown tagger {name!r}", hint=f"{hint}, or a folder with a trained tagger")


def make_tagger(text: str = DEFAULT, options: Mapping[str, Any] | None = None) -> Tagger:
    """The tagger of a name.

    Args:
        text: A name, with a folder or model after a colon where it takes one; or a folder.
        options: Keywords of :data:`OPTIONS`; those that are None, false or empty are passed over.

    Raises:
        UsageError: The name is unknown, or the tagger takes no such option.
        InputError: The model cannot be read.
        MissingExtraError: The tagger needs an extra.
    """
    name, target = parse_spec(text)
    made = load(KIND, name).load
    accepted = signature(made).parameters
    given = (options or {}).items()
    wanted = {key: value for key, value in given if value is not None and value is not False and value != ""}
    for key in wanted:
        if not _takes(accepted, key):
            takers = [other for other in names(KIND) if _takes(signature(load(KIND, other).load).parameters, key)]
            hint = f"it is for --tagger {' or '.join(takers)}" if takers else "leave it out"
            raise UsageError(f"{OPTIONS.get(key, key)} is no option of the tagger {name!r}", hint=hint)
    if not target and next(iter(accepted.values())).default is Parameter.empty:
        raise UsageError(f"the tagger {name!r} needs a model", hint=f"write --tagger {name}:MODEL, a folder or a name")
    tagger: Tagger = made(target, **wanted) if target else made(**wanted)
    return tagger


@contextmanager
def opened_tagger(text: str = DEFAULT, options: Mapping[str, Any] | None = None) -> Iterator[Tagger]:
    """The tagger of a name, as :func:`make_tagger` makes it; one with a ``close`` is closed at the end."""
    tagger = make_tagger(text, options)
    close = getattr(tagger, "close", None)
    with closing(tagger) if callable(close) else nullcontext():  # type: ignore[type-var]
        yield tagger


def _takes(parameters: Mapping[str, Parameter], key: str) -> bool:
    return key in parameters or any(one.kind is Parameter.VAR_KEYWORD for one in parameters.values())


def _held(folder: str) -> str:
    """The tagger whose model a folder holds."""
    for name, files in ((COMPACT, COMPACT_FILES), (TRANSFORMERS, TRANSFORMERS_FILES)):
        if any((Path(folder) / file).is_file() for file in files):
            return name
    needed = " nor ".join((*COMPACT_FILES, *TRANSFORMERS_FILES))
    raise UsageError(f"{folder}: the folder holds no tagger: neither {needed}", hint="cswitch train-tagger makes one")
