"""Where a trained tagger is put: under its name only when it is whole, beside it while it grows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cswitch.core.contracts import TaggedSentence
from cswitch.core.errors import InputError, UsageError
from cswitch.core.specs import COMPACT_FILES, TRANSFORMERS_FILES
from cswitch.pipeline.tag_gold import Gold

PART = ".part"
"""What the name of the folder ends with while the model grows."""
CHECKPOINTS = "checkpoints/checkpoint-*"
"""What lies inside when training can go on."""


def lessons(sentences: list[Gold], path: str) -> list[TaggedSentence]:
    """What a tagger can learn from: the sentences that have a token.

    Raises:
        InputError: None has.

    >>> lessons([Gold(1, "1", ["ok"], ["en"]), Gold(2, "2", [], [])], "train.jsonl")
    [TaggedSentence(tokens=['ok'], tags=['en'])]
    """
    found = [TaggedSentence(one.tokens, one.tags) for one in sentences if one.tokens]
    if not found:
        raise InputError("no sentence has a token", path=path, hint="check the command that made it")
    return found


def check_folder(target: str, *, force: bool, resume: bool) -> None:
    """Refuses a folder that cannot be meant, before any work is done.

    Raises:
        UsageError: It is a file, lies in no folder, holds something and ``force`` is false or it is no tagger; or an
            unfinished training lies beside it and neither ``force`` nor ``resume`` says what to do with it.
    """
    place, part = Path(target), part_of(target)
    if place.exists() and not place.is_dir():
        raise UsageError(f"{target}: is a file", hint="name a folder for the model")
    if not place.parent.is_dir():
        raise UsageError(f"{target}: its folder does not exist", hint=f"make it first: mkdir -p {place.parent}")
    if place.is_dir() and any(place.iterdir()):
        if not force:
            raise UsageError(f"{target}: exists already", hint="choose another name, or add --force to replace it")
        if not any((place / file).is_file() for file in (*COMPACT_FILES, *TRANSFORMERS_FILES)):
            raise UsageError(f"{target}: is no tagger, so --force leaves it alone", hint="choose another name")
    if part.exists() and not (force or resume):
        raise UsageError(f"{part}: an unfinished training", hint="--resume goes on with it, --force begins anew")


def part_of(target: str) -> Path:
    """The folder in which a model grows.

    >>> part_of("models/mine").name
    'mine.part'
    """
    place = Path(target)
    return place.with_name(place.name + PART)


@contextmanager
def growing(target: str, *, force: bool, resume: bool) -> Iterator[Path]:
    """A folder to train into, which takes the name asked for once training is done.

    When training fails, it stays if it holds checkpoints, and is removed otherwise.

    Args:
        target: The folder asked for.
        force: Replace what is there.
        resume: Go on with what an unfinished training left.

    Raises:
        UsageError: See :func:`check_folder`.
    """
    check_folder(target, force=force, resume=resume)
    place, part = Path(target), part_of(target)
    if part.exists() and not resume:
        shutil.rmtree(part)
    part.mkdir(exist_ok=True)
    try:
        yield part
    except BaseException:
        if not any(part.glob(CHECKPOINTS)):
            shutil.rmtree(part, ignore_errors=True)
        raise
    if place.exists():
        old = place.with_name(f"{place.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
        part.rename(place)
        shutil.rmtree(old)
    else:
        part.rename(place)
