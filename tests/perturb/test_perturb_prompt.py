"""Fields translated and rewritten by a language model: what is protected goes as placeholders and comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="the extra llm is not installed")
pytest.importorskip("openai", reason="the extra llm is not installed")

from cswitch.core.errors import UsageError
from cswitch.perturb.settings import FieldSettings, PerturbSettings
from cswitch.pipeline.perturb_extra import Services, run_with_services
from tests.generators.prompting.fake_replies import Script
from tests.generators.prompting.fake_server import Server, serving

KEY = "sk-perturb-5d1f0c77a9"
ROWS = [
    {"question": "My house is big and the garden costs $5.50.", "answer": "#### 5"},
    {"question": "Your room is not cold, see `x = 1` there.", "answer": "#### 1"},
    {"question": "The garden of the house was beautiful.", "answer": "#### 2"},
]
HINDI = {
    "My house": "मेरा घर बड़ा है और बगीचा {0} का है।",
    "Your room": "आपका कमरा ठंडा नहीं है, वहाँ {0} देखो।",
    "The garden": "घर का बगीचा सुंदर था।",
}
MIXED = {
    "मेरा घर": "मेरा house बड़ा है और garden {0} का है।",
    "आपका कमरा": "आपका room ठंडा नहीं है, वहाँ देखो।",  # the placeholder is gone, whatever is said
    "घर का बगीचा": "House का garden सुंदर था।",
}


def reply(messages: Sequence[dict[str, Any]]) -> str:
    said = " ".join(message["content"] for message in messages)
    table = HINDI if "Translate this text" in said else MIXED
    return next((answer for words, answer in table.items() if words in said), "ठीक है")


def run_on(folder: Path, server: Server, name: str, **more: Any) -> list[dict[str, Any]]:
    settings = PerturbSettings(pair=("en", "hi"), fields={"question": FieldSettings()}, cmi=25, tolerance=25, **more)
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    out = folder / name
    services = Services(model="fake", base_url=server.base_url)
    run_with_services(str(source), str(out), settings, services, rejects=str(folder / "rejects.jsonl"), force=True)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def test_a_model_rewrites_fields_and_what_is_protected_comes_back(tmp_path: Path) -> None:
    with serving(Script(reply=reply, key=KEY)) as server:
        made = run_on(tmp_path, server, "out.jsonl", by="prompt")
        asked = server.count
        again = run_on(tmp_path, server, "again.jsonl", by="prompt")
    assert made[0]["question"] == "मेरा house बड़ा है और garden $5.50 का है।"
    assert made[1]["question"] == ROWS[1]["question"]
    assert made[1]["cswitch"]["fields"][0]["reason"] == "lost_content"
    assert made[2]["question"] == "House का garden सुंदर था।"
    record = made[0]["cswitch"]["fields"][0]
    came = [made[0]["question"][start:end] for start, end, _ in record["spans"]]
    assert came == ["house", "garden"]
    assert [row["answer"] for row in made] == [row["answer"] for row in ROWS]
    assert [row["question"] for row in again] == [row["question"] for row in made]
    assert asked > 0
    left = sorted(path.name for path in tmp_path.iterdir())
    assert "out.jsonl.prompt" not in left
    assert "out.jsonl.rows" not in left


def test_a_translation_by_a_model_is_mixed_into(tmp_path: Path) -> None:
    with serving(Script(reply=reply, key=KEY)) as server:
        made = run_on(tmp_path, server, "out.jsonl", by="translator", translator="llm")
    assert "$5.50" in made[0]["question"]
    assert "`x = 1`" in made[1]["question"]
    assert all(row["cswitch"]["matrix"] == "hi" for row in made)
    assert all(any("\u0900" <= letter <= "\u097f" for letter in row["question"]) for row in made)
    assert made[0]["cswitch"]["fields"][0]["replaced"] > 0


def test_tokens_cannot_be_rewritten(tmp_path: Path) -> None:
    fields = {"tokens": FieldSettings(kind="tokens", labels=("ner",))}
    settings = PerturbSettings(pair=("en", "hi"), fields=fields, by="prompt")
    with pytest.raises(UsageError, match="labels of the tokens in tokens cannot be carried"):
        run_with_services("in.jsonl", "out.jsonl", settings, Services(model="fake"))
