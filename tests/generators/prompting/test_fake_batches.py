"""Files and batches of the fault-injecting server, seen with nothing but aiohttp, and with openai's own client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

aiohttp = pytest.importorskip("aiohttp", reason="the extra llm is not installed")

from tests.generators.prompting.fake_replies import Script  # noqa: E402
from tests.generators.prompting.fake_server import Server, serving  # noqa: E402

URL = "/v1/chat/completions"


class Client:
    """Calls of the API."""

    def __init__(self, session: Any, base_url: str) -> None:
        self.session, self.base_url = session, base_url

    async def call(self, method: str, path: str, **options: Any) -> Any:
        async with self.session.request(method, self.base_url + path, **options) as got:
            raw = await got.read()
            return orjson.loads(raw) if got.content_type == "application/json" else raw

    async def upload(self, raw: bytes, name: str = "in.jsonl") -> Any:
        form = aiohttp.FormData()
        form.add_field("purpose", "batch")
        form.add_field("file", raw, filename=name, content_type="application/octet-stream")
        return await self.call("POST", "/files", data=form)

    async def start(self, raw: bytes) -> Any:
        file = await self.upload(raw)
        asked = {"input_file_id": file["id"], "endpoint": URL, "completion_window": "24h", "metadata": {"run": "a"}}
        return await self.call("POST", "/batches", json=asked)

    async def statuses(self, name: str, looks: int) -> list[Any]:
        return [await self.call("GET", f"/batches/{name}") for _ in range(looks)]

    async def lines(self, file: str | None) -> list[Any]:
        raw = await self.call("GET", f"/files/{file}/content")
        return [orjson.loads(line) for line in raw.splitlines()]


def within(script: Script, work: Callable[[Client], Awaitable[Any]]) -> tuple[Any, Server]:
    async def run(base_url: str) -> Any:
        async with aiohttp.ClientSession() as session:
            return await work(Client(session, base_url))

    with serving(script) as server:
        return asyncio.run(run(server.base_url)), server


def row(number: int, **changes: Any) -> dict[str, Any]:
    body = {"model": "fake", "messages": [{"role": "user", "content": f"Mix {number}."}]}
    return {"custom_id": f"row-{number}", "method": "POST", "url": URL, "body": body, **changes}


def written(*rows: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(each) + b"\n" for each in rows)


def test_a_batch_runs_through() -> None:
    async def work(client: Client) -> Any:
        batch = await client.start(written(*map(row, range(20))))
        seen = await client.statuses(batch["id"], 4)
        return batch, seen, await client.lines(seen[-1]["output_file_id"])

    (batch, seen, lines), server = within(Script(batch_steps=3, default="mera phone"), work)
    assert [batch["status"], *(each["status"] for each in seen)] == [
        "validating",
        "in_progress",
        "finalizing",
        "completed",
        "completed",
    ]
    assert seen[-1]["request_counts"] == {"total": 20, "completed": 20, "failed": 0}
    assert seen[-1]["error_file_id"] is None
    assert seen[-1]["metadata"] == {"run": "a"}
    ids = [line["custom_id"] for line in lines]
    assert sorted(ids) == sorted(f"row-{number}" for number in range(20))
    assert ids != [f"row-{number}" for number in range(20)]
    assert {line["response"]["body"]["choices"][0]["message"]["content"] for line in lines} == {"mera phone"}
    assert server.totals()["answers"] == 20
    assert server.totals()["prompt_tokens"] == sum(line["response"]["body"]["usage"]["prompt_tokens"] for line in lines)
    assert {record.custom_id for record in server.log} == set(ids)


def test_lines_fail_by_themselves_and_may_succeed_later() -> None:
    async def work(client: Client) -> Any:
        found = []
        rows = [row(number) for number in range(30)]
        for _ in range(2):
            batch = await client.start(written(*rows))
            done = (await client.statuses(batch["id"], 1))[-1]
            bad = await client.lines(done["error_file_id"])
            rows = [each for each in rows if each["custom_id"] in {line["custom_id"] for line in bad}]
            found.append((done["request_counts"], bad))
        return found

    found, _ = within(Script(batch_steps=1, faults={"server_error": 0.3, "hang": 0.1}), work)
    (first, bad), (second, _) = found
    assert first["completed"] + first["failed"] == 30
    assert 3 < first["failed"] < 22
    assert second["total"] == first["failed"] > second["failed"]
    assert {line["response"]["status_code"] for line in bad} == {500}


def test_what_is_late_expires() -> None:
    async def work(client: Client) -> Any:
        batch = await client.start(written(*map(row, range(30))))
        done = (await client.statuses(batch["id"], 1))[-1]
        return done, await client.lines(done["output_file_id"]), await client.lines(done["error_file_id"])

    (done, good, late), server = within(Script(batch_steps=1, batch_expire_share=0.3), work)
    assert done["status"] == "expired"
    assert len(good) + len(late) == 30
    assert {line["error"]["code"] for line in late} == {"batch_expired"}
    assert {line["response"] for line in late} == {None}
    assert server.totals()["answers"] == len(good)


def test_a_batch_is_cancelled() -> None:
    async def work(client: Client) -> Any:
        batch = await client.start(written(*map(row, range(10))))
        asked = await client.call("POST", f"/batches/{batch['id']}/cancel")
        seen = (await client.statuses(batch["id"], 1))[-1]
        return asked, seen, await client.call("POST", f"/batches/{batch['id']}/cancel")

    (asked, seen, again), _ = within(Script(batch_steps=5), work)
    assert asked["status"] == "cancelling"
    assert (seen["status"], seen["request_counts"]["completed"]) == ("cancelled", 5)
    assert again["error"]["code"] == "conflict"


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (written(row(1), row(2), row(1)), "duplicate_custom_id", 3),
        (written(row(1), row(2, body={"model": "other", "messages": []})), "mismatched_model", 2),
        (written(row(1, body={"model": "nope", "messages": []})), "model_not_found", 1),
        (written(row(1), row(2, url="/v1/embeddings")), "invalid_url", 2),
        (written(row(1), row(2, custom_id=None)), "missing_required_parameter", 2),
        (written(row(1)) + b"{nope\n", "invalid_json_line", 2),
        (written(*map(row, range(6))), "too_many_tasks", None),
        (b"", "empty_file", None),
    ],
)
def test_files_that_break_a_rule_fail(raw: bytes, code: str, line: int | None) -> None:
    async def work(client: Client) -> Any:
        return (await client.statuses((await client.start(raw))["id"], 1))[-1]

    done, server = within(Script(batch_line_limit=5), work)
    assert done["status"] == "failed"
    assert [(each["code"], each["line"]) for each in done["errors"]["data"]] == [(code, line)]
    assert server.totals()["answers"] == 0


def test_any_batch_may_fail() -> None:
    async def work(client: Client) -> Any:
        return (await client.statuses((await client.start(written(row(1))))["id"], 1))[-1]

    done, _ = within(Script(batch_fails="token_limit_exceeded"), work)
    assert done["errors"]["data"][0]["code"] == "token_limit_exceeded"


def test_an_answer_may_be_lost_though_the_batch_is_made() -> None:
    async def work(client: Client) -> Any:
        file = await client.upload(written(row(1)))
        asked = {"input_file_id": file["id"], "endpoint": URL, "completion_window": "24h"}
        assert "error" in await client.call("POST", "/batches", json=asked)
        with pytest.raises(aiohttp.ClientError):
            await client.call("POST", "/batches", json=asked)
        return await client.call("GET", "/batches", params={"limit": "1"})

    listed, _ = within(Script(stumbles={"POST /v1/batches": [503, -1]}), work)
    assert [each["id"] for each in listed["data"]] == ["batch_0"]


def test_openai_reads_it_all() -> None:
    openai = pytest.importorskip("openai", reason="the extra llm is not installed")

    async def run(base_url: str) -> Any:
        async with openai.AsyncOpenAI(base_url=base_url, api_key="sk-test", max_retries=0) as client:
            file = await client.files.create(file=("in.jsonl", written(row(1), row(2))), purpose="batch")
            assert (await client.files.retrieve(file.id)).bytes == file.bytes
            batch = await client.batches.create(input_file_id=file.id, endpoint=URL, completion_window="24h")
            assert (await client.batches.retrieve(batch.id)).status == "completed"
            done = (await client.batches.list()).data[0]
            content = await client.files.content(done.output_file_id)
            deleted = await client.files.delete(file.id)
            with pytest.raises(openai.NotFoundError):
                await client.files.retrieve(file.id)
            return done, content.text, deleted.deleted

    with serving(Script(batch_steps=1)) as server:
        done, text, deleted = asyncio.run(run(server.base_url))
    assert (done.request_counts.completed, len(text.splitlines()), deleted) == (2, 2, True)
