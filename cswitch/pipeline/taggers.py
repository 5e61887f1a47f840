"""Language taggers as users name them: ``compact``, ``hf:MODEL``, a folder, a plug-in, with the options each takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from inspect import Parameter, signature
from typing import Any

from cswitch.core.contracts import Tagger
from cswitch.core.errors import UsageError
from cswitch.core.registry import load, names
from cswitch.core.specs import COMPACT, TAGGER, parse_tagger, takes

DEFAULT = COMPACT
OPTIONS = {"device": "--device", "dtype": "--dtype", "batch_tokens": "--batch-tokens", "compile": "--compile"}
"""Keywords of taggers, and the options that users give them by."""


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
    name, target = parse_tagger(text)
    made = load(TAGGER, name).load
    accepted = signature(made).parameters
    given = (options or {}).items()
    wanted = {key: value for key, value in given if value is not None and value is not False and value != ""}
    for key in wanted:
        if not takes(made, key):
            takers = [other for other in names(TAGGER) if takes(load(TAGGER, other).load, key)]
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
