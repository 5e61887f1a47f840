"""The web server in front of a :class:`cswitch.annotators.labelstudio.backend.Backend`, from the standard library.

Nothing of a body, a query or a header is ever logged: Label Studio sends keys of its users.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from time import perf_counter
from typing import Any

import msgspec

from cswitch.annotators.labelstudio.backend import Backend
from cswitch.core.errors import CswitchError, InputError, RunError, UsageError

LARGEST = 256 << 20
"""Bytes of a body at most; Label Studio sends all tasks that were chosen at once."""
PATIENCE = 30.0
"""Seconds that a connection may stay silent."""

_GONE = (ConnectionError, TimeoutError)
_TOLD = 200


class Refusal(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Endpoint(ThreadingHTTPServer):
    """Listens on one address until :meth:`shutdown`; a thread a connection.

    Args:
        backend: Who answers.
        host: Name or address to listen on; it takes more than one for others to be let in.
        port: Port; 0 takes a free one.
        log: Gets a line a request.

    Raises:
        UsageError: The address is none of this machine.
        RunError: The port is taken, or may not be used.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, backend: Backend, host: str = "127.0.0.1", port: int = 9090, log: Callable[[str], object] = str
    ) -> None:
        self.backend, self.log = backend, log
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise _cannot_listen(host, port, error) from error

    @property
    def url(self) -> str:
        """The address that Label Studio is told."""
        host, port = self.server_address[:2]
        name = host.decode() if isinstance(host, bytes) else str(host)
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    def server_bind(self) -> None:
        """Without looking up the name of this machine, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Tells what nobody expected, such as a device without memory; those who hung up are no error."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, _GONE):
            self.log(f"a request ended by an unexpected {type(error).__name__}: {error}")


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "cswitch", ""
    timeout = PATIENCE
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Endpoint

    def do_GET(self) -> None:
        backend = self.server.backend
        self._answer("GET", {"/": backend.health, "/health": backend.health, "/versions": backend.versions})

    def do_POST(self) -> None:
        backend = self.server.backend
        routes = {"/setup": backend.setup, "/predict": backend.predict, "/webhook": backend.webhook}
        self._answer("POST", {route: partial(self._asked, ask) for route, ask in routes.items()})

    def _answer(self, method: str, routes: dict[str, Callable[[], dict[str, Any]]]) -> None:
        start = perf_counter()
        route = self.path.partition("?")[0]
        route = route.rstrip("/") or "/"
        try:
            if route not in routes:
                raise self._nowhere(route)
            status, body = HTTPStatus.OK, routes[route]()
        except Refusal as error:
            status, body = error.status, {"error": str(error)}
            route = route if route in _ROUTES else "unknown route"
        except InputError as error:
            status, body = HTTPStatus.BAD_REQUEST, {"error": str(error)}
        except CswitchError as error:
            status, body = HTTPStatus.INTERNAL_SERVER_ERROR, {"error": str(error)}
        took = f"{1000 * (perf_counter() - start):.0f} ms"
        told = f": {body['error']}" if "error" in body else _size(body)
        self.server.log(f"{method} {route} {int(status)}, {took}{told}")
        self._send(status, body)

    def _asked(self, ask: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
        return ask(self._body())

    def _nowhere(self, route: str) -> Refusal:
        self.close_connection = True  # a body that nobody reads would be taken for the next request
        told = self.headers.get("Content-Length", "0")
        if told.isascii() and told.isdigit() and len(told) < 7:
            self.rfile.read(int(told))  # a small one is read all the same, for some who ask listen only then
        if route in _ROUTES:
            return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, f"ask by {_ROUTES[route]}")
        return Refusal(HTTPStatus.NOT_FOUND, f"no such route; there are {', '.join(_ROUTES)}")

    def _body(self) -> bytes:
        told = self.headers.get("Content-Length", "")
        if not told.isascii() or not told.isdigit():
            self.close_connection = True
            raise Refusal(HTTPStatus.LENGTH_REQUIRED, "the request does not tell its length")
        if len(told) > len(str(LARGEST)) or int(told) > LARGEST:
            self.close_connection = True
            raise Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {LARGEST >> 20} MiB; choose fewer tasks at a time"
            )
        body = self.rfile.read(int(told))
        if len(body) < int(told):
            raise ConnectionAbortedError("the request ended before its body did")
        return body

    def _send(self, status: HTTPStatus, body: dict[str, Any]) -> None:
        """Label Studio shows a user the reason alone, so the message of an error stands there too."""
        data = msgspec.json.encode(body)
        reason = str(body["error"]).encode("ascii", "replace").decode() if "error" in body else None
        self.send_response(status, None if reason is None else " ".join(reason.split())[:_TOLD])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answers what is no request of HTTP; the words of the standard library repeat it, so they are left out."""
        self.close_connection = True
        status = HTTPStatus(code)
        self.server.log(f"no request {code}: {status.phrase}")
        self._send(status, {"error": status.phrase})

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what is worth a line is told by :meth:`_answer`."""


_ROUTES = {"/health": "GET", "/versions": "GET", "/setup": "POST", "/predict": "POST", "/webhook": "POST"}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _size(body: dict[str, Any]) -> str:
    return f", {len(body['results'])} tasks" if "results" in body else ""


def _cannot_listen(host: str, port: int, error: OSError) -> Exception:
    if error.errno == errno.EADDRINUSE:
        return RunError(f"port {port} is taken", hint="choose another by --port, or 0 for a free one")
    if error.errno in (errno.EACCES, errno.EPERM):
        return RunError(f"port {port} may not be used", hint="choose one above 1023 by --port")
    return UsageError(f"--host {host}: no address of this machine", hint="leave it out, or name one such as 0.0.0.0")
