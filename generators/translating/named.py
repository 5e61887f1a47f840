"""Translators as users name them: ``gloss``, ``seq2seq:MODEL``, ``llm``, a plug-in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from cswitch.core import specs
from cswitch.core.contracts import Translator
from cswitch.core.errors import UsageError
from cswitch.core.registry import load
from cswitch.core.specs import Spec, takes
from cswitch.generators.prompting.contracts import Chat

KIND = "translator"
OPTION = "--translator"
"""How a user names one, for messages."""


def parse_spec(text: str) -> Spec:
    """A translator's name, and what it is told after a colon; loads nothing.

    Raises:
        UsageError: The name is unknown; the message lists the known ones.

    >>> parse_spec("gloss"), parse_spec("seq2seq:org/model").target
    (Spec(name='gloss', target=''), 'org/model')
    """
    return specs.parse_spec(KIND, text)


def needs_chat(text: str) -> bool:
    """Whether a translator asks a language model.

    Raises:
        UsageError: The name is unknown.

    >>> needs_chat("llm"), needs_chat("gloss")
    (True, False)
    """
    return "chat" in _keywords(load(KIND, parse_spec(text).name))


def make_translator(
    spec: str,
    *,
    chat: Chat | None = None,
    lexicons: Iterable[Path] = (),
    device: str | None = None,
    config: Mapping[str, Any] | None = None,
) -> Translator:
    """The translator of a name.

    Args:
        spec: A name, with what it takes after a colon: ``gloss``, ``seq2seq:MODEL``, ``llm``.
        chat: The language model, for those that ask one.
        lexicons: The user's own lexicons, for those that look words up.
        device: Device, for those that run a model of their own; None leaves it to them.
        config: Further keywords of this translator, such as ``beams`` or ``prefix`` of ``seq2seq``.

    Raises:
        UsageError: The name is unknown, it lacks its model, or it takes no such keyword.
        InputError: A lexicon or prompt file cannot be read.
        MissingExtraError: It needs an extra.

    >>> make_translator("gloss").name
    'gloss'
    """
    name, target = parse_spec(spec)
    made = load(KIND, name)
    accepted = _keywords(made)
    wanted = {key: value for key, value in (config or {}).items() if value is not None}
    if device is not None:
        wanted["device"] = device
    for key in wanted:
        if not takes(made.load, key):
            raise UsageError(f"{key} is no option of the translator {name!r}", hint="leave it out")
    if not target and next(iter(accepted.values())).default is Parameter.empty:
        hint = f"write {OPTION} {name}:MODEL, a folder or a name"
        raise UsageError(f"the translator {name!r} needs a model", hint=hint)
    offered = {"chat": chat, "lexicons": tuple(lexicons)}
    wanted |= {key: value for key, value in offered.items() if key in accepted}
    translator: Translator = made.load(target, **wanted) if target else made.load(**wanted)
    return translator


def _keywords(made: Any) -> Mapping[str, Parameter]:
    return signature(made.load).parameters
