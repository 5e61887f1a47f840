"""Checkpoints of a training: whose they are, and which is the last that is whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from cswitch.core.errors import UsageError

STAMP = "run.txt"
"""Tells which training the checkpoints beside it are of."""

LAST_WRITTEN = "trainer_state.json"
"""The file that the Trainer writes last: a checkpoint without it was cut short."""


def begin(folder: Path, stamp: str, *, resume: bool) -> Path | None:
    """Makes the place of checkpoints ready, and gives the one to go on from, if any.

    Args:
        folder: Where the model goes; checkpoints are in its folder ``checkpoints``.
        stamp: Tells this training from others.
        resume: Go on from what is there.

    Raises:
        UsageError: There are checkpoints and ``resume`` is false, or they are of another training.
    """
    place = folder / "checkpoints"
    whole = sorted(place.glob(f"checkpoint-*/{LAST_WRITTEN}"), key=lambda file: int(file.parent.name.split("-")[1]))
    if whole and not resume:
        hint = "go on from them with --resume, or remove the folder"
        raise UsageError(f"{place} holds checkpoints of a training that was cut short", hint=hint)
    if whole and (place / STAMP).read_text(encoding="ascii") != stamp:
        hint = "give the same data and settings, or remove the folder"
        raise UsageError(f"{place} holds checkpoints of another training", hint=hint)
    for torn in place.glob("checkpoint-*"):
        if not (torn / LAST_WRITTEN).is_file():
            shutil.rmtree(torn)
    place.mkdir(parents=True, exist_ok=True)
    (place / STAMP).write_text(stamp, encoding="ascii")
    return whole[-1].parent if whole else None
