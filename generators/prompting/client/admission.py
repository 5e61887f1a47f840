"""The one gate that every request passes, first tries and retries alike."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from cswitch.generators.prompting.client.latency import Latency
from cswitch.generators.prompting.client.rates import Bucket, Told
from cswitch.generators.prompting.contracts import StopRun

DECREASE = 0.7
"""What is left of the limit after congestion."""


class Timer(Protocol):
    """Something that will be called, or is not to be."""

    def cancel(self) -> None:
        """Lets it be."""
        ...


class Clock(Protocol):
    """Time; an event loop is one."""

    def time(self) -> float:
        """Seconds from some moment on."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        """Calls back after so many seconds."""
        ...


class Outcome(Enum):
    """How a request ended, as the gate sees it."""

    ANSWERED = "answered"
    CONGESTED = "congested"
    """429, 503, or no answer in time: the server has too much to do."""
    FAILED = "failed"
    """Anything else, which says nothing of the load."""


class Permit:
    """Leave to send one request, to be handed back by :meth:`Admission.leave`."""

    __slots__ = ("entered", "tokens")

    def __init__(self, entered: float, tokens: int) -> None:
        self.entered, self.tokens = entered, tokens


class Admission:
    """How many requests may be on their way, and when the next may go.

    The limit follows additive increase, multiplicative decrease (Chiu and Jain, 1989): one more a round trip while the
    limit is really used, 0.7 of it after congestion, and at most once for all requests that were on their way together.
    Until the first congestion it grows by one an answer (slow start; Jacobson, 1988). Rising latency is congestion too
    (:class:`cswitch.generators.prompting.client.latency.Latency`). Who waits goes in the order of coming.

    Args:
        start: Requests at once in the beginning.
        most: Requests at once at most.
        rpm: Requests a minute; 0 for what the server's headers say.
        tpm: Tokens a minute; 0 for what the server's headers say.
        clock: Time; the running event loop.
    """

    def __init__(self, *, start: int = 8, most: int = 64, rpm: float = 0, tpm: float = 0, clock: Clock) -> None:
        self._clock, self._most = clock, most
        self._limit, self._in_flight = float(min(start, most)), 0
        self._climbing, self._decreased, self._latency = True, -1.0, Latency()
        now = clock.time()
        self._requests, self._tokens = Bucket(rpm, now), Bucket(tpm, now)
        self._closed_until, self._single = 0.0, False
        self._waiting: deque[tuple[asyncio.Future[Permit], int]] = deque()
        self._timer: Timer | None = None
        self._stopped: StopRun | None = None

    @property
    def limit(self) -> int:
        """Requests that may be on their way at once."""
        return 1 if self._single else int(self._limit)

    @property
    def stopped(self) -> bool:
        """Whether the gate was shut for good."""
        return self._stopped is not None

    @property
    def in_flight(self) -> int:
        """Requests that are on their way."""
        return self._in_flight

    async def enter(self, tokens: int = 0) -> Permit:
        """Waits until a request may go.

        Args:
            tokens: Tokens that it may take, question and longest answer.

        Raises:
            StopRun: The gate was shut for good.
        """
        if self._stopped is not None:
            raise StopRun(self._stopped.message, hint=self._stopped.hint)
        if not self._waiting and self._in_flight < self.limit:
            now = self._clock.time()
            if self._pause(tokens, now) <= 0:
                return self._admit(tokens, now)
        return await self._queue(tokens)

    async def _queue(self, tokens: int) -> Permit:
        future: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()
        self._waiting.append((future, tokens))
        self._pump()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self.leave(future.result(), Outcome.FAILED, used=0)
            else:
                self._pump()
            raise

    def leave(
        self, permit: Permit, outcome: Outcome, *, seconds: float = 0.0, written: int = 0, used: int | None = None
    ) -> None:
        """Hands a permit back; the next goes.

        Args:
            permit: What :meth:`enter` gave.
            outcome: How the request ended.
            seconds: How long an answer took.
            written: How many tokens it has.
            used: Tokens that the request took in all, where known: what was set aside beyond is given back.
        """
        if outcome is Outcome.ANSWERED:
            if self._in_flight >= int(self._limit) or self._waiting:
                self._increase()
            slower = self._latency.add(seconds, written)
            if slower > 1:
                self._decrease(permit, max(DECREASE, 1 / slower))
        elif outcome is Outcome.CONGESTED:
            self._decrease(permit, DECREASE)
        self._in_flight -= 1
        if used is not None and used < permit.tokens:
            self._tokens.take(used - permit.tokens, self._clock.time())
        if self._waiting:
            self._pump()

    def told(self, told: Told) -> None:
        """Heeds what a response's headers say about rates."""
        now = self._clock.time()
        self._requests.told(told.requests, now)
        self._tokens.told(told.tokens, now)

    def pause(self, seconds: float) -> None:
        """Lets nobody in for so long."""
        self._closed_until = max(self._closed_until, self._clock.time() + seconds)

    def one_at_a_time(self, single: bool) -> None:
        """Lets one request in at a time, or as many as the limit says again."""
        self._single = single
        if not single:
            self._pump()

    def stop(self, error: StopRun) -> None:
        """Shuts the gate for good: who waits and who comes gets the error."""
        self._stopped = self._stopped or error
        while self._waiting:
            future, _ = self._waiting.popleft()
            if not future.done():
                future.set_exception(StopRun(error.message, hint=error.hint))
        self.close()

    def close(self) -> None:
        """Lets go of the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _increase(self) -> None:
        self._limit = min(self._most, self._limit + (1.0 if self._climbing else 1.0 / self._limit))

    def _decrease(self, permit: Permit, factor: float) -> None:
        """Lowers the limit, unless the request went before the last time: that was for the same jam."""
        if permit.entered <= self._decreased:
            return
        self._decreased, self._climbing = self._clock.time(), False
        self._limit = max(1.0, self._limit * factor)

    def _pause(self, tokens: int, now: float) -> float:
        """Seconds until pauses and rates let a request through; 0 for now."""
        return max(self._closed_until - now, self._requests.wait(1, now), self._tokens.wait(tokens, now))

    def _admit(self, tokens: int, now: float) -> Permit:
        self._in_flight += 1
        self._requests.take(1, now)
        self._tokens.take(tokens, now)
        return Permit(now, tokens)

    def _pump(self) -> None:
        """Lets in who may go, in order; where time is all that is missing, looks again later."""
        waiting = self._waiting
        while waiting:
            future, tokens = waiting[0]
            if future.done():
                waiting.popleft()
                continue
            if self._in_flight >= self.limit:
                return
            now = self._clock.time()
            pause = self._pause(tokens, now)
            if pause > 0:
                self._later(pause)
                return
            waiting.popleft()
            future.set_result(self._admit(tokens, now))

    def _later(self, pause: float) -> None:
        self.close()
        self._timer = self._clock.call_later(pause, self._pump)
