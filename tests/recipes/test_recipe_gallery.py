"""docs/recipes.md is what the files and the recipes say."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.skipif(find_spec("jieba") is None, reason="the extra cjk cuts Chinese into words, which the page shows")
def test_the_page_is_as_the_recipes_are() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "build_recipe_gallery.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
