"""Finding out once what an endpoint and model do as asked: servers drop fields silently."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from cswitch.generators.prompting.client.capabilities import FORMATS, Capabilities, Format
from cswitch.generators.prompting.client.endpoint import Endpoint
from cswitch.generators.prompting.client.exchange import Exchange, Paid
from cswitch.generators.prompting.client.faults import Fault
from cswitch.generators.prompting.client.ladder import form
from cswitch.generators.prompting.client.secrets import is_loopback
from cswitch.generators.prompting.contracts import TextReply

WORDS = "Write a long list of random words, as many as you can think of."
HELLO = "Say hello to a friend in one short sentence."
AGAIN = 3
"""Answers that are asked for at most until one has something in it."""
SHORT, LONG = 16, 128
"""Longest answers asked for, in tokens."""
SLACK = 4
"""Tokens that a server may count differently."""
CRASHES = 3
"""Server errors in a row that mean that the server cannot do what is asked."""
NEAREST = 3
"""Names of models that are offered in place of an unknown one."""


async def probe(endpoint: Endpoint, exchange: Exchange) -> Capabilities:
    """What an endpoint and model do as asked: from the store, or found out by a few small requests.

    Args:
        endpoint: The server.
        exchange: Cache and budget that the requests pass like any other; they are counted.

    Raises:
        StopRun: The server does not have the model, is no server of the kind, or does not answer.
    """
    model = exchange.model
    kept = exchange.answers.capabilities(endpoint.url, model)
    if kept is not None:
        try:
            return msgspec.json.decode(kept, type=Capabilities)
        except msgspec.DecodeError:
            pass  # kept by another version
    await check_model(endpoint, model)
    found = await _fields(endpoint, exchange)
    found = msgspec.structs.replace(found, format=await _format(exchange, found))
    exchange.answers.keep_capabilities(endpoint.url, model, msgspec.json.encode(found))
    return found


async def check_model(endpoint: Endpoint, model: str) -> None:
    """Looks whether the server lists the model, which costs nothing; one that lists nothing is asked all the same.

    Raises:
        StopRun: It does not, or it is no server of the kind.
    """
    try:
        status, data = await endpoint.list_models()
    except Fault as fault:
        if fault.scope == "run":
            raise endpoint.stop(fault.detail, fault.hint) from None
        return
    if status != 200:
        found = endpoint.judge(status, data)
        if found.kind in ("key_refused", "no_quota"):
            raise endpoint.stop(found.detail, found.hint)
        return
    if data.lstrip()[:1] == b"<":
        hint = "check --base-url: it is to be that of an OpenAI-compatible server, and mostly ends in /v1"
        raise endpoint.stop(f"{endpoint.url} speaks something else (a web page)", hint)
    names = listed(data)
    if names and not _is_listed(model, names, endpoint.url) and not await _is_known(endpoint, model):
        raise endpoint.stop(f"{endpoint.url} has no model {model!r}", f"it has {_nearest(model, names)}")


def listed(data: bytes) -> list[str]:
    """Names of models in the answer to ``GET /models``; none where it cannot be read.

    >>> listed(b'{"object": "list", "data": [{"id": "a"}, {"id": "b"}]}')
    ['a', 'b']
    """
    try:
        found = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return []
    entries = found.get("data") if isinstance(found, dict) else found
    names = [entry.get("id") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [name for name in names if isinstance(name, str)]


def _is_listed(model: str, names: list[str], url: str) -> bool:
    """Whether a name is among those listed: some servers leave out what follows a colon, or folders."""
    known = {name.lower() for name in names}
    asked = model.lower()
    if asked in known or f"{asked}:latest" in known or asked.partition(":")[0] in known:
        return True
    return is_loopback(url) and os.path.exists(model)


async def _is_known(endpoint: Endpoint, model: str) -> bool:
    """Whether the server knows a model that it does not list, such as an alias."""
    try:
        status, data = await endpoint.find_model(model)
    except Fault:
        return False
    return status == 200 and b'"id"' in data


def _nearest(model: str, names: list[str]) -> str:
    from rapidfuzz import process

    near = [name for name, *_ in process.extract(model, names, limit=NEAREST)]
    return ", ".join(near) + (f" and {len(names) - len(near)} more" if len(names) > len(near) else "")


async def _fields(endpoint: Endpoint, exchange: Exchange) -> Capabilities:
    """Which fields are taken and heeded, told from a list of words that is asked for twice."""
    found = Capabilities(seed=True, logprobs=True)
    while True:
        try:
            first = await _ask(exchange, found, WORDS, SHORT)
            break
        except Fault as fault:
            lower = found.without(fault.field) if fault.kind == "unsupported" else None
            lower = lower or _fewer(found)
            if lower is None:
                hint = "see whether the server takes chat completions for this model"
                raise endpoint.stop(
                    f"{endpoint.url} refuses even a simple request ({fault.detail})", fault.hint or hint
                ) from None
            found = lower
    limited = _within(first, SHORT)
    if not limited and found.limit_field == "max_tokens":
        found, limited = await _other_limit(exchange, found)
    logprobs = found.logprobs and _has_logprobs(first)
    seed = found.seed and await _repeats(exchange, found, first)
    return msgspec.structs.replace(found, limited=limited, logprobs=logprobs, seed=seed, earlier=())


def _fewer(found: Capabilities) -> Capabilities | None:
    """Without the first of what a server may mean that refuses a request and does not say why."""
    for field in ("logprobs", "seed", "temperature"):
        lower = found.without(field)
        if lower is not None:
            return lower
    return None


async def _other_limit(exchange: Exchange, found: Capabilities) -> tuple[Capabilities, bool]:
    """Tries the other name of the limit, where the first is not heeded."""
    other = msgspec.structs.replace(found, limit_field="max_completion_tokens")
    try:
        heeded = _within(await _ask(exchange, other, WORDS, SHORT), SHORT)
    except Fault:
        heeded = False
    return (other, True) if heeded else (found, False)


async def _repeats(exchange: Exchange, found: Capabilities, first: Paid) -> bool:
    """Whether the same seed gives the same answer."""
    try:
        second = await _ask(exchange, found, WORDS, SHORT, attempt=AGAIN)
    except Fault:
        return False
    return bool(first.read.text.strip()) and first.read.text == second.read.text


async def _format(exchange: Exchange, found: Capabilities) -> Format:
    """The surest way to have an answer in a given form that really works."""
    for format in FORMATS[:-1]:
        response_format, _ = form(TextReply, format)
        # Without a schema the word has to be in the message; with one it must not, as it shall not be obeyed by chance.
        prompt = f"{HELLO} Answer with a JSON object." if format == "json_object" else HELLO
        try:
            if await _holds(exchange, found, prompt, format, response_format):
                return format
        except Fault:
            continue
    return "tags"


async def _holds(
    exchange: Exchange, found: Capabilities, prompt: str, format: Format, response_format: dict[str, Any] | None
) -> bool:
    """Whether a model is held to a form; where an answer only looks like it, a second one decides."""
    paid = await _ask(exchange, found, prompt, LONG, response_format=response_format)
    if not paid.read.text.strip() and paid.read.choice.finish_reason == "length":  # it thought all the way
        paid = await _ask(exchange, found, prompt, 8 * LONG, response_format=response_format)
    if not _is_held(paid, format) and paid.read.text.lstrip().startswith("{"):
        paid = await _ask(exchange, found, prompt, LONG, attempt=AGAIN, response_format=response_format)
    return _is_held(paid, format)


def _is_held(paid: Paid, format: Format) -> bool:
    """Whether an answer has the form asked for; one that was cut off at its longest is judged by how it begins."""
    text = paid.read.text.strip()
    try:
        value = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        begins = text.startswith("{") and (format == "json_object" or '"text"' in text[:40])
        return begins and paid.read.choice.finish_reason == "length"
    return isinstance(value, dict) and (
        format == "json_object" or (set(value) == {"text"} and isinstance(value["text"], str))
    )


def _within(paid: Paid, limit: int) -> bool:
    counted = paid.read.usage.completion_tokens if paid.read.usage else None
    if counted is not None:
        return counted <= limit + SLACK
    return len(paid.read.text.split()) <= limit + SLACK


def _has_logprobs(paid: Paid) -> bool:
    return len(bytes(paid.read.choice.logprobs)) > len(b'{"content": null}')


async def _ask(
    exchange: Exchange,
    found: Capabilities,
    prompt: str,
    limit: int,
    *,
    attempt: int = 0,
    response_format: dict[str, Any] | None = None,
) -> Paid:
    body: dict[str, Any] = {
        "model": exchange.model,
        "messages": [{"role": "user", "content": prompt}],
        found.limit_field: limit,
    }
    if response_format is not None:
        body["response_format"] = response_format
    else:
        body |= {"seed": 7} if found.seed else {}
        body |= {"logprobs": True} if found.logprobs else {}
        body |= {"temperature": 0.9} if found.temperature else {}
    for number in range(attempt, attempt + AGAIN):
        paid = await exchange.answer(body, number, limit=limit, crashes=CRASHES)
        if paid.read.text.strip() or paid.read.choice.finish_reason == "length":
            break
    return paid
