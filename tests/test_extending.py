"""The plug-in of docs/extending.md, installed beside cswitch as a package of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parent.parent / "docs" / "extending.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The only code block of the guide in a language."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(code)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder as pip leaves it: the module, and what it says it brings."""
    (tmp_path / "diagonal.py").write_text(block("python"), encoding="utf-8")
    brings = tomllib.loads(block("toml"))["project"]["entry-points"]["cswitch"]
    info = tmp_path / "diagonal-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: diagonal\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[cswitch]\n" + "".join(f"{name} = {at}\n" for name, at in brings.items()))
    return tmp_path


def align(site: Path, name: str) -> subprocess.CompletedProcess[bytes]:
    code = "from cswitch.cli.main import run; run()"
    command = [sys.executable, "-c", code, "align", "-", "--pair", "en-hi", "--aligner", name]
    pairs = "en\thi\nBig house\tबड़ा घर है\n".encode()
    return subprocess.run(
        command, input=pairs, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(site)}
    )


def test_the_plug_in_of_the_guide_is_there_for_every_command(site: Path) -> None:
    done = align(site, "diagonal")
    assert (done.returncode, done.stdout) == (0, b"0-0 1-1\n"), done.stderr.decode()


def test_an_unknown_name_lists_the_plug_in(site: Path) -> None:
    done = align(site, "diagnal")
    assert done.returncode == 2
    assert b"did you mean 'diagonal'? Known: diagonal, given, lexical\n" in done.stderr
