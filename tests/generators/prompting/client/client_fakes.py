"""Time that stands still, a cache in memory, a budget without end, a sender that says what it is told."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
from collections.abc import Callable
from typing import Any

from cswitch.generators.prompting.client.admission import Timer
from cswitch.generators.prompting.client.endpoint import Sent
from cswitch.generators.prompting.client.faults import Fault
from cswitch.generators.prompting.client.wire import read_completion
from cswitch.generators.prompting.contracts import Message, Request, StopRun, TextReply
from cswitch.generators.prompting.store.contracts import Key, Reservation
from cswitch.schemas.prompting import Usage


class FakeTimer:
    """A callback that is due."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeClock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now, self._number = 1000.0, itertools.count()
        self._due: list[tuple[float, int, FakeTimer]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        timer = FakeTimer(callback)
        heapq.heappush(self._due, (self.now + max(delay, 0.0), next(self._number), timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        """Waits for time to go on."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.call_later(seconds, lambda: done.set_result(None))
        await done

    async def advance(self, seconds: float) -> None:
        """Lets time go by, calling back what is due, and everybody get on with it."""
        end = self.now + seconds
        await settle()
        while self._due and self._due[0][0] <= end + 1e-9:
            self.now, _, timer = heapq.heappop(self._due)
            if timer.callback is not None:
                timer.callback()
            await settle()
        self.now = end


async def settle() -> None:
    """Lets every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


class MemoryAnswers:
    """Answers and failures in memory."""

    def __init__(self) -> None:
        self.kept: dict[Key, bytes] = {}
        self.usage = Usage()
        self.failures: list[tuple[Key, str, int | None, str]] = []
        self.found: dict[tuple[str, str], bytes] = {}

    def get(self, key: Key) -> bytes | None:
        return self.kept.get(key)

    async def put(self, key: Key, completion: bytes, usage: Usage, cost: float | None) -> None:
        await asyncio.sleep(0)
        self.kept[key] = completion
        self.usage += usage

    def failed(self, key: Key, kind: str, status: int | None, detail: str) -> None:
        self.failures.append((key, kind, status, detail))

    def capabilities(self, endpoint: str, model: str) -> bytes | None:
        return self.found.get((endpoint, model))

    def keep_capabilities(self, endpoint: str, model: str, found: bytes) -> None:
        self.found[endpoint, model] = found


class OpenLedger:
    """A ledger with a price of 1 a token, that counts what is set aside."""

    def __init__(self, limit: float = float("inf")) -> None:
        self.limit, self.held, self.spent = limit, 0.0, 0.0

    def reserve(self, request_bytes: int, max_tokens: int) -> Reservation:
        amount = float(request_bytes + max_tokens)
        if self.spent + self.held + amount > self.limit:
            raise StopRun("the budget is spent", hint="raise --budget")
        self.held += amount
        return Reservation(amount)

    async def reserve_when_free(self, request_bytes: int, max_tokens: int) -> Reservation:
        return self.reserve(request_bytes, max_tokens)

    def settle(self, reservation: Reservation, usage: Usage, request_bytes: int) -> float | None:
        self.held -= reservation.amount
        cost = float(usage.prompt + usage.completion)
        self.spent += cost
        return cost

    def release(self, reservation: Reservation) -> None:
        self.held -= reservation.amount


def completion(content: object, *, finish: str = "stop", refusal: str | None = None, usage: bool = True) -> bytes:
    """A completion of 10 and 5 tokens."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    whole: dict[str, Any] = {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}
    if usage:
        whole["usage"] = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    return json.dumps(whole).encode()


class Scripted:
    """A sender that gives what it is told, in order; the last again and again."""

    url = "http://127.0.0.1:1/v1"

    def __init__(self, *results: bytes | Exception) -> None:
        self.results = list(results)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[Key] = []

    async def send(self, body: bytes, *, key: Key, tokens: int, crashes: int = 0) -> Sent:
        self.bodies.append(json.loads(body))
        self.keys.append(key)
        await asyncio.sleep(0)
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, Exception):
            raise result
        return Sent(result, read_completion(result), 0.1)


def unsupported(field: str) -> Fault:
    """A server that does not take a field."""
    return Fault("unsupported", f"HTTP 400: no {field}", scope="request", status=400, field=field)


def request(text: str = "Say hi.", **changes: Any) -> Request:
    """A request for a text."""
    settings: dict[str, Any] = {"prompt": "p.v1", "reply": TextReply, "max_tokens": 50, **changes}
    return Request(messages=(Message("system", "You write."), Message("user", text)), **settings)
