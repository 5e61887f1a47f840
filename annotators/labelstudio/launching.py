"""A Label Studio server for one person on this machine, in an environment and a folder of its own.

It listens on 127.0.0.1 alone and sends nothing home. Its user, password and key are made here and lie in files that
only their owner can read; they reach the server by its environment, for command lines are there for all to see.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex, token_urlsafe
from time import monotonic, sleep
from typing import IO, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import msgspec

from cswitch.annotators.labelstudio.reaching import reach_loopback
from cswitch.core.errors import RunError, UsageError

REQUIREMENT = "label-studio>=1.20,<1.24"
"""What is installed; the server's interface changes between its versions."""
HOST = "127.0.0.1"
"""Where the server listens: nobody else's machine reaches it."""
PORT = 8080
"""The first port that is tried."""
USER = "cswitch@localhost"
"""Who logs in."""
ROOM = 2 << 30
"""Bytes that must be free to install the server."""

_PORTS = 50
_POLL = 0.25
_STOPPING = 10.0
_QUIET = {
    "LATEST_VERSION_CHECK": "false",
    "COLLECT_ANALYTICS": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
}
"""Variables that keep the server from sending anything to its makers."""
_OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP")
"""Variables of this process's Python, which the server's must not take over."""


class Running(msgspec.Struct, frozen=True):
    """A server that was started from a folder."""

    pid: int
    """Its process."""
    url: str
    """Its address."""


class Home(NamedTuple):
    """The folder that holds a server and everything of it."""

    folder: Path
    """The folder."""

    @property
    def key(self) -> Path:
        """File with the key that programs use."""
        return self.folder / "key"

    @property
    def password(self) -> Path:
        """File with the password that people use."""
        return self.folder / "password"

    @property
    def data(self) -> Path:
        """Folder of the server's database."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server said when it ran last."""
        return self.folder / "server.log"

    @property
    def running(self) -> Path:
        """File that tells of the server that runs."""
        return self.folder / "running.json"

    @property
    def environment(self) -> Path:
        """The server's own environment of Python."""
        return self.folder / "environment"

    @property
    def program(self) -> Path:
        """The server's program in it."""
        name = Path("Scripts", "label-studio.exe") if sys.platform == "win32" else Path("bin", "label-studio")
        return self.environment / name

    def make(self) -> None:
        """Make the folder, and user and key in it, unless they are there.

        Raises:
            UsageError: There is a database, but its key is gone.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.key.exists() and (self.data / "label_studio.sqlite3").exists():
            raise UsageError(f"{self.key} is gone, and with it the way into {self.data}", hint="give another --folder")
        self.data.mkdir(mode=0o700, exist_ok=True)
        for path, secret in ((self.key, token_hex(20)), (self.password, token_urlsafe(12))):
            if not path.exists():
                _write_secret(path, secret)

    def found(self) -> Running | None:
        """The server that runs from this folder; None when there is none."""
        try:
            running = msgspec.json.decode(self.running.read_bytes(), type=Running)
        except (OSError, msgspec.DecodeError):
            return None
        return running if answers(running.url, self.key.read_text().strip()) else None


def default_home() -> Home:
    """The folder for one user on this machine."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return Home(base / "cswitch" / "label-studio")


