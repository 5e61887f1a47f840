"""What holds for all tests."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads gain nothing on small models, and starve each other

NEEDS = {"generators/alignment/embedding/": ("torch", "hf")}
"""Part of a path, the package that its doctests need, and the extra that brings it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips doctests whose package is absent; tests see to that themselves."""
    for item in items:
        for part, (package, extra) in NEEDS.items():
            if isinstance(item, pytest.DoctestItem) and part in item.path.as_posix() and not find_spec(package):
                item.add_marker(pytest.mark.skip(reason=f"needs {package}, which the extra {extra} brings"))
