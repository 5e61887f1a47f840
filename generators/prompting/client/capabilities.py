"""What a server does as asked, and the ladder down from there."""

from __future__ import annotations

from typing import Literal

import msgspec

Format = Literal["json_schema", "json_object_schema", "json_object", "tags"]
FORMATS: tuple[Format, ...] = ("json_schema", "json_object_schema", "json_object", "tags")
"""Ways to have an answer in a given form, the surest first."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an endpoint and model accept, and really do.

    >>> Capabilities(format="json_object").without("response_format").format
    'tags'
    """

    format: Format = "tags"
    """How the form of an answer is asked for; ``json_object_schema`` is ``json_object`` with the schema beside it."""
    limit_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """Field for the longest answer."""
    limited: bool = True
    """Whether that field holds answers short."""
    logprobs: bool = False
    """Whether probabilities of tokens come with an answer that is asked to have them."""
    seed: bool = False
    """Whether the same seed gives the same answer."""
    temperature: bool = True
    """Whether temperature and nucleus may be set."""
    earlier: tuple[Capabilities, ...] = ()
    """What was found before the server refused something; answers that were paid for then still count."""

    def without(self, field: str) -> Capabilities | None:
        """What is left without a field of the body that the server refuses; None when there is no way around it.

        Args:
            field: Name of the field, such as ``response_format``.
        """
        earlier = (msgspec.structs.replace(self, earlier=()), *self.earlier)
        change: dict[str, object] = {}
        if field == "response_format" and self.format != "tags":
            change = {"format": FORMATS[FORMATS.index(self.format) + 1]}
        elif field == self.limit_field and all(one.limit_field == field for one in earlier):
            change = {"limit_field": "max_completion_tokens" if field == "max_tokens" else "max_tokens"}
        elif field in ("seed", "logprobs") and getattr(self, field):
            change = {field: False}
        elif field in ("temperature", "top_p") and self.temperature:
            change = {"temperature": False}
        return msgspec.structs.replace(self, **change, earlier=earlier) if change else None
