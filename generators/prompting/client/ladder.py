"""The body of a request, as a server of given capabilities takes it."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from cswitch.core.seeds import digest
from cswitch.generators.prompting.client.capabilities import Capabilities, Format
from cswitch.generators.prompting.contracts import Request

WARMER = 0.5
"""Temperature of another answer where the first was to be had without chance: it would be the same again."""
KEPT = ("type", "properties", "items", "required", "enum")
"""What stays of a JSON Schema: every server that knows schemas knows these. The rest is checked when it is read."""


def body_of(request: Request, found: Capabilities, model: str, attempt: int = 0, room: int = 1) -> dict[str, Any]:
    r"""The body of a request for a chat completion.

    Args:
        request: What is asked.
        found: What the server takes.
        model: Name of the model.
        attempt: Which answer to the request is wanted, from 0: another number has another seed.
        room: How many times the longest answer it may be, after one that was cut off.

    >>> from cswitch.generators.prompting.contracts import Message, TextReply
    >>> request = Request(prompt="p.v1", messages=(Message("user", "Hi"),), reply=TextReply, max_tokens=9)
    >>> body_of(request, Capabilities(), "m")["messages"][0]["content"]
    'Hi\n\nAnswer in this form and write nothing else:\n<text>...</text>'
    """
    response_format, instruction = form(request.reply, found.format)
    body: dict[str, Any] = {
        "model": model,
        "messages": _messages(request, instruction),
        found.limit_field: request.max_tokens * room,
    }
    if response_format is not None:
        body["response_format"] = response_format
    if found.temperature:
        body["temperature"] = max(request.temperature, WARMER) if attempt else request.temperature
        if request.top_p != 1.0:
            body["top_p"] = request.top_p
    if found.seed and request.seed is not None:
        body["seed"] = digest("answer", request.seed, attempt) % 2**31 if attempt else request.seed
    return body


def message_bytes(body: dict[str, Any]) -> int:
    """UTF-8 bytes of a body's messages.

    >>> message_bytes({"messages": [{"role": "user", "content": "né"}]})
    3
    """
    return sum(len(message["content"].encode("utf-8", "surrogatepass")) for message in body["messages"])


def _messages(request: Request, instruction: str) -> list[dict[str, str]]:
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    for message in reversed(messages):
        if message["role"] == "user":
            message["content"] = f"{message['content']}\n\n{instruction}"
            return messages
    return [*messages, {"role": "user", "content": instruction}]


@cache
def form(reply: type, format: Format) -> tuple[dict[str, Any] | None, str]:
    """The ``response_format`` for a reply, and what is said of it in the message besides.

    The message says it in any case: many servers only hold the model to a schema and do not tell it, and one that does
    not know what it is held to writes worse.

    Args:
        reply: Struct of the reply.
        format: How its form is asked for.
    """
    schema = plain_schema(reply)
    if format == "tags":
        return None, f"Answer in this form and write nothing else:\n{_tags(schema)}"
    example = msgspec.json.encode({name: _example(part) for name, part in schema["properties"].items()}).decode()
    instruction = f"Answer with one JSON object of this form and nothing else: {example}"
    if format == "json_schema":
        name = reply.__name__.removesuffix("Reply").lower() or "reply"
        return {"type": format, "json_schema": {"name": name, "strict": True, "schema": schema}}, instruction
    if format == "json_object_schema":
        return {"type": "json_object", "schema": schema}, instruction
    return {"type": format}, instruction


@cache
def plain_schema(reply: type) -> dict[str, Any]:
    """JSON Schema of a reply as strict servers want it: nothing referred to, every field required, no other allowed.

    >>> from cswitch.generators.prompting.contracts import ScoreReply
    >>> plain_schema(ScoreReply)["properties"]
    {'score': {'type': 'integer'}, 'reason': {'type': 'string'}}
    """
    whole = msgspec.json.schema(reply)
    schema: dict[str, Any] = _plain(whole, whole.get("$defs", {}))
    return schema


def _plain(node: Any, defs: dict[str, Any]) -> Any:
    if "$ref" in node:
        return _plain(defs[node["$ref"].rpartition("/")[2]], defs)
    plain: dict[str, Any] = {name: value for name, value in node.items() if name in KEPT}
    if "items" in plain:
        plain["items"] = _plain(plain["items"], defs)
    if "properties" in plain:
        plain["properties"] = {name: _plain(value, defs) for name, value in plain["properties"].items()}
        plain |= {"required": list(plain["properties"]), "additionalProperties": False}
    return plain


def _example(part: dict[str, Any]) -> Any:
    kind = part.get("type")
    return ["..."] if kind == "array" else 7 if kind == "integer" else "..."


def tag_of(field: str, many: bool) -> str:
    """The tag of a field; for a list, of one of its items.

    >>> tag_of("turns", True), tag_of("text", False)
    ('turn', 'text')
    """
    return field.removesuffix("s") if many else field


def _tags(schema: dict[str, Any]) -> str:
    lines = []
    for name, part in schema["properties"].items():
        many = part.get("type") == "array"
        tag, inside = tag_of(name, many), "7" if part.get("type") == "integer" else "..."
        lines += [f"<{tag}>{inside}</{tag}>"] * (2 if many else 1)
    return "\n".join(lines)
