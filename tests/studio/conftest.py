"""Tests against a real Label Studio: one server a run, each test with projects of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.studio.studio_server import PROGRAM, LabelStudio, find_program


@pytest.fixture(scope="session")
def label_studio_program() -> str:
    """Path of the server's program; where there is none, the test skips."""
    found = find_program()
    if not found:
        pytest.skip(
            f"no Label Studio server here: {PROGRAM}=PATH names its program, scripts/studio_tests.sh installs it"
        )
    return found


@pytest.fixture(scope="session")
def label_studio(label_studio_program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    """A server for the whole run."""
    server = LabelStudio(label_studio_program, tmp_path_factory.mktemp("label-studio"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test shows the end of the server's log."""
    report = yield
    server = getattr(item, "funcargs", {}).get("label_studio")
    if report.failed and isinstance(server, LabelStudio):  # type: ignore[attr-defined]
        report.sections.append(("Label Studio's log", server.log_tail()))  # type: ignore[attr-defined]
    return report
