"""Pushing to a hub: what is called, and that no token is seen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from cswitch.core.errors import RunError, UsageError
from cswitch.export.dataset_folder import TOKENS, hub_errors, push
from tests.export.export_records import exported, many

datasets = pytest.importorskip("datasets", reason="the hub needs the extra datasets")
SECRET = "hf_verySecretToken"


class Hub:
    """Notes what is asked of it, and may refuse."""

    calls: list[tuple[str, dict[str, Any]]]
    error: Exception | None

    def __init__(self, token: str) -> None:
        assert token == SECRET

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> None:
            if Hub.error is not None:
                raise Hub.error
            Hub.calls.append((name, {"arguments": arguments, **options}))

        return call


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> type[Hub]:
    Hub.calls, Hub.error = [], None
    for name in TOKENS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("huggingface_hub.HfApi", Hub)
    return Hub


def test_a_folder_of_datasets_goes_through_push_to_hub(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(tmp_path / "out", many(20), to="datasets")
    monkeypatch.setenv(TOKENS[0], SECRET)
    pushed: list[Any] = []
    monkeypatch.setattr(
        datasets.DatasetDict, "push_to_hub", lambda self, name, **more: pushed.append((len(self["train"]), name, more))
    )
    assert (
        push(tmp_path / "out", "me/data", private=True, writer="datasets") == "https://huggingface.co/datasets/me/data"
    )
    assert pushed == [(20, "me/data", {"private": True, "token": SECRET})]
    assert [name for name, _ in hub.calls] == ["create_repo", "upload_file"]
    assert hub.calls[0][1]["private"] is True


def test_files_are_uploaded_as_they_are(hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exported(tmp_path / "out", many(20), to="chat")
    monkeypatch.setenv(TOKENS[1], f" {SECRET}\n")
    push(tmp_path / "out", "me/data", private=False, writer="jsonl")
    assert [name for name, _ in hub.calls] == ["create_repo", "upload_folder"]
    assert hub.calls[1][1]["folder_path"] == str(tmp_path / "out")


def test_without_a_token_nothing_is_asked(hub: type[Hub], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no token of the hub in the environment; set HF_TOKEN"):
        push(tmp_path, "me/data", private=False, writer="jsonl")
    assert hub.calls == []


@pytest.mark.parametrize("error", [OSError(f"no route for {SECRET}"), ValueError(f"Bearer {SECRET} is refused")])
def test_a_refusal_is_one_line_without_the_token(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setenv(TOKENS[0], SECRET)
    hub.error = error
    with pytest.raises(RunError, match="me/data was not pushed: ") as caught:
        push(tmp_path, "me/data", private=False, writer="jsonl")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_hub_without_network_is_one_line(hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = next(kind for kind in hub_errors() if kind.__name__ in ("HTTPError", "RequestException"))
    monkeypatch.setenv(TOKENS[0], SECRET)
    hub.error = sys.modules[client.__module__].ConnectError("[Errno -2] Name or service not known")
    assert not isinstance(hub.error, OSError | ValueError)
    with pytest.raises(RunError, match=r"me/data was not pushed: .*Name or service not known; the folder .* is whole"):
        push(tmp_path, "me/data", private=False, writer="jsonl")
