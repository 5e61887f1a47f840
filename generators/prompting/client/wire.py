"""What goes over the wire: bodies of requests in one canonical form, and what is read of a completion."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from cswitch.generators.prompting.store.contracts import Key
from cswitch.schemas.prompting import Usage

BYTES_A_TOKEN = 4
"""Bytes that count as a token where a server does not say how many there were."""

_encoder = msgspec.json.Encoder(order="sorted")


class Said(msgspec.Struct, frozen=True):
    """The message of a choice."""

    content: Any = None
    """Text; some servers give a list of parts."""
    refusal: str | None = None


class Choice(msgspec.Struct, frozen=True):
    """One choice of a completion; the client asks for one."""

    message: Said | None = None
    finish_reason: str | None = None
    logprobs: msgspec.Raw = msgspec.Raw(b"null")
    """JSON as it came."""


class PromptDetails(msgspec.Struct, frozen=True):
    """What the tokens of the question were."""

    cached_tokens: int | None = None


class Counted(msgspec.Struct, frozen=True):
    """Tokens as the server counts them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: PromptDetails | None = None
    prompt_cache_hit_tokens: int | None = None


class Completion(msgspec.Struct, frozen=True):
    """A chat completion, as far as it is read; what is not known is passed over."""

    choices: list[Choice] | None = None
    usage: Counted | None = None
    error: Any = None
    """Some servers send an error with status 200."""

    @property
    def is_answer(self) -> bool:
        """Whether a model answered, be it with nothing: that is paid for."""
        return self.choices is not None and (bool(self.choices) or self.usage is not None)

    @property
    def choice(self) -> Choice:
        """The first choice, or an empty one."""
        return self.choices[0] if self.choices else Choice()

    @property
    def text(self) -> str:
        """What the model said; empty for nothing.

        >>> read_completion(b'{"choices": [{"message": {"content": [{"type": "text", "text": "hi"}]}}]}').text
        'hi'
        """
        content = self.choice.message.content if self.choice.message else None
        if isinstance(content, str):
            return content
        parts = content if isinstance(content, list) else []
        texts = [part.get("text") for part in parts if isinstance(part, dict)]
        return "".join(text for text in texts if isinstance(text, str))

    @property
    def refusal(self) -> str:
        """Why the model would not answer; empty where it did."""
        return (self.choice.message.refusal if self.choice.message else None) or ""


_decoder = msgspec.json.Decoder(Completion, strict=False)


def read_completion(data: bytes) -> Completion:
    """A completion read from JSON.

    Raises:
        ValueError: It is no JSON, or none of this kind.

    >>> read_completion(b'{"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "x": 1}').text
    'hi'
    """
    try:
        return _decoder.decode(data)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None


def usage_of(completion: Completion, request_bytes: int) -> Usage:
    """Tokens that an answer took.

    Where the server does not say, they are estimated at four bytes a token, so that a budget holds all the same.

    Args:
        completion: The answer.
        request_bytes: UTF-8 bytes of the messages.

    >>> usage_of(read_completion(b'{"choices": [{"message": {"content": "hello"}}]}'), 40)
    Usage(prompt=10, cached=0, completion=2, answers=1)
    """
    counted = completion.usage or Counted()
    prompt, written = counted.prompt_tokens, counted.completion_tokens
    details = counted.prompt_tokens_details
    cached = (details.cached_tokens if details else None) or counted.prompt_cache_hit_tokens or 0
    return Usage(
        prompt=_estimate(request_bytes) if prompt is None else max(0, prompt),
        cached=max(0, cached),
        completion=_estimate(len(completion.text.encode("utf-8", "replace"))) if written is None else max(0, written),
        answers=1,
    )


def _estimate(size: int) -> int:
    return -(-size // BYTES_A_TOKEN)


def encode_body(body: Mapping[str, Any]) -> bytes:
    """A request's body as canonical JSON: keys sorted, no spaces.

    >>> encode_body({"model": "m", "messages": [{"role": "user", "content": "hi"}]})
    b'{"messages":[{"content":"hi","role":"user"}],"model":"m"}'
    """
    return _encoder.encode(body)


def key_of(endpoint: str, model: str, body: bytes, attempt: int) -> Key:
    """What the answer to a body is kept under.

    Args:
        endpoint: Base URL in its normal form, without secrets.
        model: Name of the model.
        body: The body in canonical JSON.
        attempt: Which answer to it is wanted, from 0.
    """
    return Key(endpoint, model, blake2b(body, digest_size=16).digest(), attempt)
