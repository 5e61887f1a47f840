"""The real server of llama-cpp-python with a small Llama trained here, which enforces schemas in a way of its own.

Building llama-cpp-python takes minutes, so it has an environment of its own: the tests run where it can be imported,
or with CSWITCH_LLAMA_PYTHON naming a Python that can: ``python -m venv .venv-llama``, ``.venv-llama/bin/pip install
"llama-cpp-python[server]" gguf``, ``CSWITCH_LLAMA_PYTHON=.venv-llama/bin/python``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cswitch.generators.prompting.contracts import TextReply
from cswitch.schemas.reject import REASONS
from tests.generators.prompting.real_servers import Served, asked, free_port, running
from tests.generators.prompting.tiny_llama import sentences, trained

PYTHON = os.environ.get("CSWITCH_LLAMA_PYTHON") or (sys.executable if find_spec("llama_cpp") else "")
MISSING = [name for name in ("torch", "transformers", "tokenizers") if find_spec(name) is None]
SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string", "minLength": 1}},
    "required": ["text"],
    "additionalProperties": False,
}

pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="llama-cpp-python is missing; CSWITCH_LLAMA_PYTHON names a Python with it"),
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose model says every sentence of the templates in a mix, as JSON."""
    needed = "import gguf, llama_cpp, llama_cpp.server.app"
    if subprocess.run([PYTHON, "-c", needed], capture_output=True, check=False).returncode:
        pytest.skip(f"{PYTHON} lacks gguf or the server of llama-cpp-python")
    folder = tmp_path_factory.mktemp("llama")
    known = sentences()
    shown = [side for each in known for side in (each.en, each.hi)]
    answers = [json.dumps({"text": each.mixed}, ensure_ascii=False) for each in known for _ in range(2)]
    model = trained(folder / "model", shown, answers, begin="<text>\n", end="</text>")
    file = folder / "tiny.gguf"
    subprocess.run([PYTHON, str(Path(__file__).with_name("write_gguf.py")), str(model), str(file)], check=True)
    port = free_port()
    command = [PYTHON, "-m", "llama_cpp.server", "--model", str(file), "--model_alias", "tiny", "--n_ctx", "2048"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--n_threads", "1"]
    with running(command, f"http://127.0.0.1:{port}/v1/models", folder / "server.log", {}):
        yield Served(f"http://127.0.0.1:{port}/v1", "tiny")


def said(served: Served, prompt: str, **more: Any) -> str:
    status, got = asked(served, prompt, **{"max_tokens": 80, "temperature": 0.0, **more})
    assert status == 200, got
    return str(got["choices"][0]["message"]["content"])


def test_it_mixes_what_it_was_taught(served: Served) -> None:
    for each in sentences()[::40]:
        assert json.loads(said(served, f"Mix it.\n<text>\n{each.en}\n</text>\n")) == {"text": each.mixed}


def test_schemas_are_enforced_in_its_own_way_only(served: Served) -> None:
    prompt = "Mix it.\n<text>\nMy house is big.\n</text>\n"
    number = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    enforced = said(served, prompt, response_format={"type": "json_object", "schema": number}, temperature=1.0)
    assert enforced.startswith("{")
    assert '"n"' in enforced
    strict = {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True}}
    status, _ = asked(served, prompt, response_format=strict)
    assert status in (400, 422, 500)


def test_the_new_name_of_the_limit_is_passed_over(served: Served) -> None:
    prompt = "Mix it.\n<text>\nMy house is big.\n</text>\n"
    _, short = asked(served, prompt, max_tokens=3)
    _, long = asked(served, prompt, max_completion_tokens=3)
    assert (short["usage"]["completion_tokens"], short["choices"][0]["finish_reason"]) == (3, "length")
    assert long["usage"]["completion_tokens"] > 3


def test_the_client_finds_out_and_is_answered(served: Served, tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="the extra llm is not installed")
    from tests.generators.prompting.talking import talk

    some = sentences()[::70]
    found, answers, totals = talk(served, tmp_path, some)
    assert (found.format, found.limit_field) == ("json_object_schema", "max_tokens")
    assert [each.value for each in answers] == [TextReply(each.mixed) for each in [*some, some[0]]]
    assert totals.usage.completion > 0


def test_a_whole_run(served: Served, tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="the extra llm is not installed")
    from tests.generators.prompting.talking import whole_run

    some = sentences()[::11]
    samples, rejects = whole_run(served, tmp_path, some)
    names = {each.source_id for each in samples} | {each.source_id for each in rejects}
    assert len(names) == len(samples) + len(rejects) == len(some)
    assert len(samples) > len(some) / 2
    assert all(each.met and set(each.langs) <= {"en", "hi", "other"} for each in samples)
    assert all(each.reason in REASONS for each in rejects)
