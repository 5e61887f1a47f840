"""The client against a real server: what its probe finds, and two answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

import msgspec

from cswitch.cli.main import main
from cswitch.generators.prompting.client.capabilities import Capabilities
from cswitch.generators.prompting.client.opening import open_chat
from cswitch.generators.prompting.contracts import Answer, Message, Request, TextReply
from cswitch.generators.prompting.store.answers import SqliteAnswers, Totals
from cswitch.generators.prompting.store.ledger import PricedLedger
from cswitch.schemas.reject import Reject
from cswitch.schemas.sample import Sample
from tests.generators.prompting.real_servers import Served
from tests.generators.prompting.tiny_llama import Mixed


class Talk(NamedTuple):
    """What came of it."""

    capabilities: Capabilities
    answers: list[Answer]
    """An answer to each sentence, and the first one again."""
    totals: Totals


def request(sentence: Mixed) -> Request:
    """Asks for a sentence in a mix."""
    content = f"Say it mixed.\n\nEnglish:\n<text>\n{sentence.en}\n</text>"
    return Request(
        prompt="write.v1", messages=(Message("user", content),), reply=TextReply, max_tokens=60, temperature=0.2, seed=5
    )


async def _talk(served: Served, folder: Path, sentences: list[Mixed]) -> Talk:
    with SqliteAnswers(folder / "answers.db", run="a") as answers:
        ledger = PricedLedger(served.model, None)
        async with open_chat(served.model, answers=answers, ledger=ledger, base_url=served.base_url) as chat:
            requests = [request(each) for each in sentences]
            got = [await chat.ask(each) for each in [*requests, requests[0]]]
            return Talk(chat.capabilities, got, answers.totals())


def talk(served: Served, folder: Path, sentences: list[Mixed]) -> Talk:
    """Opens a chat with a server and asks for some sentences in a mix."""
    return asyncio.run(_talk(served, folder, sentences))


def whole_run(served: Served, folder: Path, sentences: list[Mixed], *options: str) -> tuple[list[Sample], list[Reject]]:
    """``cswitch prompt`` over some pairs against a real server: what it accepted and what it rejected."""
    rows = [f"{each.en}\t{each.hi}" for each in sentences]
    (folder / "in.tsv").write_text("\n".join(["en\thi", *rows]) + "\n", encoding="utf-8")
    files = ["prompt", str(folder / "in.tsv"), "-o", str(folder / "out.jsonl")]
    files += ["--rejects", str(folder / "rejects.jsonl"), "--pair", "en-hi", "--cmi", "25"]
    status = main([*files, "--model", served.model, "--base-url", served.base_url, *options])
    assert status == 0
    samples, rejects = (folder / name for name in ("out.jsonl", "rejects.jsonl"))
    return (
        [msgspec.json.decode(line, type=Sample) for line in samples.read_bytes().splitlines()],
        [msgspec.json.decode(line, type=Reject) for line in rejects.read_bytes().splitlines()],
    )
