from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import pytest

from cswitch.annotators.labelstudio import endpoint as module
from cswitch.annotators.labelstudio.backend import Backend
from cswitch.annotators.labelstudio.config import Labelling
from cswitch.annotators.labelstudio.endpoint import Endpoint
from cswitch.core.errors import RunError, UsageError
from tests.taggers import ScriptTagger

XML = Labelling.of(["hi", "en"]).xml()
SECRET = "0123456789abcdef"


class _Served:
    """An endpoint on a port of its own, and what it logged."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.endpoint = Endpoint(Backend(ScriptTagger("cpu")), port=0, log=self.log.append)

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.endpoint.server_port, timeout=20)

    def asked(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = self.connection()
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection.request(method, path, data)
        answer = connection.getresponse()
        found = answer.status, json.loads(answer.read())
        connection.close()
        return found

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.endpoint.server_port), timeout=20) as sent:
            sent.sendall(request)
            sent.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: sent.recv(4096), b""))


@pytest.fixture
def served() -> Iterator[_Served]:
    made = _Served()
    thread = Thread(target=made.endpoint.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.endpoint.shutdown()
    thread.join()
    made.endpoint.server_close()


def test_the_routes_of_the_protocol(served: _Served) -> None:
    version = served.endpoint.backend.version
    assert served.asked("GET", "/health") == (
        200,
        {"status": "UP", "model_class": "ScriptTagger", "model_version": version},
    )
    assert served.asked("GET", "/versions?project=1.2") == (200, {"versions": [version]})
    setup = {"schema": XML, "access_token": SECRET, "project": "1.2"}
    assert served.asked("POST", "/setup", setup) == (200, {"model_version": version})
    assert served.asked("POST", "/webhook", {"action": "TASKS_CREATED"}) == (200, {"status": "counted"})
    status, answer = served.asked("POST", "/predict", {"tasks": [{"data": {"text": "ok"}}], "label_config": XML})
    assert (status, answer["results"][0]["result"][0]["value"]["labels"]) == (200, ["en"])
    assert [line.partition(",")[0] for line in served.log] == [
        "GET /health 200",
        "GET /versions 200",
        "POST /setup 200",
        "POST /webhook 200",
        "POST /predict 200",
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("GET", "/nothing", None, 404, "no such route; there are /health, /versions, /setup, /predict, /webhook"),
        ("POST", "/train", {}, 404, "no such route"),
        ("GET", "/predict", None, 405, "ask by POST"),
        ("POST", "/health", {}, 405, "ask by GET"),
        ("POST", "/predict", b"{", 400, "the body is no JSON"),
        ("POST", "/predict", {"tasks": []}, 400, "missing required field `label_config`"),
        ("POST", "/setup", {"schema": "<View/>"}, 400, "the labelling configuration cannot be used"),
        ("DELETE", "/health", None, 501, "Not Implemented"),
    ],
)
def test_a_wrong_request_is_one_clear_line(
    served: _Served, method: str, path: str, body: object, status: int, told: str
) -> None:
    found, answer = served.asked(method, path, body)
    assert found == status
    assert told in answer["error"]
    assert "\n" not in answer["error"]
    assert len(served.log) == 1


def test_the_reason_is_what_label_studio_shows(served: _Served) -> None:
    connection = served.connection()
    connection.request("POST", "/setup", json.dumps({"schema": Labelling.of(["ta"]).xml()}))
    with connection.getresponse() as answer:
        assert answer.reason.startswith("none of the languages of the configuration (ta) is served here")
    connection.close()


def test_no_secret_is_logged(served: _Served) -> None:
    for path in ("/setup", f"/setup?token={SECRET}", f"/{SECRET}", "/predict", "/webhook"):
        served.asked("POST", path, {"schema": XML, "access_token": SECRET, "params": {"password": SECRET}})
        served.asked("POST", path, {"schema": f"<{SECRET}", "action": SECRET, "label_config": 7, "tasks": SECRET})
        served.asked("POST", path, f'{{"access_token": "{SECRET}"'.encode())
    served.raw(f"{SECRET} / HTTP/9\r\n\r\n".encode())
    assert len(served.log) == 16
    assert SECRET not in "\n".join(served.log)
    assert SECRET not in repr(vars(served.endpoint.backend))


def test_a_connection_serves_many_requests(served: _Served) -> None:
    connection = served.connection()
    for _ in range(3):
        connection.request("POST", "/webhook", b"{}")
        with connection.getresponse() as answer:
            assert (answer.status, answer.read()) == (200, b'{"status":"counted"}')
    assert connection.sock is not None
    connection.close()


def test_a_body_without_or_beyond_its_length(served: _Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1 << 20)
    start = b"POST /predict HTTP/1.1\r\nHost: h\r\n"
    assert served.raw(start + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").startswith(b"HTTP/1.1 411 ")
    too_much = served.raw(start + b"Content-Length: 1048577\r\n\r\n")
    assert too_much.startswith(b"HTTP/1.1 413 more than 1 MiB; choose fewer tasks at a time")
    assert served.raw(start + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n").startswith(b"HTTP/1.1 413 ")
    assert served.raw(start + b"Content-Length: -1\r\n\r\n").startswith(b"HTTP/1.1 411 ")
    assert served.raw(start + b"Content-Length: 50\r\n\r\n{}") == b""  # it hung up, and nobody is told
    assert served.asked("GET", "/health")[0] == 200
    assert len(served.log) == 5


def test_a_silent_connection_is_ended(served: _Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module._Handler, "timeout", 0.05)
    with socket.create_connection(("127.0.0.1", served.endpoint.server_port), timeout=20) as silent:
        silent.sendall(b"POST /predict HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
        assert silent.recv(100) == b""
    assert served.log == []


def test_many_ask_at_once(served: _Served) -> None:
    def ask(number: int) -> list[str]:
        words = [f"word{number}"] * (number % 7 + 1)
        body = {"tasks": [{"data": {"text": " ".join(words)}}] * 3, "label_config": XML}
        _, answer = served.asked("POST", "/predict", body)
        return [region["value"]["text"] for result in answer["results"] for region in result["result"]]

    with ThreadPoolExecutor(8) as pool:
        for number, words in enumerate(pool.map(ask, range(40))):
            assert words == [f"word{number}"] * (number % 7 + 1) * 3
    assert served.endpoint.backend.tasks == 120


def test_a_port_that_is_taken_and_an_address_of_nobody(served: _Served) -> None:
    backend = served.endpoint.backend
    with pytest.raises(RunError, match=r"port \d+ is taken; choose another by --port"):
        Endpoint(backend, port=served.endpoint.server_port)
    with pytest.raises(UsageError, match=r"--host 192\.0\.2\.1: no address of this machine"):
        Endpoint(backend, host="192.0.2.1", port=0)


def test_the_address_it_tells(served: _Served) -> None:
    assert served.endpoint.url == f"http://127.0.0.1:{served.endpoint.server_port}"
