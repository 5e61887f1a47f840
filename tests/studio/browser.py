"""Chromium without a window, driven by the WebDriver protocol (W3C, 2018) and nothing but the standard library."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.studio.studio_server import free_port

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--window-size=1280,1000",
)  # fmt: skip
PATIENCE = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""Key under which the protocol hands out elements."""

T = TypeVar("T")


def find_driver() -> tuple[str, str] | None:
    """The programs chromedriver and chromium."""
    driver = shutil.which("chromedriver")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return (driver, chromium) if driver and chromium else None


class Browser:
    """A window."""

    def __init__(self, url: str) -> None:
        self._url = url

    def open(self, url: str) -> None:
        """Goes to a page and waits until it is loaded."""
        self._ask("POST", "/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script of JavaScript returns."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector: str) -> str:
        """The first element of a CSS selector, once it is there."""
        return until(lambda: self._found(selector), f"no {selector} on the page")

    def click(self, selector: str) -> None:
        """Clicks an element as a mouse does: what lies over it would get the click."""
        self._ask("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        """Types into an element."""
        self._ask("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def click_at(self, x: float, y: float) -> None:
        """Moves the mouse to a place of the window and clicks."""
        move = {"type": "pointerMove", "duration": 50, "x": round(x), "y": round(y), "origin": "viewport"}
        clicks = [move, {"type": "pointerDown", "button": 0}, {"type": "pause", "duration": 30}]
        mouse = {
            "type": "pointer",
            "id": "mouse",
            "parameters": {"pointerType": "mouse"},
            "actions": [*clicks, {"type": "pointerUp", "button": 0}],
        }
        self._ask("POST", "/actions", {"actions": [mouse]})

    def screenshot(self, to: Path) -> None:
        """Writes what is seen as PNG."""
        to.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def close(self) -> None:
        """Ends the session."""
        self._ask("DELETE", "")

    def _found(self, selector: str) -> str:
        found = self._ask("POST", "/elements", {"using": "css selector", "value": selector})
        return str(found[0][ELEMENT]) if found else ""

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        return _ask(method, self._url + path, body)


def until(found: Callable[[], T], otherwise: str, patience: float = PATIENCE) -> T:
    """What is found, once it is something."""
    end = time.monotonic() + patience
    while not (it := found()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)
    return it


@contextmanager
def browsing(driver: str, chromium: str, folder: Path) -> Iterator[Browser]:
    """A browser with an empty profile while inside."""
    port = free_port()
    with (folder / "chromedriver.log").open("wb") as log:
        process = subprocess.Popen(
            [driver, f"--port={port}"],
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "LANG": "C.UTF-8"},
        )
    try:
        service = f"http://127.0.0.1:{port}"
        until(lambda: _ready(service), "chromedriver did not come up")
        arguments = [*FLAGS, f"--user-data-dir={folder / 'profile'}"]
        wanted = {"alwaysMatch": {"goog:chromeOptions": {"binary": chromium, "args": arguments}}}
        session = _ask("POST", f"{service}/session", {"capabilities": wanted})["sessionId"]
        browser = Browser(f"{service}/session/{session}")
        yield browser
        browser.close()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ready(service: str) -> bool:
    try:
        return bool(_ask("GET", f"{service}/status")["ready"])
    except (URLError, ConnectionError, TimeoutError):
        return False


def _ask(method: str, url: str, body: Any = None) -> Any:
    request = Request(url, None if body is None else json.dumps(body).encode(), method=method)
    request.add_header("Content-Type", "application/json")
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["value"]
    except HTTPError as error:
        with error:
            told = json.load(error)["value"]
        raise AssertionError(f"{method} {url}: {told.get('error')}: {told.get('message')}") from None