def install(home: Home, *, python: str = sys.executable) -> None:
    """Install the server into an environment of its own; nothing happens where that has been done.

    Raises:
        RunError: There is no room, or the installation failed; the last line of pip's log tells why.
    """
    done, log = home.environment / "installed", home.folder / "install.log"
    if done.exists() and home.program.exists():
        return
    free = shutil.disk_usage(home.folder).free
    if free < ROOM:
        told = f"Label Studio takes 1 GB, and {home.folder} has {free / (1 << 30):.1f} free"
        raise RunError(told, hint="free some, or give another --folder")
    places = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    inner = str(home.environment / places)
    with _opened_log(log) as stream:
        for command in (
            [python, "-m", "venv", "--clear", str(home.environment)],
            [inner, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", REQUIREMENT],
        ):
            try:
                code = subprocess.run(command, stdout=stream, stderr=stream, env=_environment({})).returncode
            except OSError as error:
                raise RunError(f"{command[0]} cannot be run: {error.strerror}", hint="give --server-command") from error
            if code:
                hint = f"see {log}; check the network, or give the program of an installed one by --server-command"
                raise RunError(f"Label Studio could not be installed: {_fault(log)}", hint=hint)
    done.touch()


def free_port(wanted: int | None = None) -> int:
    """A port on which a server can listen: the one wanted, else the first that is free from 8080 on.

    Raises:
        UsageError: The one wanted is taken.
        RunError: None is free.
    """
    for port in (wanted,) if wanted is not None else range(PORT, PORT + _PORTS):
        with socket.socket() as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind((HOST, port))
                return port
    if wanted is not None:
        raise UsageError(f"port {wanted} of {HOST} is taken", hint="leave out --port to have a free one found")
    raise RunError(f"no port from {PORT} to {PORT + _PORTS - 1} of {HOST} is free", hint="add --port")


class Launched:
    """A server that was started; as a context manager it stops at the end of the block.

    Args:
        home: Its folder, with user and key made.
        program: Its program.
        port: Where it listens.

    Raises:
        UsageError: The program cannot be run.
    """

    def __init__(self, home: Home, program: str, port: int) -> None:
        self.home, self.url = home, f"http://{HOST}:{port}"
        command = [
            program, "start", "--no-browser", "--internal-host", HOST, "--port", str(port), "--enable-legacy-api-token",
        ]  # fmt: skip
        given = {
            **reach_loopback(),
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",  # who may log in may make it ask its own machine
            "LABEL_STUDIO_BASE_DATA_DIR": str(home.data.resolve()),
            "LABEL_STUDIO_USERNAME": USER,
            "LABEL_STUDIO_PASSWORD": home.password.read_text().strip(),
            "LABEL_STUDIO_USER_TOKEN": home.key.read_text().strip(),
        }
        try:
            with _opened_log(home.log) as log:
                self._process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home.folder,
                    env=_environment(given), start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            told = f"{program} cannot be run: {(error.strerror or 'it failed').lower()}"
            raise UsageError(told, hint="name the program label-studio by --server-command") from error
        home.running.write_bytes(msgspec.json.encode(Running(self._process.pid, self.url)))

    def __enter__(self) -> Launched:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until it answers and knows its key.

        Raises:
            RunError: It stopped, does not answer in time, or does not know the key.
        """
        end = monotonic() + seconds
        while not answers(self.url):
            if self._process.poll() is not None:
                raise RunError(
                    f"Label Studio stopped at its start: {_fault(self.home.log)}", hint=f"see {self.home.log}"
                )
            if monotonic() > end:
                told = f"Label Studio did not answer at {self.url} within {seconds:.0f} s"
                raise RunError(told, hint=f"see {self.home.log}; --wait gives it more time")
            sleep(_POLL)
        if not answers(self.url, self.home.key.read_text().strip()):
            told = f"the server at {self.url} does not know the key in {self.home.key}"
            raise RunError(told, hint="give another --folder to begin afresh")

    def wait(self) -> int:
        """Wait until it stops by itself; gives its exit status."""
        return self._process.wait()

    def stop(self) -> None:
        """Stop it, and wait until it has."""
        self._process.terminate()
        try:
            self._process.wait(_STOPPING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.home.running.unlink(missing_ok=True)


def answers(url: str, key: str | None = None) -> bool:
    """Whether a server is up, and with a key whether it lets its owner in.

    >>> answers("http://127.0.0.1:9")
    False
    """
    path, headers = ("/health", {}) if key is None else ("/api/current-user/whoami", {"Authorization": f"Token {key}"})
    opener = build_opener(ProxyHandler({}))  # no proxy stands between a machine and itself
    try:
        with opener.open(Request(f"{url}{path}", headers=headers), timeout=30) as answer:
            return bool(answer.status == 200)
    except (HTTPError, URLError, OSError, ValueError):
        return False


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of the server: ours without what is meant for us, quiet, and what it is told.

    It may ask a backend on this machine (``cswitch studio serve``), unless the user has said otherwise.
    """
    prefix = "LABEL_STUDIO_"
    ours = {name: value for name, value in os.environ.items() if name not in _OURS and not name.startswith(prefix)}
    return {**reach_loopback(), **ours, **_QUIET, **more}


def _write_secret(path: Path, secret: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(f"{secret}\n")


def _opened_log(path: Path) -> IO[bytes]:
    """A log that only its owner can read, begun anew."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _fault(log: Path) -> str:
    """The line of a log that tells what went wrong: the last error, else the last line."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "label-studio: error")) or "Error:" in line]
    return (errors or lines or ["it does not tell why"])[-1].removeprefix("ERROR: ")[:300]
