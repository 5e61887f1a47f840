"""docs/fine-tuning.md runs from top to bottom: text is made, exported, loaded, trained on, and measured."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cswitch.cli.main import main

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "fine-tuning.md"
BLOCK = re.compile(r"^```(sh|py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDED = ("datasets", "pyarrow", "torch", "transformers", "accelerate", "tokenizers")
MISSING = [name for name in NEEDED if find_spec(name) is None]


def run_command(line: str) -> None:
    program, *arguments = shlex.split(line)
    assert program == "cswitch"
    assert main(arguments) == 0, line


@pytest.mark.skipif(bool(MISSING), reason=f"the extras datasets and hf are not installed: {', '.join(MISSING)}")
@pytest.mark.filterwarnings("default")  # libraries warn of each other
def test_the_page_makes_exports_loads_trains_and_measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    (tmp_path / "data").symlink_to(ROOT / "data")
    text = PAGE.read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": "page"}
    kinds = []
    for block in BLOCK.finditer(text):
        kinds.append(block[1])
        if block[1] == "sh":
            for line in block[2].splitlines():
                run_command(line)
        else:
            start = text[: block.start(2)].count("\n")
            exec(compile("\n" * start + block[2], str(PAGE), "exec"), names)
    names["datasets"].enable_progress_bars()  # the page turned them off for the whole process
    assert kinds == ["sh", "sh", "py", "py", "py", "sh", "py"]
    assert names["labels"] == ["hi", "en", "other"]
    assert names["before"] < 0.7
    assert names["after"] > 0.9
    assert names["perplexity_after"] < names["perplexity_before"] / 3
    assert (tmp_path / "tagged.jsonl").stat().st_size > 0
