"""A server of OpenAI's kind on loopback that misbehaves as its script says; keeps a log of everything.

In a thread of the process: ``with serving(Script(faults={"rate_limit": 0.2})) as server: ... server.base_url``.
As a process, for tests which kill their clients:
``python -m tests.generators.prompting.fake_server --port 0 --script FILE.json --log FILE.jsonl`` prints its base URL.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
import orjson
from aiohttp import web

from tests.generators.prompting.fake_batches import Batches, Paid
from tests.generators.prompting.fake_replies import (
    BROKEN,
    HTTP_FAULTS,
    Model,
    Script,
    completion,
    digest,
    drawn_fault,
    totals,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PAGE = "<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"


class Record(msgspec.Struct, kw_only=True):
    """One request for a completion, and what became of it."""

    n: int
    """0-based number of the request."""
    digest: str = ""
    """Hex of the digest of its canonical body."""
    key: str = ""
    """Its header ``Idempotency-Key``."""
    body: Any = None
    id: str = ""
    """Id of the completion; empty without one."""
    model: str = ""
    fault: str = ""
    status: int = 0
    usage: dict[str, int] | None = None
    """Tokens of the completion; None for what costs nothing."""
    delivered: bool = False
    """Whether the whole response was written."""
    arrived: float = 0.0
    """Seconds since the epoch when it came in."""
    ended: float = 0.0
    """Seconds since the epoch when it was done with; 0 while it is not."""
    batch: str = ""
    """Id of the batch it came in; empty for a request by itself."""
    custom_id: str = ""
    """Name of its line in the batch."""

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


class Server:
    """The server's state; its log may be read from another thread."""

    def __init__(self, script: Script, log_file: IO[bytes] | None = None) -> None:
        self.script, self.model = script, Model(script)
        self.base_url = ""
        self.log: list[Record] = []
        self.peak = 0
        """Most requests at once."""
        self.count = 0
        """Requests for completions so far."""
        self._totals = totals([])
        self._seen: Counter[str] = Counter()
        self._broken: Counter[str] = Counter()
        self._in_flight = 0
        self._file = log_file
        self.batches = Batches(self)
        self._stumbles = {route: list(statuses) for route, statuses in self.script.stumbles.items()}

    def totals(self) -> Counter[str]:
        """``prompt_tokens``, ``completion_tokens`` and ``answers`` of what was delivered and is paid for."""
        return self._totals.copy()

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(middlewares=[self._other_kinds, self._keys, self._stumble], client_max_size=2**28)
        app.router.add_get("/health", self._health)
        for prefix in ("", "/v1"):
            app.router.add_get(f"{prefix}/models", self._models)
            app.router.add_get(f"{prefix}/models/{{id:.+}}", self._one_model)
            app.router.add_post(f"{prefix}/chat/completions", self._chat)
        self.batches.add_routes(app)
        return app

    @web.middleware
    async def _other_kinds(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Stands in for servers that are no language models."""
        if self.script.speaks == "html":
            return web.Response(text=PAGE, content_type="text/html")
        if self.script.speaks == "json":
            return web.json_response({"status": "ok", "version": "2.1", "items": [1, 2, 3]})
        return await handler(request)

    @web.middleware
    async def _keys(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if self.script.key is not None and given != f"Bearer {self.script.key}" and request.path != "/health":
            self._note(Record(n=self._next(), fault="unauthorised", status=401))
            return self._failure("unauthorised", key=given.removeprefix("Bearer "))
        return await handler(request)

    @web.middleware
    async def _stumble(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        statuses = self._stumbles.get(f"{request.method} {request.path}")
        status = statuses.pop(0) if statuses else 0
        if status > 0:
            return self.error(status, "The server had an error while processing your request.", "server_error")
        response = await handler(request)
        if status < 0 and request.transport is not None:
            request.transport.abort()
        return response

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    def _described(self, name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "tests"}

    async def _models(self, request: web.Request) -> web.Response:
        return self.json({"object": "list", "data": [self._described(name) for name in self.script.models]})

    async def _one_model(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        known = name in self.script.models
        return self.json(self._described(name)) if known else self._failure("unknown_model", model=name)

    def fault_of(self, body_digest: str) -> str:
        """The fault of the next line of a batch with this body."""
        self._seen[body_digest] += 1
        return drawn_fault(self.script, body_digest, self._seen[body_digest] - 1)

    def paid(self, line: Paid, batch: str) -> int:
        """Books a line of a batch, and gives it a number."""
        record = Record(n=self._next(), digest=line.digest, model=str(line.body.get("model")), fault=line.fault)
        record.status, record.delivered, record.batch, record.custom_id = line.status, True, batch, line.custom_id
        record.body = line.body if self.script.keep_bodies else None
        if line.answer is not None:
            record.id, record.usage = f"chatcmpl-{record.n}", line.answer["usage"]
            self._totals.update({**line.answer["usage"], "answers": 1})
        self._note(record)
        self._write(record)
        return record.n

    def json(self, value: object, status: int = 200) -> web.Response:
        """A response of JSON."""
        together = self.script.headers
        return web.Response(body=orjson.dumps(value), status=status, headers=together, content_type="application/json")

    def error(self, status: int, message: str, code: str, param: str | None = None) -> web.Response:
        """An error as the API words it."""
        inner = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
        return self.json({"error": inner}, status)

    def _failure(self, fault: str, **names: str) -> web.Response:
        status, code, message = HTTP_FAULTS[fault]
        param = "response_format" if fault == "bad_param" else None
        response = self.error(status, message.format_map({"key": "", "model": "", **names}), code, param)
        if fault == "rate_limit_after":
            response.headers["Retry-After"] = self.script.retry_after
        return response

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        record = Record(n=self._next(), arrived=time.time())
        self._note(record)
        self._in_flight += 1
        self.peak = max(self.peak, self._in_flight)
        try:
            return await self._answer(request, record)
        finally:
            self._in_flight -= 1
            record.ended = time.time()
            self._write(record)

    async def _answer(self, request: web.Request, record: Record) -> web.StreamResponse:
        raw = await request.read()
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict) or not isinstance(body.get("messages"), list) or body.get("stream"):
            return await self._send(request, record, self.error(400, "We could not parse the body.", "bad_json"))
        record.digest, record.model = digest(body), str(body.get("model"))
        record.body = body if self.script.keep_bodies else None
        record.key = request.headers.get("Idempotency-Key", "")
        record.fault = self._fault(record, body)
        self._seen[record.digest] += 1
        if self.script.latency:
            await asyncio.sleep(self.script.latency)
        refused = self._refused(body, record)
        if refused is not None:
            return await self._send(request, record, refused)
        if record.fault == "hang":
            await asyncio.sleep(self.script.hang_seconds)
        if record.fault == "html":
            return await self._send(request, record, web.Response(text=PAGE, content_type="text/html"))
        return await self._complete(request, record, body)

    def _fault(self, record: Record, body: dict[str, Any]) -> str:
        if self.script.max_in_flight is not None and self._in_flight > self.script.max_in_flight:
            return "rate_limit"
        if record.n < self.script.calm:
            return ""
        fault = drawn_fault(self.script, record.digest, self._seen[record.digest])
        if fault in BROKEN:
            asked = digest(body["messages"])
            self._broken[asked] += 1
            return fault if self._broken[asked] <= self.script.broken_at_most else ""
        return fault

    def _refused(self, body: dict[str, Any], record: Record) -> web.Response | None:
        if record.model not in self.script.models:
            record.fault = "unknown_model"
        for name, status in self.script.refuses.items():
            if body.get(name) is not None or (body.get("response_format") or {}).get("type") == name:
                param = name if name in body else "response_format"
                return self.error(status, f"Unsupported parameter: '{param}'.", "unsupported_parameter", param)
        return self._failure(record.fault, model=record.model) if record.fault in HTTP_FAULTS else None

    async def _complete(self, request: web.Request, record: Record, body: dict[str, Any]) -> web.StreamResponse:
        text = self.model.text(body["messages"], record.digest)
        if body.get("seed") is not None and "seed" not in self.script.honours:
            text = f"{text} {record.n}"
        answer = completion(self.script, body, text, record.fault, record.n)
        record.id, record.usage = answer["id"], answer["usage"]
        return await self._send(request, record, self.json(answer))

    async def _send(self, request: web.Request, record: Record, response: web.Response) -> web.StreamResponse:
        """Writes the response here, so that the log knows whether it went out."""
        body, record.status = response.body or b"", response.status
        assert isinstance(body, bytes)
        stream = web.StreamResponse(status=response.status, headers=response.headers)
        stream.content_length = len(body)
        await stream.prepare(request)
        if record.fault == "cut":
            await stream.write(body[: len(body) // 2])
            if request.transport is not None:
                request.transport.abort()
            return stream
        for piece in _pieces(body, 5 if record.fault == "slow_drip" else 1):
            if record.fault == "slow_drip":
                await asyncio.sleep(self.script.drip_seconds / 5)
            await stream.write(piece)
        await stream.write_eof()
        record.delivered = True
        if record.usage:
            self._totals.update({**record.usage, "answers": 1})
        return stream

    def _next(self) -> int:
        self.count += 1
        return self.count - 1

    def _note(self, record: Record) -> None:
        if self.script.keep_log:
            self.log.append(record)

    def _write(self, record: Record) -> None:
        if self._file is not None:
            self._file.write(msgspec.json.encode(record) + b"\n")
            self._file.flush()


def _pieces(body: bytes, count: int) -> list[bytes]:
    size = -(-len(body) // count) or 1
    return [body[start : start + size] for start in range(0, len(body), size)]


def certificate(folder: Path) -> tuple[Path, Path] | None:
    """A self-signed certificate for 127.0.0.1 and its key, made with openssl; None where that is missing."""
    program = shutil.which("openssl")
    if program is None:
        return None
    cert, key = folder / "cert.pem", folder / "key.pem"
    made = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key)]
    made += ["-out", str(cert), "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    return cert, key


@asynccontextmanager
async def listening(server: Server, port: int = 0, tls: tuple[Path, Path] | None = None) -> AsyncIterator[Server]:
    """Listens on loopback while inside."""
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    runner = web.AppRunner(
        server.application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.1, keepalive_timeout=30
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=context, backlog=1024)
        await site.start()
        server.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield server
    finally:
        await runner.cleanup()


@contextmanager
def serving(script: Script | None = None, *, tls: tuple[Path, Path] | None = None) -> Iterator[Server]:
    """A server in a thread of its own."""
    server = Server(script or Script())
    ready, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def run() -> None:
        async with listening(server, tls=tls):
            ready.set()
            await stop.wait()

    def body() -> None:
        try:
            loop.run_until_complete(run())
        finally:
            loop.close()
            ready.set()

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    assert ready.wait(30)
    assert server.base_url, "the server did not start"
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)


@contextmanager
def spawned(script: Script, folder: Path) -> Iterator[tuple[str, Path]]:
    """A server as a process: its base URL, and the JSONL file of its log, which is complete once this has ended."""
    (folder / "script.json").write_bytes(msgspec.json.encode(script))
    log = folder / "server.jsonl"
    command = [sys.executable, "-m", "tests.generators.prompting.fake_server", "--script", str(folder / "script.json")]
    root = Path(__file__).parents[3]
    with subprocess.Popen([*command, "--log", str(log)], stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), log
        finally:
            process.terminate()


def read_log(path: Path) -> list[Record]:
    """The records of requests that ended, in the order of their ends."""
    return [msgspec.json.decode(line, type=Record) for line in path.read_bytes().splitlines()]


async def _main(script: Script, port: int, log: IO[bytes] | None) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with listening(Server(script, log), port) as server:
        print(server.base_url, flush=True)
        await stop.wait()


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", type=Path)
    parser.add_argument("--log", type=Path)
    options = parser.parse_args()
    script = Script.read(options.script) if options.script else Script()
    script.keep_log = False
    log = options.log.open("ab") if options.log else None
    try:
        asyncio.run(_main(script, options.port, log))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
