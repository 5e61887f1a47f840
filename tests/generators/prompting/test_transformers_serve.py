"""The real ``transformers serve`` with a small Llama trained here: what it does and what it silently does not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from cswitch.generators.prompting.contracts import TextReply
from cswitch.schemas.reject import REASONS
from tests.generators.prompting.real_servers import Served, asked, transformers_serve
from tests.generators.prompting.tiny_llama import sentences, trained

PROGRAM = shutil.which("transformers", path=str(Path(sys.executable).parent))
MISSING = [name for name in ("torch", "transformers", "tokenizers", "fastapi", "uvicorn") if find_spec(name) is None]

pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}"),
    pytest.mark.skipif(PROGRAM is None, reason="the program transformers is missing"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose model says every sentence of the templates in a mix, in tags."""
    folder = tmp_path_factory.mktemp("served")
    known = sentences()
    shown = [side for each in known for side in (each.en, each.hi)]
    answers = [f"<text>{each.mixed}</text>" for each in known for _ in range(2)]
    model = trained(folder / "model", shown, answers, begin="<text>\n", end="</text>")
    assert PROGRAM is not None
    with transformers_serve(PROGRAM, model, folder) as base_url:
        yield Served(base_url, str(model))


def test_it_mixes_what_it_was_taught(served: Served) -> None:
    known = sentences()[::40]
    answers = [asked(served, f"Say it mixed.\nEnglish:\n<text>\n{each.en}\n</text>\nGo!", seed=1) for each in known]
    assert [got["choices"][0]["message"]["content"] for _, got in answers] == [
        f"<text>{each.mixed}</text>" for each in known
    ]
    assert all(got["usage"]["prompt_tokens"] > 0 and got["usage"]["completion_tokens"] > 0 for _, got in answers)


def test_seeds_count_and_formats_and_probabilities_are_passed_over(served: Served) -> None:
    more = {"response_format": {"type": "json_object"}, "logprobs": True, "seed": 7, "temperature": 1.5}
    (status, first), (_, again) = (asked(served, "Anything in JSON.", **more) for _ in range(2))
    choice = first["choices"][0]
    assert status == 200
    assert choice["message"]["content"] == again["choices"][0]["message"]["content"]
    assert not choice["message"]["content"].startswith("{")
    assert not choice.get("logprobs")


def test_another_model_is_refused_with_an_error_of_another_shape(served: Served) -> None:
    status, got = asked(served._replace(model="nope"), "Anything.")
    assert (status, set(got)) == (400, {"detail"})


def test_the_client_finds_out_and_is_answered(served: Served, tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="the extra llm is not installed")
    from tests.generators.prompting.talking import talk

    some = sentences()[::70]
    found, answers, totals = talk(served, tmp_path, some)
    assert (found.format, found.logprobs, found.seed) == ("tags", False, True)
    assert [each.value for each in answers] == [TextReply(each.mixed) for each in [*some, some[0]]]
    assert [each.replayed for each in answers] == [False] * len(some) + [True]
    assert totals.usage.completion > 0
    assert totals.failures == {}


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
