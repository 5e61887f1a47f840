"""Folders of ``datasets``: made of streams of Arrow, loaded again, and pushed to a hub."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

from cswitch.core.errors import InputError, MissingExtraError, RunError, UsageError
from cswitch.export.arrow_files import stream_name
from cswitch.export.columns import EXTRA

TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""Environment variables that may hold the token of the hub."""
_CLIENT_ERRORS = frozenset({"HTTPError", "RequestException"})
"""What libraries that speak HTTP call the class of all their errors."""


def save_folder(folder: Path, splits: Sequence[str]) -> None:
    """Turns the streams of a folder into what ``DatasetDict.save_to_disk`` writes, and removes them.

    Rows stay on the disk throughout: ``datasets`` maps the streams into memory.

    Raises:
        MissingExtraError: The extra ``datasets`` is not installed.
        RunError: What was saved is not what the streams hold.
    """
    datasets = module()
    with _quiet(datasets):
        found = {split: mapped(folder / stream_name(split)) for split in splits}
        datasets.DatasetDict(found).save_to_disk(str(folder))
        saved = load_folder(folder)
    for split, data in found.items():
        if not data.data.table.equals(saved[split].data.table):
            raise RunError(f"split {split} was not saved as it is", hint="check the disk, and run it again")
    del found, saved
    for split in splits:
        (folder / stream_name(split)).unlink()


def mapped(stream: Path) -> Any:
    """The ``Dataset`` of a stream of Arrow, whose fingerprint says what it holds, and not when it was made.

    Raises:
        MissingExtraError: The extra ``datasets`` is not installed.
    """
    datasets = module()
    found = datasets.Dataset.from_file(str(stream))
    with stream.open("rb") as held:
        fingerprint = file_digest(held, partial(blake2b, digest_size=8)).hexdigest()
    return datasets.Dataset(found.data, info=found.info, split=found.split, fingerprint=fingerprint)


def load_folder(folder: Path) -> Any:
    """The ``DatasetDict`` of a folder.

    Raises:
        MissingExtraError: The extra ``datasets`` is not installed.
        InputError: The folder cannot be loaded.
    """
    datasets = module()
    try:
        return datasets.load_from_disk(str(folder))
    except (OSError, ValueError, KeyError) as error:
        what = str(error).partition("\n")[0][:200]
        raise InputError(f"datasets cannot load it: {what}", path=folder, hint="export it again") from error


def load_files(folder: Path) -> Any:
    """The files of a folder as ``datasets`` finds them by its card, to be read as a stream; nothing is cached.

    Raises:
        MissingExtraError: The extra ``datasets`` is not installed.
        InputError: The folder cannot be loaded.
    """
    datasets = module()
    try:
        return datasets.load_dataset(str(folder), streaming=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = str(error).partition("\n")[0][:200]
        raise InputError(f"datasets cannot load it: {what}", path=folder, hint="export it again") from error


def push(folder: Path, name: str, *, private: bool, writer: str) -> str:
    """Puts an exported folder on a hub, the card included.

    The token comes from the environment (``HF_TOKEN``) and stands in no message.

    Args:
        folder: A folder that was exported.
        name: Name of the data set, such as ``me/hinglish``.
        private: Only those who may see it.
        writer: What wrote the folder: ``datasets`` goes through ``push_to_hub``, files are uploaded as they are.

    Returns:
        Where it lies.

    Raises:
        UsageError: There is no token in the environment.
        RunError: The hub cannot be reached, or refuses.
    """
    token = next((value for key in TOKENS if (value := os.environ.get(key, "").strip())), "")
    if not token:
        raise UsageError("no token of the hub in the environment", hint=f"set {TOKENS[0]} to one that may write")
    datasets = module()
    import huggingface_hub

    try:
        hub = huggingface_hub.HfApi(token=token)
        hub.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
        card = folder / "README.md"
        if writer == "datasets":
            # The card goes first: push_to_hub keeps its text and adds what it knows of the files.
            hub.upload_file(path_or_fileobj=str(card), path_in_repo="README.md", repo_id=name, repo_type="dataset")
            with _quiet(datasets):
                load_folder(folder).push_to_hub(name, private=private, token=token)
        else:
            hub.upload_folder(folder_path=str(folder), repo_id=name, repo_type="dataset")
    except hub_errors() as error:
        # Not chained: what the libraries say in full may quote the request.
        what = " ".join(str(error).split())[:200].replace(token, "***") or type(error).__name__
        hint = f"the folder {folder} is whole; check the name, the token and the network, and push it again"
        raise RunError(f"{name} was not pushed: {what}", hint=hint) from None
    return f"https://huggingface.co/datasets/{name}"


def module() -> Any:
    """The module ``datasets``.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError("folders of datasets", extra=EXTRA) from error
    return datasets


def hub_errors() -> tuple[type[Exception], ...]:
    """What can come of asking a hub: its own errors, and those of its client, which depends on the release."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    client = [kind for kind in HfHubHTTPError.__mro__ if kind.__name__ in _CLIENT_ERRORS]
    return (OSError, ValueError, HfHubHTTPError, HFValidationError, *client)


@contextmanager
def _quiet(datasets: Any) -> Iterator[None]:
    """Without bars of progress on stderr."""
    before = datasets.utils.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if not before:
            datasets.enable_progress_bars()
