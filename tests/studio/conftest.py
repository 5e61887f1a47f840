"""Tests against a real Label Studio: one server a run, each test with projects of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cswitch.cli.main import main
from tests.studio.browser import Browser, browsing, find_driver
from tests.studio.commands import Done, Studio
from tests.studio.studio_server import PROGRAM, LabelStudio, find_program


@pytest.fixture(scope="session")
def label_studio_program() -> str:
    """Path of the server's program; where there is none, the test skips."""
    found = find_program()
    if not found:
        pytest.skip(f"no Label Studio server: {PROGRAM}=PATH names its program; scripts/studio_tests.sh installs it")
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


@pytest.fixture
def studio(
    label_studio: LabelStudio,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
) -> Studio:
    """``cswitch studio`` in a folder of its own; the extra ``studio`` must be there."""
    pytest.importorskip("label_studio_sdk", reason="the extra studio is not installed")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, status: int = 0, url: str = "", key: str = "") -> Done:
        monkeypatch.setenv("LABEL_STUDIO_URL", url or label_studio.url)
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", key or label_studio.token)
        found = main(["studio", *map(str, arguments)])
        out, err = capfdbinary.readouterr()
        done = Done(found, out.decode(), err.decode())
        assert done.status == status, done.err
        assert (key or label_studio.token) not in done.out + done.err
        return done

    return run


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for the whole run; where there is none, the test skips."""
    found = find_driver()
    if not found:
        pytest.skip("no browser: apt-get install chromium chromium-driver")
    with browsing(*found, tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test shows the end of the server's log."""
    report = yield
    server = getattr(item, "funcargs", {}).get("label_studio")
    if report.failed and isinstance(server, LabelStudio):  # type: ignore[attr-defined]
        report.sections.append(("Label Studio's log", server.log_tail()))  # type: ignore[attr-defined]
    return report
