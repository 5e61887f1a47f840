"""How many requests a second the client of ``cswitch prompt`` makes, beside the openai package alone and bare aiohttp.

Usage: python -m benchmarks.client [--requests N] [--rounds N] [--in-flight N] [--memory N ...]

A server of a few lines, in a process and on a core of its own, answers every request with the same completion. One
client process on another core keeps 64 requests in flight. Three ways are measured in turn, round after round, so that
a busy machine slows all alike:

openai   ``AsyncOpenAI(http_client=DefaultAioHttpClient())`` and ``create``, as one would write it by hand
cswitch  ``Conversation.ask``: every request another, through cache (SQLite, committed), budget and gate, and validated
aiohttp  a POST with ready bytes, whose answer nobody reads: what no client can beat

Requests a second are given by the clock and, in brackets, by the client's processor time, which other work on the
machine hardly touches. Figures are medians over rounds. ``--memory`` prints the resident memory of a process after so
many requests through cswitch.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from cswitch.generators.prompting.client.capabilities import Capabilities
from cswitch.generators.prompting.client.conversation import Conversation
from cswitch.generators.prompting.client.opening import open_chat
from cswitch.generators.prompting.contracts import Message, Request, TextReply
from cswitch.generators.prompting.store.answers import SqliteAnswers
from cswitch.generators.prompting.store.ledger import Budget, PricedLedger
from cswitch.generators.prompting.store.prices import Price

Ask = Callable[[int], Awaitable[object]]

MODEL = "fake"
PROMPT = "Write one sentence of a chat between friends, in Hindi and English mixed, about the weather. " * 4
COMPLETION = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": MODEL,
    "choices": [{
        "index": 0, "finish_reason": "stop", "logprobs": None,
        "message": {
            "role": "assistant", "refusal": None,
            "content": json.dumps({"text": "aaj ka mausam bahut nice hai, let's go out"}),
        },
    }],
    "usage": {"prompt_tokens": 120, "completion_tokens": 20, "total_tokens": 140},
}  # fmt: skip


class Answering(asyncio.Protocol):
    """Answers each request on a connection with the same completion."""

    body = json.dumps(COMPLETION).encode()
    response = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answers every whole request."""
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head = self.waiting[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.waiting) < end + 4 + size:
                return
            self.waiting = self.waiting[end + 4 + size :]
            self.transport.write(self.response)


async def serve() -> None:
    """Prints the port and serves until it is killed."""
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def pin(core: int) -> None:
    """Holds the process to a core, where there are several and the system can."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[core]})


def later(ask: Ask, start: int) -> Ask:
    """The same with other numbers, so that no request is made twice."""
    return lambda number: ask(start + number)


class Rate(NamedTuple):
    """Requests a second."""

    clock: float
    processor: float

    def __str__(self) -> str:
        """Both.

        >>> str(Rate(850.4, 900.0))
        '850 (900)'
        """
        return f"{self.clock:,.0f} ({self.processor:,.0f})"


async def rate(ask: Ask, count: int, in_flight: int) -> Rate:
    """Requests a second."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await ask(number)

    start, busy = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return Rate(count / (time.perf_counter() - start), count / (time.process_time() - busy))


@asynccontextmanager
async def ours(url: str, folder: Path, in_flight: int) -> AsyncIterator[Conversation]:
    """The whole client; what the server can do is told, as this one would answer a probe with nonsense."""
    answers = SqliteAnswers(folder / "answers.db", run="benchmark")
    answers.keep_capabilities(url, MODEL, msgspec.json.encode(Capabilities(format="json_schema")))
    ledger = PricedLedger(MODEL, Price(prompt=1.0, completion=2.0), Budget(1e6))
    try:
        async with open_chat(MODEL, answers=answers, ledger=ledger, base_url=url, concurrency=in_flight) as chat:
            yield chat
    finally:
        answers.close()


def request(number: int) -> Request:
    """A request that none before it equals."""
    return Request(
        prompt="benchmark.v1", messages=(Message("user", f"{PROMPT} {number}"),), reply=TextReply, max_tokens=100
    )


async def compare(url: str, asked: argparse.Namespace) -> dict[str, list[Rate]]:
    """Requests a second of each way, by round."""
    import aiohttp
    import openai

    found: dict[str, list[Rate]] = {"openai": [], "cswitch": [], "aiohttp": []}
    ready = json.dumps({"model": MODEL, "messages": [{"role": "user", "content": PROMPT}], "max_tokens": 100}).encode()
    with TemporaryDirectory() as folder:
        plain = openai.AsyncOpenAI(
            api_key="none", base_url=url, max_retries=0, http_client=openai.DefaultAioHttpClient()
        )
        async with plain, aiohttp.ClientSession() as session, ours(url, Path(folder), asked.in_flight) as chat:

            async def by_openai(number: int) -> object:
                content = f"{PROMPT} {number}"
                return await plain.chat.completions.create(
                    model=MODEL, messages=[{"role": "user", "content": content}], max_tokens=100, temperature=0.8
                )

            async def by_us(number: int) -> object:
                return await chat.ask(request(number))

            async def by_aiohttp(number: int) -> object:
                headers = {"Content-Type": "application/json"}
                async with session.post(f"{url}/chat/completions", data=ready, headers=headers) as response:
                    return await response.read()

            ways: dict[str, Ask] = {"openai": by_openai, "cswitch": by_us, "aiohttp": by_aiohttp}
            for way in ways.values():
                await rate(way, 200, asked.in_flight)
            for turn in range(asked.rounds):
                start = 1000 + turn * asked.requests
                for name, way in ways.items():
                    found[name].append(await rate(later(way, start), asked.requests, asked.in_flight))
                print("  ".join(f"{name} {figures[-1]}" for name, figures in found.items()), flush=True)
    return found


async def memory(url: str, asked: argparse.Namespace) -> None:
    """Prints the resident memory as requests go by."""
    with TemporaryDirectory() as folder:
        async with ours(url, Path(folder), asked.in_flight) as chat:
            done = 0
            for count in sorted(asked.memory):
                ask = later(lambda number: chat.ask(request(number)), done)
                speed = await rate(ask, count - done, asked.in_flight)
                done = count
                print(f"{count:9,} requests: {resident():6.1f} MB resident, {speed} requests/s", flush=True)


def resident() -> float:
    """Resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--requests", type=int, default=2000, help="a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--memory", type=int, nargs="*", default=[], help="print memory after so many requests instead")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        pin(-1)
        asyncio.run(serve())
    pin(0)
    command = [sys.executable, "-m", "benchmarks.client", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        try:
            if asked.memory:
                asyncio.run(memory(url, asked))
                return
            found = asyncio.run(compare(url, asked))
        finally:
            server.kill()
    middle = {name: Rate(*map(statistics.median, zip(*figures, strict=True))) for name, figures in found.items()}
    print("median  " + "  ".join(f"{name} {figure}" for name, figure in middle.items()))
    for number, measure in enumerate(Rate._fields):
        ratios = [ours[number] / plain[number] for ours, plain in zip(found["cswitch"], found["openai"], strict=True)]
        print(
            f"cswitch / openai by {measure}: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )


if __name__ == "__main__":
    main()
