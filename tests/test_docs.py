"""What the pages in docs/ say can be run, and what they name is there."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_python_of_a_page_runs_from_top_to_bottom(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a page share their names; those with prompts must give what they show."""
    text = page.read_text(encoding="utf-8")
    module = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)
    for match in BLOCK.finditer(text):
        code, line = match[1], text[: match.start(1)].count("\n")
        if ">>>" not in code:
            exec(compile("\n" * line + code, str(page), "exec"), module.__dict__)
            continue
        test = doctest.DocTestParser().get_doctest(code, module.__dict__, name(page), str(page), line)
        report: list[str] = []
        doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append, clear_globs=False)
        module.__dict__.update(test.globs)
        assert not report, "".join(report)


@pytest.mark.parametrize("page", PAGES[:-1], ids=name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_design_names_only_tests_that_there_are() -> None:
    """The table of promises is only worth something while its tests exist."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) > 10
    assert [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")] == []


@pytest.mark.parametrize("page", ["design.md", "glue.md", "extending.md"])
def test_files_that_a_page_names_are_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:cswitch|generators|annotators|schemas|data|scripts|tests)/[\w./-]*)`", text)
    assert named
    assert [path for path in named if "LANG" not in path and not (ROOT / path).exists()] == []
