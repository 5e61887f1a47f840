"""The README's sessions, run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(
    r"(?P<mark><!-- not run -->\s*)?^```(?P<kind>console|python)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
ANY_LINES = "..."
"""On a line of its own it stands for any lines, or none."""


class Command(NamedTuple):
    line: int
    """Where it stands in the README, from 1."""
    text: str
    expected: list[str]
    """The lines under it."""


def commands(markdown: str) -> Iterator[Command]:
    """The commands of the console blocks, without those of blocks that are marked."""
    for block in BLOCK.finditer(markdown):
        if block["mark"] or block["kind"] != "console":
            continue
        first = markdown.count("\n", 0, block.start("body")) + 1
        expected: list[str] = []
        for line, text in enumerate(block["body"].splitlines(), start=first):
            if text.startswith("$ "):
                expected = []
                yield Command(line, text[2:], expected)
            else:
                expected.append(text)


def programs(markdown: str) -> list[str]:
    """The Python blocks."""
    return [block["body"] for block in BLOCK.finditer(markdown) if block["kind"] == "python" and not block["mark"]]


def is_shown(command: Command, found: list[str]) -> bool:
    """Whether the README shows what a command printed; the programs of a pipeline race for the terminal."""
    if " | " in command.text and ANY_LINES not in command.expected:
        return matches(sorted(command.expected), sorted(found))
    return matches(command.expected, found)


def matches(expected: Sequence[str], found: Sequence[str]) -> bool:
    """Whether lines are those expected."""
    if not expected:
        return not found
    first, *rest = expected
    if first == ANY_LINES:
        return any(matches(rest, found[skipped:]) for skipped in range(len(found) + 1))
    return bool(found) and found[0].rstrip() == first.rstrip() and matches(rest, found[1:])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with the data that the README speaks of, and nothing else."""
    with TemporaryDirectory() as name:
        (Path(name) / "data").symlink_to(ROOT / "data")
        yield Path(name)


def run(command: str, folder: Path) -> tuple[int, str]:
    """Exit status and output of a shell command, both streams in order."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "80"}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, encoding="utf-8", timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.skipif(not README.exists(), reason="there is no README beside the tests")
def test_the_sessions_print_what_they_show(folder: Path) -> None:
    found = list(commands(README.read_text(encoding="utf-8")))
    assert found
    for command in found:  # in order: a command may read what one before it wrote
        status, output = run(command.text, folder)
        place = f"README.md:{command.line}: $ {command.text}\n"
        assert status == 0, place + output
        shown = "\n".join(command.expected)
        hint = "if the new output is right, run: python scripts/refresh_readme.py"
        assert is_shown(command, output.splitlines()), f"{place}{output}\nbut the README shows\n{shown}\n{hint}"


@pytest.mark.skipif(not README.exists(), reason="there is no README beside the tests")
def test_the_programs_run(folder: Path) -> None:
    for program in programs(README.read_text(encoding="utf-8")):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program], cwd=folder, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, ""), program


def test_commands_are_found_with_what_follows() -> None:
    text = (
        "```console\n$ one\na\n$ two\n```\n<!-- not run -->\n```console\n$ three\n```\n"
        "```python\nprint()\n```\n```console\n$ four\n...\n```\n"
    )
    assert list(commands(text)) == [(2, "one", ["a"]), (4, "two", []), (14, "four", ["..."])]
    assert programs(text) == ["print()\n"]


def test_only_a_pipeline_may_print_in_another_order() -> None:
    assert is_shown(Command(1, "one | two", ["a", "b"]), ["b", "a"])
    assert not is_shown(Command(1, "one | two", ["a", "b"]), ["b", "b"])
    assert not is_shown(Command(1, "one", ["a", "b"]), ["b", "a"])


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("", "", True),
        ("a b", "a b", True),
        ("a b", "a c", False),
        ("a", "a b", False),
        ("a ...", "a b c", True),
        ("a ... c", "a b c", True),
        ("a ... c", "a b", False),
        ("...", "", True),
        ("a ...", "b", False),
    ],
)
def test_output_is_compared_line_by_line(expected: str, found: str, same: bool) -> None:
    assert matches(expected.split(), found.split()) is same
