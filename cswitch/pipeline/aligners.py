"""Aligners as users name them: ``lexical``, ``hybrid``, ``embedding:MODEL``, with the options each of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any

from cswitch.core import specs
from cswitch.core.contracts import Aligner, CorpusAligner
from cswitch.core.errors import UsageError
from cswitch.core.registry import load, names
from cswitch.core.specs import Spec

KIND = "aligner"
AUTO, GIVEN = "auto", "given"
OPTIONS = {
    "gap_fill": "--gap-fill",
    "symmetrisation": "--symmetrise",
    "lexicons": "--lexicon",
    "layer": "--layer",
    "method": "--extract",
    "device": "--device",
    "dtype": "--dtype",
}
"""Keywords of aligners, and the options that users give them by."""


def parse_spec(text: str) -> Spec:
    """An aligner's name or ``auto``, and its model after a colon.

    Raises:
        UsageError: The name is unknown; the nearest known one is named.

    >>> parse_spec("lexical"), parse_spec("auto").name
    (Spec(name='lexical', target=''), 'auto')
    """
    return specs.parse_spec(KIND, text, also=(AUTO,))


def make_aligner(text: str, languages: tuple[str, ...], options: Mapping[str, Any] | None = None) -> Aligner:
    """The aligner of a name, made for two languages.

    Args:
        text: The name, with the model after a colon where it takes one.
        languages: First and second language.
        options: Keywords of :data:`OPTIONS`; those that are None, false or empty are passed over.

    Raises:
        UsageError: The name is unknown, the aligner takes no such option or no model, or cannot work on the pair.

    >>> make_aligner("lexical", ("en", "es")).name
    'lexical'
    """
    name, model = parse_spec(text)
    made = load(KIND, name)
    accepted = signature(made).parameters
    given = (options or {}).items()
    wanted = {key: value for key, value in given if value is not None and value is not False and value not in ("", ())}
    for key in wanted:
        if key not in accepted:
            takers = [other for other in names(KIND) if key in signature(load(KIND, other)).parameters]
            hint = f"use --aligner {' or '.join(takers)}" if takers else "leave it out"
            raise UsageError(f"{OPTIONS.get(key, key)} is no option of the aligner {name!r}", hint=hint)
    if model:
        if "model" not in accepted:
            raise UsageError(f"the aligner {name!r} takes no model, got {model!r}", hint=f"write --aligner {name}")
        wanted["model"] = model
    elif "model" in accepted and accepted["model"].default is accepted["model"].empty:
        hint = f"write --aligner {name}:MODEL, a folder or the name of an encoder"
        raise UsageError(f"the aligner {name!r} needs a model", hint=hint)
    aligner: Aligner = made(*languages, **wanted) if len(accepted) >= len(languages) else made(**wanted)
    return aligner


def learns_from_corpus(text: str) -> bool:
    """Whether an aligner has to see all pairs before it gives the links of the first.

    >>> learns_from_corpus("lexical")
    False
    """
    return hasattr(load(KIND, parse_spec(text).name), CorpusAligner.align_corpus.__name__)
