"""Components as users name them: a registered name, and what it is told after a colon, as in ``hf:MODEL``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, NamedTuple

from cswitch.core.errors import UsageError
from cswitch.core.registry import names, suggest

TAGGER = "tagger"
COMPACT, TRANSFORMERS = "compact", "hf"
COMPACT_FILES = ("tagger.bin",)
TRANSFORMERS_FILES = ("config.json",)
"""Files that tell what kind of tagger a folder holds."""

_HUB = re.compile(r"\w[\w.-]*/[\w.-]+")


class Spec(NamedTuple):
    """What stands behind an option such as ``--tagger``."""

    name: str
    """Registered name."""
    target: str = ""
    """What follows the colon: a model, a folder, a file."""


def parse_spec(kind: str, text: str, *, also: Sequence[str] = ()) -> Spec:
    """A component's name, and what it is told after a colon; loads nothing.

    Args:
        kind: What it is, such as ``translator``.
        text: What the user wrote.
        also: Names that are no components and may stand for one, such as ``auto``.

    Raises:
        UsageError: The name is unknown; the message lists the known ones.

    >>> parse_spec("translator", "gloss"), parse_spec("translator", "seq2seq:org/model").target
    (Spec(name='gloss', target=''), 'org/model')
    >>> parse_spec("translator", "glos")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: unknown translator 'glos'; did you mean 'gloss'? Known: gloss, llm, seq2seq
    """
    name, _, target = text.partition(":")
    known = [*also, *names(kind)]
    if name not in known:
        raise UsageError(f"unknown {kind} {name!r}", hint=suggest(name, known))
    return Spec(name, target)


def parse_tagger(text: str) -> Spec:
    """A tagger's name, and what it is told after a colon; a bare folder says by its files what it holds.

    Raises:
        UsageError: The name is unknown, or the folder is not there or holds no tagger.

    >>> parse_tagger("compact"), parse_tagger("hf:org/model").target
    (Spec(name='compact', target=''), 'org/model')
    """
    name, _, target = text.partition(":")
    known = names(TAGGER)
    if name in known:
        return Spec(name, target)
    if text and Path(text).is_dir():
        return Spec(_held(text), text)
    if "/" in text or "\\" in text:
        hub = f"; a model of the hub is written hf:{text}" if _HUB.fullmatch(text) else ""
        raise UsageError(f"no folder {text!r}", hint=f"check the path{hub}")
    raise UsageError(f"unknown tagger {name!r}", hint=f"{suggest(name, known)}, or a folder with a trained tagger")


def takes(function: Callable[..., Any], keyword: str) -> bool:
    """Whether a function has a parameter of a name, or takes any keyword.

    >>> takes(parse_spec, "also"), takes(parse_spec, "device"), takes(lambda **all: all, "device")
    (True, False, True)
    """
    parameters = signature(function).parameters
    return keyword in parameters or any(one.kind is Parameter.VAR_KEYWORD for one in parameters.values())


def _held(folder: str) -> str:
    """The tagger whose model a folder holds."""
    for name, files in ((COMPACT, COMPACT_FILES), (TRANSFORMERS, TRANSFORMERS_FILES)):
        if any((Path(folder) / file).is_file() for file in files):
            return name
    needed = " nor ".join((*COMPACT_FILES, *TRANSFORMERS_FILES))
    raise UsageError(f"{folder}: the folder holds no tagger: neither {needed}", hint="cswitch train-tagger makes one")
