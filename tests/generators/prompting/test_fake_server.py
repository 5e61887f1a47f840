"""The fault-injecting server does what its script says, seen with nothing but aiohttp."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

aiohttp = pytest.importorskip("aiohttp", reason="the extra llm is not installed")

from tests.generators.prompting.fake_replies import CURABLE, FAULTS, Script  # noqa: E402
from tests.generators.prompting.fake_server import (  # noqa: E402
    Server,
    certificate,
    read_log,
    serving,
    spawned,
)

TEXT_SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
STRICT = {"type": "json_schema", "json_schema": {"name": "reply", "schema": TEXT_SCHEMA, "strict": True}}
TAGGED = "Mix it. Answer with <text>...</text> and nothing else."


class Got:
    """A response, or the error there was instead."""

    def __init__(self, status: int, raw: bytes, headers: dict[str, str]) -> None:
        self.status, self.raw, self.headers = status, raw, headers

    @property
    def json(self) -> Any:
        return orjson.loads(self.raw)

    @property
    def choice(self) -> Any:
        return self.json["choices"][0]

    @property
    def content(self) -> str:
        return str(self.choice["message"]["content"])


def chat(content: str = "Mix it.", **more: Any) -> dict[str, Any]:
    return {"model": "fake", "messages": [{"role": "user", "content": content}], **more}


async def post(base_url: str, body: Any, *, timeout: float = 20.0, **options: Any) -> Got:
    limit = aiohttp.ClientTimeout(total=timeout)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        session.post(f"{base_url}/chat/completions", data=orjson.dumps(body), **options) as got,
    ):
        return Got(got.status, await got.read(), dict(got.headers))


async def get(url: str, **options: Any) -> Got:
    async with aiohttp.ClientSession() as session, session.get(url, **options) as got:
        return Got(got.status, await got.read(), dict(got.headers))


def once(script: Script, body: Any, **options: Any) -> tuple[Got, Server]:
    with serving(script) as server:
        return asyncio.run(post(server.base_url, body, **options)), server


def faulty(fault: str, **options: Any) -> Script:
    return Script(faults={fault: 1.0}, **options)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("rate_limit", 429, "rate_limit_exceeded"),
        ("rate_limit_after", 429, "rate_limit_exceeded"),
        ("server_error", 500, "server_error"),
        ("unavailable", 503, "overloaded"),
        ("unauthorised", 401, "invalid_api_key"),
        ("unknown_model", 404, "model_not_found"),
        ("quota", 429, "insufficient_quota"),
        ("bad_param", 400, "unsupported_parameter"),
    ],
)
def test_failures_have_their_status_and_cost_nothing(fault: str, status: int, code: str) -> None:
    got, server = once(faulty(fault, retry_after="2"), chat())
    assert (got.status, got.json["error"]["code"]) == (status, code)
    assert ("Retry-After" in got.headers) == (fault == "rate_limit_after")
    assert server.log[0].fault == fault
    assert server.log[0].usage is None
    assert server.totals()["answers"] == 0


BROKEN: dict[str, Callable[[Got], bool]] = {
    "truncated_json": lambda got: got.content.startswith('{"text"') and not got.content.endswith("}"),
    "length": lambda got: got.choice["finish_reason"] == "length",
    "wrong_schema": lambda got: orjson.loads(got.content) == {"answer": 42},
    "empty_choice": lambda got: got.json["choices"] == [],
    "empty_content": lambda got: got.content == "",
    "content_filter": lambda got: got.choice["finish_reason"] == "content_filter",
    "refusal": lambda got: got.choice["message"]["refusal"] != "",
    "wrong_script": lambda got: not orjson.loads(got.content)["text"].isascii(),
    "third_language": lambda got: "домой" in got.content,
    "chatter": lambda got: "Sure!" in got.content,
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_completions_are_paid_for(fault: str) -> None:
    got, server = once(faulty(fault, default="mera phone"), chat(response_format=STRICT))
    assert got.status == 200
    assert BROKEN[fault](got)
    assert server.log[0].delivered
    assert server.totals()["answers"] == 1
    assert server.totals()["completion_tokens"] == got.json["usage"]["completion_tokens"]


def test_a_connection_is_cut_within_the_body() -> None:
    with serving(faulty("cut")) as server, pytest.raises(aiohttp.ClientPayloadError):
        asyncio.run(post(server.base_url, chat()))
    assert not server.log[0].delivered
    assert server.totals()["answers"] == 0


def test_a_server_hangs() -> None:
    with serving(faulty("hang")) as server, pytest.raises(TimeoutError):
        asyncio.run(post(server.base_url, chat(), timeout=0.2))
    assert server.log[0].status == 0


def test_bytes_drip() -> None:
    got, server = once(faulty("slow_drip", drip_seconds=0.1), chat())
    assert got.choice["finish_reason"] == "stop"
    assert server.log[0].delivered
    with serving(faulty("slow_drip", drip_seconds=9.0)) as server, pytest.raises(TimeoutError):
        asyncio.run(post(server.base_url, chat(), timeout=0.3))
    assert not server.log[0].delivered


def test_a_page_instead_of_a_completion() -> None:
    got, _ = once(faulty("html"), chat())
    assert got.raw.startswith(b"<!DOCTYPE html>")


def test_every_fault_is_tested() -> None:
    tested = {"rate_limit", "rate_limit_after", "server_error", "unavailable", "unauthorised", "unknown_model"}
    assert tested | {"quota", "bad_param", "cut", "hang", "slow_drip", "html"} | set(BROKEN) == FAULTS
    assert set(CURABLE) < FAULTS


def test_faults_come_at_their_rate_repeat_and_end() -> None:
    async def all_of(base_url: str) -> list[int]:
        return [(await post(base_url, chat(str(number)))).status for number in range(40) for _ in range(3)]

    found = []
    for _ in range(2):
        with serving(Script(faults={"server_error": 0.1, "rate_limit": 0.2}, seed=3)) as server:
            found.append(asyncio.run(all_of(server.base_url)))
    assert found[0] == found[1]
    assert 15 < sum(status != 200 for status in found[0]) < 60
    assert sum(200 in found[0][start : start + 3] for start in range(0, 120, 3)) > 35


def test_the_first_requests_can_be_spared() -> None:
    async def two(base_url: str) -> list[int]:
        return [(await post(base_url, chat())).status for _ in range(2)]

    with serving(faulty("server_error", calm=1)) as server:
        assert asyncio.run(two(server.base_url)) == [200, 500]


def test_the_same_question_gets_so_many_broken_answers_at_most() -> None:
    async def all_of(base_url: str) -> list[str]:
        return [(await post(base_url, chat(seed=number))).choice["finish_reason"] for number in range(4)]

    with serving(faulty("length", broken_at_most=2)) as server:
        assert asyncio.run(all_of(server.base_url)) == ["length", "length", "stop", "stop"]


@pytest.mark.parametrize(
    ("properties", "default", "expected"),
    [
        ({"text": {"type": "string"}}, "mera phone", {"text": "mera phone"}),
        ({"turns": {"type": "array"}}, "mera phone\nnaya hai", {"turns": ["mera phone", "naya hai"]}),
        ({"score": {"type": "integer"}}, "", {"score": 4, "reason": "It reads well."}),
    ],
)
def test_schemas_are_met(properties: dict[str, Any], default: str, expected: dict[str, Any]) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"properties": properties}}}
    got, _ = once(Script(default=default, score=4), chat(response_format=form))
    assert orjson.loads(got.content) == expected


@pytest.mark.parametrize(
    ("script", "prompt", "form", "content"),
    [
        (Script(default="mera phone"), "Mix it.", None, "mera phone"),
        (Script(default="mera phone"), TAGGED, None, "<text>mera phone</text>"),
        (Script(default="mera phone"), "Mix it.\n<text>\nmy phone\n</text>", None, "mera phone"),
        (Script(default="mera phone", tags=False), TAGGED, None, "mera phone"),
        (Script(default="mera phone", honours=frozenset()), TAGGED, STRICT, "<text>mera phone</text>"),
        (Script(default="a\nb"), "Answer in <turn>...</turn>", None, "<turn>a</turn>\n<turn>b</turn>"),
        (Script(score=3), "<score>1 to 10</score>", None, "<score>3</score>\n<reason>It reads well.</reason>"),
        (Script(default="a"), 'JSON: {"text": "..."}', {"type": "json_object"}, '{"text":"a"}'),
        (Script(score=3), 'JSON: {"score": 1}', {"type": "json_object"}, '{"score":3,"reason":"It reads well."}'),
    ],
)
def test_the_form_asked_for_where_it_is_honoured(script: Script, prompt: str, form: Any, content: str) -> None:
    got, _ = once(script, chat(prompt, response_format=form))
    assert got.content == content


def test_parameters_can_be_refused() -> None:
    got, _ = once(Script(refuses={"json_schema": 500}), chat(response_format=STRICT))
    assert (got.status, got.json["error"]["param"]) == (500, "response_format")
    got, _ = once(Script(refuses={"logprobs": 400}), chat(logprobs=True))
    assert (got.status, got.json["error"]["param"]) == (400, "logprobs")


def test_logprobs_and_seeds_are_honoured_or_not() -> None:
    async def two(base_url: str) -> list[Got]:
        return [await post(base_url, chat(seed=1, logprobs=True)) for _ in range(2)]

    with serving(Script()) as server:
        first, second = asyncio.run(two(server.base_url))
    assert first.content == second.content
    assert len(first.choice["logprobs"]["content"]) == len(first.content.split())
    with serving(Script(honours=frozenset())) as server:
        first, second = asyncio.run(two(server.base_url))
    assert first.content != second.content
    assert first.choice["logprobs"] is None


def test_texts_come_from_the_table_by_how_often_something_else_was_asked() -> None:
    table = {"My house is big.": ["mera house bada hai", "mera ghar big hai"], "cat": ["billi"]}
    prompts = ["Mix:\nMy house is big.", "Mix:\nMy house is big.", "<source>My house is big.</source> Again!", "a cat?"]

    async def all_of(base_url: str) -> list[str]:
        return [(await post(base_url, chat(prompt))).content for prompt in prompts]

    with serving(Script(table=table)) as server:
        texts = asyncio.run(all_of(server.base_url))
    assert texts == ["mera house bada hai", "mera house bada hai", "mera ghar big hai", "billi"]


def test_a_draft_is_bettered_whatever_was_asked_before() -> None:
    texts = ["mera house bada hai", "mera ghar big hai", "my ghar big hai"]
    drafts = ["", texts[0], texts[1], "mera ghar bada hai", texts[2]]
    prompts = ["<text>\nMy house is big.\n</text>" + f"\n<draft>\n{each}\n</draft>" * bool(each) for each in drafts]

    async def all_of(base_url: str) -> list[str]:
        return [(await post(base_url, chat(prompt))).content for prompt in [*prompts[::-1], "Hello."]]

    with serving(Script(reply="drafts", table={"My house is big.": texts}, default="haan")) as server:
        got = asyncio.run(all_of(server.base_url))
    assert got[::-1] == ["haan", texts[0], texts[1], texts[2], texts[1], texts[2]]


def test_the_mixer_joins_the_sides() -> None:
    prompt = "<en>my house is big</en>\n<hi>mera ghar bada hai</hi>"
    got, _ = once(Script(reply="mixer"), chat(prompt))
    assert got.content == "my house bada hai"


def test_a_reply_of_its_own() -> None:
    keyed = {"Idempotency-Key": "one"}
    got, server = once(Script(reply=lambda messages: messages[-1]["content"].upper()), chat("mix it"), headers=keyed)
    assert got.content == "MIX IT"
    assert server.log[0].body == chat("mix it")
    assert (server.log[0].id, server.log[0].key) == (got.json["id"], "one")


def test_models_keys_and_bodies_are_checked() -> None:
    got, server = once(Script(key="sk-good"), chat(), headers={"Authorization": "Bearer sk-bad"})
    assert (got.status, server.log[0].fault) == (401, "unauthorised")
    assert "sk-bad" in got.json["error"]["message"]
    got, _ = once(Script(key="sk-good"), chat(), headers={"Authorization": "Bearer sk-good"})
    assert got.status == 200
    got, _ = once(Script(models=("other",)), chat())
    assert (got.status, got.json["error"]["code"]) == (404, "model_not_found")
    got, _ = once(Script(), {"model": "fake"})
    assert got.status == 400


def test_models_are_listed() -> None:
    async def all_of(base_url: str) -> list[Got]:
        ends = ["models", "models/a/b", "models/nope"]
        return [await get(f"{base_url}/{end}") for end in ends] + [await get(base_url.replace("/v1", "/health"))]

    with serving(Script(models=("fake", "a/b"), headers={"x-ratelimit-limit-requests": "60"})) as server:
        listed, one, none, health = asyncio.run(all_of(server.base_url))
    assert [each["id"] for each in listed.json["data"]] == ["fake", "a/b"]
    assert listed.headers["x-ratelimit-limit-requests"] == "60"
    assert (one.json["id"], none.status, health.status) == ("a/b", 404, 200)


def test_too_many_at_once_are_told_to_wait() -> None:
    async def together(base_url: str) -> list[int]:
        return [each.status for each in await asyncio.gather(*(post(base_url, chat(str(n))) for n in range(8)))]

    with serving(Script(latency=0.2, max_in_flight=3)) as server:
        statuses = asyncio.run(together(server.base_url))
    assert sorted(set(statuses)) == [200, 429]
    assert server.peak > 3


@pytest.mark.parametrize(("kind", "start"), [("html", b"<!DOCTYPE"), ("json", b'{"status"')])
def test_servers_of_other_kinds(kind: str, start: bytes) -> None:
    got, _ = once(Script(speaks=kind), chat())
    assert got.raw.startswith(start)


def test_a_certificate_of_its_own(tmp_path: Path) -> None:
    pair = certificate(tmp_path)
    if pair is None:
        pytest.skip("openssl is missing")
    with serving(Script(), tls=pair) as server:
        assert server.base_url.startswith("https://127.0.0.1:")
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            asyncio.run(post(server.base_url, chat()))
        trusting = ssl.create_default_context(cafile=str(pair[0]))
        assert asyncio.run(post(server.base_url, chat(), ssl=trusting)).status == 200


def test_a_process_of_its_own(tmp_path: Path) -> None:
    async def several(base_url: str) -> list[Got]:
        return [await post(base_url, chat(f"cat {number}")) for number in range(3)]

    with spawned(Script(table={"cat": ["billi", "the billi"]}, key=None), tmp_path) as (base_url, log):
        got = asyncio.run(several(base_url))
    records = read_log(log)
    assert [each.content for each in got] == ["billi", "the billi", "the billi"]
    assert [(record.n, record.delivered, record.id) for record in records] == [
        (number, True, each.json["id"]) for number, each in enumerate(got)
    ]
