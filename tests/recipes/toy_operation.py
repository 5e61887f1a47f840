"""A small operation for tests of the runner: it says a text backwards, or fails over some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.text.tokens import tokenise
from cswitch.generators.recipes.contracts import Context, Takes, Text
from cswitch.generators.recipes.making import make_sample
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample


class BackwardsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the toy."""

    fail_on: str = "poison"
    """A text with this word makes it raise."""
    tag: str = ""
    """Tag of every token; empty for that of the text."""


class Backwards:
    """Tokens in the reverse order."""

    name: ClassVar[str] = "backwards"
    takes: ClassVar[Takes] = "texts"
    chunk: ClassVar[int] = 4
    Settings: ClassVar[type[msgspec.Struct]] = BackwardsSettings

    def __init__(self, settings: BackwardsSettings, context: Context) -> None:
        self.settings, self.context = settings, context

    @classmethod
    def make(cls, settings: BackwardsSettings, context: Context) -> Self:
        """The toy."""
        if settings.tag == "xx":
            raise UsageError("xx is no language", hint="choose another")
        return cls(settings, context)

    def __call__(self, items: Sequence[Text]) -> list[list[Sample] | Reject]:
        """Each text backwards."""
        return [self._one(item) for item in items]

    def _one(self, item: Text) -> list[Sample] | Reject:
        if self.settings.fail_on in item.text:
            raise ValueError("poisoned")
        tokens = tokenise(item.text).tokens[::-1]
        if not tokens:
            return Reject(source_id=item.id, reason="no_words")
        tags = [self.settings.tag or item.lang] * len(tokens)
        return [
            make_sample(
                self.context, operation=self.name, source_id=item.id, tokens=tokens, langs=tags, labels=item.labels
            )
        ]


class Loudly:
    """A second step: the same sample with every token in capitals."""

    name: ClassVar[str] = "loudly"
    takes: ClassVar[Takes] = "samples"
    chunk: ClassVar[int] = 1
    Settings: ClassVar[type[msgspec.Struct]] = msgspec.defstruct(
        "LoudSettings", [], kw_only=True, frozen=True, forbid_unknown_fields=True
    )

    def __init__(self, context: Context) -> None:
        self.context = context

    @classmethod
    def make(cls, settings: msgspec.Struct, context: Context) -> Self:
        """The step."""
        return cls(context)

    def __call__(self, items: Sequence[Sample]) -> list[list[Sample] | Reject]:
        """Each sample in capitals."""
        return [
            [
                make_sample(
                    self.context, operation=self.name, source_id=item.source_id,
                    tokens=[t.upper() for t in item.tokens],
                    langs=item.langs, origins=item.origins, languages=item.languages,
                )
            ]
            for item in items
        ]  # fmt: skip
