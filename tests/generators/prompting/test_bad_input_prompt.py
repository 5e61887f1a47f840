"""Bad input to ``cswitch prompt``: one clear line each, the right exit status, and nothing paid for where possible."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import pytest

pytest.importorskip("aiohttp", reason="the extra llm is not installed")
pytest.importorskip("openai", reason="the extra llm is not installed")

from cswitch.cli.main import main
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import certificate, serving
from tests.generators.prompting.real_servers import free_port

KEY = "sk-geheim-93ab1c77"
PAIRS = "en\thi\nMy house is big.\tमेरा घर बड़ा है।\nYour room is very small.\tआपका कमरा बहुत छोटा है।\n"
ANSWERS = {"My house is big.": ["मेरा house बड़ा है।"], "Your room is very small.": ["आपका room बहुत छोटा है।"]}


class Done(NamedTuple):
    """What a command left behind."""

    status: int
    error: str
    """The one error line, which is the last."""
    said: str
    """All that was written to either stream."""


Prompt = Callable[..., Done]


@pytest.fixture
def prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Prompt:
    """Runs ``cswitch prompt in.tsv -o out.jsonl`` in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    (tmp_path / "in.tsv").write_text(PAIRS, encoding="utf-8")

    def run(*options: object, base_url: str = "", key: str = KEY, model: str = "fake") -> Done:
        with monkeypatch.context() as patch:
            patch.delenv("OPENAI_API_KEY", raising=False)
            if key:
                patch.setenv("OPENAI_API_KEY", key)
            where = ["--base-url", base_url] if base_url else []
            fixed = ["prompt", "in.tsv", "-o", "out.jsonl", "--pair", "en-hi", "--cmi", "25", "--model", model]
            status = main([*fixed, *where, *map(str, options)])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert KEY not in out + err
        lines = [line for line in err.splitlines() if "cswitch: error: " in line]
        assert len(lines) == 1, err
        assert err.splitlines()[-1] == lines[0], err
        return Done(status, lines[0].partition("error: ")[2], out + err)

    return run


