"""Switch points as columns, one value a token, for models that look at them.

Mohammed et al. (2023), "CONFLATOR: Incorporating Switching Point based Rotatory Positional Encodings for Code-Mixed
Language Modeling"; Ali et al. (2022), "PESTO: Switching Point based Dynamic and Relative Positional Encoding".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Self

import msgspec

from cswitch.core.measures.tags import tag_reader
from cswitch.generators.recipes.contracts import Context
from cswitch.generators.recipes.operations.remaking import remade
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample

LABEL = "switch_points"


class SwitchPointsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There is nothing to set."""


class Columns(NamedTuple):
    """A value a token in each; a token without a language, such as a mark, lies in the run of the word before it."""

    language: list[str]
    """Language of the run that the token lies in; that of the first word for what stands before it."""
    switch: list[int]
    """1 where a word is in another language than the word before it, else 0."""
    run: list[int]
    """How many switch points there were up to here: 0 in the first run."""
    since: list[int]
    """Tokens since the last switch point, 0 at the point itself; before the first, since the beginning of the text.
    This is the position that begins again at each switch point."""
    until: list[int | None]
    """Tokens until the next switch point; None when there is none."""
    bigram: list[str]
    """Languages of the word before and of this one, such as ``hi-en``; empty for the first word and for no word."""
    rotation: list[int]
    """The position from 0, its sign turned at each switch point: what the angle of a rotation is multiplied by."""


def columns_of(langs: Sequence[str]) -> Columns:
    """The columns of an utterance; without a switch point all is one run.

    >>> found = columns_of(["hi", "en", "other", "en", "hi"])
    >>> found.switch, found.since, found.rotation
    ([0, 1, 0, 0, 1], [0, 0, 1, 2, 0], [0, -1, -2, -3, 4])
    """
    read = tag_reader()
    spoken = [read[tag] for tag in langs]
    current = next((lang for lang in spoken if lang is not None), "")
    before = ""
    made = Columns([], [], [], [], [], [], [])
    run = since = 0
    for at, lang in enumerate(spoken):
        switch = lang is not None and lang != current
        run, since = run + switch, 0 if switch or at == 0 else since + 1
        current = lang or current
        made.language.append(current)
        made.switch.append(int(switch))
        made.run.append(run)
        made.since.append(since)
        made.bigram.append(f"{before}-{lang}" if before and lang else "")
        made.rotation.append(-at if run % 2 else at)
        before = lang or before
    ahead: int | None = None
    for switch_here in reversed(made.switch):
        made.until.append(ahead)
        ahead = 1 if switch_here else None if ahead is None else ahead + 1
    made.until.reverse()
    return made


class SwitchPoints:
    """Gives each sample its columns, under ``labels.switch_points``; the text stays.

    Args:
        context: The run.
    """

    name: ClassVar[str] = "switch-points"
    takes: ClassVar[Literal["samples"]] = "samples"
    chunk: ClassVar[int] = 64
    Settings: ClassVar[type[msgspec.Struct]] = SwitchPointsSettings

    def __init__(self, context: Context) -> None:
        self._context = context

    @classmethod
    def make(cls, settings: Any, context: Context) -> Self:
        """See :class:`~cswitch.generators.recipes.contracts.Operation`."""
        return cls(context)

    def __call__(self, items: Sequence[Sample]) -> list[list[Sample] | Reject]:
        """The sample of each sample; one without a word has columns without a language."""
        return [
            [remade(self._context, sample, operation=self.name, labels={LABEL: columns_of(sample.langs)._asdict()})]
            for sample in items
        ]
