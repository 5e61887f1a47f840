"""Sending requests to one server: through the gate, again where that helps, and with a clear end where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import quote

import msgspec

from cswitch.core.seeds import rng
from cswitch.generators.prompting.client.admission import Admission, Clock, Outcome, Permit
from cswitch.generators.prompting.client.breaker import Breaker
from cswitch.generators.prompting.client.connection import Address
from cswitch.generators.prompting.client.faults import Fault, of_exception, of_status, read_error
from cswitch.generators.prompting.client.rates import NOTHING, read_rates
from cswitch.generators.prompting.client.wire import Completion, read_completion
from cswitch.generators.prompting.contracts import StopRun
from cswitch.generators.prompting.store.contracts import Key

if TYPE_CHECKING:
    from openai import AsyncOpenAI

TRIES = 10
"""Tries after which a request that fails while others are answered is given up."""
TRIES_LIMITED = 40
"""The same for tries that met a rate limit."""
BACKOFF, LONGEST_BACKOFF = 0.5, 20.0
GRACE = 5.0
"""Seconds that are left to what is on its way when a run has to stop."""
STRANGE = 3
"""Strange answers after which a server that never gave a proper one is none."""
CONNECTION_WEIGHT = 3
"""What a refused connection counts for: a server that is not there need not be asked often to be sure."""
SAID_FROM = 5.0
"""Seconds from which on a pause is told to the user."""


class Sent(NamedTuple):
    """An answer, fresh from the server."""

    completion: bytes
    """JSON as it came."""
    read: Completion
    seconds: float
    """From sending to the last byte, without waiting at the gate."""


class Sender(Protocol):
    """Something that gets answers from a model."""

    @property
    def url(self) -> str:
        """Base URL in its normal form."""
        ...

    async def send(self, body: bytes, *, key: Key, tokens: int, crashes: int = 0) -> Sent:
        """The answer to a body.

        Raises:
            Fault: This request will get none.
            StopRun: None will.
            NotYet: It waits in a batch.
        """
        ...


class Endpoint:
    """A server that speaks the OpenAI API.

    Args:
        client: Client of the openai package, without retries of its own.
        address: Where it goes.
        model: Model asked for.
        gate: Which everybody passes.
        breaker: Which says when to stop trying.
        failed: Takes note of each try that gave no answer, as the store's ``failed`` does.
        timeout: Seconds from sending to the last byte.
        patience: Seconds that a server may ask to wait.
        note: Takes lines for the user.
        seed: Seed of the jitter.
        clock: Time; the running event loop.
    """

    def __init__(
        self,
        client: AsyncOpenAI,
        address: Address,
        model: str,
        *,
        gate: Admission,
        breaker: Breaker,
        failed: Callable[[Key, str, int | None, str], None],
        timeout: float = 120.0,
        patience: float = 600.0,
        note: Callable[[str], None] = lambda line: None,
        seed: int = 0,
        clock: Clock,
    ) -> None:
        import aiohttp
        import httpx2
        import openai

        self._client, self._address, self._place = client, address, address.place(model)
        self._gate, self._breaker, self._failed = gate, breaker, failed
        self._timeout, self._patience, self._note, self._seed, self._clock = timeout, patience, note, seed, clock
        self._response = httpx2.Response
        self._status_error = openai.APIStatusError
        self._transport_errors = (openai.APIError, aiohttp.ClientError, httpx2.HTTPError, OSError, TimeoutError)
        self._proper, self._strange = False, 0
        self._completions = f"{address.url}/chat/completions"  # whole: merging it anew each time takes time
        self._noted_until = -SAID_FROM

    @property
    def url(self) -> str:
        """Base URL, without secrets."""
        return self._address.url

    @property
    def gate(self) -> Admission:
        """What every request passes; tells how many are on their way, and how many may be."""
        return self._gate

    async def send(self, body: bytes, *, key: Key, tokens: int, crashes: int = 0) -> Sent:
        """The answer to a body; tried again as long as that can help.

        Args:
            body: The body in canonical JSON.
            key: What the answer will be kept under.
            tokens: Tokens that it may take, question and longest answer.
            crashes: Server errors (500, 502) at most, where such may mean that the server cannot do what is asked;
                0 for as many as make sense.

        Raises:
            Fault: This request will get no answer.
            StopRun: None will.
        """
        begun, count, limited, crashed = self._clock.time(), 0, 0, 0
        while True:
            permit = await self._gate.enter(tokens)
            result = await self._attempt(body, key, permit)
            if isinstance(result, Sent):
                return result
            count += result.kind != "rate_limit"
            limited += result.kind == "rate_limit"
            crashed += result.kind == "server_error"
            if result.scope == "request" or (crashes and crashed >= crashes):
                raise result
            # A request that fails while others are answered is at fault itself; where all fail, patience decides.
            if self._breaker.answered > begun and (count >= TRIES or limited >= TRIES_LIMITED):
                raise Fault("refused", f"failed {count + limited} times, at last: {result.detail}", scope="request")
            await self._rest(result, key, count + limited)

    async def list_models(self) -> tuple[int, bytes]:
        """Status and body of ``GET /models``, tried once; costs nothing.

        Raises:
            Fault: There was no response.
        """
        return await self._get("/models")

    async def find_model(self, name: str) -> tuple[int, bytes]:
        """Status and body of ``GET /models/NAME``, tried once; costs nothing.

        Raises:
            Fault: There was no response.
        """
        return await self._get(f"/models/{quote(name, safe='/:')}")

    def judge(self, status: int, data: bytes) -> Fault:
        """The fault that a response with another status than 200 is."""
        return self._cleaned(of_status(status, data, NOTHING, self._place))

    def stop(self, message: str, hint: str) -> StopRun:
        """The end of the run: nobody passes the gate any more."""
        error = StopRun(message, hint=hint)
        self._gate.stop(error)
        return error

    async def close(self) -> None:
        """Lets nobody in any more, waits for what is on its way, as that is paid for, and closes connections."""
        end = self._clock.time() + (GRACE if self._gate.stopped else self._timeout)
        self._gate.stop(StopRun("the chat is closed"))
        while self._gate.in_flight and self._clock.time() < end:
            await asyncio.sleep(0.01)
        await self._client.close()

    async def _attempt(self, body: bytes, key: Key, permit: Permit) -> Sent | Fault:
        """One try, after which the permit is handed back."""
        try:
            result = await self._post(body, key)
        except BaseException:  # cancelled
            self._gate.leave(permit, Outcome.FAILED)
            raise
        if isinstance(result, Fault):
            try:
                self._heed(result, key)
            finally:
                self._gate.leave(permit, Outcome.CONGESTED if result.congested else Outcome.FAILED)
            return result
        self._proper = True
        self._alive()
        counted = result.read.usage
        if counted is None or counted.completion_tokens is None:
            self._gate.leave(permit, Outcome.ANSWERED, seconds=result.seconds)
        else:
            written = counted.completion_tokens
            used = (counted.prompt_tokens or 0) + written
            self._gate.leave(permit, Outcome.ANSWERED, seconds=result.seconds, written=written, used=used)
        return result

    async def _post(self, body: bytes, key: Key) -> Sent | Fault:
        started = self._clock.time()
        # The same for all tries, so that a server that knows the header answers, and charges, once.
        headers = {"Idempotency-Key": f"{key.digest.hex()}-{key.attempt}"}
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.post(
                    self._completions, cast_to=self._response, content=body, options={"headers": headers}
                )
        except self._status_error as error:
            answer: Any = error.response
            told = read_rates(answer.headers.raw)
            return self._cleaned(of_status(answer.status_code, answer.content, told, self._place))
        except self._transport_errors as error:
            return self._cleaned(of_exception(error, self._place, answered=self._proper, seconds=self._timeout))
        told = read_rates(response.headers.raw)
        if told is not NOTHING:
            self._gate.told(told)
        data = response.content
        try:
            read = read_completion(data)
        except ValueError:
            return self._strange_answer(data)
        if read.is_answer:
            return Sent(data, read, self._clock.time() - started)
        return self._error_inside(read.error) if read.error else self._strange_answer(data)

    async def _get(self, path: str) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.get(path, cast_to=self._response)
        except self._status_error as error:
            return error.response.status_code, error.response.content
        except self._transport_errors as error:
            found = of_exception(error, self._place, answered=self._proper, seconds=self._timeout)
        else:
            return response.status_code, response.content
        raise self._cleaned(found)

    def _error_inside(self, error: Any) -> Fault:
        """An error that came with status 200."""
        code = read_error(error).code
        status = int(code) if code.isdecimal() and 400 <= int(code) < 600 else 500
        return self._cleaned(of_status(status, msgspec.json.encode({"error": error}), NOTHING, self._place))

    def _strange_answer(self, data: bytes) -> Fault:
        """Status 200, but no completion: trouble of a proxy on the way, or another kind of server."""
        self._strange += 1
        page = data.lstrip()[:1] == b"<"
        what = "a web page" if page else "no completion"
        if self._proper or self._strange < STRANGE:
            return Fault("not_a_completion", f"{what} instead of an answer", status=200)
        hint = "check --base-url: it is to be that of an OpenAI-compatible server, and mostly ends in /v1"
        return Fault("other_protocol", f"{self.url} speaks something else ({what})", scope="run", status=200, hint=hint)

    def _cleaned(self, fault: Fault) -> Fault:
        fault.detail = self._address.redactor.clean(fault.detail)
        return fault

    def _heed(self, fault: Fault, key: Key) -> None:
        """Draws from a failed try what follows for all.

        Raises:
            StopRun: There is no point in going on.
        """
        self._failed(key, fault.kind, fault.status, fault.detail)
        if fault.scope == "run":
            raise self.stop(fault.detail, fault.hint)
        if fault.scope == "request":
            self._alive()
            return
        weight = CONNECTION_WEIGHT if fault.kind == "connection" else int(fault.kind != "rate_limit")
        try:
            pause = self._breaker.failure(fault.detail, self._clock.time(), weight=weight)
        except StopRun as error:
            self._gate.stop(error)
            raise
        if pause > 0:
            self._gate.pause(pause)
            self._gate.one_at_a_time(True)
        if fault.told is not NOTHING:
            self._gate.told(fault.told)
            self._wait_as_told(fault.told.retry_after or 0.0)

    def _wait_as_told(self, seconds: float) -> None:
        """Lets nobody in for as long as the server asks."""
        if seconds > self._patience:
            raise self.stop(
                f"{self.url} asks to wait {seconds:.0f} s, longer than the patience of {self._patience:.0f} s",
                "give the same command again later: it goes on where it stopped",
            )
        now = self._clock.time()
        if seconds >= SAID_FROM and now + seconds > self._noted_until + SAID_FROM:
            self._note(f"{self.url} limits the rate; next try in {round(seconds)} s")
            self._noted_until = now + seconds
        self._gate.pause(seconds)

    def _alive(self) -> None:
        was_open = self._breaker.open
        self._breaker.success(self._clock.time())
        if was_open:
            self._gate.one_at_a_time(False)

    async def _rest(self, fault: Fault, key: Key, count: int) -> None:
        """Waits before the next try: anything up to a bound that doubles ("full jitter"; Brooker, 2015)."""
        if fault.told.retry_after is not None or self._breaker.open:
            return  # the gate is shut for all
        bound = min(LONGEST_BACKOFF, BACKOFF * 2.0 ** min(count - 1, 16))
        share = rng("backoff", self._seed, key.digest.hex(), key.attempt, count).random()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self._clock.call_later(bound * share, lambda: None if done.done() else done.set_result(None))
        try:
            await done
        finally:
            timer.cancel()
