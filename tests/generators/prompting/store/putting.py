"""Puts answers into a store and reports each once it is kept; for tests that kill it."""

from __future__ import annotations

import asyncio
import sys
from random import Random

from cswitch.generators.prompting.store.answers import SqliteAnswers
from cswitch.generators.prompting.store.contracts import Key
from cswitch.schemas.prompting import Usage


def key(number: int) -> Key:
    return Key("https://api.example/v1", "small", number.to_bytes(16, "big"), 0)


def body(number: int) -> bytes:
    return b'{"id": "%d", "text": "%s"}' % (number, b"x" * (number % 5000))


async def puts(answers: SqliteAnswers, start: int, stop: int, width: int) -> None:
    """Puts answers, so many at once, each after a pause of its own."""
    numbers = iter(range(start, stop))

    async def one(rng: Random) -> None:
        for number in numbers:
            for _ in range(rng.randrange(3)):
                await asyncio.sleep(0)
            await answers.put(key(number), body(number), Usage(prompt=3, completion=2, answers=1), 0.001)
            print(number, flush=True)

    await asyncio.gather(*(one(Random(seed)) for seed in range(width)))


if __name__ == "__main__":
    with SqliteAnswers(sys.argv[1], run="killed") as store:
        asyncio.run(puts(store, int(sys.argv[2]), int(sys.argv[3]), 16))
