"""Requests for batches, and a child that submits and collects until nothing is missing; for tests that kill it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cswitch.generators.prompting.client.connection import address, connect
from cswitch.generators.prompting.client.wire import encode_body, key_of
from cswitch.generators.prompting.store.answers import SqliteAnswers
from cswitch.generators.prompting.store.batch_files import BatchFiles
from cswitch.generators.prompting.store.batch_jobs import BatchJobs
from cswitch.generators.prompting.store.batch_table import BatchTable
from cswitch.generators.prompting.store.contracts import Key
from cswitch.generators.prompting.store.prices import Price

PRICE = Price(prompt=2.0, completion=8.0, batch_discount=0.5)
ROUNDS = 40


def request(url: str, number: int, model: str = "fake") -> tuple[Key, bytes]:
    """A request and what its answer is kept under."""
    message = {"role": "user", "content": f"Write sentence {number}."}
    body = encode_body({"model": model, "messages": [message], "max_tokens": 50})
    return key_of(url, model, body, 0), body


@asynccontextmanager
async def opened(store: SqliteAnswers, url: str, key: str = "") -> AsyncIterator[BatchJobs]:
    """The batches of a server."""
    where = address(url, environ={"OPENAI_API_KEY": key})
    async with connect(where, timeout=10, connections=4) as client:
        yield BatchJobs(store, client, where, price_of=lambda model: PRICE, pause=0.01)


def gather(files: BatchFiles, store: SqliteAnswers, url: str, numbers: range, model: str = "fake") -> int:
    """Adds what is neither answered nor on its way; gives how many that were."""
    table, count = BatchTable(store), 0
    for number in numbers:
        key, body = request(url, number, model)
        if store.get(key) is None and not table.on_its_way(key):
            count += files.add(key, body, 0.001)
    return count


async def until_all_are_answered(path: str, url: str, count: int) -> None:
    """Submits and collects, as commands would that are given again and again."""
    for _ in range(ROUNDS):
        with SqliteAnswers(path, run="killed") as store, BatchFiles(max_requests=30) as files:
            async with opened(store, url) as jobs:
                gather(files, store, url, range(count))
                await jobs.submit(files)
                await jobs.collect()
            if all(store.get(request(url, number)[0]) is not None for number in range(count)):
                return
    raise AssertionError("some are never answered")


if __name__ == "__main__":
    print("ready", flush=True)
    asyncio.run(until_all_are_answered(sys.argv[1], sys.argv[2], int(sys.argv[3])))
