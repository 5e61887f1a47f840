"""The paths in a job: absolute while it is done, relative to the file in which it is written down."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from cswitch.schemas.job import Job, JobInput, Stage

WORD_LISTS = ("block", "require")
"""Settings of filters that name files."""
Move = Callable[[str], str]


def resolved(job: Job, folder: Path) -> Job:
    """The job with its paths made absolute, and the server of its prompts named.

    Args:
        job: A job as it was written.
        folder: What its paths are relative to.
    """

    def move(path: str) -> str:
        if path in ("", "-"):
            return path  # told later, as it is
        return os.path.normpath(folder / Path(path).expanduser())

    found = _moved(job, move, folder)
    asked = found.stages[0].prompt if found.stages else None
    if asked is None:
        return found
    from cswitch.pipeline.jobs.prompt_spec import server_of

    asked = msgspec.structs.replace(asked, recipe=found_in(asked.recipe, folder), base_url=server_of(asked))
    return msgspec.structs.replace(
        found, stages=(msgspec.structs.replace(found.stages[0], prompt=asked), *found.stages[1:])
    )


def relative(job: Job, folder: Path) -> Job:
    """The job with its paths made relative to a folder, where they can be.

    Args:
        job: A job whose paths are absolute.
        folder: Where its file will lie.
    """

    def move(path: str) -> str:
        try:
            return os.path.relpath(path, folder) if path else path
        except ValueError:  # another drive
            return path

    return _moved(job, move, folder)


def _moved(job: Job, move: Move, folder: Path) -> Job:
    asked = job.stages[0].prompt if job.stages else None
    grid = asked is not None and asked.source == "grid"
    output = msgspec.structs.replace(
        job.output,
        folder=move(job.output.folder),
        file=move(job.output.file),
        rejects=job.output.rejects and move(job.output.rejects),
        attempts=job.output.attempts and move(job.output.attempts),
    )
    stages = tuple(_stage(stage, move, folder) for stage in job.stages)
    return msgspec.structs.replace(job, input=_input(job.input, move, folder, grid=grid), stages=stages, output=output)


def _input(given: JobInput, move: Move, folder: Path, *, grid: bool) -> JobInput:
    def place(path: str) -> str:
        """A file, two files ``A,B``, or a name of the hub or of a grid, which is no path."""
        if path.startswith("hub:") or (grid and not path.lower().endswith((".yaml", ".yml"))):
            return path
        return _files(path, move, folder)

    paths = place(given.path) if isinstance(given.path, str) else tuple(map(place, given.path))
    return msgspec.structs.replace(given, path=paths, links=given.links and move(given.links))


def _files(path: str, move: Move, folder: Path) -> str:
    """A file, or several with commas between."""
    if "," not in path or (folder / path).exists():
        return move(path)
    return ",".join(map(move, path.split(",")))


def _stage(stage: Stage, move: Move, folder: Path) -> Stage:
    synth, asked, kept = stage.synth, stage.prompt, stage.filter
    export, perturb, recipe = stage.export, stage.perturb, stage.recipe
    if synth is not None:
        synth = msgspec.structs.replace(
            synth, like=synth.like and move(synth.like), lexicons=tuple(map(move, synth.lexicons))
        )
    if asked is not None:
        files = {name: getattr(asked, name) for name in ("like", "few_shot", "prices", "cache")}
        places = {name: path and move(path) for name, path in files.items()}
        asked = msgspec.structs.replace(asked, lexicons=tuple(map(move, asked.lexicons)), **places)
    if kept is not None:
        filters = {
            name: {key: _words(key, value, move) for key, value in given.items()}
            for name, given in kept.filters.items()
        }
        pairs = kept.pairs and _files(kept.pairs, move, folder)
        kept = msgspec.structs.replace(kept, filters=filters, pairs=pairs)
    if export is not None:
        template = move(export.template) if is_path(export.template) else export.template
        pairs, config = export.pairs and _files(export.pairs, move, folder), export.config and move(export.config)
        export = msgspec.structs.replace(export, pairs=pairs, template=template, config=config)
    if perturb is not None:
        lexicons, cache = tuple(map(move, perturb.lexicons)), perturb.cache and move(perturb.cache)
        file = _lies(perturb.preset, perturb.preset_file, move)
        perturb = msgspec.structs.replace(perturb, lexicons=lexicons, cache=cache, preset_file=file)
    if recipe is not None:
        file = _lies(recipe.name, recipe.file, move)
        recipe = msgspec.structs.replace(recipe, lexicons=tuple(map(move, recipe.lexicons)), file=file)
    return msgspec.structs.replace(
        stage, synth=synth, prompt=asked, filter=kept, export=export, perturb=perturb, recipe=recipe
    )


def is_path(name: str) -> bool:
    """Whether something that may be named is the path of a YAML file."""
    return "/" in name or name.lower().endswith((".yaml", ".yml"))


def found_in(name: str, folder: Path) -> str:
    """A name, or the path of a file that lies in a folder if it is not there where the command is run."""
    if name.lower().endswith((".yaml", ".yml")) and not Path(name).exists() and (folder / name).exists():
        return os.path.normpath(folder / name)
    return name


def _lies(name: str, file: str | None, move: Move) -> str | None:
    """Where a file lies whose path is also its name, which stays as it is; None for what has a name alone."""
    if file is not None:
        return move(file)
    if not is_path(name):
        return None
    return os.path.abspath(name) if os.path.exists(name) else move(name)


def _words(key: str, value: object, move: Move) -> object:
    if key not in WORD_LISTS or not isinstance(value, list | tuple):
        return value
    return [move(path) if isinstance(path, str) else path for path in value]