@contextmanager
def speaking(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """The base URL of a TCP server that answers with some bytes to what it is sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(2)
                try:
                    connection.sendall(answer(connection.recv(65536)))
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        stop.set()
        thread.join(10)
        listener.close()


# ---------------------------------------------------------------- keys


def test_no_key_for_a_server_elsewhere(prompt: Prompt) -> None:
    done = prompt(key="")
    assert done.status == 2
    assert "OPENAI_API_KEY" in done.error


def test_no_key_where_a_server_here_wants_one(prompt: Prompt) -> None:
    with serving(Script(key=KEY)) as server:
        done = prompt(base_url=server.base_url, key="")
    assert (done.status, server.totals()["answers"]) == (1, 0)
    assert "wants a key" in done.error
    assert "OPENAI_API_KEY" in done.error


def test_a_key_that_is_refused_is_not_shown(prompt: Prompt, tmp_path: Path) -> None:
    with serving(Script(key="sk-another-0000000000")) as server:
        done = prompt(base_url=server.base_url)
    assert (done.status, server.totals()["answers"]) == (1, 0)
    assert "refuses the key in OPENAI_API_KEY" in done.error
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_a_password_in_the_url(prompt: Prompt) -> None:
    done = prompt(base_url="http://me:geheim@127.0.0.1:1/v1")
    assert done.status == 2
    assert "holds a user name or password" in done.error
    assert "geheim" not in done.said


# ---------------------------------------------------------------- servers


def test_nobody_listens(prompt: Prompt) -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    done = prompt("--patience", "1", base_url=url)
    assert done.status == 1
    assert url in done.error
    assert "refused" in done.error


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://127.0.0.1/v1", "is no URL of a server"),
        ("127.0.0.1:8000", "is no URL of a server"),
        ("http://127.0.0.1:8000/v1/chat/completions", "names a method"),
    ],
)
def test_urls_that_cannot_be_meant(prompt: Prompt, url: str, message: str) -> None:
    done = prompt(base_url=url)
    assert done.status == 2
    assert message in done.error


def test_another_path(prompt: Prompt) -> None:
    with serving(Script()) as server:
        done = prompt(base_url=server.base_url.replace("/v1", "/v7"))
    assert (done.status, server.totals()["answers"]) == (1, 0)
    assert "has no chat completions" in done.error


def test_an_unknown_model(prompt: Prompt) -> None:
    with serving(Script(models=("fake-small", "other"))) as server:
        done = prompt(base_url=server.base_url, model="fake-smal")
    assert (done.status, server.count) == (1, 0)
    assert "has no model 'fake-smal'" in done.error
    assert "fake-small" in done.error


@pytest.mark.parametrize("kind", ["html", "json"])
def test_a_server_of_another_kind(prompt: Prompt, kind: str) -> None:
    with serving(Script(speaks=kind)) as server:
        done = prompt(base_url=server.base_url)
    assert (done.status, server.totals()["answers"]) == (1, 0)
    assert "speaks something else" in done.error


@pytest.mark.parametrize(
    "answer", [lambda said: said, lambda said: b"SSH-2.0-OpenSSH_9.2\r\n", lambda said: b"\x16\x03\x01\x02\x00\x01"]
)
def test_a_server_that_speaks_no_http(prompt: Prompt, answer: Callable[[bytes], bytes]) -> None:
    with speaking(answer) as url:
        done = prompt("--patience", "1", base_url=url)
    assert done.status == 1
    assert url in done.error


def test_a_certificate_that_nobody_vouches_for(prompt: Prompt, tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir()
    pair = certificate(tmp_path / "tls")
    if pair is None:
        pytest.skip("openssl is missing")
    with serving(Script(), tls=pair) as server:
        done = prompt(base_url=server.base_url)
    assert (done.status, server.count) == (1, 0)
    assert "certificate" in done.error
    assert "SSL_CERT_FILE" in done.error


def test_https_where_http_is_spoken(prompt: Prompt) -> None:
    with serving(Script()) as server:
        done = prompt("--patience", "1", base_url=server.base_url.replace("http:", "https:"))
    assert (done.status, server.count) == (1, 0)
    assert "speaks no TLS" in done.error


# ---------------------------------------------------------------- money


def test_a_budget_without_a_price(prompt: Prompt) -> None:
    done = prompt("--budget", "1", base_url="https://llm.example.invalid/v1")
    assert done.status == 2
    assert "--price" in done.error


def test_a_budget_that_is_spent(prompt: Prompt) -> None:
    with serving(Script(reply="drafts", table=ANSWERS)) as server:
        done = prompt("--budget", "0.0001", "--price", "1,1", base_url=server.base_url)
    assert done.status == 1
    assert "budget" in done.error
    assert server.totals()["answers"] == 0


# ---------------------------------------------------------------- prompts and examples


def recipe(folder: Path, text: str) -> Path:
    """A recipe whose writing prompt is this text."""
    (folder / "own.v1.txt").write_text(text, encoding="utf-8")
    shipped = resources.files("cswitch.data.prompts")
    whole = (shipped / "recipes" / "mix.v1.yaml").read_text(encoding="utf-8")
    path = folder / "own.v1.yaml"
    path.write_text(whole.replace("write: write.mix.v1", "write: own.v1.txt"), encoding="utf-8")
    return path


def shipped_prompt() -> str:
    return (resources.files("cswitch.data.prompts") / "write.mix.v1.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{{ matrix }}", "{{ matricks }}", "matricks"),
        ("{{ matrix }}", "{{ matrix ", ""),
        ("role: write", "role: judge", ""),
        ("reply: text", "reply: poem", "poem"),
    ],
)
def test_a_prompt_file_that_is_wrong(prompt: Prompt, tmp_path: Path, before: str, after: str, message: str) -> None:
    path = recipe(tmp_path, shipped_prompt().replace(before, after, 1))
    with serving(Script()) as server:
        done = prompt("--recipe", str(path), base_url=server.base_url)
    assert (done.status, server.count) == (2, 0)
    assert "own.v1.txt" in done.error
    assert message in done.error


def test_an_unknown_recipe(prompt: Prompt) -> None:
    with serving(Script()) as server:
        done = prompt("--recipe", "mixx.v1", base_url=server.base_url)
    assert (done.status, server.count) == (2, 0)
    assert "did you mean 'mix.v1'?" in done.error


@pytest.mark.parametrize(
    "record",
    [
        {"tokens": ["mi", "house", "es"], "langs": ["es", "en", "es"]},
        {"tokens": ["mera", "house"], "langs": ["hi", "en", "hi"]},
        {"tokens": ["mera", "house"], "langs": ["hi", "xq"]},
        {"tokens": ["मेरा", "घर"], "langs": ["hi", "hi"]},
    ],
)
def test_examples_whose_tags_do_not_fit(prompt: Prompt, tmp_path: Path, record: dict[str, list[str]]) -> None:
    (tmp_path / "shots.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    with serving(Script()) as server:
        done = prompt("--few-shot", "shots.jsonl", base_url=server.base_url)
    assert (done.status, server.count) == (2, 0)
    assert "shots.jsonl" in done.error


# ---------------------------------------------------------------- the input


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "in.tsv: the file is empty"),
        (b"en\tde\na\tb\n", "in.tsv:1: no column 'hi'"),
        (b"en\thi\ncaf\xe9\tb\n", "in.tsv:2: 0xE9"),
    ],
)
def test_an_input_that_is_wrong(prompt: Prompt, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "in.tsv").write_bytes(content)
    with serving(Script()) as server:
        done = prompt(base_url=server.base_url)
    assert (done.status, server.count) == (2, 0)
    assert message in done.error
