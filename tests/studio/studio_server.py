"""A real Label Studio server on loopback: found, started, restarted, and always killed with all it started."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener, urlopen

from cswitch.annotators.labelstudio.reaching import reach_loopback

PROGRAM = "CSWITCH_LABEL_STUDIO"
"""Environment variable with the path of the program ``label-studio``, in an environment of its own."""
TEMPLATE = "CSWITCH_LABEL_STUDIO_TEMPLATE"
"""Environment variable with a file that keeps a server's fresh database from one run to the next."""
PATIENCE = 180
"""Seconds that a server may take to come up on a busy machine; most of it is making its database."""
LOG_SHOWN = 3000
"""Characters of the end of its log that a failure shows."""


class Account(NamedTuple):
    """Somebody who can log in."""

    email: str
    password: str
    token: str
    """Legacy token."""
    id: int = 1


OWNER = Account("owner@example.org", "Only-for-tests-1", "0123456789abcdef0123456789abcdef01234567")


def find_program() -> str | None:
    """The program ``label-studio``, as the environment names it, else as PATH has it."""
    named = os.environ.get(PROGRAM)
    return named if named and os.access(named, os.X_OK) else shutil.which("label-studio")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class LabelStudio:
    """A server with a folder, a port and an owner of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = OWNER.token
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._personal = ""
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Starts it, unless it runs, and waits until it answers; a database made before saves most of the time."""
        if self._process is not None and self._process.poll() is None:
            return
        database = self.folder / "label_studio.sqlite3"
        kept = Path(os.environ.get(TEMPLATE) or os.devnull)
        if not database.exists() and kept.is_file():
            shutil.copyfile(kept, database)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdout=log, stderr=subprocess.STDOUT, env=self._environment(), start_new_session=True
            )
        self._wait()
        if os.environ.get(TEMPLATE) and not kept.exists():
            _copy_database(database, kept)

    def stop(self) -> None:
        """Kills it with all that it started; its data stay."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # it ended by itself and left nothing
                os.killpg(self._process.pid, signal.SIGKILL)  # it leads a group of its own
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stops it and starts it again, on the same port, with the same data."""
        self.stop()
        self.start()

    @property
    def personal_token(self) -> str:
        """A personal access token of the owner."""
        if not self._personal:
            self._personal = str(self.call("POST", "/api/token/", {})["token"])
        return self._personal

    def call(self, method: str, path: str, body: Any = None, *, token: str = "") -> Any:
        """The JSON that a route answers with; the owner asks, unless another legacy token is given."""
        request = Request(self.url + path, None if body is None else json.dumps(body).encode(), method=method)
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Token {token or self.token}")
        try:
            with urlopen(request, timeout=120) as answer:
                got = answer.read()
        except HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")[:500]
            raise AssertionError(f"{method} {path}: {error.code} {text}") from None
        return json.loads(got) if got else None

    def sign_up(self, email: str, password: str = "Only-for-tests-1") -> Account:
        """A new member of the owner's organisation, made as people make themselves one."""
        jar = CookieJar()
        browser = build_opener(HTTPCookieProcessor(jar))
        invitation = self.call("GET", "/api/invite")["invite_url"]
        self._submit(browser, jar, invitation, {"email": email, "password": password})
        with browser.open(f"{self.url}/api/current-user/token", timeout=60) as answer:
            token = json.load(answer)["token"]
        return Account(email, password, token, self.call("GET", "/api/current-user/whoami", token=token)["id"])

    def log_tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-LOG_SHOWN:] if self.log.exists() else ""

    def _submit(self, browser: OpenerDirector, jar: CookieJar, path: str, fields: Mapping[str, str]) -> None:
        browser.open(self.url + path, timeout=60).close()
        secret = next(cookie.value for cookie in jar if cookie.name == "csrftoken") or ""
        body = urlencode({**fields, "csrfmiddlewaretoken": secret}).encode()
        browser.open(Request(self.url + path, body, {"Referer": self.url + path}), timeout=60).close()

    def _command(self) -> list[str]:
        start = [self._program, "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(self.port)]
        owner = ["--username", OWNER.email, "--password", OWNER.password, "--user-token", OWNER.token]
        return [*start, *owner, "--enable-legacy-api-token"]

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LABEL_STUDIO"))}
        return own | {
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.folder),
            "LATEST_VERSION_CHECK": "false",
            "COLLECT_ANALYTICS": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            **reach_loopback(),
        }

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        assert self._process is not None
        while not _answers(f"{self.url}/health"):
            assert self._process.poll() is None, f"Label Studio ended:\n{self.log_tail()}"
            assert time.monotonic() < end, f"Label Studio did not come up in {PATIENCE} s:\n{self.log_tail()}"
            time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as got:
            return bool(got.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def _copy_database(source: Path, target: Path) -> None:
    """A whole copy, though the server has the file open; it has its name only once it is whole."""
    part = target.with_suffix(f".{os.getpid()}.part")
    reader, writer = sqlite3.connect(source), sqlite3.connect(part)
    reader.backup(writer)
    reader.close()
    writer.close()
    part.replace(target)
