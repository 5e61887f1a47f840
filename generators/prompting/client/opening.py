"""Opening a chat with a model from settings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.client.admission import Admission
from cswitch.generators.prompting.client.breaker import Breaker
from cswitch.generators.prompting.client.connection import KEY_ENV, OPENAI, address, connect
from cswitch.generators.prompting.client.conversation import Conversation
from cswitch.generators.prompting.client.endpoint import Endpoint, Sender
from cswitch.generators.prompting.client.exchange import Exchange
from cswitch.generators.prompting.client.probe import probe
from cswitch.generators.prompting.store.contracts import Answers, Ledger
from cswitch.schemas.prompting import Usage

START = 8
"""Requests at once in the beginning; the gate finds out how many the server can take."""


@asynccontextmanager
async def open_chat(
    model: str,
    *,
    answers: Answers,
    ledger: Ledger,
    base_url: str = OPENAI,
    key_env: str = KEY_ENV,
    concurrency: int = 64,
    timeout: float = 120.0,
    patience: float = 600.0,
    rpm: float = 0,
    tpm: float = 0,
    seed: int = 0,
    note: Callable[[str], None] = lambda line: None,
    cost_of: Callable[[Usage], float | None] = lambda usage: None,
    through: Callable[[Sender], Sender] = lambda endpoint: endpoint,
) -> AsyncIterator[Conversation]:
    """A chat with a model, closed on leaving; belongs to the event loop that runs.

    What the server does as asked is found out first, unless ``answers`` has it.

    Args:
        model: Name of the model.
        answers: The cache.
        ledger: The budget.
        base_url: Of an OpenAI-compatible server, such as ``http://127.0.0.1:8000/v1``.
        key_env: Environment variable of the key; a server on this machine needs none.
        concurrency: Requests at once at most.
        timeout: Seconds that an answer may take.
        patience: Seconds without any answer after which the run stops.
        rpm: Requests a minute; 0 for what the server's headers say.
        tpm: Tokens a minute; 0 for what the server's headers say.
        seed: Seed of the jitter between tries; changes no answer.
        note: Takes lines for the user, such as what is waited for.
        cost_of: Money for the usage of an answer from the cache; None where no price is known.
        through: Puts another sender before the endpoint, such as one that collects a batch.

    Raises:
        UsageError: A setting cannot be meant; nothing was sent.
        MissingExtraError: The extra ``llm`` is not installed.
        StopRun: The server does not have the model, is no server of the kind, or does not answer.
    """
    _check(model, concurrency, timeout, patience, rpm, tpm)
    where, clock = address(base_url, key_env=key_env), asyncio.get_running_loop()
    gate = Admission(start=START, most=concurrency, rpm=rpm, tpm=tpm, clock=clock)
    endpoint = Endpoint(
        connect(where, timeout=timeout, connections=concurrency),
        where,
        model,
        gate=gate,
        breaker=Breaker(where.url, patience=patience, note=note, seed=seed),
        failed=answers.failed,
        timeout=timeout,
        patience=patience,
        note=note,
        seed=seed,
        clock=clock,
    )
    try:
        capabilities = await probe(endpoint, Exchange(endpoint, answers, ledger, model, cost_of=cost_of))
        exchange = Exchange(through(endpoint), answers, ledger, model, cost_of=cost_of)
        yield Conversation(exchange, capabilities, note=note)
    finally:
        await endpoint.close()


def _check(model: str, concurrency: int, timeout: float, patience: float, rpm: float, tpm: float) -> None:
    """Settings that cannot be meant."""
    if not model.strip():
        raise UsageError("no model given", hint="add --model NAME")
    if concurrency < 1:
        raise UsageError(f"a concurrency of {concurrency} sends nothing", hint="give at least 1")
    for name, value in (("timeout", timeout), ("patience", patience)):
        if not 0 < value < float("inf"):
            raise UsageError(f"a {name} of {value:g} s cannot be meant", hint="give seconds above 0")
    for name, value in (("requests", rpm), ("tokens", tpm)):
        if not 0 <= value < float("inf"):
            raise UsageError(f"a rate of {value:g} {name} a minute cannot be meant", hint="give 0 for no limit")
