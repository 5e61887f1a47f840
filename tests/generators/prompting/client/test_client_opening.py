import asyncio
import gc
import logging
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cswitch.core.errors import MissingExtraError, UsageError
from cswitch.generators.prompting.client import endpoint as endpoint_module
from cswitch.generators.prompting.client.capabilities import Capabilities
from cswitch.generators.prompting.client.conversation import Conversation
from cswitch.generators.prompting.client.opening import open_chat
from cswitch.generators.prompting.contracts import NoAnswer, StopRun, TextReply
from tests.generators.prompting.client.client_fakes import MemoryAnswers, OpenLedger, completion, request
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import certificate, serving

SECRET = "sk-hunter2-hunter2-hunter2"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "BACKOFF", 0.01)
    for name in (
        "OPENAI_API_KEY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "http_proxy",
        "https_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


class Talk:
    """Opens a chat and asks."""

    def __init__(self, url: str, *, known: bool = True, **settings: Any) -> None:
        self.url, self.settings = url, {"timeout": 5.0, "patience": 5.0, **settings}
        self.answers, self.ledger = MemoryAnswers(), OpenLedger()
        self.lines: list[str] = []
        self.given: Counter[str] = Counter()
        if known:
            self.answers.keep_capabilities(url, "fake", b'{"format": "json_schema"}')

    def run(self, count: int = 1, at_once: int = 16) -> None:
        asyncio.run(self._run(count, at_once))
        gc.collect()

    async def _run(self, count: int, at_once: int) -> None:
        async with open_chat(
            "fake", answers=self.answers, ledger=self.ledger, base_url=self.url, note=self.lines.append, **self.settings
        ) as chat:
            numbers = iter(range(count))
            await asyncio.gather(*(self._work(chat, numbers) for _ in range(at_once)))

    async def _work(self, chat: Conversation, numbers: Any) -> None:
        for number in numbers:
            try:
                answer = await chat.ask(request(f"Say {number}."))
            except NoAnswer as error:
                self.given[error.reason] += 1
            else:
                assert isinstance(answer.value, TextReply)
                self.given["replayed" if answer.replayed else "answered"] += 1

    def stops(self, said: str) -> str:
        with pytest.raises(StopRun, match=said) as caught:
            self.run()
        message = str(caught.value)
        assert "\n" not in message
        assert self.ledger.held == 0
        return message


def raw(reply: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    """A server that says the same to all, and hangs up."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(reply)
        await writer.drain()
        writer.close()

    return handle


def stops_with(reply: bytes, said: str, *, scheme: str = "http", **settings: Any) -> Talk:
    """What comes of a server of bytes."""
    talks: list[Talk] = []

    async def main() -> None:
        server = await asyncio.start_server(raw(reply), "127.0.0.1", 0)
        async with server:
            talk = Talk(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", known=False, **settings)
            talks.append(talk)
            with pytest.raises(StopRun, match=said):
                await talk._run(1, 1)

    asyncio.run(main())
    return talks[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_everybody_is_answered_once_whatever_happens_on_the_way() -> None:
    faults = {
        "rate_limit": 0.04, "rate_limit_after": 0.02, "server_error": 0.04, "unavailable": 0.02, "cut": 0.04,
        "html": 0.02, "truncated_json": 0.02, "wrong_schema": 0.02, "empty_choice": 0.02,
        "content_filter": 0.01, "refusal": 0.01,
    }  # fmt: skip
    with serving(Script(faults=faults, seed=3)) as server:
        talk = Talk(server.base_url)
        talk.run(300, 32)
        given, totals = dict(talk.given), server.totals()
        assert sum(given.values()) == 300
        assert given["answered"] > 270
        assert talk.answers.usage.answers == totals["answers"]
        assert talk.answers.usage.prompt == totals["prompt_tokens"]
        assert talk.answers.usage.completion == totals["completion_tokens"]
        assert talk.ledger.spent == totals["prompt_tokens"] + totals["completion_tokens"]
        assert talk.ledger.held == 0
        failed = sum(1 for record in server.log if not record.usage or not record.delivered)
        assert len(talk.answers.failures) == failed
        assert {"rate_limit", "server_error", "cut"} <= {kind for _, kind, *_ in talk.answers.failures}
        sent = server.count
        talk.given.clear()
        talk.run(300, 32)
        assert server.count == sent
        assert talk.given["replayed"] == given["answered"]


def test_silence_and_dripping_are_cut_short() -> None:
    script = Script(faults={"hang": 0.1, "slow_drip": 0.1}, seed=1, hang_seconds=30, drip_seconds=30)
    with serving(script) as server:
        talk = Talk(server.base_url, timeout=0.4)
        started = time.monotonic()
        talk.run(30, 30)
        assert time.monotonic() - started < 15
        assert talk.given["answered"] == 30
        assert {kind for _, kind, *_ in talk.answers.failures} == {"timeout"}


def test_more_than_a_server_takes_is_found_out() -> None:
    with serving(Script(max_in_flight=6, latency=0.01)) as server:
        talk = Talk(server.base_url)
        talk.run(200, 64)
        assert talk.given["answered"] == 200
        assert len(talk.answers.failures) < 120


def test_concurrency_is_kept() -> None:
    with serving(Script(latency=0.02)) as server:
        Talk(server.base_url, concurrency=3).run(30, 30)
        assert server.peak <= 3


def test_a_server_that_is_not_there_is_waited_for_and_then_given_up() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    talk = Talk(url, patience=1.0)
    said = talk.stops("gave no answer for")
    assert said.startswith(f"{url} gave no answer for 1 s (connection refused); see that the server runs")
    assert talk.lines[0] == f"{url} does not answer (connection refused); next try in 1 s"
    assert {kind for _, kind, *_ in talk.answers.failures} == {"connection"}


def test_a_server_that_comes_back_is_gone_on_with() -> None:
    talk = Talk(f"http://127.0.0.1:{free_port()}/v1", patience=20)

    async def main() -> None:
        asking = asyncio.ensure_future(talk._run(10, 4))
        await asyncio.sleep(0.3)
        body = completion('{"text": "haan"}')
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        port = int(talk.url.rpartition(":")[2].removesuffix("/v1"))
        async with await asyncio.start_server(raw(head % len(body) + body), "127.0.0.1", port):
            await asking

    asyncio.run(main())
    assert talk.given == {"answered": 10}
    assert talk.lines[-1] == f"{talk.url} answers again"


def test_a_request_that_alone_fails_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "TRIES", 3)

    def reply(messages: Any) -> str:
        if "Say 7." in str(messages):
            raise RuntimeError("a bug of the server")
        return "haan"

    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    with serving(Script(reply=reply)) as server:
        talk = Talk(server.base_url)
        talk.run(60, 2)
    assert talk.given == {"answered": 59, "refused": 1}


def test_a_wait_that_is_too_long_stops_the_run() -> None:
    with serving(Script(faults={"rate_limit_after": 1.0}, retry_after="3600")) as server:
        Talk(server.base_url).stops("asks to wait 3600 s, longer than the patience of 5 s; give the same command again")
        assert server.count == 1


def test_a_wait_is_told_and_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "SAID_FROM", 0.05)
    with serving(Script(faults={"rate_limit_after": 0.3}, retry_after="0.1", seed=2)) as server:
        talk = Talk(server.base_url)
        talk.run(10, 1)
    assert talk.given == {"answered": 10}
    assert talk.lines[0] == f"{server.base_url} limits the rate; next try in 0 s"


def test_no_key_is_said_before_anything_is_sent() -> None:
    with pytest.raises(UsageError, match=r"no key for https://api.openai.com/v1; set the environment variable MY_KEY"):
        Talk("https://api.openai.com/v1", key_env="MY_KEY").run()


def test_a_key_that_is_refused_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", SECRET)
    with serving(Script(key="another")) as server:
        for known in (True, False):
            talk = Talk(server.base_url, known=known, key_env="MY_KEY")
            said = talk.stops("refuses the key in MY_KEY")
            assert said.endswith("set MY_KEY to a key that is valid there")
            assert SECRET not in said
            assert "***" in said
            assert not any(SECRET in str(failure) for failure in talk.answers.failures)
        Talk(server.base_url, known=False).stops("wants a key")


def test_no_secret_gets_anywhere(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    caplog.set_level(logging.DEBUG)
    with serving(Script(key=SECRET, faults={"server_error": 0.3, "unauthorised": 0.05}, keep_bodies=True)) as server:
        talk = Talk(server.base_url, known=False)
        with pytest.raises(StopRun) as caught:
            talk.run(200, 8)
    places = [str(caught.value), caplog.text, *talk.lines, *map(str, talk.answers.failures), str(talk.answers.kept)]
    places += [str(talk.answers.found), *(str(record.body) for record in server.log)]
    assert all("hunter2" not in place for place in places)


def test_money_that_is_gone_stops_the_run() -> None:
    with serving(Script(faults={"quota": 1.0})) as server:
        Talk(server.base_url).stops("has no quota left for this key .*top the account up")


def test_an_exhausted_budget_stops_cleanly() -> None:
    with serving() as server:
        talk = Talk(server.base_url)
        talk.ledger.limit = 2000
        with pytest.raises(StopRun, match="the budget is spent"):
            talk.run(500, 4)
        assert talk.ledger.spent <= 2000
        assert talk.answers.usage.answers == server.totals()["answers"]


def test_a_wrong_path_is_told_from_an_unknown_model() -> None:
    with serving() as server:
        url = server.base_url.replace("/v1", "/v2")
        Talk(url, known=False).stops(f"{url} has no chat completions .*; check --base-url; it mostly ends in /v1")


@pytest.mark.parametrize("speaks", ["html", "json"])
def test_a_server_of_another_kind_is_named(speaks: str) -> None:
    with serving(Script(speaks=speaks)) as server:
        Talk(server.base_url, known=False).stops("speaks something else .*; check --base-url")


def test_a_server_that_speaks_no_http_is_named() -> None:
    stops_with(b"SSH-2.0-OpenSSH_9.6\r\n", "does not speak HTTP as expected; check host, port")


def test_a_server_that_speaks_no_tls_is_named() -> None:
    stops_with(b"HTTP/1.1 400 Bad Request\r\n\r\n", "speaks no TLS .*begins with http://", scheme="https")


def test_a_redirect_is_not_followed() -> None:
    reply = b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://elsewhere/v1\r\nContent-Length: 0\r\n\r\n"
    stops_with(reply, "sends to another address .*; give --base-url the address")


def test_a_server_that_hangs_up_is_given_up_in_the_end() -> None:
    talk = stops_with(b"", r"gave no answer for .*connection cut", patience=0.5)
    assert {kind for _, kind, *_ in talk.answers.failures} == {"cut"}


def test_a_name_that_is_not_known_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    Talk("http://no-such-host.invalid/v1", known=False).stops("the name of http://no-such-host.invalid/v1 is not known")


def test_a_certificate_that_is_not_trusted_is_said_and_can_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = certificate(tmp_path)
    if tls is None:
        pytest.skip("openssl is not installed, which makes the certificate")
    with serving(tls=tls) as server:
        for known in (True, False):
            talk = Talk(server.base_url, known=known)
            said = talk.stops("the certificate of .* is not trusted")
            assert said.endswith("set SSL_CERT_FILE to a file with the certificate of its authority")
        monkeypatch.setenv("SSL_CERT_FILE", str(tls[0]))
        talk = Talk(server.base_url)
        talk.run()
        assert talk.given == {"answered": 1}


def test_certificates_that_are_not_there_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    with pytest.raises(UsageError, match="the certificates of SSL_CERT_FILE cannot be read"):
        Talk("https://127.0.0.1:1/v1").run()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"concurrency": 0}, "a concurrency of 0 sends nothing"),
        ({"timeout": 0.0}, "a timeout of 0 s cannot be meant"),
        ({"patience": float("nan")}, "a patience of nan s cannot be meant"),
        ({"rpm": -1.0}, "a rate of -1 requests a minute cannot be meant"),
    ],
)
def test_settings_that_cannot_be_meant_are_said(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Talk("http://127.0.0.1:1/v1", **settings).run()


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingExtraError, match=r'pip install "cswitch\[llm\]"'):
        Talk("http://127.0.0.1:1/v1").run()


def test_giving_up_in_the_middle_leaves_nothing_behind() -> None:
    with serving(Script(latency=0.3)) as server:
        talk = Talk(server.base_url)

        async def main() -> None:
            asking = asyncio.ensure_future(talk._run(40, 20))
            await asyncio.sleep(0.5)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

        asyncio.run(main())
        gc.collect()
        assert talk.ledger.held == 0


def test_a_parameter_that_is_refused_in_the_middle_is_left_out() -> None:
    with serving(Script(refuses={"json_schema": 400}, honours=frozenset({"json_object"}))) as server:
        talk = Talk(server.base_url)
        talk.run(20, 8)
        kept = talk.answers.capabilities(server.base_url, "fake")
    assert talk.given == {"answered": 20}
    assert kept is not None
    assert b"json_object_schema" in kept
    assert len(talk.lines) == 1


def test_another_sender_may_stand_before_the_endpoint() -> None:
    with serving() as server:
        seen: list[bytes] = []

        class Counting:
            def __init__(self, inner: Any) -> None:
                self.inner, self.url = inner, inner.url

            async def send(self, body: bytes, **given: Any) -> Any:
                seen.append(body)
                return await self.inner.send(body, **given)

        talk = Talk(server.base_url, through=Counting)
        talk.run(5, 2)
        assert len(seen) == 5


def test_capabilities_are_those_of_the_store() -> None:
    async def main() -> Capabilities:
        answers = MemoryAnswers()
        answers.keep_capabilities("http://127.0.0.1:1/v1", "fake", b'{"format": "json_object", "seed": true}')
        async with open_chat("fake", answers=answers, ledger=OpenLedger(), base_url="http://127.0.0.1:1/v1/") as chat:
            return chat.capabilities

    assert asyncio.run(main()) == Capabilities(format="json_object", seed=True)
