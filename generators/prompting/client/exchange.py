"""One question and its answer: from the cache, or paid for and kept before anybody sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from cswitch.generators.prompting.client.endpoint import Sender
from cswitch.generators.prompting.client.ladder import message_bytes
from cswitch.generators.prompting.client.wire import (
    BYTES_A_TOKEN,
    Completion,
    encode_body,
    key_of,
    read_completion,
    usage_of,
)
from cswitch.generators.prompting.store.contracts import Answers, Key, Ledger
from cswitch.schemas.prompting import Usage


class Paid(NamedTuple):
    """An answer that was paid for, usable or not."""

    read: Completion
    usage: Usage
    cost: float | None
    replayed: bool
    """Whether it was there already."""


class Exchange:
    """Asks through cache and budget; two who ask the same at once are answered by one request.

    Args:
        sender: Who gets answers.
        answers: The cache.
        ledger: The budget.
        model: Model asked for.
        cost_of: Money for the usage of an answer from the cache; None where no price is known.
    """

    def __init__(
        self,
        sender: Sender,
        answers: Answers,
        ledger: Ledger,
        model: str,
        *,
        cost_of: Callable[[Usage], float | None] = lambda usage: None,
    ) -> None:
        self.sender, self.answers, self.ledger, self.model = sender, answers, ledger, model
        self._cost_of = cost_of
        self._running: dict[Key, asyncio.Future[None]] = {}

    def kept(self, body: dict[str, Any], attempt: int) -> Paid | None:
        """The answer to a body if it is in the cache."""
        data = encode_body(body)
        return self._kept(key_of(self.sender.url, self.model, data, attempt), body)

    async def answer(self, body: dict[str, Any], attempt: int, *, limit: int, crashes: int = 0) -> Paid:
        """The answer to a body: the one that was paid for, or a new one once it is safe.

        Args:
            body: Body of the request.
            attempt: Which answer to it, from 0.
            limit: Longest answer, in tokens.
            crashes: As in :meth:`cswitch.generators.prompting.client.endpoint.Endpoint.send`.

        Raises:
            Fault: There will be none to this body.
            StopRun: There will be none to any.
        """
        data = encode_body(body)
        key = key_of(self.sender.url, self.model, data, attempt)
        while True:
            kept = self._kept(key, body)
            if kept is not None:
                return kept
            running = self._running.get(key)
            if running is None:
                return await self._first(key, data, message_bytes(body), limit, crashes)
            await asyncio.shield(running)

    async def _first(self, key: Key, data: bytes, size: int, limit: int, crashes: int) -> Paid:
        """Asks, while others who want the same wait."""
        done = self._running[key] = asyncio.get_running_loop().create_future()
        try:
            return await self._bought(key, data, size, limit, crashes)
        finally:
            del self._running[key]
            done.set_result(None)

    async def _bought(self, key: Key, data: bytes, size: int, limit: int, crashes: int) -> Paid:
        reserved = await self.ledger.reserve_when_free(size, limit)
        try:
            sent = await self.sender.send(data, key=key, tokens=size // BYTES_A_TOKEN + limit, crashes=crashes)
        except BaseException:
            self.ledger.release(reserved)
            raise
        usage = usage_of(sent.read, size)
        cost = self.ledger.settle(reserved, usage, size)
        await self.answers.put(key, sent.completion, usage, cost)
        return Paid(sent.read, usage, cost, False)

    def _kept(self, key: Key, body: dict[str, Any]) -> Paid | None:
        data = self.answers.get(key)
        if data is None:
            return None
        read = read_completion(data)
        usage = usage_of(read, message_bytes(body))
        return Paid(read, usage, self._cost_of(usage), True)
